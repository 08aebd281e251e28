/*
 * diff_tree.c - witness points as a tree, and the regions in which two policies differ alike.
 *
 * What a rule covers is a node and all below it, so a decision is constant between the nodes, and a region is told by its
 * topmost node and the nodes where it stops.
 */
#include <string.h>

#include "diff_priv.h"
#include "say.h"

int tree_add(struct tree *t, int parent, const char *name, const char *probe, const char *shown)
{
	ARENA_GROW(t->arena, t->v, t->n);
	t->v[t->n] = (struct tree_node){.name = name, .probe = probe, .shown = shown, .parent = parent};
	return (int)t->n++;
}

void tree_ask(const struct differ *d, struct tree *t, enum target target, uint32_t ops, uint16_t port)
{
	for (unsigned i = 0; i < t->n; i++) {
		struct tree_node *node = &t->v[i];
		node->grows = node->shrinks = 0;
		for (unsigned op = 0; op < OP_COUNT; op++) {
			if (!(ops & OP_BIT(op)))
				continue;
			struct request was = side_request(&d->old, target, (enum op)op, node->probe, port);
			struct request is = side_request(&d->now, target, (enum op)op, node->probe, port);
			bool before = side_allows(&d->old, &was), after = side_allows(&d->now, &is);
			if (after && !before)
				node->grows |= OP_BIT(op);
			else if (before && !after)
				node->shrinks |= OP_BIT(op);
		}
	}
}

/* ---- regions ---- */

struct regions {
	struct arena *arena;
	struct region *v;
	unsigned n;
};

static uint32_t differs(const struct tree_node *node, enum diff_way way)
{
	return way == DIFF_GROWS ? node->grows : node->shrinks;
}

static bool same_stops(const struct region *a, const struct region *b)
{
	return a->n_stops == b->n_stops &&
	       (a->n_stops == 0 || memcmp(a->stops, b->stops, a->n_stops * sizeof(*a->stops)) == 0);
}

/* Regions of one root stand together at the end; ops of the same extent are one region. */
static void regions_add(struct regions *all, const struct region *r)
{
	for (unsigned i = all->n; i-- > 0 && all->v[i].root == r->root;)
		if (all->v[i].way == r->way && same_stops(&all->v[i], r)) {
			all->v[i].ops |= r->ops;
			return;
		}
	ARENA_GROW(all->arena, all->v, all->n);
	all->v[all->n++] = *r;
}

/* The nodes below `root` where the region stops. Children follow their parents, and a subtree hangs together. */
static void find_stops(struct arena *a, const struct tree *t, struct region *r)
{
	unsigned end = r->root + 1, n = 0;
	while (end < t->n && t->v[end].parent >= (int)r->root)
		end++;
	unsigned *stops = ARENA_ARRAY(a, end - r->root, unsigned);
	bool *in = ARENA_ARRAY(a, end - r->root, bool);
	in[0] = true;
	for (unsigned i = r->root + 1; i < end; i++) {
		bool above = in[t->v[i].parent - (int)r->root], here = differs(&t->v[i], r->way) & r->ops;
		in[i - r->root] = above && here;
		if (above && !here)
			stops[n++] = i;
	}
	r->stops = stops;
	r->n_stops = n;
}

struct region *tree_regions(const struct tree *t, unsigned *n)
{
	struct regions all = {.arena = t->arena};
	for (unsigned i = 0; i < t->n; i++)
		for (unsigned w = DIFF_GROWS; w <= DIFF_SHRINKS; w++) {
			const struct tree_node *up = t->v[i].parent >= 0 ? &t->v[t->v[i].parent] : NULL;
			uint32_t begins = differs(&t->v[i], (enum diff_way)w) & ~(up ? differs(up, (enum diff_way)w) : 0);
			for (unsigned op = 0; op < OP_COUNT; op++) {
				if (!(begins & OP_BIT(op)))
					continue;
				struct region r = {.way = (enum diff_way)w, .ops = OP_BIT(op), .root = i};
				find_stops(t->arena, t, &r);
				regions_add(&all, &r);
			}
		}
	*n = all.n;
	return all.v;
}

/* ---- words ---- */

void tree_entry(const struct tree *t, const struct region *r, const char *suffix, struct diff_entry *e)
{
	struct buf but = buf_new(t->arena);
	const char **stops = ARENA_ARRAY(t->arena, r->n_stops, const char *);
	for (unsigned i = 0; i < r->n_stops; i++) {
		stops[i] = t->v[r->stops[i]].name;
		buf_printf(&but, "%s%s", i ? ", " : "", t->v[r->stops[i]].shown);
	}
	e->way = r->way;
	e->what = say_ops(t->arena, r->ops);
	e->object = arena_printf(t->arena, "%s%s", t->v[r->root].shown, suffix);
	e->but = r->n_stops ? buf_str(&but) : NULL;
	e->set.ops = r->ops;
	e->set.root = t->v[r->root].name;
	e->set.stops = stops;
	e->set.n_stops = r->n_stops;
}
