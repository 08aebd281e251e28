/*
 * ask.c - one expectation as the requests it stands for.
 */
#include "ask.h"

#include <string.h>

#include "call_cases.h"
#include "str.h"
#include "template.h"

struct asker {
	struct arena *arena;
	const struct meaning *meaning;
	const struct ir_test_expect *e;
	struct outcomes *out;
	struct call_cases *cases;
};

struct asker *asker_new(struct arena *a, const struct meaning *m)
{
	struct asker *k = ARENA_NEW(a, struct asker);
	k->arena = a;
	k->meaning = m;
	k->cases = call_cases_new(a, meaning_syscalls(m));
	return k;
}

static void ask_one(struct asker *k, const struct request *r)
{
	ARENA_GROW(k->arena, k->out->v, k->out->n);
	k->out->v[k->out->n++] = (struct outcome){.request = *r, .decision = decide(k->meaning, r)};
}

/* ---- system calls: every machine, and one call for each outcome that some of the calls asked about have ---- */

struct case_ctx {
	struct asker *asker;
	struct request *r;
};

static void ask_case(void *ctx, const uint64_t args[6])
{
	struct case_ctx *c = ctx;
	memcpy(c->r->args, args, sizeof(c->r->args));
	ask_one(c->asker, c->r);
}

static void ask_call(struct asker *k, struct request *r, const struct syscall_desc *call)
{
	struct case_ctx c = {k, r};
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (call->nr[a] == SYSCALL_NONE || !(k->e->arches & ARCH_BIT(a)))
			continue;
		r->arch = (enum arch)a;
		r->nr = (uint32_t)call->nr[a];
		k->out->unknown |= !call_cases(k->cases, call, r->arch, k->e->cond, ask_case, &c);
	}
}

static void ask_group(struct asker *k, struct request *r, const char *name, unsigned depth)
{
	const struct syscall_desc *call = name[0] == '@' ? NULL : syscall_by_name(name);
	const struct syscall_group *g = name[0] == '@' ? syscall_group_by_name(name + 1) : NULL;
	if (call)
		ask_call(k, r, call);
	for (unsigned i = 0; g && depth < SRC_MAX_DEPTH && i < g->n_members; i++)
		ask_group(k, r, g->members[i], depth + 1);
}

/* ---- one expectation ---- */

uint16_t ask_port(struct arena *a, const struct ir *ir, const struct ir_test_expect *e, const struct ir_binding *given,
		  unsigned n_given)
{
	if (!e->port_var)
		return e->port;
	const char *text = expand_template(a, ir, arena_printf(a, "${%s}", e->port_var), given, n_given);
	uint64_t port = 0;
	return text && parse_u64(text, strlen(text), UINT16_MAX, &port) ? (uint16_t)port : 0;
}

struct outcomes ask(struct asker *k, const struct ir_test_expect *e, const struct ir_binding *given, unsigned n_given,
		    enum target t)
{
	struct outcomes out = {.v = NULL};
	const struct ir *ir = meaning_ir(k->meaning);
	struct request r = {.target = t, .given = given, .n_given = n_given};
	bool concrete = e->what == RULE_PATH || e->what == RULE_NET;
	k->e = e;
	k->out = &out;
	r.port = ask_port(k->arena, ir, e, given, n_given);
	r.object = concrete ? expand_template(k->arena, ir, e->object, given, n_given) : e->object;
	out.no_path = !r.object;
	for (unsigned op = 0; r.object && op < OP_COUNT; op++) {
		if (!(e->ops & OP_BIT(op)))
			continue;
		r.op = (enum op)op;
		if (r.op == OP_SYSCALL)
			ask_group(k, &r, e->object, 0);
		else
			ask_one(k, &r);
	}
	return out;
}

const char *ask_missing_value(struct arena *a, const struct ir *ir, const char *tmpl, const struct ir_binding *given,
			      unsigned n_given)
{
	struct template_piece piece;
	while (template_next(&tmpl, &piece)) {
		if (!piece.is_var || template_is_builtin(piece.var, piece.var_len))
			continue;
		bool found = false;
		for (unsigned i = 0; i < n_given; i++)
			found |= strlen(given[i].name) == piece.var_len && memcmp(given[i].name, piece.var, piece.var_len) == 0;
		for (unsigned i = 0; i < ir->n_params; i++)
			found |= ir->params[i].value && strlen(ir->params[i].name) == piece.var_len &&
				 memcmp(ir->params[i].name, piece.var, piece.var_len) == 0;
		if (!found)
			return arena_strndup(a, piece.var, piece.var_len);
	}
	return NULL;
}
