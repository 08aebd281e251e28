/*
 * prove_rest.h - what is left of the conditions of a class once something is known of the words.
 *
 * Cases that cannot hold any more are gone, tests that hold are gone, and what comes after a case
 * that holds is gone too. What is left says which test to ask next; and two places that have the
 * same left, and know the same, need to be proved once.
 */
#ifndef SBX_SECCOMP_PROVE_REST_H
#define SBX_SECCOMP_PROVE_REST_H

#include "prove.h"
#include "prove_word.h"

/* A test of one word. */
struct rest_atom {
	unsigned word;
	struct wordset_test test;
};

struct rest_class;

/*
 * For each case that is still open its return value, the number of its open tests and their ids; at
 * the end the return value when none of them holds. Tests with the same meaning have the same id.
 */
struct rest {
	unsigned at, n;       /* in a stack that the class keeps; n 1: nothing is open */
	uint32_t words;       /* bit set of the words that the open tests look at */
	struct rest_atom ask; /* n > 1: an atom that is open */
};

struct rest_class *rest_class_new(struct arena *a, const struct prove_class *k);
/* All of the class, nothing being known. */
struct rest rest_whole(const struct rest_class *c);
/* What is left of `from`. It lies on the stack, above all that is there, until it is dropped. */
struct rest rest_narrow(struct rest_class *c, const struct rest *from,
			const struct wordset words[PROVE_WORDS]);
/* Drops all that was made after `kept`. */
void rest_drop(struct rest_class *c, const struct rest *kept);
/* Valid until the next rest is made. */
const uint32_t *rest_values(const struct rest_class *c, const struct rest *r);

#endif
