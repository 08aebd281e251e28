/*
 * graph.c - makes nodes of the instruction graph, each only once.
 */
#include "graph.h"

#include <linux/filter.h>

enum { FIRST_SLOTS = 1024 };

struct graph *graph_new(struct arena *a)
{
	struct graph *g = ARENA_NEW(a, struct graph);
	*g = (struct graph){.arena = a, .n_slots = FIRST_SLOTS};
	g->slots = ARENA_ARRAY(a, g->n_slots, unsigned);
	return g;
}

static unsigned node_hash(const struct graph_node *v)
{
	uint64_t h = v->code;
	h = (h ^ v->k) * 0x9e3779b97f4a7c15ull;
	h = (h ^ (h >> 29) ^ v->yes) * 0xbf58476d1ce4e5b9ull;
	h = (h ^ (h >> 31) ^ v->no) * 0x94d049bb133111ebull;
	return (unsigned)(h >> 32);
}

static bool node_equal(const struct graph_node *a, const struct graph_node *b)
{
	return a->code == b->code && a->k == b->k && a->yes == b->yes && a->no == b->no;
}

static unsigned *graph_slot(struct graph *g, const struct graph_node *v)
{
	unsigned at = node_hash(v) & (g->n_slots - 1);
	while (g->slots[at] && !node_equal(&g->v[g->slots[at] - 1], v))
		at = (at + 1) & (g->n_slots - 1);
	return &g->slots[at];
}

static void graph_widen(struct graph *g)
{
	g->n_slots *= 2;
	g->slots = ARENA_ARRAY(g->arena, g->n_slots, unsigned);
	for (unsigned i = 0; i < g->n; i++)
		*graph_slot(g, &g->v[i]) = i + 1;
}

static unsigned graph_node(struct graph *g, struct graph_node v)
{
	unsigned *slot = graph_slot(g, &v);
	if (*slot)
		return *slot - 1;
	ARENA_GROW(g->arena, g->v, g->n);
	g->v[g->n++] = v;
	*slot = g->n;
	if (g->n * 2 > g->n_slots)
		graph_widen(g);
	return g->n - 1;
}

unsigned graph_return(struct graph *g, uint32_t value)
{
	return graph_node(g, (struct graph_node){.code = BPF_RET | BPF_K, .k = value});
}

unsigned graph_load(struct graph *g, uint32_t offset, unsigned next)
{
	return graph_node(
	    g, (struct graph_node){.code = BPF_LD | BPF_W | BPF_ABS, .k = offset, .yes = next});
}

unsigned graph_and(struct graph *g, uint32_t mask, unsigned next)
{
	return graph_node(
	    g, (struct graph_node){.code = BPF_ALU | BPF_AND | BPF_K, .k = mask, .yes = next});
}

unsigned graph_jump(struct graph *g, uint16_t op, uint32_t k, unsigned yes, unsigned no)
{
	if (yes == no)
		return yes;
	/* One spelling for one meaning, so that equal jumps are found equal. */
	if (op == BPF_JGE && k == UINT32_MAX)
		op = BPF_JEQ;
	if (op == BPF_JGE && k == 1) {
		unsigned swap = yes;
		op = BPF_JEQ;
		k = 0;
		yes = no;
		no = swap;
	}
	return graph_node(
	    g, (struct graph_node){
		   .code = (uint16_t)(BPF_JMP | op | BPF_K), .k = k, .yes = yes, .no = no});
}

unsigned graph_mark(const struct graph *g, unsigned from, bool *mark)
{
	if (mark[from])
		return 0;
	const struct graph_node *v = &g->v[from];
	mark[from] = true;
	if (graph_is_return(v))
		return 1;
	unsigned n = 1 + graph_mark(g, v->yes, mark);
	return graph_is_jump(v) ? n + graph_mark(g, v->no, mark) : n;
}
