/*
 * expect.c - tests in the policy.
 */
#include "expect.h"

#include <inttypes.h>
#include <string.h>

#include "cond.h"
#include "str.h"
#include "syscalls.h"
#include "template.h"

enum { MAX_CONJS = 2048 };

struct conjs {
	const struct sys_conj *v[MAX_CONJS];
	unsigned n;
	bool full; /* not all of them are here */
};

/* Room for the questions about one call. */
struct conj_sets {
	struct conjs asked, allow, deny, either, every, none;
};

struct expect_ctx {
	struct validator *v;
	const struct ir *ir;
	const struct ir_test *test;
	const struct ir_test_expect *e;
	/* what the requests of one expectation gave */
	unsigned n_allow, n_deny;
	struct decision allow, deny;   /* one of each, for the message */
	const char *allow_op, *deny_op;
	enum target target;
	struct conj_sets *sets;
	bool unknown;                         /* too many combinations: an outcome may be missing */
	uint64_t allow_args[6], deny_args[6]; /* of a call with this outcome */
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

static void ask_one(struct expect_ctx *x, const struct request *r)
{
	struct decision d = decide(x->v->meaning, r);
	validator_ask(x->v, r);
	if (d.allow && x->n_allow++ == 0) {
		x->allow = d;
		memcpy(x->allow_args, r->args, sizeof(x->allow_args));
		x->allow_op = op_name[r->op];
	} else if (!d.allow && x->n_deny++ == 0) {
		x->deny = d;
		memcpy(x->deny_args, r->args, sizeof(x->deny_args));
		x->deny_op = op_name[r->op];
	}
}

/*
 * ---- system calls: every machine, and one call for each outcome that some of the calls asked about
 * have: found exactly, not sampled. An allow decides where no deny holds. ----
 */

static const struct sys_conj whole = {NULL, 0};

static void conjs_add(struct conjs *s, const struct sys_cond *c)
{
	for (unsigned i = 0; i < (c ? c->n_any : 1); i++) {
		s->full |= s->n == MAX_CONJS;
		if (!s->full)
			s->v[s->n++] = c ? &c->any[i] : &whole;
	}
}

/* The conjunctions of the call's rules that refuse, or those that let through. */
static void conjs_of(struct conjs *s, const struct sys_policy *p, const struct syscall_desc *call,
		     enum arch arch, bool deny)
{
	s->n = 0;
	s->full = false;
	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].call == call && (p->rules[i].arches & ARCH_BIT(arch)) &&
		    p->rules[i].deny == deny)
			conjs_add(s, p->rules[i].cond);
}

/* Asks about one call that some of `one` and `other` cover and none of `avoid` does. */
static void ask_found(struct expect_ctx *x, struct request *r, const struct conjs *one,
		      const struct conjs *other, const struct conjs *avoid)
{
	for (unsigned i = 0; i < one->n; i++)
		for (unsigned k = 0; k < other->n; k++) {
			const struct sys_conj *must[] = {one->v[i], other->v[k]};
			enum cond_found f = cond_find(must, 2, avoid->v, avoid->n, r->args);
			x->unknown |= f == COND_UNKNOWN;
			if (f == COND_FOUND) {
				ask_one(x, r);
				return;
			}
		}
}

static void ask_call(struct expect_ctx *x, struct request *r, const struct syscall_desc *call)
{
	const struct sys_policy *p = meaning_syscalls(x->v->meaning);
	struct conjs *asked = &x->sets->asked, *allow = &x->sets->allow, *deny = &x->sets->deny;
	struct conjs *either = &x->sets->either, *every = &x->sets->every, *none = &x->sets->none;
	asked->n = every->n = 0;
	asked->full = every->full = false;
	conjs_add(asked, x->e->cond);
	conjs_add(every, NULL);
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (call->nr[a] == SYSCALL_NONE || !(x->e->arches & ARCH_BIT(a)))
			continue;
		r->arch = (enum arch)a;
		r->nr = (uint32_t)call->nr[a];
		conjs_of(deny, p, call, r->arch, true);
		conjs_of(allow, p, call, r->arch, false);
		*either = *allow;
		for (unsigned i = 0; i < deny->n && either->n < MAX_CONJS; i++)
			either->v[either->n++] = deny->v[i];
		x->unknown |=
		    asked->full || allow->full || deny->full || either->n < allow->n + deny->n;
		ask_found(x, r, asked, deny, none);
		ask_found(x, r, asked, allow, deny);
		ask_found(x, r, asked, every, either);
	}
}

static void ask_group(struct expect_ctx *x, struct request *r, const char *name, unsigned depth)
{
	const struct syscall_desc *call = name[0] == '@' ? NULL : syscall_by_name(name);
	const struct syscall_group *g = name[0] == '@' ? syscall_group_by_name(name + 1) : NULL;
	if (call)
		ask_call(x, r, call);
	for (unsigned i = 0; g && depth < SRC_MAX_DEPTH && i < g->n_members; i++)
		ask_group(x, r, g->members[i], depth + 1);
}

/* ---- one expectation ---- */

/* The first load-time param in the text that the test gives no value and that has none of its own. */
static const char *missing_value(const struct expect_ctx *x, const char *tmpl)
{
	struct template_piece piece;
	while (template_next(&tmpl, &piece)) {
		if (!piece.is_var || template_is_builtin(piece.var, piece.var_len))
			continue;
		bool found = false;
		for (unsigned i = 0; i < x->test->n_given; i++)
			found |= strlen(x->test->given[i].name) == piece.var_len &&
				 memcmp(x->test->given[i].name, piece.var, piece.var_len) == 0;
		for (unsigned i = 0; i < x->ir->n_params; i++)
			found |= x->ir->params[i].value && strlen(x->ir->params[i].name) == piece.var_len &&
				 memcmp(x->ir->params[i].name, piece.var, piece.var_len) == 0;
		if (!found)
			return arena_strndup(x->v->arena, piece.var, piece.var_len);
	}
	return NULL;
}

/* One call of each outcome. */
static void note_example(struct diag_rec *rec, const struct expect_ctx *x)
{
	const uint64_t *v = x->allow_args, *w = x->deny_args;
	diag_note(rec, "it depends on the machine or on the arguments of the call");
	diag_note(
	    rec, "allowed for example with 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64,
	    v[0], v[1], v[2], v[3]);
	diag_note(rec,
		  "denied for example with 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64,
		  w[0], w[1], w[2], w[3]);
}

static void report_result(struct expect_ctx *x)
{
	bool want = x->e->kind == EXPECT_ALLOW;
	unsigned wrong = want ? x->n_deny : x->n_allow;
	const struct decision *d = want ? &x->deny : &x->allow;
	struct diag_rec *rec;
	if (wrong == 0 && x->unknown)
		diag(x->v->diags, DIAG_TOO_LARGE, x->e->loc,
		     "the conditions have too many cases to tell whether this holds");
	if (wrong == 0)
		return;
	if (x->n_allow && x->n_deny) {
		rec = diag(x->v->diags, DIAG_TEST_PARTLY, x->e->loc, "test \"%s\": expected %s, got both", x->test->title,
			   want ? "allow" : "deny");
		if (x->e->what == RULE_SYSCALL)
			note_example(rec, x);
		else
			diag_note(rec, "%s is allowed, %s is denied", x->allow_op, x->deny_op);
		note_decision(rec, &x->allow, "allowed");
		note_decision(rec, &x->deny, "denied");
	} else {
		rec = diag(x->v->diags, DIAG_TEST_FAILED, x->e->loc, "test \"%s\": expected %s, got %s", x->test->title,
			   want ? "allow" : "deny", want ? "deny" : "allow");
		note_decision(rec, d, want ? "denied" : "allowed");
	}
	if (x->ir->targets != TARGET_BIT(x->target))
		diag_note(rec, "on %s", target_name[x->target]);
	note_given(x, rec);
}

static void expect_access(struct expect_ctx *x, enum target t)
{
	struct request r = {
	    .target = t, .port = x->e->port, .given = x->test->given, .n_given = x->test->n_given};
	x->n_allow = x->n_deny = 0;
	x->unknown = false;
	x->target = t;
	bool concrete = x->e->what == RULE_PATH || x->e->what == RULE_NET;
	r.object = concrete ? expand_template(x->v->arena, x->ir, x->e->object, r.given, r.n_given) : x->e->object;
	if (!r.object) {
		diag(x->v->diags, DIAG_TEST_VALUE, x->e->loc, "with the given values `%s` is no path", x->e->object);
		return;
	}
	for (unsigned op = 0; op < OP_COUNT; op++) {
		if (!(x->e->ops & OP_BIT(op)))
			continue;
		r.op = (enum op)op;
		if (r.op == OP_SYSCALL)
			ask_group(x, &r, x->e->object, 0);
		else
			ask_one(x, &r);
	}
	report_result(x);
}

static void expect_cap(struct expect_ctx *x, enum target t)
{
	const struct guarantee *g = guarantee_find(x->v->guarantees, t, x->e->cap);
	bool enforced = g && guarantee_promised(g);
	if (x->e->kind == EXPECT_ENFORCED ? enforced : g && guarantee_is_caveat(g))
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
	const char *missing = x->e->object ? missing_value(x, x->e->object) : NULL;
	if (missing) {
		struct diag_rec *rec = diag(x->v->diags, DIAG_TEST_VALUE, x->e->loc, "the test gives no value for `%s`", missing);
		diag_help(rec, "add `given %s = \"...\"` to the test", missing);
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

unsigned expect_run(struct validator *v)
{
	unsigned n = 0;
	struct expect_ctx x = {.v = v, .ir = meaning_ir(v->meaning)};
	x.sets = ARENA_NEW(v->arena, struct conj_sets);
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
