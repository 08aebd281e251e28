/*
 * tree.h - the cheapest decisions over ranges of one word.
 *
 * Numbers of calls and values of arguments are the same problem: ranges of a 32-bit word, each with
 * a place to go to. The word is in the accumulator and stays there.
 */
#ifndef SBX_SECCOMP_TREE_H
#define SBX_SECCOMP_TREE_H

#include "graph.h"

struct tree_range {
	uint32_t lo, hi; /* inclusive */
	unsigned target; /* node of the graph */
	uint64_t weight; /* how often a value is in it */
	bool apart; /* may be asked for on its own, though a neighbour goes to the same place */
};

/*
 * Weights of single values: of the first VALUES_BLOCK, and of as many from `high` on (0: none). All others are never seen.
 */
enum { VALUES_BLOCK = 1024 };
struct values {
	const uint64_t *v; /* VALUES_BLOCK, then those from `high` on; NULL: alike in a range */
	uint32_t high;
};

/*
 * What is to be small: the sum of weight times instructions executed, plus instructions times
 * `size`.
 */
struct price {
	uint64_t size;
	unsigned peels;	      /* heavy single values that may be asked for first, at every step */
	unsigned most;        /* ranges of one search, at most TREE_MAX; 0: TREE_MAX */
	struct values each;
};

struct made {
	unsigned node;
	uint64_t cost;
};

/*
 * Ranges ascend and do not overlap; values between them are never seen. At least one. The answer is
 * the best of all trees of comparisons (==, >=) in which the values asked for first are the
 * heaviest of their subtree or all that is needed to end it, up to `most` ranges; more are halved
 * first, since a search costs the third power of its ranges.
 */
uint64_t values_at(const struct values *each, uint32_t v);

enum {
	TREE_MAX = 128,
	TREE_ARGUMENT = 64, /* values of arguments are weighted alike, so halves lose next to nothing */
};
struct made tree_solve(struct arena *scratch, struct graph *g, const struct tree_range *v,
		       unsigned n, const struct price *price);

#endif
