/*
 * path_places.c - lines about paths by the place they stand on: what is said at a place and above it is a search for each of its
 * folders, and of the patterns below one folder only those are looked at whose names have a piece in common with what is asked.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/needles.h"
#include "../../compiler/str.h"
#include "paths.h"

/* All lines on one place: those without a pattern come first. */
struct path_place {
	const char *root; /* first: sorted_first() */
	struct path_line **v;
	unsigned n_plain, n;
	struct needles *find; /* the patterns, by their place among the lines; NULL: there are none */
	struct path_sum sum;
};

static int by_place(const void *x, const void *y)
{
	const struct path_line *a = x, *b = y;
	int order;

	if (a->at.beg != b->at.beg)
		return a->at.beg < b->at.beg ? -1 : 1;
	order = strcmp(a->root, b->root);
	return order ? order : a->number < b->number ? -1 : 1;
}

static int by_root(const void *x, const void *y)
{
	const struct path_line *const *a = x, *const *b = y;
	int order = strcmp((*a)->root, (*b)->root);

	order = order ? order : ((*a)->rule->glob != NULL) - ((*b)->rule->glob != NULL);
	return order ? order : *a < *b ? -1 : *a > *b;
}

/* The lines of one place are all there. */
static void finish_place(struct arena *a, struct path_place *p)
{
	p->find = p->n_plain < p->n ? needles_new(a) : NULL;
	for (unsigned i = p->n_plain; i < p->n; i++)
		needles_add_pattern(p->find, i, p->v[i]->rule->glob, NULL);
	if (p->find)
		needles_make(p->find);
}

void paths_sort(struct arena *a, struct path_lines *l)
{
	struct path_line **all = ARENA_ARRAY(a, l->n + 1, struct path_line *);
	struct path_place *p = NULL;

	l->places = ARENA_ARRAY(a, l->n + 1, struct path_place);
	l->n_places = 0;
	if (!l->n)
		return;
	qsort(l->v, l->n, sizeof(*l->v), by_place);
	for (unsigned i = 0; i < l->n; i++) {
		l->v[i].number = i;
		all[i] = &l->v[i];
	}
	qsort(all, l->n, sizeof(struct path_line *), by_root);
	for (unsigned i = 0; i < l->n; i++) {
		if (!p || strcmp(p->root, all[i]->root) != 0) {
			p = &l->places[l->n_places++];
			*p = (struct path_place){.root = all[i]->root, .v = &all[i]};
		}
		p->n++;
		p->n_plain += !all[i]->rule->glob;
	}
	for (unsigned i = 0; i < l->n_places; i++)
		finish_place(a, &l->places[i]);
}

static void add(struct path_sum *s, const struct path_line *line)
{
	s->all |= line->all;
	s->plain |= line->rule->glob ? 0 : line->all;
	s->gives |= line->gives;
}

static void add_sum(struct path_sum *s, const struct path_sum *more)
{
	s->all |= more->all;
	s->plain |= more->plain;
	s->gives |= more->gives;
}

void paths_sum(struct path_lines *l)
{
	l->sum = (struct path_sum){.all = 0};
	for (unsigned i = 0; i < l->n_places; i++) {
		struct path_place *p = &l->places[i];

		p->sum = (struct path_sum){.all = 0};
		for (unsigned k = 0; k < p->n; k++)
			add(&p->sum, p->v[k]);
		add_sum(&l->sum, &p->sum);
	}
}

/* ---- asking ---- */

static unsigned first_from(const struct path_lines *l, const char *root, size_t n)
{
	return sorted_first(l->places, l->n_places, sizeof(*l->places), root, n);
}

/* The place of just these bytes, or NULL. */
static const struct path_place *place_at(const struct path_lines *l, const char *root, size_t n)
{
	unsigned i = first_from(l, root, n);
	const struct path_place *p = i < l->n_places ? &l->places[i] : NULL;

	return p && strncmp(p->root, root, n) == 0 && !p->root[n] ? p : NULL;
}

/* To the folder above; false at the root. */
static bool go_up(const char **root, size_t *n)
{
	if (*n == 1 && **root == '/')
		return false;
	do
		--*n;
	while (*n > 1 && (*root)[*n] != '/');
	if (*n <= 1) {
		*root = "/";
		*n = 1;
	}
	return true;
}

struct looking {
	const struct path_place *place;
	paths_look_fn *look;
	void *ctx;
	bool more;
};

static bool look_at_pattern(void *ctx, unsigned i)
{
	struct looking *x = ctx;

	x->more = x->look(x->ctx, x->place->v[i]);
	return x->more;
}

bool paths_above(const struct path_lines *l, const char *root, const char *name, paths_look_fn *look, void *ctx)
{
	struct looking x = {.look = look, .ctx = ctx, .more = true};
	struct arena *a = name ? arena_new() : NULL;
	const char *text = name ? arena_printf(a, "%s/%s", root, name) : root;
	size_t n = strlen(root);

	do {
		x.place = place_at(l, root, n);
		for (unsigned i = 0; x.place && i < x.place->n_plain && x.more; i++)
			x.more = look(ctx, x.place->v[i]);
		if (x.place && x.place->find && x.more)
			needles_find(x.place->find, text, look_at_pattern, &x);
	} while (x.more && go_up(&root, &n));
	arena_free(a);
	return x.more;
}

struct path_sum paths_sum_above(const struct path_lines *l, const char *root)
{
	struct path_sum s = {.all = 0};
	size_t n = strlen(root);

	do {
		const struct path_place *p = place_at(l, root, n);

		if (p)
			add_sum(&s, &p->sum);
	} while (go_up(&root, &n));
	return s;
}

/* Is there a place below this one? They stand in one run, of which the sum is made unless that is NULL. */
static bool run_below(const struct path_lines *l, const char *root, struct path_sum *s)
{
	size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
	bool found = false;

	for (unsigned i = first_from(l, root, n); i < l->n_places && strncmp(l->places[i].root, root, n) == 0; i++) {
		if (l->places[i].root[n] != '/')
			continue;
		found = true;
		if (!s)
			break;
		add_sum(s, &l->places[i].sum);
	}
	return found;
}

bool paths_below(const struct path_lines *l, const char *root)
{
	return run_below(l, root, NULL);
}

struct path_sum paths_sum_below(const struct path_lines *l, const char *root)
{
	struct path_sum s = {.all = 0};

	run_below(l, root, &s);
	return s;
}
