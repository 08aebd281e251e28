/*
 * lint_test.c - tests that cannot fail.
 */
#include "lint_priv.h"

static void empty(const struct lint *l, const struct ir_test *t)
{
	struct diag_rec *rec = diag(l->diags, DIAG_EMPTY_TEST, t->loc, "test \"%s\" expects nothing", t->title);
	diag_help(rec, "say what is allowed and what is denied: `expect deny write \"/etc\"`");
}

void lint_tests(const struct lint *l)
{
	unsigned allows = 0, others = 0;
	for (unsigned i = 0; i < l->ir->n_tests; i++) {
		const struct ir_test *t = &l->ir->tests[i];
		if (t->n_expect == 0)
			empty(l, t);
		for (unsigned k = 0; k < t->n_expect; k++) {
			allows += t->expect[k].kind == EXPECT_ALLOW;
			others += t->expect[k].kind != EXPECT_ALLOW;
		}
	}
	if (!allows || others)
		return;
	struct diag_rec *rec =
	    diag(l->diags, DIAG_NO_DENY_TEST, l->ir->tests[0].loc, "the tests expect `allow` only, never `deny`");
	diag_help(rec, "add what must not be possible: `expect deny write \"/etc\"`");
}
