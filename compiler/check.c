/*
 * check.c - checks that ask decide().
 */
#include "check.h"

void check_entry(struct arena *a, const struct meaning *m, struct diags *d)
{
	const struct ir *ir = meaning_ir(m);
	const char *path = ir->entry ? expand_template(a, ir, ir->entry, NULL, 0) : NULL;
	for (unsigned t = 0; path && t < TARGET_COUNT; t++) {
		const struct request r = {.target = (enum target)t, .op = OP_READ, .object = path};
		struct decision by = {.allow = true};
		if (ir->targets & TARGET_BIT(t))
			by = decide(m, &r);
		if (by.allow || !by.by || diag_seen(d, DIAG_CONFLICT, by.by->loc))
			continue;
		struct diag_rec *rec =
		    diag(d, DIAG_CONFLICT, by.by->loc, "this denies the program that the policy starts");
		diag_second(rec, ir->entry_origin->loc, "the entry program");
		diag_help(rec, "deny a narrower place");
	}
}
