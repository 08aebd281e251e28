/*
 * sha256_x86.c - SHA-256 by the SHA extensions of x86-64 (Intel SDM, volume 2, SHA256RNDS2). Half of what the loader
 * computed at a start was the plain code.
 */
#include "sha256_block.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

enum { LEAF_7_SHA = 1 << 29 /* ebx */ };

#define SHA __attribute__((target("sha,sse4.1,ssse3")))

/* Four words, most significant byte first. */
SHA static __m128i words_load(const unsigned char *at)
{
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), order);
}

/* The four words after sixteen, of which those of `a` are the oldest. */
SHA static __m128i words_next(__m128i a, __m128i b, __m128i c, __m128i d)
{
	__m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(a, b), _mm_alignr_epi8(d, c, 4));

	return _mm_sha256msg2_epu32(sum, d);
}

/* Four rounds. The instructions want the eight words as (a b e f) and (c d g h), each from its highest word down. */
SHA __attribute__((always_inline)) static inline void rounds_add(__m128i *abef, __m128i *cdgh, __m128i words, const uint32_t *constants)
{
	__m128i k = _mm_add_epi32(words, _mm_loadu_si128((const __m128i *)(const void *)constants));

	*cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, k);
	*abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(k, 0x0e));
}

SHA static void block_add(__m128i *abef, __m128i *cdgh, const unsigned char *data)
{
	__m128i x = *abef, y = *cdgh;
	__m128i a = words_load(data), b = words_load(data + 16), c = words_load(data + 32), d = words_load(data + 48);

	for (const uint32_t *k = sha256_constant;; k += 16) {
		rounds_add(&x, &y, a, k);
		rounds_add(&x, &y, b, k + 4);
		rounds_add(&x, &y, c, k + 8);
		rounds_add(&x, &y, d, k + 12);
		if (k == sha256_constant + 48)
			break;
		a = words_next(a, b, c, d);
		b = words_next(b, c, d, a);
		c = words_next(c, d, a, b);
		d = words_next(d, a, b, c);
	}
	*abef = _mm_add_epi32(*abef, x);
	*cdgh = _mm_add_epi32(*cdgh, y);
}

SHA static void blocks(uint32_t s[8], const unsigned char *data, size_t n)
{
	__m128i abef = _mm_set_epi32((int)s[0], (int)s[1], (int)s[4], (int)s[5]);
	__m128i cdgh = _mm_set_epi32((int)s[2], (int)s[3], (int)s[6], (int)s[7]);
	uint32_t a[4], c[4];

	for (size_t i = 0; i < n; i++)
		block_add(&abef, &cdgh, data + 64 * i);
	_mm_storeu_si128((__m128i *)(void *)a, abef);
	_mm_storeu_si128((__m128i *)(void *)c, cdgh);
	s[0] = a[3], s[1] = a[2], s[4] = a[1], s[5] = a[0];
	s[2] = c[3], s[3] = c[2], s[6] = c[1], s[7] = c[0];
}

sha256_blocks *sha256_of_machine(void)
{
	unsigned a, b, c, d;

	/*
	 * One question, for each costs a visit to the host of a machine. So which is the highest leaf is not asked: a
	 * processor older than leaf 7 answers with zeros, or with its leaf 5 or 6, where this bit is zero. None has these
	 * instructions and not the older SSSE3 and SSE4.1.
	 */
	__cpuid_count(7, 0, a, b, c, d);
	return b & LEAF_7_SHA ? blocks : NULL;
}

#else

sha256_blocks *sha256_of_machine(void)
{
	return NULL;
}

#endif
