/*
 * needles.c - an automaton of all pieces at once (Aho and Corasick): one walk over the text finds those that occur.
 */
#include "needles.h"

#include <stdint.h>
#include <string.h>

#include "name_map.h"

struct node {
	uint32_t first, sibling; /* children; 0: none, as the root is nobody's child */
	uint32_t fail;		 /* the longest other piece's beginning that this one ends in */
	uint32_t out;		 /* of those on the way of `fail`, the nearest at which a piece ends; 0: none */
	uint32_t values;	 /* of the piece that ends here: 1 + index */
	unsigned long seen;	 /* the last search that came by */
	unsigned char byte;
};

struct value {
	unsigned value;
	uint32_t next; /* 1 + index */
};

struct needles {
	struct arena *arena;
	struct wish {
		unsigned value, n;
		const char *const *pieces;
	} *wishes;
	unsigned n_wishes;
	struct node *nodes; /* the root is 0 */
	uint32_t n_nodes;
	struct edge {
		uint32_t from, to; /* to 0: free */
		unsigned char byte;
	} *edges; /* open addressing */
	uint32_t n_edges; /* power of two */
	uint32_t start[256]; /* of the root: most bytes begin nothing */
	struct value *values;
	uint32_t n_values;
	unsigned long searches;
};

struct needles *needles_new(struct arena *a)
{
	struct needles *x = ARENA_NEW(a, struct needles);
	x->arena = a;
	return x;
}

void needles_add(struct needles *x, unsigned value, const char *const *pieces, unsigned n)
{
	ARENA_GROW(x->arena, x->wishes, x->n_wishes);
	x->wishes[x->n_wishes++] = (struct wish){value, n, pieces};
}

void needles_add_pattern(struct needles *x, unsigned value, const char *glob, const char *folder)
{
	unsigned n;
	const char **pieces = needles_of_glob(x->arena, glob, &n);
	if (folder) {
		ARENA_GROW(x->arena, pieces, n);
		pieces[n++] = folder;
	}
	needles_add(x, value, pieces, n);
}

/* ---- making it ---- */

static struct edge *edge_at(const struct needles *x, uint32_t from, unsigned char byte)
{
	uint32_t h = (from * 256 + byte) * 2654435761u;
	for (uint32_t i = h ^ h >> 15;; i++) {
		struct edge *e = &x->edges[i & (x->n_edges - 1)];
		if (!e->to || (e->from == from && e->byte == byte))
			return e;
	}
}

static uint32_t child(const struct needles *x, uint32_t from, unsigned char byte)
{
	return from ? edge_at(x, from, byte)->to : x->start[byte];
}

static uint32_t child_new(struct needles *x, uint32_t from, unsigned char byte)
{
	const uint32_t to = x->n_nodes;
	ARENA_GROW(x->arena, x->nodes, x->n_nodes);
	x->nodes[x->n_nodes++] = (struct node){.sibling = x->nodes[from].first, .byte = byte};
	x->nodes[from].first = to;
	if (from)
		*edge_at(x, from, byte) = (struct edge){from, to, byte};
	else
		x->start[byte] = to;
	return to;
}

static void put(struct needles *x, const char *piece, unsigned value)
{
	uint32_t at = 0;
	for (const char *c = piece; *c; c++) {
		uint32_t next = child(x, at, (unsigned char)*c);
		at = next ? next : child_new(x, at, (unsigned char)*c);
	}
	ARENA_GROW(x->arena, x->values, x->n_values);
	x->values[x->n_values++] = (struct value){value, x->nodes[at].values};
	x->nodes[at].values = x->n_values;
}

/* How many need each piece, by the number it gets. */
struct counts {
	struct name_map numbers;
	unsigned *of, n;
};

static void count(struct arena *a, struct counts *c, const char *piece)
{
	long known = name_map_get(&c->numbers, piece, strlen(piece));
	if (known < 0) {
		known = c->n;
		name_map_put(a, &c->numbers, piece, strlen(piece), c->n);
		ARENA_GROW(a, c->of, c->n);
		c->of[c->n++] = 0;
	}
	c->of[known]++;
}

/* Of as rare ones the longest. */
static const char *rarest(const struct counts *c, const struct wish *w)
{
	const char *best = NULL;
	unsigned least = 0;
	for (unsigned i = 0; i < w->n; i++) {
		unsigned n = c->of[name_map_get(&c->numbers, w->pieces[i], strlen(w->pieces[i]))];
		if (best && (n > least || (n == least && strlen(w->pieces[i]) <= strlen(best))))
			continue;
		best = w->pieces[i];
		least = n;
	}
	return best;
}

/* Where each node goes on when its own way ends: breadth first, as that is always nearer to the root. */
static void link_nodes(struct needles *x)
{
	uint32_t *queue = ARENA_ARRAY(x->arena, x->n_nodes, uint32_t), n = 0;
	queue[n++] = 0;
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t c = x->nodes[queue[i]].first; c; c = x->nodes[c].sibling) {
			struct node *to = &x->nodes[c];
			uint32_t f = queue[i];
			do
				f = f ? x->nodes[f].fail : 0;
			while (f && !child(x, f, to->byte));
			to->fail = queue[i] ? child(x, f, to->byte) : 0;
			to->out = x->nodes[to->fail].values ? to->fail : x->nodes[to->fail].out;
			queue[n++] = c;
		}
	}
}

void needles_make(struct needles *x)
{
	struct counts c = {.n = 0};
	size_t bytes = 1;
	for (unsigned i = 0; i < x->n_wishes; i++)
		for (unsigned k = 0; k < x->wishes[i].n; k++)
			count(x->arena, &c, x->wishes[i].pieces[k]);
	const char **chosen = ARENA_ARRAY(x->arena, x->n_wishes, const char *);
	for (unsigned i = 0; i < x->n_wishes; i++) {
		chosen[i] = rarest(&c, &x->wishes[i]);
		bytes += strlen(chosen[i]);
	}
	x->n_edges = 16;
	while (x->n_edges < 2 * bytes)
		x->n_edges *= 2;
	x->edges = ARENA_ARRAY(x->arena, x->n_edges, struct edge);
	ARENA_GROW(x->arena, x->nodes, x->n_nodes);
	x->n_nodes = 1;
	for (unsigned i = 0; i < x->n_wishes; i++)
		put(x, chosen[i], x->wishes[i].value);
	link_nodes(x);
}

/* ---- asking it ---- */

/* Of the piece that ends at the node and of those that end with it. False when nobody wants more. */
static bool tell(struct needles *x, uint32_t at, bool (*fn)(void *ctx, unsigned value), void *ctx)
{
	for (at = x->nodes[at].values ? at : x->nodes[at].out; at; at = x->nodes[at].out) {
		if (x->nodes[at].seen == x->searches)
			return true; /* and so were the others */
		x->nodes[at].seen = x->searches;
		for (uint32_t v = x->nodes[at].values; v; v = x->values[v - 1].next)
			if (!fn(ctx, x->values[v - 1].value))
				return false;
	}
	return true;
}

void needles_find(struct needles *x, const char *text, bool (*fn)(void *ctx, unsigned value), void *ctx)
{
	uint32_t at = 0;
	x->searches++;
	for (const char *c = text; *c; c++) {
		uint32_t next;
		while (!(next = child(x, at, (unsigned char)*c)) && at)
			at = x->nodes[at].fail;
		at = next;
		if (at && !tell(x, at, fn, ctx))
			return;
	}
}

const char **needles_of_glob(struct arena *a, const char *glob, unsigned *n)
{
	const char **pieces = NULL;
	*n = 0;
	while (*glob) {
		size_t len = strcspn(glob, "*");
		if (len) {
			ARENA_GROW(a, pieces, *n);
			pieces[(*n)++] = arena_strndup(a, glob, len);
		}
		glob += len + (glob[len] == '*');
	}
	return pieces;
}
