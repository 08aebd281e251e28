/*
 * facts_covers.c - the cover lines: each stands on a place that the policy takes out of an allowed tree, or on one that
 * it allows again below such a place; and each takes exactly what Landlock gives there and decide() does not.
 *
 * That none is missing shows in the requests, which ask about every place that the policy names.
 */
#include <stdlib.h>
#include <string.h>

#include "facts.h"

/* What the policy says of a place, sorted by its text. */
struct claim {
	const char *path;
	const struct ir_rule *rule;
	const struct ir_hole *hole; /* NULL: the rule's own place */
};

struct claims {
	struct facts *f;
	struct claim *v;
	unsigned n;
	struct model bare; /* without covers */
	const char **covers; /* sorted */
};

static int cmp_claim(const void *a, const void *b)
{
	return strcmp(((const struct claim *)a)->path, ((const struct claim *)b)->path);
}

static int cmp_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct claims collect(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	struct claims c = {.f = f, .bare = *f->m};
	unsigned n = ir->n_rules, covers = f->m->covers.n;
	for (unsigned i = 0; i < ir->n_rules; i++)
		n += ir->rules[i].n_holes;
	c.v = ARENA_ARRAY(f->a, n + 1u, struct claim);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!(r->targets & TARGET_BIT(TARGET_LINUX)))
			continue;
		c.v[c.n++] = (struct claim){r->object, r, NULL};
		for (unsigned h = 0; h < r->n_holes; h++)
			c.v[c.n++] = (struct claim){r->holes[h].path, r, &r->holes[h]};
	}
	if (c.n)
		qsort(c.v, c.n, sizeof(*c.v), cmp_claim);
	c.covers = ARENA_ARRAY(f->a, covers + 1u, const char *);
	for (unsigned i = 0; i < covers; i++)
		c.covers[i] = f->m->covers.v[i].tmpl;
	if (covers)
		qsort(c.covers, covers, sizeof(*c.covers), cmp_text);
	c.bare.covers.n = c.bare.masks.n = c.bare.asserts.n = 0;
	c.bare.assumed = landlock_view(f->a, &c.bare, NULL, 0);
	return c;
}

static bool claims_line(const struct claims *c, const struct claim *at, const char *where, bool again)
{
	if (at->hole)
		return fact_where_loc(c->f->what, where, at->hole->loc);
	for (unsigned op = 0; (at->rule->deny || again) && op < OP_COUNT; op++)
		if ((at->rule->ops & OP_BIT(op)) && fact_where(c->f->what, where, at->rule->origin[op]))
			return true;
	return false;
}

/* Is this the place of a deny, of a hole, or (again) of an allow, and does WHERE name that line? */
static bool said(const struct claims *c, const struct model_line *line, bool again)
{
	unsigned lo = 0, hi = c->n;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (strcmp(c->v[mid].path, line->tmpl) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->n && strcmp(c->v[lo].path, line->tmpl) == 0; lo++)
		if (claims_line(c, &c->v[lo], line->where, again))
			return true;
	return false;
}

static bool below_another(const struct claims *c, const char *tmpl)
{
	for (const char *end = strchr(tmpl + 1, '/'); end; end = strchr(end + 1, '/')) {
		const char *above = arena_strndup(c->f->a, tmpl, (size_t)(end - tmpl));
		if (bsearch(&above, c->covers, c->f->m->covers.n, sizeof(*c->covers), cmp_text))
			return true;
	}
	return false;
}

/* The file operations that the policy allows on the place, and those that the rules of Landlock give there. */
static void look(const struct claims *c, const char *path, uint32_t *meant, uint32_t *given)
{
	*meant = *given = 0;
	for (unsigned op = OP_READ; op <= OP_IOCTL; op++) {
		struct request r = {.target = TARGET_LINUX, .op = (enum op)op, .object = path};
		if (decide(c->f->what->meaning, &r).allow)
			*meant |= OP_BIT(op);
		if (!landlock_model_decide(&c->bare, c->f->a, &r).stops)
			*given |= OP_BIT(op);
	}
}

static const char *how_text(unsigned how)
{
	unsigned i = 0;
	while (model_hows[i] != how)
		i++;
	return model_how_words[i];
}

static unsigned how_wanted(uint32_t meant, uint32_t given)
{
	const uint32_t write = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE);
	unsigned how = 0;
	if (!meant)
		return MODEL_HIDE;
	if ((given & write) && !(meant & write))
		how |= MODEL_RO;
	if ((given & OP_BIT(OP_EXEC)) && !(meant & OP_BIT(OP_EXEC)))
		how |= MODEL_NOEXEC;
	return how;
}

static bool expect_cover(const struct claims *c, const struct model_line *line)
{
	struct facts *f = c->f;
	const char *fact = arena_printf(f->a, "cover %s", line->tmpl);
	const char *path = expand_template(f->a, f->what->ir, line->tmpl, NULL, 0);
	uint32_t meant, given;
	if (!path || path[0] != '/' || !said(c, line, below_another(c, line->tmpl)))
		return facts_differ(f, fact, line->where, NULL);
	/* where a pattern is denied too, the requests tell whether the two together are right */
	if (landlock_masked(f->m, path))
		return true;
	look(c, path, &meant, &given);
	unsigned how = how_wanted(meant, given);
	return line->how == how || facts_differ(f, fact, how_text(line->how), how_text(how));
}

bool facts_covers(struct facts *f)
{
	const struct model_lines *covers = &f->m->covers;
	struct claims c;
	if (!covers->n)
		return true;
	c = collect(f);
	for (unsigned i = 1; i < covers->n; i++)
		if (strcmp(c.covers[i - 1], c.covers[i]) == 0)
			return facts_differ(f, "a cover that stands twice", c.covers[i], NULL);
	for (unsigned i = 0; i < covers->n; i++)
		if (!expect_cover(&c, &covers->v[i]))
			return false;
	return true;
}
