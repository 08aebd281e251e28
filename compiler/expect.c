/*
 * expect.c - tests in the policy.
 */
#include "expect.h"

#include <string.h>

#include "str.h"
#include "syscalls.h"
#include "template.h"

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
		x->allow_op = op_name[r->op];
	} else if (!d.allow && x->n_deny++ == 0) {
		x->deny = d;
		x->deny_op = op_name[r->op];
	}
}

/* ---- system calls: every machine, and arguments that satisfy each condition of a rule on the call ---- */

static uint64_t satisfying(const struct sys_test *t)
{
	switch (t->cmp) {
	case SYS_EQ:
	case SYS_LE:
	case SYS_GE:
		return t->value;
	case SYS_NE:
		return t->value ^ (t->mask & (~t->mask + 1));
	case SYS_LT:
		return t->value ? t->value - 1 : 0;
	case SYS_GT:
		return t->value + 1;
	}
	return 0;
}

static void ask_conditions(struct expect_ctx *x, struct request *r, const struct syscall_desc *call)
{
	const struct sys_policy *p = meaning_syscalls(x->v->meaning);
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_rule *rule = &p->rules[i];
		if (rule->call != call || !(rule->arches & ARCH_BIT(r->arch)) || !rule->cond)
			continue;
		for (unsigned c = 0; c < rule->cond->n_any; c++) {
			const struct sys_conj *conj = &rule->cond->any[c];
			memset(r->args, 0, sizeof(r->args));
			for (unsigned t = 0; t < conj->n_tests; t++)
				r->args[conj->tests[t].arg] = satisfying(&conj->tests[t]);
			ask_one(x, r);
		}
	}
}

static void ask_call(struct expect_ctx *x, struct request *r, const struct syscall_desc *call)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (call->nr[a] == SYSCALL_NONE)
			continue;
		r->arch = (enum arch)a;
		r->nr = (uint32_t)call->nr[a];
		memset(r->args, 0, sizeof(r->args));
		ask_one(x, r);
		memset(r->args, 0xff, sizeof(r->args));
		ask_one(x, r);
		ask_conditions(x, r, call);
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

static void report_result(struct expect_ctx *x)
{
	bool want = x->e->kind == EXPECT_ALLOW;
	unsigned wrong = want ? x->n_deny : x->n_allow;
	const struct decision *d = want ? &x->deny : &x->allow;
	struct diag_rec *rec;
	if (wrong == 0)
		return;
	if (x->n_allow && x->n_deny) {
		rec = diag(x->v->diags, DIAG_TEST_PARTLY, x->e->loc, "test \"%s\": expected %s, got both", x->test->title,
			   want ? "allow" : "deny");
		if (x->allow_op == x->deny_op)
			diag_note(rec, "it depends on the machine or on the arguments of the call");
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
