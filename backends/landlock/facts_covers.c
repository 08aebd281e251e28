/*
 * facts_covers.c - the cover lines: each stands on a place that the policy takes out of an allowed tree, or on one that
 * it allows again below such a place; and each takes exactly what Landlock gives there and decide() does not.
 *
 * That none is missing shows in the requests, which ask about every place that the policy names.
 */
#include <stdlib.h>
#include <string.h>

#include "facts.h"

/* Is this the place of a deny, of a hole, or (again) of an allow, and does WHERE name that line? */
static bool said(struct facts *f, const struct model_line *line, bool again)
{
	const struct ir *ir = f->what->ir;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!(r->targets & TARGET_BIT(TARGET_LINUX)))
			continue;
		for (unsigned h = 0; h < r->n_holes; h++)
			if (strcmp(r->holes[h].path, line->tmpl) == 0 &&
			    fact_where_loc(f->what, line->where, r->holes[h].loc))
				return true;
		if (strcmp(r->object, line->tmpl) != 0 || (!r->deny && !again))
			continue;
		for (unsigned op = 0; op < OP_COUNT; op++)
			if ((r->ops & OP_BIT(op)) && fact_where(f->what, line->where, r->origin[op]))
				return true;
	}
	return false;
}

static bool below_another(const struct model *m, const char *tmpl)
{
	for (unsigned i = 0; i < m->covers.n; i++) {
		size_t n = strlen(m->covers.v[i].tmpl);
		if (strncmp(m->covers.v[i].tmpl, tmpl, n) == 0 && tmpl[n] == '/')
			return true;
	}
	return false;
}

/* The file operations that the policy allows on the place, and those that the rules of Landlock give there. */
static void look(struct facts *f, const char *path, uint32_t *meant, uint32_t *given)
{
	struct model bare = *f->m;
	bare.covers.n = bare.masks.n = 0;
	bare.asserts.n = 0;
	bare.assumed = landlock_view(f->a, &bare, NULL, 0);
	*meant = *given = 0;
	for (unsigned op = OP_READ; op <= OP_IOCTL; op++) {
		struct request r = {.target = TARGET_LINUX, .op = (enum op)op, .object = path};
		if (decide(f->what->meaning, &r).allow)
			*meant |= OP_BIT(op);
		if (!landlock_model_decide(&bare, f->a, &r).stops)
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

static bool expect_cover(struct facts *f, const struct model_line *line)
{
	const char *fact = arena_printf(f->a, "cover %s", line->tmpl);
	const char *path = expand_template(f->a, f->what->ir, line->tmpl, NULL, 0);
	uint32_t meant, given;
	if (!path || path[0] != '/' || !said(f, line, below_another(f->m, line->tmpl)))
		return facts_differ(f, fact, line->where, NULL);
	/* where a pattern is denied too, the requests tell whether the two together are right */
	if (landlock_masked(f->m, path))
		return true;
	look(f, path, &meant, &given);
	unsigned how = how_wanted(meant, given);
	return line->how == how || facts_differ(f, fact, how_text(line->how), how_text(how));
}

bool facts_covers(struct facts *f)
{
	const struct model_lines *covers = &f->m->covers;
	for (unsigned i = 0; i < covers->n; i++) {
		for (unsigned k = 0; k < i; k++)
			if (strcmp(covers->v[k].tmpl, covers->v[i].tmpl) == 0)
				return facts_differ(f, "a cover that stands twice", covers->v[i].tmpl, NULL);
		if (!expect_cover(f, &covers->v[i]))
			return false;
	}
	return true;
}
