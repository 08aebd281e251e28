/*
 * check.c - checks that ask decide().
 */
#include "check.h"

static void ask_entry(const struct meaning *m, const struct request *r, struct diags *d)
{
	struct decision by = decide(m, r);
	if (by.allow || !by.by || diag_seen(d, DIAG_CONFLICT, by.by->object))
		return;
	struct diag_rec *rec = diag(d, DIAG_CONFLICT, by.by->object, "this denies the program that the policy starts");
	diag_second(rec, meaning_ir(m)->entry_origin->loc, "the entry program");
	diag_help(rec, "deny a narrower place");
}

void check_entry(struct arena *a, const struct meaning *m, struct diags *d)
{
	const struct ir *ir = meaning_ir(m);
	const char *path = ir->entry ? expand_template(a, ir, ir->entry, NULL, 0) : NULL;
	for (unsigned t = 0; path && t < TARGET_COUNT; t++) {
		if (!(ir->targets & TARGET_BIT(t)))
			continue;
		ask_entry(m, &(struct request){.target = (enum target)t, .op = OP_READ, .object = path}, d);
		ask_entry(m, &(struct request){.target = (enum target)t, .op = OP_EXEC, .object = path}, d);
	}
}
