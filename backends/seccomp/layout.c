/*
 * layout.c - emits the filter backwards: from its returns to its first instruction.
 *
 * Jumps of classic BPF only go forward, so when an instruction is made all that it can jump to is
 * there already and every offset is known. A label is the distance of an instruction from the end.
 * The kernel makes two instructions of a jump of which no side falls through, and of a JSET whose
 * false side does not (bpf_convert_filter), so one side is placed right behind where it can be.
 */
#include "layout.h"

enum {
	MAX_CODE = BPF_MAXINSNS,
	/* Offsets of conditional jumps have 8 bits; two bridges may come between check and jump. */
	MAX_REACH = 255 - 2,
	NOT_PLACED = 0,
};

struct layout {
	const struct graph *graph;
	struct sock_filter *code; /* filled from its end */
	unsigned n;               /* instructions so far */
	bool full;
	unsigned *label; /* of each node: the nearest place that does what it does */
};

static void emit(struct layout *l, uint16_t code, unsigned jt, unsigned jf, uint32_t k)
{
	if (l->n == MAX_CODE) {
		l->full = true;
		return;
	}
	l->n++;
	l->code[MAX_CODE - l->n] =
	    (struct sock_filter){.code = code, .jt = (uint8_t)jt, .jf = (uint8_t)jf, .k = k};
}

/* Makes sure that a conditional jump emitted next reaches the node. */
static void bring_near(struct layout *l, unsigned node)
{
	const struct graph_node *v = &l->graph->v[node];
	if (l->n - l->label[node] <= MAX_REACH)
		return;
	if (graph_is_return(v))
		emit(l, v->code, 0, 0, v->k);
	else
		emit(l, BPF_JMP | BPF_JA, 0, 0, l->n - l->label[node]);
	l->label[node] = l->n;
}

static void emit_jump(struct layout *l, const struct graph_node *v)
{
	bring_near(l, v->yes);
	bring_near(l, v->no);
	emit(l, v->code, l->n - l->label[v->yes], l->n - l->label[v->no], v->k);
}

/*
 * Makes sure that what is emitted next falls through to the node. When something else is there, a
 * copy of what it begins with is as short as a jump to it, and quicker.
 */
static void fall_into(struct layout *l, unsigned node)
{
	const struct graph_node *v = &l->graph->v[node];
	if (l->label[node] == l->n)
		return;
	if (graph_is_jump(v))
		emit_jump(l, v);
	else if (graph_is_return(v))
		emit(l, v->code, 0, 0, v->k);
	else
		emit(l, BPF_JMP | BPF_JA, 0, 0, l->n - l->label[node]);
}

static void place(struct layout *l, unsigned node);

/* The side placed last falls through. */
static void place_sides(struct layout *l, const struct graph_node *v)
{
	unsigned first = v->yes, last = v->no;
	bool jset = BPF_OP(v->code) == BPF_JSET;
	bool no_placed = l->label[v->no] != NOT_PLACED;
	bool no_ends = graph_is_return(&l->graph->v[v->no]);
	bool yes_ends = graph_is_return(&l->graph->v[v->yes]);
	if (!jset && (no_placed || (no_ends && !yes_ends))) {
		first = v->no;
		last = v->yes;
	}
	place(l, first);
	place(l, last);
}

/*
 * Depth is bounded: a tree holds at most TREE_MAX ranges, and there are few trees behind each
 * other.
 */
static void place(struct layout *l, unsigned node)
{
	const struct graph_node *v = &l->graph->v[node];
	if (l->label[node] != NOT_PLACED || l->full)
		return;
	if (graph_is_return(v)) {
		emit(l, v->code, 0, 0, v->k);
	} else if (graph_is_jump(v)) {
		place_sides(l, v);
		emit_jump(l, v);
	} else {
		place(l, v->yes);
		fall_into(l, v->yes);
		emit(l, v->code, 0, 0, v->k);
	}
	l->label[node] = l->n;
}

bool layout(const struct graph *g, unsigned root, struct arena *a, struct code *out)
{
	struct layout l = {.graph = g,
			   .code = ARENA_ARRAY(a, MAX_CODE, struct sock_filter),
			   .label = ARENA_ARRAY(a, g->n, unsigned)};
	place(&l, root);
	fall_into(&l, root);
	*out = (struct code){.v = l.code + (MAX_CODE - l.n), .n = l.n};
	return !l.full;
}
