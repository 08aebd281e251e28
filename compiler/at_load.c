/*
 * at_load.c - the bounds of values that are known only at the start. The loader holds a value against them, so that
 * nothing that was proved about the plan depends on it.
 */
#include "at_load.h"

#include <string.h>

#include "say.h"
#include "str.h"

static void narrow(struct at_load_range *r, uint64_t least, uint64_t most, const struct origin *at)
{
	if (!r->bounded || most < r->most) {
		r->most = most;
		r->at = at;
	}
	if (least > r->least)
		r->least = least;
	r->bounded = true;
}

static bool is(const char *x, const char *param)
{
	return x && strcmp(x, param) == 0;
}

struct at_load_range at_load_range(const struct ir *ir, const char *param)
{
	struct at_load_range r = {.bounded = false};
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT; l++) {
			const struct ir_limit *limit = &ir->limit[t][l];
			if (limit->set && is(limit->param, param))
				narrow(&r, limit_range[l].least, limit->value, limit->bound ? limit->bound : limit->origin);
		}
	for (unsigned i = 0; i < ir->around.n_places; i++)
		if (is(ir->around.places[i].size_param, param))
			narrow(&r, SCRATCH_LEAST, SCRATCH_MOST, ir->around.places[i].origin);
	if (is(ir->around.discard_param, param))
		narrow(&r, SCRATCH_LEAST, SCRATCH_MOST, ir->around.discard_origin);
	if (is(ir->around.user_param, param))
		narrow(&r, 0, USER_MOST, ir->around.user_origin);
	return r;
}

static void default_outside(struct arena *a, struct diags *d, const struct ir_param *p, const struct at_load_range *r)
{
	struct diag_rec *rec = diag(d, DIAG_BAD_VALUE, p->loc, "the default of `%s` is out of range", p->name);
	diag_second(rec, r->at->loc, "no more than %s fits here", say_value(a, p->type, r->most));
	diag_help(rec, "write %s to %s", say_value(a, p->type, r->least), say_value(a, p->type, r->most));
}

/* A test that gives what the loader would refuse speaks of a program that never runs. */
static void check_given(struct arena *a, struct diags *d, const struct ir *ir, const struct ir_param *p,
			const struct at_load_range *r)
{
	for (unsigned t = 0; t < ir->n_tests; t++)
		for (unsigned i = 0; i < ir->tests[t].n_given; i++) {
			const struct ir_binding *given = &ir->tests[t].given[i];
			uint64_t n;
			if (strcmp(given->name, p->name) != 0 || !parse_u64(given->value, strlen(given->value), UINT64_MAX, &n) ||
			    (n >= r->least && n <= r->most))
				continue;
			struct diag_rec *rec = diag(d, DIAG_TEST_VALUE, ir->tests[t].loc, "`%s` is given as %s, and no start takes that",
						    p->name, say_value(a, p->type, n));
			diag_second(rec, r->at->loc, "%s to %s fits here", say_value(a, p->type, r->least),
				    say_value(a, p->type, r->most));
			diag_help(rec, "give a value in this range");
		}
}

void at_load_check(struct arena *a, const struct ir *ir, struct diags *d)
{
	for (unsigned i = 0; i < ir->n_params; i++) {
		const struct ir_param *p = &ir->params[i];
		struct at_load_range r = at_load_range(ir, p->name);
		uint64_t n = 0;
		if (!r.bounded)
			continue;
		if (r.least > r.most)
			diag_help(diag(d, DIAG_BAD_VALUE, r.at->loc, "no value of `%s` fits all lines that use it", p->name),
				  "give this line a param of its own");
		else if (p->value && parse_u64(p->value, strspn(p->value, "0123456789"), UINT64_MAX, &n) &&
			 (n < r.least || n > r.most))
			default_outside(a, d, p, &r);
		check_given(a, d, ir, p, &r);
	}
}
