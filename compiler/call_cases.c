/*
 * call_cases.c - one call for each outcome: one that a deny covers, one that an allow covers and no deny does, one that
 * neither covers. An allow decides where no deny holds.
 */
#include "call_cases.h"

#include "cond.h"

enum { MAX_CONJS = 2048 };

struct conjs {
	const struct sys_conj *v[MAX_CONJS];
	unsigned n;
	bool full; /* not all of them are here */
};

struct call_cases {
	const struct sys_policy *policy;
	struct conjs asked, allow, deny, either, every, none;
};

static const struct sys_conj whole = {NULL, 0};

static void conjs_add(struct conjs *s, const struct sys_cond *c)
{
	for (unsigned i = 0; i < (c ? c->n_any : 1); i++) {
		s->full |= s->n == MAX_CONJS;
		if (!s->full)
			s->v[s->n++] = c ? &c->any[i] : &whole;
	}
}

static void conjs_reset(struct conjs *s, const struct sys_cond *c)
{
	s->n = 0;
	s->full = false;
	conjs_add(s, c);
}

/* The conjunctions of the call's rules that refuse, or those that let through. */
static void conjs_of(struct conjs *s, const struct sys_policy *p, const struct syscall_desc *call, enum arch arch, bool deny)
{
	s->n = 0;
	s->full = false;
	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].call == call && (p->rules[i].arches & ARCH_BIT(arch)) && p->rules[i].deny == deny)
			conjs_add(s, p->rules[i].cond);
}

/* One call that some of `one` and `other` cover and none of `avoid` does. */
static bool find(const struct conjs *one, const struct conjs *other, const struct conjs *avoid, call_case_fn *fn, void *ctx)
{
	bool known = true;
	uint64_t args[6] = {0};
	for (unsigned i = 0; i < one->n; i++)
		for (unsigned k = 0; k < other->n; k++) {
			const struct sys_conj *must[] = {one->v[i], other->v[k]};
			enum cond_found f = cond_find(must, 2, avoid->v, avoid->n, args);
			known &= f != COND_UNKNOWN;
			if (f == COND_FOUND) {
				fn(ctx, args);
				return known;
			}
		}
	return known;
}

struct call_cases *call_cases_new(struct arena *a, const struct sys_policy *p)
{
	struct call_cases *c = ARENA_NEW(a, struct call_cases);
	c->policy = p;
	return c;
}

bool call_cases(struct call_cases *c, const struct syscall_desc *call, enum arch arch, const struct sys_cond *asked,
		call_case_fn *fn, void *ctx)
{
	conjs_reset(&c->asked, asked);
	conjs_reset(&c->every, NULL);
	conjs_of(&c->deny, c->policy, call, arch, true);
	conjs_of(&c->allow, c->policy, call, arch, false);
	c->either = c->allow;
	for (unsigned i = 0; i < c->deny.n && c->either.n < MAX_CONJS; i++)
		c->either.v[c->either.n++] = c->deny.v[i];
	bool known = !c->asked.full && !c->allow.full && !c->deny.full && c->either.n == c->allow.n + c->deny.n;
	known &= find(&c->asked, &c->deny, &c->none, fn, ctx);
	known &= find(&c->asked, &c->allow, &c->deny, fn, ctx);
	known &= find(&c->asked, &c->every, &c->either, fn, ctx);
	return known;
}
