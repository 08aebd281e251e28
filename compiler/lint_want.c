/*
 * lint_want.c - `prefer` lines for guarantees that nothing in the policy asks for: they weaken nothing, and readers think
 * they do.
 */
#include "lint.h"

static bool asked_for(const struct ir_want *w, const struct guarantees *g)
{
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if ((w->targets & TARGET_BIT(t)) && guarantee_find(g, (enum target)t, w->cap))
			return true;
	return false;
}

void lint_wants(const struct ir *ir, const struct guarantees *g, struct diags *d)
{
	for (unsigned i = 0; i < ir->n_wants; i++) {
		const struct ir_want *w = &ir->wants[i];
		if (!w->prefer || w->origin->level || asked_for(w, g)) /* a base prefers for children that may ask */
			continue;
		struct diag_rec *rec = diag(d, DIAG_IDLE_PREFER, w->at, "nothing in the policy asks for `%s`", cap_name[w->cap]);
		diag_note(rec, "%s: %s", cap_name[w->cap], cap_help[w->cap]);
		diag_help(rec, "remove it from this line");
	}
}
