/*
 * ask.c - one expectation as the requests it stands for.
 */
#include "ask.h"

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

struct asker {
	struct arena *arena;
	const struct meaning *meaning;
	const struct ir_test_expect *e;
	struct outcomes *out;
	struct conjs asked, allow, deny, either, every, none; /* room for the questions about one call */
};

struct asker *asker_new(struct arena *a, const struct meaning *m)
{
	struct asker *k = ARENA_NEW(a, struct asker);
	k->arena = a;
	k->meaning = m;
	return k;
}

static void ask_one(struct asker *k, const struct request *r)
{
	ARENA_GROW(k->arena, k->out->v, k->out->n);
	k->out->v[k->out->n++] = (struct outcome){.request = *r, .decision = decide(k->meaning, r)};
}

/*
 * ---- system calls: every machine, and one call for each outcome that some of the calls asked about have: found
 * exactly, not sampled. An allow decides where no deny holds. ----
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
static void conjs_of(struct conjs *s, const struct sys_policy *p, const struct syscall_desc *call, enum arch arch,
		     bool deny)
{
	s->n = 0;
	s->full = false;
	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].call == call && (p->rules[i].arches & ARCH_BIT(arch)) && p->rules[i].deny == deny)
			conjs_add(s, p->rules[i].cond);
}

/* Asks about one call that some of `one` and `other` cover and none of `avoid` does. */
static void ask_found(struct asker *k, struct request *r, const struct conjs *one, const struct conjs *other,
		      const struct conjs *avoid)
{
	for (unsigned i = 0; i < one->n; i++)
		for (unsigned j = 0; j < other->n; j++) {
			const struct sys_conj *must[] = {one->v[i], other->v[j]};
			enum cond_found f = cond_find(must, 2, avoid->v, avoid->n, r->args);
			k->out->unknown |= f == COND_UNKNOWN;
			if (f == COND_FOUND) {
				ask_one(k, r);
				return;
			}
		}
}

static void ask_call(struct asker *k, struct request *r, const struct syscall_desc *call)
{
	const struct sys_policy *p = meaning_syscalls(k->meaning);
	k->asked.n = k->every.n = 0;
	k->asked.full = k->every.full = false;
	conjs_add(&k->asked, k->e->cond);
	conjs_add(&k->every, NULL);
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (call->nr[a] == SYSCALL_NONE || !(k->e->arches & ARCH_BIT(a)))
			continue;
		r->arch = (enum arch)a;
		r->nr = (uint32_t)call->nr[a];
		conjs_of(&k->deny, p, call, r->arch, true);
		conjs_of(&k->allow, p, call, r->arch, false);
		k->either = k->allow;
		for (unsigned i = 0; i < k->deny.n && k->either.n < MAX_CONJS; i++)
			k->either.v[k->either.n++] = k->deny.v[i];
		k->out->unknown |=
		    k->asked.full || k->allow.full || k->deny.full || k->either.n < k->allow.n + k->deny.n;
		ask_found(k, r, &k->asked, &k->deny, &k->none);
		ask_found(k, r, &k->asked, &k->allow, &k->deny);
		ask_found(k, r, &k->asked, &k->every, &k->either);
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

struct outcomes ask(struct asker *k, const struct ir_test_expect *e, const struct ir_binding *given, unsigned n_given,
		    enum target t)
{
	struct outcomes out = {.v = NULL};
	struct request r = {.target = t, .port = e->port, .given = given, .n_given = n_given};
	bool concrete = e->what == RULE_PATH || e->what == RULE_NET;
	k->e = e;
	k->out = &out;
	r.object = concrete ? expand_template(k->arena, meaning_ir(k->meaning), e->object, given, n_given) : e->object;
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
