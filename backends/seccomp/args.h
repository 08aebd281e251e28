/*
 * args.h - the conditions of one call as a graph of tests of its arguments.
 */
#ifndef SBX_SECCOMP_ARGS_H
#define SBX_SECCOMP_ARGS_H

#include "tree.h"
#include "verdict.h"

struct args {
	struct arena *arena;
	struct graph *graph;
	struct price price;
	bool big_endian;
	unsigned *kept; /* nodes of the filter already: what is reached from them is free */
	unsigned n_kept;
};

/*
 * The node that gives the verdict. Of all orders in which the words can be looked at, the one that
 * costs least is taken, counting only what is not there yet. `weight`: how often the call is made,
 * in 64ths.
 */
unsigned args_lower(struct args *a, const struct verdict *v, uint64_t weight);

/* The tests as they are written, one after another: args_plain.c. */
unsigned args_plain(const struct args *a, const struct verdict *v);

/* Of word 2 * argument + half (0: low), in struct seccomp_data. */
uint32_t args_offset(const struct args *a, unsigned word);

#endif
