/*
 * tree_priv.h - what the files of the tree search share: a state, and the ways it can end.
 */
#ifndef SBX_SECCOMP_TREE_PRIV_H
#define SBX_SECCOMP_TREE_PRIV_H

#include "tree.h"

enum { TREE_MAX_PEELS = 8, NO_ITEM = UINT16_MAX };

enum step {
	STEP_LEAF,  /* one target */
	STEP_SPLIT, /* >= at the first value of range `arg` */
	STEP_PEEL,  /* == the next heaviest single value */
	STEP_CHAIN,  /* == for every value that does not go where the rest goes */
	STEP_FOLDED, /* the same, some behind a mask that joins them */
	STEP_BITS,  /* one test of bits tells two targets apart, after == of range `except` */
	STEP_SIEVE, /* bits that only values of one target have, then a tree for what passes */
};

struct state {
	uint64_t cost;
	enum step step;
	unsigned arg; /* LEAF: target; BITS, SIEVE: mask */
	unsigned
	    arg2; /* BITS: target of values that have none of the bits; SIEVE: of those that have */
	unsigned except; /* BITS: a single value asked for before, or NO_ITEM */
};

struct tree {
	struct arena *arena;
	struct graph *graph;
	const struct tree_range *v;
	unsigned n, peels;
	struct price price;
	bool inner;     /* below a sieve: no further one */
	uint16_t *rank; /* single values, heaviest first */
	unsigned n_rank;
	uint16_t *heavy; /* [i][j][peels]: the heaviest single values of i to j */
	uint64_t *sum;   /* weights of the ranges before i */
	struct state *states;
};

static inline uint16_t *tree_heavy(const struct tree *t, unsigned i, unsigned j)
{
	return t->heavy + (size_t)(i * t->n + j) * (TREE_MAX_PEELS + 1);
}

static inline struct state *tree_state(const struct tree *t, unsigned i, unsigned j, unsigned k)
{
	return &t->states[(size_t)(i * t->n + j) * (t->peels + 1) + k];
}

static inline bool is_single(const struct tree_range *r)
{
	return r->lo == r->hi;
}

static inline bool is_peeled(const struct tree *t, unsigned i, unsigned j, unsigned k,
			     unsigned item)
{
	const uint16_t *h = tree_heavy(t, i, j);
	for (unsigned x = 0; x < k; x++)
		if (h[x] == item)
			return true;
	return false;
}

static inline void state_offer(struct state *s, struct state other)
{
	if (other.cost < s->cost)
		*s = other;
}

/* Weight of ranges i to j without the k heaviest single values. */
uint64_t tree_weight(const struct tree *t, unsigned i, unsigned j, unsigned k);

/* The best tree for a list of at most TREE_MAX ranges; below a sieve when `inner`. */
struct made tree_few(struct arena *a, struct graph *g, const struct tree_range *v, unsigned n,
		     const struct price *price, bool inner);

/* tree_chain.c */
void tree_try_chain(struct tree *t, unsigned i, unsigned j, unsigned k);
/* After all else that ends without one: it is not looked at where it cannot be the best. */
void tree_try_folded(struct tree *t, unsigned i, unsigned j, unsigned k);
unsigned tree_build_chain(const struct tree *t, unsigned i, unsigned j, unsigned k);

/* tree_bits.c */
void tree_try_bits(struct tree *t, unsigned i, unsigned j);
unsigned tree_build_bits(const struct tree *t, unsigned i, unsigned j);
void tree_try_sieve(struct tree *t, unsigned i, unsigned j);
unsigned tree_build_sieve(const struct tree *t, unsigned i, unsigned j);

#endif
