/*
 * facts_globs.c - the glob lines: one for each allowed pattern that no deny takes whole, with its rights, its folder and its
 * line of the policy. And the cover-glob lines: one for each denied pattern that takes something of what is allowed anywhere,
 * with a mount that takes no less and, where it need not, no more.
 */
#include <string.h>

#include "facts.h"

/* Operations of the rule that no deny takes from the whole folder. */
static uint32_t live_ops(const struct ir *ir, const struct ir_rule *r)
{
	uint32_t ops = r->ops;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *d = &ir->rules[i];
		size_t n = strlen(d->object);
		bool above = strcmp(d->object, "/") == 0 ||
			     (strncmp(r->object, d->object, n) == 0 && (!r->object[n] || r->object[n] == '/'));
		if (d->kind == RULE_PATH && d->deny && above && (d->targets & TARGET_BIT(TARGET_LINUX)))
			ops &= ~d->ops;
	}
	return ops;
}

static bool stands_for(const struct facts *f, const struct ir_rule *r, uint32_t ops, const struct model_line *line)
{
	if (strcmp(r->object, line->tmpl) != 0 || strcmp(r->glob, line->glob) != 0 || line->rights != facts_rights(f, ops))
		return false;
	for (unsigned op = 0; op < OP_COUNT; op++)
		if ((ops & OP_BIT(op)) && fact_where(f->what, line->where, r->origin[op]))
			return true;
	return false;
}

bool facts_globs(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool mine = r->kind == RULE_GLOB && !r->deny && (r->targets & TARGET_BIT(TARGET_LINUX));
		uint32_t ops = mine ? live_ops(ir, r) : 0;
		bool found = !facts_rights(f, ops);
		n += !found;
		for (unsigned k = 0; k < f->m->globs.n && !found; k++)
			found = stands_for(f, r, ops, &f->m->globs.v[k]);
		if (!found)
			return facts_differ(f, "a glob line", NULL, arena_printf(f->a, "%s under %s", r->glob, r->object));
	}
	return n == f->m->globs.n || facts_differ(f, "glob lines", "more", "fewer");
}

/* Is some of these operations on files allowed at all? The entry is read and started. */
static bool gives_some(const struct ir *ir, uint32_t ops)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if ((ir->rules[i].kind == RULE_PATH || ir->rules[i].kind == RULE_GLOB) && facts_rule(&ir->rules[i], false, ops))
			return true;
	return ir->entry && (ops & (OP_BIT(OP_READ) | OP_BIT(OP_EXEC)));
}

/* Writing and starting can be taken alone, all else only with everything. */
static unsigned mask_wanted(const struct ir *ir, uint32_t denied)
{
	const uint32_t write = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE), exec = OP_BIT(OP_EXEC);
	unsigned how = 0;
	if (gives_some(ir, denied & (OP_BIT(OP_READ) | OP_BIT(OP_LIST) | OP_BIT(OP_IOCTL))))
		return MODEL_HIDE;
	if (gives_some(ir, denied & write))
		how |= MODEL_RO;
	if (gives_some(ir, denied & exec))
		how |= MODEL_NOEXEC;
	return how;
}

static bool mask_stands(const struct facts *f, const struct ir_rule *r, unsigned how)
{
	unsigned n = 0;
	for (unsigned i = 0; i < f->m->masks.n; i++) {
		const struct model_line *line = &f->m->masks.v[i];
		bool where = false;
		for (unsigned op = 0; op < OP_COUNT && !where; op++)
			where = (r->ops & OP_BIT(op)) && fact_where(f->what, line->where, r->origin[op]);
		n += where && line->how == how && strcmp(line->tmpl, r->object) == 0 && strcmp(line->glob, r->glob) == 0;
	}
	return n == 1;
}

bool facts_masks(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool mine = r->kind == RULE_GLOB && r->deny && (r->targets & TARGET_BIT(TARGET_LINUX)) &&
			    (ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT));
		unsigned how = mine ? mask_wanted(ir, r->ops) : 0;
		n += how != 0;
		if (how && !mask_stands(f, r, how))
			return facts_differ(f, "a cover-glob line", NULL, arena_printf(f->a, "%s under %s", r->glob, r->object));
	}
	return n == f->m->masks.n || facts_differ(f, "cover-glob lines", "more", "fewer");
}
