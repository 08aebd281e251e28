/*
 * never.c - reports where a policy breaks a `never`: its own, or one of a policy that it extends.
 */
#include "never.h"

#include <string.h>

#include "rule_tree.h"
#include "str.h"

struct check {
	struct arena *a;
	const struct meaning *m;
	struct diags *d;
	const struct never_case *at;
	const struct ir_never *never;
	struct loc said[DIAG_MAX_ERRORS]; /* lines that were reported for this never: no more are shown */
	unsigned n_said, n_broken;
	bool failed;
};

enum { MOST_BROKEN = 4 * DIAG_MAX_ERRORS }; /* points of one never that are allowed: after so many the rest will be of the same lines */

/* ---- the meaning ---- */

static const char *owner(const struct ir_never *n)
{
	return n->origin->base ? "its base says" : "it says itself";
}

static bool said_enough(struct check *c, struct loc at)
{
	for (unsigned i = 0; i < c->n_said; i++)
		if (c->said[i].beg == at.beg)
			return true;
	if (c->n_said == DIAG_MAX_ERRORS)
		return true;
	c->said[c->n_said++] = at;
	return false;
}

/* The first rule of the line that allows the request, unless the `never` names its very place. */
struct allowing {
	const struct check *c;
	const struct request *r;
	const struct origin *by;
	const struct ir_rule *first;
};

static bool is_of_line(void *ctx, const struct rule_node *at)
{
	struct allowing *x = ctx;
	const struct ir_rule *rule = at->rule;
	if (!rule->deny && rule->origin[x->r->op] == x->by && decide_covers(x->c->m, rule, x->r) &&
	    strcmp(rule->object, x->c->never->rule.object) != 0 && (!x->first || rule < x->first))
		x->first = rule;
	return false;
}

/* Narrower first; a hole helps only where the line reaches beyond what may never be allowed. */
static void help_line(struct diag_rec *rec, const struct check *c, const struct request *r, const struct origin *by)
{
	const char *never = c->never->rule.object;
	struct allowing x = {.c = c, .r = r, .by = by};
	if (r->op <= OP_IOCTL)
		rule_tree_above(c->at->tree, rule_key_path(c->a, place_name(c->a, r->target, r->object)), is_of_line, &x);
	const bool inside = x.first && decide_covers(c->m, &c->never->rule,
						     &(struct request){.target = r->target, .op = r->op, .object = x.first->object});
	if (x.first && !inside)
		diag_help(rec, "allow the places that are needed one by one, or add `except \"%s\"` to that line", never);
	else if (by->base)
		diag_help(rec, "the line is inherited: `drop` it");
	else
		diag_help(rec, "remove %s, or make it narrower", by->object.beg == by->loc.beg ? "the line" : "it from the line");
}

static void report_broken(struct check *c, const struct request *r, const struct origin *by)
{
	const struct ir *ir = meaning_ir(c->m);
	struct loc at = by ? by->object : c->never->origin->loc;
	if (said_enough(c, at))
		return;
	struct diag_rec *rec = diag(c->d, DIAG_NEVER, at, "this policy allows what %s must never be allowed", owner(c->never));
	diag_label(rec, "allows %s, for example", request_text(c->a, r));
	if (by)
		diag_second(rec, c->never->origin->loc, "required here");
	if (c->never->origin->base)
		diag_note(rec, "`%s` extends `%s`", ir->name, c->never->origin->base);
	if (c->never->origin->because)
		diag_note(rec, "its reason: %s", c->never->origin->because);
	if (by)
		help_line(rec, c, r, by);
}

static bool look(void *ctx, const struct request *r)
{
	struct check *c = ctx;
	struct decision d = decide(c->m, r);
	if (!d.allow)
		return false;
	c->failed = true;
	if (c->d)
		report_broken(c, r, d.by);
	return !c->d || c->n_said == DIAG_MAX_ERRORS || ++c->n_broken == MOST_BROKEN;
}

/* The systems of the policy, with these values. */
struct never_cases {
	struct never_case v[TARGET_COUNT];
	unsigned n;
};

static struct never_cases cases_of(struct arena *a, const struct meaning *m, const struct ir_binding *given, unsigned n_given)
{
	const struct ir *ir = meaning_ir(m);
	struct never_cases c = {.n = 0};
	for (unsigned t = 0; t < TARGET_COUNT && ir->n_nevers; t++)
		if (ir->targets & TARGET_BIT(t))
			c.v[c.n++] = never_case_new(a, m, (enum target)t, given, n_given);
	return c;
}

static bool check_one(struct check *c, const struct never_cases *cases)
{
	bool known = true;
	c->n_said = c->n_broken = 0;
	for (unsigned i = 0; i < cases->n; i++) {
		c->at = &cases->v[i];
		known &= never_points(c->at, c->never, look, c);
	}
	return known;
}

bool never_check(struct arena *a, const struct meaning *m, struct diags *d)
{
	const struct ir *ir = meaning_ir(m);
	const struct never_cases cases = cases_of(a, m, NULL, 0);
	struct check c = {.a = a, .m = m, .d = d};
	for (unsigned i = 0; i < ir->n_nevers; i++) {
		c.never = &ir->nevers[i];
		if (check_one(&c, &cases))
			continue;
		diag(d, DIAG_TOO_LARGE, c.never->origin->loc, "the conditions have too many cases to tell whether this holds");
		c.failed = true;
	}
	return !c.failed;
}

const struct origin *never_broken(struct arena *a, const struct meaning *m, const struct ir_binding *given, unsigned n_given)
{
	const struct ir *ir = meaning_ir(m);
	struct arena *own = arena_child(a);
	const struct never_cases cases = cases_of(own, m, given, n_given);
	struct check c = {.a = own, .m = m};
	for (unsigned i = 0; i < ir->n_nevers && !c.failed; i++) {
		c.never = &ir->nevers[i];
		check_one(&c, &cases);
	}
	arena_free(own);
	return c.failed ? c.never->origin : NULL;
}

/* ---- what keeps it ---- */

static bool report_preferred(const struct ir *ir, const struct guarantee *g, const struct ir_never *n, struct diags *d)
{
	const struct origin *prefer = ir_preferred(ir, g->target, g->cap);
	struct loc at = prefer ? prefer->loc : n->origin->loc;
	struct diag_rec *rec = diag(d, DIAG_NEVER_NOT_KEPT, at, "a `never` rests on `%s`, and this line lets a start go on without it",
				    cap_name[g->cap]);
	diag_second(rec, n->origin->loc, "must hold at every start");
	diag_help(rec, "remove `%s` from this line", cap_name[g->cap]);
	return false;
}

/* Is the guarantee about one of these operations? */
static bool is_about(enum cap cap, uint32_t ops)
{
	for (unsigned op = 0; op < OP_COUNT; op++) {
		unsigned n = 0;
		const enum cap *caps = ops & OP_BIT(op) ? validator_caps((enum op)op, &n) : NULL;
		for (unsigned i = 0; i < n; i++)
			if (caps[i] == cap)
				return true;
	}
	return false;
}

/* A preferred guarantee that the host decides about: on one that lacks it the program would start unconfined. */
bool never_check_kept(const struct ir *ir, const struct guarantees *g, struct diags *d)
{
	bool ok = true;
	for (unsigned i = 0; i < ir->n_nevers; i++)
		for (unsigned k = 0; k < g->n; k++) {
			const struct guarantee *v = &g->v[k];
			const struct ir_rule *rule = &ir->nevers[i].rule;
			if (!v->preferred || v->answer.level != LEVEL_ENFORCED || !(rule->targets & TARGET_BIT(v->target)) ||
			    !is_about(v->cap, rule->ops))
				continue;
			ok &= report_preferred(ir, v, &ir->nevers[i], d);
		}
	return ok;
}

struct artifact_check {
	struct validator *v;
	const struct ir_never *never;
};

static bool look_at_artifact(void *ctx, const struct request *r)
{
	const struct artifact_check *c = ctx;
	const char *why = NULL;
	if (validator_delegated(c->v, r) || validator_verdict(c->v, r).stops)
		return false;
	struct decision d = decide(c->v->meaning, r);
	struct diag_rec *rec = diag(c->v->diags, DIAG_NEVER_NOT_KEPT, c->never->origin->loc,
				    "%s cannot keep this", r->target == TARGET_LINUX ? "Linux" : "macOS");
	diag_label(rec, "lets through %s, for example", request_text(c->v->arena, r));
	if (validator_baseline(c->v, r, &why))
		diag_note(rec, "%s", why);
	else if (d.by || d.hole)
		diag_second(rec, d.hole ? d.hole->loc : d.by->loc, "taken out here, and the guarantee is only preferred");
	if (!why && r->op <= OP_IOCTL)
		diag_help(rec, "allow less above that place, so that nothing has to be taken out");
	else
		diag_help(rec, "put the line into `on %s { }`", target_name[r->target == TARGET_LINUX ? TARGET_MACOS : TARGET_LINUX]);
	return true;
}

void never_check_artifacts(struct validator *v)
{
	const struct ir *ir = meaning_ir(v->meaning);
	const struct never_cases cases = cases_of(v->arena, v->meaning, NULL, 0);
	for (unsigned i = 0; i < ir->n_nevers; i++)
		for (unsigned k = 0; k < cases.n; k++) {
			struct artifact_check c = {v, &ir->nevers[i]};
			never_points(&cases.v[k], &ir->nevers[i], look_at_artifact, &c);
		}
}
