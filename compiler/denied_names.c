/*
 * denied_names.c - each denied pattern once, found by its pieces; behind it the folders at which it is denied.
 */
#include "denied_names.h"

#include <string.h>

#include "glob.h"
#include "name_map.h"
#include "needles.h"
#include "place.h"
#include "str.h"

struct denied_names {
	struct arena *arena;
	struct needles *needles;
	struct name_map numbers; /* of patterns */
	const char **globs;
	unsigned n_globs;
	struct name_map folders; /* "NUMBER FOLDER": the first of the rules there */
	struct denied_at {
		const struct ir_rule *rule;
		unsigned next; /* 0: none, as the first is nobody's next */
	} *at;
	unsigned n_at;
};

static const char *folder_key(struct arena *a, unsigned number, const char *folder, size_t n)
{
	return arena_printf(a, "%u %.*s", number, (int)n, folder);
}

static unsigned number_of(struct denied_names *x, const char *glob)
{
	long known = name_map_get(&x->numbers, glob, strlen(glob));
	if (known >= 0)
		return (unsigned)known;
	name_map_put(x->arena, &x->numbers, glob, strlen(glob), x->n_globs);
	needles_add_pattern(x->needles, x->n_globs, glob, NULL);
	ARENA_GROW(x->arena, x->globs, x->n_globs);
	x->globs[x->n_globs] = glob;
	return x->n_globs++;
}

static void add(struct denied_names *x, const struct ir_rule *rule, const char *folder)
{
	const char *key = folder_key(x->arena, number_of(x, rule->glob), folder, strlen(folder));
	const long first = name_map_get(&x->folders, key, strlen(key));
	ARENA_GROW(x->arena, x->at, x->n_at);
	x->at[x->n_at] = (struct denied_at){rule, first < 0 ? 0 : x->at[first].next};
	if (first < 0)
		name_map_put(x->arena, &x->folders, key, strlen(key), x->n_at);
	else
		x->at[first].next = x->n_at;
	x->n_at++;
}

struct denied_names *denied_names_new(struct arena *a, const struct ir *ir, enum target t, const struct ir_binding *given,
				      unsigned n_given)
{
	struct denied_names *x = ARENA_NEW(a, struct denied_names);
	*x = (struct denied_names){.arena = a, .needles = needles_new(a)};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind != RULE_GLOB || !r->deny || !(r->targets & TARGET_BIT(t)))
			continue;
		const char *folder = place_meant(a, ir, t, r->object, given, n_given);
		if (folder)
			add(x, r, folder);
	}
	needles_make(x->needles);
	return x;
}

/* ---- asked ---- */

struct ask {
	const struct denied_names *x;
	struct arena *arena;
	const char *folder, *name;
	uint32_t op;
	bool fits;
};

static bool is_denied_at(const struct ask *q, unsigned number, size_t n)
{
	const char *key = folder_key(q->arena, number, q->folder, n);
	long at = name_map_get(&q->x->folders, key, strlen(key));
	while (at >= 0 && !(q->x->at[at].rule->ops & q->op))
		at = q->x->at[at].next ? (long)q->x->at[at].next : -1;
	return at >= 0;
}

static bool consider(void *ctx, unsigned number)
{
	struct ask *q = ctx;
	if (!glob_fits(q->x->globs[number], q->name, strlen(q->name)))
		return true;
	q->fits = is_denied_at(q, number, 1);
	for (size_t n = 2; !q->fits && q->folder[n - 1]; n++)
		if (q->folder[n] == '/' || !q->folder[n])
			q->fits = is_denied_at(q, number, n);
	return !q->fits;
}

bool denied_names_fit(const struct denied_names *x, const char *folder, const char *name, enum op op)
{
	struct ask q = {.x = x, .arena = arena_new(), .folder = folder, .name = name, .op = OP_BIT(op)};
	if (x->n_at)
		needles_find(x->needles, name, consider, &q);
	arena_free(q.arena);
	return q.fits;
}

/* A byte that no pattern spells stands for any: only a star takes it. */
bool denied_names_fit_all(const struct denied_names *x, const char *folder, const char *glob, enum op op)
{
	struct arena *a = arena_new();
	bool all = denied_names_fit(x, folder, glob_filled(a, glob, "\1"), op);
	arena_free(a);
	return all;
}

/* ---- patterns ---- */

const char *glob_filled(struct arena *a, const char *glob, const char *text)
{
	struct buf b = buf_new(a);
	for (; *glob; glob++)
		*glob == '*' ? buf_puts(&b, text) : buf_putc(&b, *glob);
	return buf_str(&b);
}

bool globs_may_meet(const char *x, const char *y)
{
	const size_t nx = strcspn(x, "*"), ny = strcspn(y, "*");
	if (!x[nx] || !y[ny])
		return !x[nx] ? glob_fits(y, x, nx) : glob_fits(x, y, ny);
	const char *ex = strrchr(x, '*') + 1, *ey = strrchr(y, '*') + 1;
	const size_t mx = strlen(ex), my = strlen(ey), m = mx < my ? mx : my;
	return strncmp(x, y, nx < ny ? nx : ny) == 0 && memcmp(ex + mx - m, ey + my - m, m) == 0;
}
