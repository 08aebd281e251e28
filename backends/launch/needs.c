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

/* Rules are sorted by kind and place. Where those of one place end. */
static unsigned end_of_place(const struct ir *ir, unsigned i)
{
	unsigned end = i + 1;

	while (end < ir->n_rules && ir->rules[end].kind == ir->rules[i].kind &&
	       strcmp(ir->rules[end].object, ir->rules[i].object) == 0)
		end++;
	return end;
}

/* Of those of one place the first that makes it says enough, else the first that needs it. NULL: none does. */
static const struct ir_rule *needed(const struct ir *ir, unsigned i, unsigned end)
{
	const struct ir_rule *best = NULL;

	for (; i < end; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (is_needed(r) && (!best || (r->flags & RULE_MAKE_DIR) > (best->flags & RULE_MAKE_DIR)))
			best = r;
	}
	return best;
}

bool launch_write_needs(struct lower *l, struct buf *b)
{
	const struct ir *ir = l->ir;
	bool ok = true;

	for (unsigned i = 0, end; i < ir->n_rules; i = end) {
		end = end_of_place(ir, i);
		const struct ir_rule *r = needed(ir, i, end);
		const struct origin *o = r && r->ops ? r->origin[__builtin_ctz(r->ops)] : NULL;
		size_t beg = b->len;

		if (!o)
			continue;
		buf_printf(b, "need %s ", missing(r));
		launch_put_where(l, b, o);
		buf_printf(b, " %s\n", r->object);
		ok = launch_end_line(l, b, beg, o->loc) && ok;
	}
	return ok;
}
