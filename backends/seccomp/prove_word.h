/*
 * prove_word.h - a set of 32-bit values, kept exactly: what one word of a call can still be.
 *
 * An interval, bits that are known, and patterns that are ruled out. Whether a value is left is
 * decided, never guessed: a proof rests on it.
 */
#ifndef SBX_SECCOMP_PROVE_WORD_H
#define SBX_SECCOMP_PROVE_WORD_H

#include <stdbool.h>
#include <stdint.h>

/* Ruled out: all values with (word & mask) == value. */
struct wordset_not {
	uint32_t mask, value;
	const struct wordset_not *next;
};

struct wordset {
	uint32_t lo, hi;                /* inclusive */
	uint32_t mask, value;           /* the known bits, and what they are */
	const struct wordset_not *nots; /* newest first */
	uint32_t some;                  /* one value of the set */
};

/* (word & mask) OP k; WORD_SET: not zero, and k is all ones. */
enum wordset_op { WORD_EQ, WORD_GT, WORD_GE, WORD_SET };
struct wordset_test {
	enum wordset_op op;
	uint32_t mask, k;
};

struct wordset wordset_any(void);
struct wordset wordset_range(uint32_t lo, uint32_t hi);

bool wordset_test_holds(const struct wordset_test *t, uint32_t v);

/*
 * WORD_GT and WORD_GE of a masked word cannot always be kept in one set. Then this gives another
 * test, on one bit, to be asked first: after at most 32 of them the test itself can be asked. False
 * when it can be asked now.
 */
bool wordset_split(const struct wordset *w, const struct wordset_test *t, struct wordset_test *bit);

enum wordset_left { WORD_EMPTY, WORD_LEFT, WORD_TOO_HARD };

/*
 * The part of w (which is not empty) where the test has this outcome. `node` is storage that must
 * live as long as *out; *fuel falls with the work done, and WORD_TOO_HARD comes when it is used up.
 */
enum wordset_left wordset_narrow(const struct wordset *w, const struct wordset_test *t, bool holds,
				 struct wordset_not *node, struct wordset *out,
				 unsigned long *fuel);

#endif
