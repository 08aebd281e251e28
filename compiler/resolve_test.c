/*
 * resolve_test.c - `test "..." { given ... expect ... }` blocks.
 */
#include <string.h>

#include "resolve_priv.h"

struct test_build {
	struct res *r;
	const struct place *p;
	struct ir_test *test;
	struct ir_binding *given;
	struct ir_test_expect *expect;
};

/* The type of a load-time variable that `given` may name; false when there is none. */
static bool given_type(struct test_build *b, const struct ast_word *name, enum type *out)
{
	if (load_time_type(b->r, b->p->scope, name->text, out))
		return true;
	const struct var *v = scope_find(b->p->scope, name->text, name->len);
	struct diag_rec *rec;
	if (v) {
		rec = diag(b->r->d, DIAG_NO_EFFECT, name->loc, "`%s` is already known when the plan is made", name->text);
		diag_second(rec, v->loc, "defined here without `at load`");
		diag_help(rec, "remove the line");
	} else {
		rec = diag(b->r->d, DIAG_UNKNOWN_VARIABLE, name->loc, "`%s` is no value that is given at load", name->text);
		diag_note(rec, "params with `at load` and CWD, EXE, HOME, RUNTIME_DIR, TMPDIR, UID can stand here");
	}
	return false;
}

static void add_given(struct test_build *b, const struct ast_tstmt *s)
{
	enum type type;
	struct value v;
	if (!given_type(b, s->name, &type) || !scope_eval(b->r, b->p->scope, s->value, &v) ||
	    !value_fits(b->r, type, &v, s->value))
		return;
	const char *plain = template_literal(b->r->a, v.text);
	if (!plain) {
		diag(b->r->d, DIAG_BAD_VALUE, s->value->loc, "a given value cannot hold variables itself");
		return;
	}
	for (unsigned i = 0; i < b->test->n_given; i++) {
		if (strcmp(b->given[i].name, s->name->text) != 0)
			continue;
		diag_help(diag(b->r->d, DIAG_DUPLICATE, s->name->loc, "`%s` is given twice", s->name->text), "remove one of the two lines");
		return;
	}
	ARENA_GROW(b->r->a, b->given, b->test->n_given);
	b->given[b->test->n_given++] = (struct ir_binding){.name = s->name->text, .value = plain};
}

static void add_expect(struct test_build *b, const struct ir_test_expect *e)
{
	ARENA_GROW(b->r->a, b->expect, b->test->n_expect);
	b->expect[b->test->n_expect++] = *e;
}

static bool action_fits(struct test_build *b, const struct ast_tstmt *s, const struct ir_rule *rule)
{
	bool allow = s->kind == TSTMT_ALLOW, passes = rule->action.act == ACT_ALLOW || rule->action.act == ACT_LOG;
	if (!s->access->action || allow == passes)
		return true;
	struct diag_rec *rec = diag(b->r->d, DIAG_CONFLICT, s->access->action->loc, "`with %s` %s the call, and the line expects `%s`",
				    s->access->action->name->text, passes ? "lets through" : "refuses", allow ? "allow" : "deny");
	diag_help(rec, "write `expect %s`", allow ? "deny" : "allow");
	return false;
}

static void add_access_expect(struct test_build *b, const struct ast_tstmt *s)
{
	struct access_items items = access_resolve(b->r, b->p, s->access, ACCESS_EXPECT);
	uint32_t targets = resolve_targets(b->r, s->targets);
	for (unsigned i = 0; i < items.n; i++) {
		const struct ir_rule *rule = &items.v[i].rule;
		struct ir_test_expect e = {
		    .kind = s->kind == TSTMT_ALLOW ? EXPECT_ALLOW : EXPECT_DENY,
		    .loc = s->loc,
		    .what = rule->kind,
		    .ops = rule->ops,
		    .object = rule->object,
		    .port = rule->port_lo,
		    .port_var = rule->port_var,
		    .with_action = s->access->action != NULL,
		    .action = rule->action,
		    .targets = targets,
		    .arches = rule->arches,
		    .cond = rule->cond,
		};
		if (rule->kind == RULE_NET && rule->port_lo != rule->port_hi &&
		    (rule->ops & (OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_CONNECT_UDP) |
				  OP_BIT(OP_LISTEN_UDP)))) {
			struct diag_rec *rec = diag(b->r->d, DIAG_BAD_ENDPOINT, items.v[i].loc,
						    "an expectation asks about one endpoint");
			diag_help(rec, "name a host and a port");
			continue;
		}
		if (!action_fits(b, s, rule))
			return;
		if (rule->kind == RULE_SYSCALL)
			e.targets &= TARGET_BIT(TARGET_LINUX);
		if (rule->kind == RULE_MACOS)
			e.targets &= TARGET_BIT(TARGET_MACOS);
		add_expect(b, &e);
	}
}

static void add_cap_expect(struct test_build *b, const struct ast_tstmt *s)
{
	for (const struct ast_word *w = s->caps; w; w = w->next) {
		struct ir_test_expect e = {
		    .kind = s->kind == TSTMT_ENFORCED ? EXPECT_ENFORCED : EXPECT_CAVEAT,
		    .loc = s->loc,
		    .targets = resolve_targets(b->r, s->targets),
		};
		if (resolve_cap(b->r, w, &e.cap))
			add_expect(b, &e);
	}
}

void resolve_test(struct res *r, const struct place *p, const struct ast_test *t)
{
	struct ir_test test = {.title = scope_plain(r, NULL, t->title), .loc = t->loc};
	struct test_build b = {.r = r, .p = p, .test = &test};
	for (const struct ast_tstmt *s = t->stmts; s; s = s->next) {
		switch (s->kind) {
		case TSTMT_GIVEN:
			add_given(&b, s);
			break;
		case TSTMT_ALLOW:
		case TSTMT_DENY:
			add_access_expect(&b, s);
			break;
		case TSTMT_ENFORCED:
		case TSTMT_CAVEAT:
			add_cap_expect(&b, s);
			break;
		}
	}
	test.given = b.given;
	test.expect = b.expect;
	if (!test.title)
		test.title = "";
	ir_build_test(r->build, &test);
}
