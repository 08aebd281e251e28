/*
 * needs.c - the places of a policy for macOS that have to be there when the program starts, and those that the loader
 * makes. The profile itself waits for a place that is not there.
 */
#include <string.h>

#include "launch.h"

static const char *missing(const struct ir_rule *r)
{
	return r->flags & RULE_MAKE_DIR ? "make" : "error";
}

static bool is_needed(const struct ir_rule *r)
{
	return r->kind == RULE_PATH && !r->deny && (r->targets & TARGET_BIT(TARGET_MACOS)) &&
	       !(r->flags & RULE_IF_EXISTS);
}

/* Rules are sorted by place; of two on one place a line that makes it is enough. */
static bool is_said(const struct ir *ir, unsigned i)
{
	for (unsigned k = 0; k < ir->n_rules; k++) {
		const struct ir_rule *x = &ir->rules[k], *r = &ir->rules[i];

		if (k == i || !is_needed(x) || strcmp(x->object, r->object) != 0)
			continue;
		if ((x->flags & RULE_MAKE_DIR) > (r->flags & RULE_MAKE_DIR) ||
		    ((x->flags & RULE_MAKE_DIR) == (r->flags & RULE_MAKE_DIR) && k < i))
			return true;
	}
	return false;
}

bool launch_write_needs(struct lower *l, struct buf *b)
{
	const struct ir *ir = l->ir;
	bool ok = true;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const struct origin *o = r->ops ? r->origin[__builtin_ctz(r->ops)] : NULL;
		size_t beg = b->len;

		if (!is_needed(r) || !o || is_said(ir, i))
			continue;
		buf_printf(b, "need %s ", missing(r));
		launch_put_where(l, b, o);
		buf_printf(b, " %s\n", r->object);
		ok = launch_end_line(l, b, beg, o->loc) && ok;
	}
	return ok;
}
