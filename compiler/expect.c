/*
 * expect.c - tests in the policy.
 */
#include "expect.h"

#include <inttypes.h>
#include <string.h>

#include "cond.h"
#include "never.h"

struct expect_ctx {
	struct validator *v;
	const struct ir *ir;
	const struct ir_test *test;
	const struct ir_test_expect *e;
	/* what the requests of one expectation gave */
	unsigned n_allow, n_deny;
	const struct outcome *other; /* one whose caller gets something else than was expected */
	const struct outcome *allow, *deny; /* one of each, for the message */
	enum target target;
	struct asker *asker;
	const struct expect_observer *observer;
	bool unknown; /* too many combinations: an outcome may be missing */
};

static void note_given(struct expect_ctx *x, struct diag_rec *rec)
{
	for (unsigned i = 0; i < x->test->n_given; i++)
		diag_note(rec, "given %s = \"%s\"", x->test->given[i].name, x->test->given[i].value);
}

static void note_decision(struct diag_rec *rec, const struct decision *d, const char *verb)
{
	if (d->by)
		diag_second(rec, d->by->loc, "%s by this line", verb);
	else if (d->hole)
		diag_second(rec, d->hole->loc, "taken out by this `except`");
	else if (d->reason)
		diag_note(rec, "%s", d->reason);
}

/* ---- one expectation ---- */

/* One call of each outcome. */
static void note_example(struct diag_rec *rec, const struct expect_ctx *x)
{
	const uint64_t *v = x->allow->request.args, *w = x->deny->request.args;
	diag_note(rec, "it depends on the machine or on the arguments of the call");
	diag_note(
	    rec, "allowed for example with 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64,
	    v[0], v[1], v[2], v[3]);
	diag_note(rec,
		  "denied for example with 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64,
		  w[0], w[1], w[2], w[3]);
}

/* The verb holds, and the caller gets something else. */
static bool other_action(const struct ir_test_expect *e, const struct decision *d)
{
	return e->with_action && d->allow == (e->kind == EXPECT_ALLOW) &&
	       (d->action.act != e->action.act || d->action.data != e->action.data);
}

static void report_action(struct expect_ctx *x)
{
	struct arena *a = x->v->arena;
	const char *verb = x->e->kind == EXPECT_ALLOW ? "allow" : "deny";
	struct diag_rec *rec = diag(x->v->diags, DIAG_TEST_FAILED, x->e->loc, "test \"%s\": expected %s with %s, got %s with %s",
				    x->test->title, verb, action_word(a, x->e->action), verb,
				    action_word(a, x->other->decision.action));
	note_decision(rec, &x->other->decision, x->other->decision.allow ? "allowed" : "denied");
	note_given(x, rec);
}

/* The place as the policy would write it: with the variable whose value it begins with. */
static const char *as_written(const struct expect_ctx *x, const char *path)
{
	const struct ir_binding *best = NULL;
	size_t len = 0;
	for (unsigned i = 0; i < x->test->n_given; i++) {
		const struct ir_binding *g = &x->test->given[i];
		size_t n = strlen(g->value);
		if (g->value[0] != '/' || n <= len || strncmp(path, g->value, n) != 0 || (path[n] && path[n] != '/'))
			continue;
		best = g;
		len = n;
	}
	return best ? arena_printf(x->v->arena, "${%s}%s", best->name, path + len) : path;
}

/* A file that should be closed and is not: the line that opens it leaves it out. */
static void help_close(const struct expect_ctx *x, struct diag_rec *rec)
{
	const struct outcome *o = x->allow;
	if (x->e->what != RULE_PATH || !o->decision.by || o->decision.by->profile || !o->request.object)
		return;
	diag_help(rec, "leave it out of that line, `except \"%s\"`, or allow a narrower place there", as_written(x, o->request.object));
}

static void report_result(struct expect_ctx *x)
{
	bool want = x->e->kind == EXPECT_ALLOW;
	unsigned wrong = want ? x->n_deny : x->n_allow;
	const struct outcome *other = want ? x->deny : x->allow;
	struct diag_rec *rec;
	if (wrong == 0 && x->unknown)
		diag(x->v->diags, DIAG_TOO_LARGE, x->e->loc,
		     "the conditions have too many cases to tell whether this holds");
	if (wrong == 0 && x->other)
		report_action(x);
	if (wrong == 0)
		return;
	if (x->n_allow && x->n_deny) {
		rec = diag(x->v->diags, DIAG_TEST_PARTLY, x->e->loc, "test \"%s\": expected %s, got both", x->test->title,
			   want ? "allow" : "deny");
		if (x->e->what == RULE_SYSCALL)
			note_example(rec, x);
		else
			diag_note(rec, "%s is allowed, %s is denied", op_name[x->allow->request.op],
				  op_name[x->deny->request.op]);
		note_decision(rec, &x->allow->decision, "allowed");
		note_decision(rec, &x->deny->decision, "denied");
	} else {
		rec = diag(x->v->diags, DIAG_TEST_FAILED, x->e->loc, "test \"%s\": expected %s, got %s", x->test->title,
			   want ? "allow" : "deny", want ? "deny" : "allow");
		note_decision(rec, &other->decision, want ? "denied" : "allowed");
	}
	if (x->ir->targets != TARGET_BIT(x->target))
		diag_note(rec, "on %s", target_name[x->target]);
	note_given(x, rec);
	if (!want && !x->n_deny)
		help_close(x, rec);
}

/* The guarantee that is preferred there and not kept whole, so that this difference is no fault of the compiler; or NULL. */
static const struct guarantee *excuse(const struct expect_ctx *x, const struct outcome *o)
{
	unsigned n;
	const enum cap *caps = validator_caps(o->request.op, &n);
	for (unsigned i = 0; i <= n; i++) {
		/* patterns are of files */
		bool last = i == n;
		const struct guarantee *g = guarantee_find(x->v->guarantees, x->target, last ? CAP_FS_GLOB_LIVE : caps[i]);
		if (g && g->preferred && g->answer.level != LEVEL_ENFORCED && (!last || x->e->what == RULE_PATH))
			return g;
	}
	return NULL;
}

/*
 * The meaning is as expected, and the plan does otherwise: a test that passed would say of the program what does not hold. A
 * proxy, and what every program is given, is no such thing: the first keeps it, and the second is said for all policies.
 */
static bool kept_by_plan(struct expect_ctx *x, const struct outcome *o)
{
	bool want = x->e->kind == EXPECT_ALLOW;
	const char *why;
	if (o->request.op == OP_SYSCALL || x->v->failed || o->decision.allow != want ||
	    validator_verdict(x->v, &o->request).stops != want || validator_delegated(x->v, &o->request) ||
	    (x->target == TARGET_MACOS && validator_baseline(x->v, &o->request, &why)))
		return true;
	const struct guarantee *g = excuse(x, o);
	if (!g)
		return true;
	const char *cap = cap_name[g->cap];
	struct diag_rec *rec = diag(x->v->diags, DIAG_TEST_NOT_KEPT, x->e->loc,
				    "test \"%s\": the policy %s it, and on %s the plan does not: `%s` is only preferred", x->test->title,
				    want ? "allows" : "denies", target_name[x->target], cap);
	diag_note(rec, "for example: %s", request_text(x->v->arena, &o->request));
	note_decision(rec, &o->decision, want ? "allowed" : "denied");
	note_given(x, rec);
	if (g->answer.note)
		diag_note(rec, "%s", g->answer.note);
	if (x->ir->targets == TARGET_BIT(x->target))
		diag_help(rec, "expect the gap: `expect caveat %s`", cap);
	else
		diag_help(rec, "expect the gap, `expect caveat %s on %s`, and this on the other system, `on %s`", cap,
			  target_name[x->target], target_name[x->target == TARGET_LINUX ? TARGET_MACOS : TARGET_LINUX]);
	return false;
}

static void tell(struct expect_ctx *x, enum target t, const struct outcomes *all, bool held)
{
	const struct expect_seen seen = {.test = x->test, .expect = x->e, .target = t, .outcomes = all, .held = held};
	if (x->observer)
		x->observer->seen(x->observer->ctx, &seen);
}

static void expect_access(struct expect_ctx *x, enum target t)
{
	struct outcomes all = ask(x->asker, x->e, x->test->given, x->test->n_given, t);
	x->n_allow = x->n_deny = 0;
	x->other = NULL;
	x->unknown = all.unknown;
	x->target = t;
	if (all.no_path) {
		diag(x->v->diags, DIAG_TEST_VALUE, x->e->loc, "with the given values `%s` is no path", x->e->object);
		return;
	}
	for (unsigned i = 0; i < all.n; i++) {
		const struct outcome *o = &all.v[i];
		validator_ask(x->v, &o->request);
		if (o->decision.allow && x->n_allow++ == 0)
			x->allow = o;
		else if (!o->decision.allow && x->n_deny++ == 0)
			x->deny = o;
		if (!x->other && other_action(x->e, &o->decision))
			x->other = o;
	}
	report_result(x);
	bool held = !x->unknown && !x->other && (x->e->kind == EXPECT_ALLOW ? x->n_deny : x->n_allow) == 0;
	for (unsigned i = 0; i < all.n && held; i++)
		held = kept_by_plan(x, &all.v[i]);
	tell(x, t, &all, held);
}

static bool cap_held(const struct guarantee *g, const struct ir_test_expect *e)
{
	return g && (e->kind == EXPECT_ENFORCED ? guarantee_promised(g) : guarantee_is_caveat(g));
}

static void expect_cap(struct expect_ctx *x, enum target t)
{
	const struct guarantee *g = guarantee_holding(x->v->guarantees, t, x->e->cap);
	bool enforced = g && guarantee_promised(g), held = cap_held(g, x->e);
	tell(x, t, NULL, held);
	if (held)
		return;
	struct diag_rec *rec = diag(x->v->diags, DIAG_TEST_FAILED, x->e->loc, "test \"%s\": `%s` is %s on %s", x->test->title,
				    cap_name[x->e->cap],
				    !g ? "not promised" : enforced ? "enforced without a caveat" : "only preferred",
				    target_name[t]);
	if (g && g->answer.note)
		diag_note(rec, "%s", g->answer.note);
	if (!g)
		diag_note(rec, "no line of the policy asks for it: write `require %s`", cap_name[x->e->cap]);
}

/* With values under which the loader would not start, an expectation would say nothing about a running program. */
static bool refused_values(struct expect_ctx *x)
{
	const struct origin *never =
	    x->test->n_given ? never_broken(x->v->arena, x->v->meaning, x->test->given, x->test->n_given) : NULL;
	if (never) {
		struct diag_rec *rec = diag(x->v->diags, DIAG_TEST_VALUE, x->test->loc,
					    "test \"%s\": with these values the loader would refuse to start", x->test->title);
		diag_second(rec, never->loc, "they allow what must never be allowed");
		note_given(x, rec);
		diag_help(rec, "give values under which the program runs");
		return true;
	}
	struct request r = {.target = TARGET_LINUX, .op = OP_READ, .object = "/", .given = x->test->given,
			    .n_given = x->test->n_given};
	if (!(x->ir->targets & TARGET_BIT(TARGET_LINUX)) || !x->test->n_given || !validator_verdict(x->v, &r).refuses)
		return false;
	struct diag_rec *rec = diag(x->v->diags, DIAG_TEST_VALUE, x->test->loc,
				    "test \"%s\": with these values the loader would refuse to start", x->test->title);
	note_given(x, rec);
	diag_note(rec, "an allowed place would contain one that the policy denies or leaves out, and Landlock cannot "
		       "take it out again");
	diag_help(rec, "give values under which the program runs");
	return true;
}

static void expect_one(struct expect_ctx *x)
{
	const char *missing = x->e->object ? ask_missing_value(x->v->arena, x->ir, x->e->object, x->test->given,
								   x->test->n_given)
					   : NULL;
	bool port = !missing && x->e->port_var;
	if (port)
		missing = ask_missing_value(x->v->arena, x->ir, arena_printf(x->v->arena, "${%s}", x->e->port_var), x->test->given,
					    x->test->n_given);
	if (missing) {
		struct diag_rec *rec = diag(x->v->diags, DIAG_TEST_VALUE, x->e->loc, "the test gives no value for `%s`", missing);
		diag_help(rec, port ? "add `given %s = 8080`, or another port, to the test" : "add `given %s = \"...\"` to the test", missing);
		return;
	}
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(x->e->targets & TARGET_BIT(t)))
			continue;
		if (x->e->kind == EXPECT_ALLOW || x->e->kind == EXPECT_DENY)
			expect_access(x, (enum target)t);
		else
			expect_cap(x, (enum target)t);
	}
}

bool expect_holds(struct asker *k, const struct guarantees *g, const struct ir_test *test, const struct ir_test_expect *e,
		  enum target t)
{
	if (e->kind == EXPECT_ENFORCED || e->kind == EXPECT_CAVEAT)
		return cap_held(guarantee_holding(g, t, e->cap), e);
	struct outcomes all = ask(k, e, test->given, test->n_given, t);
	bool holds = !all.unknown && !all.no_path;
	for (unsigned i = 0; i < all.n; i++)
		holds &= all.v[i].decision.allow == (e->kind == EXPECT_ALLOW) && !other_action(e, &all.v[i].decision);
	return holds;
}

unsigned expect_run(struct validator *v, const struct expect_observer *observer)
{
	unsigned n = 0;
	struct expect_ctx x = {.v = v, .ir = meaning_ir(v->meaning), .observer = observer};
	x.asker = asker_new(v->arena, v->meaning);
	for (unsigned i = 0; i < x.ir->n_tests; i++) {
		x.test = &x.ir->tests[i];
		if (refused_values(&x))
			continue;
		for (unsigned k = 0; k < x.test->n_expect; k++, n++) {
			x.e = &x.test->expect[k];
			expect_one(&x);
		}
	}
	return n;
}
