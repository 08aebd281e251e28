/*
 * lint.c - allows that a deny takes whole.
 */
#include "lint.h"

#include "path_set.h"

struct dead {
	const struct ir_rule *allow;
	const struct ir_rule *deny; /* one of those that take something */
	uint32_t left;              /* operations no deny takes */
};

static bool take(void *ctx, const struct ir_rule *deny)
{
	struct dead *x = ctx;
	if ((x->allow->targets & ~deny->targets) == 0 && (x->left & deny->ops)) {
		x->left &= ~deny->ops;
		x->deny = deny;
	}
	return x->left == 0;
}

static void report_dead(struct diags *d, const struct dead *x)
{
	enum op op = (enum op)__builtin_ctz(x->allow->ops & x->deny->ops);
	struct diag_rec *rec = diag(d, DIAG_DEAD_ALLOW, x->allow->origin[op]->loc, "this line allows nothing");
	diag_second(rec, x->deny->origin[op]->loc, "denied here, and `deny` always wins");
	diag_help(rec, "to keep a way in, deny narrower places, or write the deny as `except` of the wider allow");
}

void lint_policy(struct arena *a, const struct ir *ir, struct diags *d)
{
	struct path_set *denies = path_set_new(a, ir->n_rules);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_PATH && ir->rules[i].deny)
			path_set_add(denies, ir->rules[i].object, &ir->rules[i]);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		struct dead x = {.allow = r, .left = r->ops};
		if (r->kind != RULE_PATH || r->deny || r->origin[__builtin_ctz(r->ops)]->profile)
			continue;
		if (path_set_above(denies, r->object, take, &x))
			report_dead(d, &x);
	}
}
