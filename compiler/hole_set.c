/*
 * hole_set.c - exceptions sorted by their paths. Where a value of the start stands behind what two paths have in common, that
 * value decides whether they meet; so of a path with one all that counts is whether the other begins like it, to behind the value.
 */
#include "hole_set.h"

#include <stdlib.h>
#include <string.h>

#include "place.h"
#include "str.h"

struct begin {
	const char *path;
	size_t n; /* to the slash behind the last value; 0: no slash is there, and nothing tells */
};

struct hole_set {
	const char **v; /* sorted */
	unsigned n;
	struct begin *begins; /* of holes with a value, each once */
	unsigned n_begins;
};

/* False: the path holds no value of the start. */
static bool begin_of(const char *path, struct begin *out)
{
	const char *last = NULL;
	for (const char *at = path; (at = strstr(at, "${")); at += 2)
		last = at;
	const char *slash = last ? strchr(last, '/') : NULL;
	*out = (struct begin){path, slash ? (size_t)(slash - path) + 1 : 0};
	return last;
}

static bool begins_so(const char *path, const struct begin *b)
{
	return b->n && strncmp(path, b->path, b->n) == 0;
}

static void add_begin(struct arena *a, struct hole_set *s, const char *hole)
{
	struct begin b;
	if (!begin_of(hole, &b))
		return;
	if (s->n_begins && s->begins[s->n_begins - 1].n == b.n && strncmp(s->begins[s->n_begins - 1].path, hole, b.n) == 0)
		return; /* they are sorted, so those that begin alike stand together */
	ARENA_GROW(a, s->begins, s->n_begins);
	s->begins[s->n_begins++] = b;
}

struct hole_set *hole_set_new(struct arena *a, const struct ir *ir, const struct ir_rule *r)
{
	struct hole_set *s = ARENA_NEW(a, struct hole_set);
	s->v = ARENA_ARRAY(a, r->n_holes + 1u, const char *);
	for (unsigned i = 0; i < r->n_holes; i++) {
		const char *path = expand_template(a, ir, r->holes[i].path, NULL, 0);
		if (path && path[0] == '/')
			s->v[s->n++] = path;
	}
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), cmp_strp);
	for (unsigned i = 0; i < s->n; i++)
		add_begin(a, s, s->v[i]);
	return s;
}

static unsigned lower_bound(const struct hole_set *s, const char *path, size_t n)
{
	return sorted_first(s->v, s->n, sizeof(*s->v), path, n);
}

static bool is_there(const struct hole_set *s, const char *path, size_t n)
{
	unsigned i = lower_bound(s, path, n);
	return i < s->n && strncmp(s->v[i], path, n) == 0 && !s->v[i][n];
}

static bool meets_known(const struct hole_set *s, struct arena *a, const char *path)
{
	const size_t len = strlen(path);
	const char *below = arena_printf(a, "%s/", len > 1 ? path : "");
	unsigned i = lower_bound(s, below, strlen(below));
	bool meets = (i < s->n && strncmp(s->v[i], below, strlen(below)) == 0) || is_there(s, "/", 1);
	for (size_t n = 2; n <= len && !meets; n++)
		meets = (path[n] == '/' || !path[n]) && is_there(s, path, n);
	return meets;
}

bool hole_set_meets(const struct hole_set *s, const char *path)
{
	struct begin mine;
	bool meets = false;
	if (!s->n)
		return false;
	for (unsigned i = 0; i < s->n_begins && !meets; i++)
		meets = !begins_so(path, &s->begins[i]);
	if (begin_of(path, &mine)) /* all of them begin so when the first and the last do */
		meets |= !begins_so(s->v[0], &mine) || !begins_so(s->v[s->n - 1], &mine);
	if (meets)
		return true;
	struct arena *a = arena_new();
	meets = meets_known(s, a, path);
	arena_free(a);
	return meets;
}
