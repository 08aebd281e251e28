/*
 * eight.h - eight bytes of a text in one word: a start of the loader is short, and most of what it computes is looking
 * through the files of the plan.
 *
 * A mask has bit 7 of each byte that is meant. Only its first one is exact: the carry or borrow of a byte can mark those
 * behind it, never one before it.
 */
#ifndef SBX_EIGHT_H
#define SBX_EIGHT_H

#include <stddef.h>
#include <stdint.h>

/* The loader is built to be small; what is done for each byte of a plan is built to be quick. */
#if defined(__GNUC__) && !defined(__clang__)
#define QUICK __attribute__((optimize("O2")))
#else
#define QUICK
#endif

#define EIGHT       ((size_t)8)
#define EIGHT_OF(c) (0x0101010101010101u * (unsigned char)(c))

/* The byte at `at` is the lowest of the word, on every machine. */
static inline uint64_t eight_at(const void *at)
{
	uint64_t v;

	__builtin_memcpy(&v, at, sizeof(v));
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? v : __builtin_bswap64(v);
}

/* Back to where eight_at() has it from. */
static inline void eight_put(void *at, uint64_t v)
{
	v = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? v : __builtin_bswap64(v);
	__builtin_memcpy(at, &v, sizeof(v));
}

/* The digits of a number, hexadecimal, in lower case, the highest first. */
static inline uint64_t eight_hex(uint32_t number)
{
	uint64_t v = number;

	v = (v | v << 16) & 0x0000ffff0000ffff;
	v = (v | v << 8) & 0x00ff00ff00ff00ff;
	v = __builtin_bswap64((v | v << 4) & EIGHT_OF(0x0f));
	return v + EIGHT_OF('0') + ((v + EIGHT_OF(6)) >> 4 & EIGHT_OF(1)) * ('a' - '0' - 10);
}

/* Those that are c. */
__attribute__((always_inline)) static inline uint64_t eight_equal(uint64_t v, int c)
{
	v ^= EIGHT_OF(c);
	return (v - EIGHT_OF(1)) & ~v & EIGHT_OF(0x80);
}

/* Those that are no printable ASCII, 0x20 to 0x7e. */
static inline uint64_t eight_unprintable(uint64_t v)
{
	return (v | (v - EIGHT_OF(0x20)) | (v + EIGHT_OF(1))) & EIGHT_OF(0x80);
}

/* Those that are no digit of a hexadecimal number in lower case. All of this mask is exact. */
static inline uint64_t eight_no_hex(uint64_t v)
{
	const uint64_t low = v & EIGHT_OF(0x7f); /* so that no sum is more than its byte holds */
	const uint64_t from_0 = low + EIGHT_OF(0x80 - '0'), past_9 = low + EIGHT_OF(0x7f - '9');
	const uint64_t from_a = low + EIGHT_OF(0x80 - 'a'), past_f = low + EIGHT_OF(0x7f - 'f');

	return (v | ~((from_0 & ~past_9) | (from_a & ~past_f))) & EIGHT_OF(0x80);
}

/* The place of the first in a mask that has one. */
static inline size_t eight_first(uint64_t mask)
{
	return (size_t)__builtin_ctzll(mask) / 8;
}

/* How many bytes stand before the first c; len: there is none. */
static inline size_t eight_find(const char *at, size_t len, int c)
{
	size_t n = 0;

	for (uint64_t found; len - n >= EIGHT; n += EIGHT)
		if ((found = eight_equal(eight_at(at + n), c)))
			return n + eight_first(found);
	while (n < len && at[n] != (char)c)
		n++;
	return n;
}

#endif
