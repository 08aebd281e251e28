/*
 * code.h - how the texts of the static loader are packed: what packer and unpacker agree on.
 *
 * The text is a row of bytes and of copies of what stands before, each by its length and distance. All of it is yes or no;
 * each such decision has a probability of its own, which follows what came, and together they are one number (a range
 * coder). The unpacker is 500 bytes of code, and takes 0.6 ms.
 */
#ifndef SBX_PACK_CODE_H
#define SBX_PACK_CODE_H

#include <stdint.h>

/* How likely a no is: of CERTAIN. */
enum {
	CERTAIN_BITS = 12,
	CERTAIN = 1 << CERTAIN_BITS,
	FOLLOW = 5 /* it goes 1/32 of the way to what came */
};
enum { RANGE_LEAST = 1 << 24 };
enum { TEXT_BYTES = 128 /* ASCII */ };

/* The decisions. */
enum {
	IS_COPY,     /* + 1 behind a copy */
	IS_SAME = 2, /* the distance is that of the last copy; not asked behind a copy */
	OF_LENGTH,
	OF_DISTANCE = OF_LENGTH + 2 * 32,
	/* by the first bits of the byte before, + a one and the bits that are known */
	OF_BYTE = OF_DISTANCE + 2 * 32,
	N_DECISIONS = OF_BYTE + 4 * TEXT_BYTES
};

#endif
