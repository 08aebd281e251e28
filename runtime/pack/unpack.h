/*
 * unpack.h - the texts of the static loader as they were: for the loader, and for the packer, which looks whether they are.
 */
#ifndef SBX_UNPACK_H
#define SBX_UNPACK_H

#include "code.h"

struct unpack {
	const unsigned char *in;
	uint32_t range, value;
	uint16_t no[N_DECISIONS];
};

static unsigned unpack_decision(struct unpack *u, unsigned which)
{
	uint16_t *no = &u->no[which];
	uint32_t part;

	for (; u->range < RANGE_LEAST; u->range <<= 8)
		u->value = u->value << 8 | *u->in++;
	part = (u->range >> CERTAIN_BITS) * *no;
	if (u->value < part) {
		u->range = part;
		*no = (uint16_t)(*no + ((CERTAIN - *no) >> FOLLOW));
		return 0;
	}
	u->range -= part;
	u->value -= part;
	*no = (uint16_t)(*no - (*no >> FOLLOW));
	return 1;
}

/* From 1: each further bit is announced by a yes. */
static unsigned unpack_number(struct unpack *u, unsigned of)
{
	unsigned n = 1;

	for (; unpack_decision(u, of); of += 2)
		n = n << 1 | unpack_decision(u, of + 1);
	return n;
}

static char unpack_byte(struct unpack *u, char before)
{
	unsigned n = 1, of = OF_BYTE + (unsigned)before / 32 * TEXT_BYTES;

	while (n < TEXT_BYTES)
		n = n << 1 | unpack_decision(u, of + n);
	return (char)(n - TEXT_BYTES);
}

static void unpack(const unsigned char *in, char *at, const char *end)
{
	struct unpack u = {.in = in, .range = 1};
	unsigned distance = 0, copy = 0;
	char before = 0;

	for (unsigned i = 0; i < N_DECISIONS; i++)
		u.no[i] = CERTAIN / 2;
	for (; at < end; before = at[-1]) {
		if (!unpack_decision(&u, IS_COPY + copy)) {
			*at++ = unpack_byte(&u, before);
			copy = 0;
			continue;
		}
		if (copy || !unpack_decision(&u, IS_SAME))
			distance = unpack_number(&u, OF_DISTANCE);
		for (unsigned n = unpack_number(&u, OF_LENGTH); n; n--, at++)
			*at = at[-(int)distance];
		copy = 1;
	}
}

#endif
