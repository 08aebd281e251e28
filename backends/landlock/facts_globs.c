/*
 * facts_globs.c - the glob lines: one for each allowed pattern that no deny takes whole, with its rights, its folder and its
 * line of the policy. And the cover-glob lines: one for each denied pattern that takes something of what is allowed anywhere,
 * with a mount that takes no less and, where it need not, no more.
 */
#include <string.h>

#include "facts.h"

/* Does the line say just this of the pattern, and name a line of the policy that does? */
static bool stands_for(const struct facts *f, const struct ir_rule *r, uint32_t ops, const struct model_line *line)
{
	if (line->rights != facts_rights(f, ops))
		return false;
	for (unsigned op = 0; op < OP_COUNT; op++)
		if ((ops & OP_BIT(op)) && fact_where(f->what, line->where, r->origin[op]))
			return true;
	return false;
}

bool facts_globs(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	const struct facts_lines lines = facts_sort(f->a, &f->m->globs);
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool mine = r->kind == RULE_GLOB && !r->deny && (r->targets & TARGET_BIT(TARGET_LINUX));
		uint32_t ops = mine ? r->ops & ~facts_denied_over(f, r->object) : 0;
		if (!facts_rights(f, ops))
			continue;
		const struct facts_lines here = facts_of_place(&lines, r->object, r->glob);
		bool found = false;
		for (unsigned k = 0; k < here.n && !found; k++)
			found = stands_for(f, r, ops, here.v[k]);
		if (!found)
			return facts_differ(f, "a glob line", NULL, arena_printf(f->a, "%s under %s", r->glob, r->object));
		n++;
	}
	return n == lines.n || facts_differ(f, "glob lines", "more", "fewer");
}

/* Of what is given anywhere, writing and starting can be taken alone, all else only with everything. */
static unsigned mask_wanted(const struct facts *f, uint32_t denied)
{
	const uint32_t write = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE), exec = OP_BIT(OP_EXEC);
	unsigned how = 0;
	if (f->given & denied & (OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_IOCTL)))
		return MODEL_HIDE;
	if (f->given & denied & write)
		how |= MODEL_RO;
	if (f->given & denied & exec)
		how |= MODEL_NOEXEC;
	return how;
}

static bool mask_stands(const struct facts *f, const struct facts_lines *lines, const struct ir_rule *r, unsigned how)
{
	const struct facts_lines here = facts_of_place(lines, r->object, r->glob);
	unsigned n = 0;
	for (unsigned i = 0; i < here.n; i++) {
		bool where = false;
		for (unsigned op = 0; op < OP_COUNT && !where; op++)
			where = (r->ops & OP_BIT(op)) && fact_where(f->what, here.v[i]->where, r->origin[op]);
		n += where && here.v[i]->how == how;
	}
	return n == 1;
}

bool facts_masks(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	const struct facts_lines lines = facts_sort(f->a, &f->m->masks);
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool mine = r->kind == RULE_GLOB && r->deny && (r->targets & TARGET_BIT(TARGET_LINUX)) &&
			    (ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT));
		unsigned how = mine ? mask_wanted(f, r->ops) : 0;
		n += how != 0;
		if (how && !mask_stands(f, &lines, r, how))
			return facts_differ(f, "a cover-glob line", NULL, arena_printf(f->a, "%s under %s", r->glob, r->object));
	}
	return n == lines.n || facts_differ(f, "cover-glob lines", "more", "fewer");
}
