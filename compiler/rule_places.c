/*
 * rule_places.c - places sorted by their text: what lies above one is a search for each of its folders, what lies below it a run.
 */
#include "rule_places.h"

#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "str.h"

struct places {
	struct rule_place *v;
	unsigned n;
};

struct rule_places {
	struct places rules, holes;
};

static int by_root(const void *x, const void *y)
{
	const struct rule_place *a = x, *b = y;
	int c = strcmp(a->root, b->root);
	return c ? c : (a->rule > b->rule) - (a->rule < b->rule);
}

static void sort(struct places *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_root);
}

struct rule_places *rule_places_new(struct arena *a, const struct ir *ir, const struct ir_rule *rules, unsigned n, enum target t,
				    const struct ir_binding *given, unsigned n_given)
{
	struct rule_places *x = ARENA_NEW(a, struct rule_places);
	unsigned n_holes = 0;
	for (unsigned i = 0; i < n; i++)
		n_holes += rules[i].n_holes;
	x->rules.v = ARENA_ARRAY(a, n + 1u, struct rule_place);
	x->holes.v = ARENA_ARRAY(a, n_holes + 1u, struct rule_place);
	for (unsigned i = 0; i < n; i++) {
		const struct ir_rule *r = &rules[i];
		const char *root = r->kind == RULE_PATH || r->kind == RULE_GLOB ? place_meant(a, ir, t, r->object, given, n_given) : NULL;
		if (root)
			x->rules.v[x->rules.n++] = (struct rule_place){root, r};
		for (unsigned h = 0; h < r->n_holes; h++)
			if ((root = place_meant(a, ir, t, r->holes[h].path, given, n_given)))
				x->holes.v[x->holes.n++] = (struct rule_place){root, r};
	}
	sort(&x->rules);
	sort(&x->holes);
	return x;
}

static unsigned first_from(const struct places *p, const char *path, size_t n)
{
	return sorted_first(p->v, p->n, sizeof(*p->v), path, n);
}

static void each_at(const struct places *p, const char *path, size_t n, rule_place_fn *fn, void *ctx)
{
	for (unsigned i = first_from(p, path, n); i < p->n && strncmp(p->v[i].root, path, n) == 0 && !p->v[i].root[n]; i++)
		fn(ctx, &p->v[i]);
}

void rule_places_above(const struct rule_places *x, const char *path, rule_place_fn *fn, void *ctx)
{
	each_at(&x->rules, "/", 1, fn, ctx);
	for (size_t n = 2; path[n - 1]; n++)
		if (path[n] == '/' || !path[n])
			each_at(&x->rules, path, n, fn, ctx);
}

static void each_below(const struct places *p, const char *path, rule_place_fn *fn, void *ctx)
{
	size_t n = path[1] ? strlen(path) : 0;
	for (unsigned i = first_from(p, path, n); i < p->n && strncmp(p->v[i].root, path, n) == 0; i++)
		if (p->v[i].root[n] == '/' && p->v[i].root[n + 1])
			fn(ctx, &p->v[i]);
}

void rule_places_below(const struct rule_places *x, const char *path, rule_place_fn *fn, void *ctx)
{
	each_below(&x->rules, path, fn, ctx);
}

void rule_holes_below(const struct rule_places *x, const char *path, rule_place_fn *fn, void *ctx)
{
	each_below(&x->holes, path, fn, ctx);
}
