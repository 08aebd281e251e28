/*
 * word.h - the cheapest tests of one word of the arguments.
 */
#ifndef SBX_SECCOMP_WORD_H
#define SBX_SECCOMP_WORD_H

#include "bdd.h"
#include "tree.h"

struct word_mask {
	uint32_t mask, value; /* (word & mask) == value */
};

struct word_problem {
	struct arena *scratch;
	struct bdd *bdd;
	struct graph *graph;
	struct price price;
	unsigned place;  /* of the word in the order of the diagram */
	uint32_t offset; /* in struct seccomp_data; loaded by the caller for the first test */
	uint64_t weight; /* how often the word is looked at, in 64ths */
	const struct word_mask *masks; /* tests of bits that the conditions hold */
	unsigned n_masks;
	/* The node for a function that does not look at this word any more. */
	unsigned (*exit)(void *ctx, unsigned f);
	void *ctx;
	uint64_t *work; /* what the search may still cost; when it is used up, the diagram is given up */
};

/*
 * The tests of the word for the function `f`, which looks at it first; the word is in the
 * accumulator.
 */
struct made word_solve(const struct word_problem *p, unsigned f);

#endif
