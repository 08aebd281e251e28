/*
 * sha256.c - SHA-256 as FIPS 180-4 gives it, over bytes in memory.
 *
 * The loader links libc only, and every file of a plan is hashed at each start: without copies, and by
 * the machine's own instructions where there are any.
 */
#include "sha256.h"

#include <string.h>

#include "eight.h"

enum { BLOCK = 64, ROUNDS = 64 };

const uint32_t sha256_constant[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static void schedule(uint32_t w[ROUNDS], const unsigned char *block)
{
	for (unsigned i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
		       (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (unsigned i = 16; i < ROUNDS; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];
		uint32_t s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
		uint32_t s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
}

static void compress(uint32_t state[8], const unsigned char *block)
{
	uint32_t w[ROUNDS], v[8];

	schedule(w, block);
	memcpy(v, state, sizeof(v));
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t t1 = v[7] + s1 + choice + sha256_constant[i] + w[i];
		uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
		/* not memmove(): a call a round costs more than all the rest of the digest */
		v[7] = v[6], v[6] = v[5], v[5] = v[4];
		v[4] = v[3] + t1;
		v[3] = v[2], v[2] = v[1], v[1] = v[0];
		v[0] = t1 + s0 + majority;
	}
	for (unsigned i = 0; i < 8; i++)
		state[i] += v[i];
}

void sha256_plain_blocks(uint32_t state[8], const unsigned char *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		compress(state, data + i * BLOCK);
}

/* The last one or two blocks: what is left of the data, a one bit, zeros, the length in bits. */
static void finish(sha256_blocks *add, uint32_t state[8], const unsigned char *rest, size_t left,
		   uint64_t size)
{
	unsigned char tail[2 * BLOCK] = {0};
	size_t total = left + 9 <= BLOCK ? BLOCK : 2 * BLOCK;

	memcpy(tail, rest, left);
	tail[left] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		tail[total - 1 - i] = (unsigned char)(size * 8 >> 8 * i);
	add(state, tail, total / BLOCK);
}

void sha256_hex_by(sha256_blocks *add, const void *data, size_t size, char hex[SHA256_HEX + 1])
{
	uint32_t state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
	const unsigned char *at = data;
	size_t whole = size / BLOCK * BLOCK;

	add(state, at, whole / BLOCK);
	finish(add, state, size ? at + whole : (const unsigned char *)"", size - whole, size);
	for (unsigned i = 0; i < 8; i++)
		eight_put(hex + EIGHT * i, eight_hex(state[i]));
	hex[SHA256_HEX] = 0;
}

sha256_blocks *sha256_best(void)
{
	sha256_blocks *fast = sha256_of_machine();

	return fast ? fast : sha256_plain_blocks;
}

void sha256_hex(const void *data, size_t size, char hex[SHA256_HEX + 1])
{
	sha256_hex_by(sha256_best(), data, size, hex);
}
