/*
 * graph.h - a filter as a graph of instructions, before it has an order.
 *
 * Nodes that do the same and go on to the same nodes are one node, so whatever ends alike is
 * shared: tails of conditions, over calls and arches. A node never knows which word the
 * accumulator holds; a jump means the same wherever it is reached from.
 */
#ifndef SBX_SECCOMP_GRAPH_H
#define SBX_SECCOMP_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include "../../compiler/arena.h"

struct graph_node {
	uint16_t
	    code; /* BPF_RET, BPF_LD, BPF_ALU | BPF_AND, or BPF_JMP | BPF_JEQ, BPF_JGE, BPF_JSET */
	uint32_t k;
	unsigned yes, no; /* jumps; of loads and masks, yes is what comes next */
};

struct graph {
	struct arena *arena;
	struct graph_node *v;
	unsigned n;
	unsigned *slots; /* hash table: node + 1, or 0 */
	unsigned n_slots;
};

struct graph *graph_new(struct arena *a);
unsigned graph_return(struct graph *g, uint32_t value);
/* Loads the word of struct seccomp_data at `offset`. */
unsigned graph_load(struct graph *g, uint32_t offset, unsigned next);
unsigned graph_and(struct graph *g, uint32_t mask, unsigned next);
/* op: BPF_JEQ, BPF_JGE, BPF_JSET. A jump that need not be is none. */
unsigned graph_jump(struct graph *g, uint16_t op, uint32_t k, unsigned yes, unsigned no);

static inline bool graph_is_return(const struct graph_node *v)
{
	return (v->code & 7) == 6; /* BPF_RET */
}

static inline bool graph_is_jump(const struct graph_node *v)
{
	return (v->code & 7) == 5; /* BPF_JMP */
}

/* Nodes reachable from `from` that are not marked; marks them. `mark` holds g->n bools. */
unsigned graph_mark(const struct graph *g, unsigned from, bool *mark);

#endif
