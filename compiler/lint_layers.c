/*
 * lint_layers.c - lines that one layer allows and the filter of system calls makes useless.
 *
 * A file, a socket or a signal is reached by calls. When the lines about calls deny every call that a rule's operation
 * could be done by, the rule stands in the policy, passes its tests of access, and gives nothing.
 */
#include <string.h>

#include "cond.h"
#include "lint_priv.h"
#include "say.h"
#include "syscalls.h"

enum { MAX_CALLS = 16 };

static const struct step {
	uint32_t ops;
	const char *calls[MAX_CALLS + 1];
} steps[] = {
#define STEP(ops, ...) {ops, {__VA_ARGS__}},
#include "layer_call.def"
};

static const struct sys_conj always = {NULL, 0};

/* What the lines deny of the call, as conjunctions of which any does. */
struct denied {
	const struct sys_conj **v;
	unsigned n;
};

static void add_denied(const struct lint *l, struct denied *d, const struct sys_rule *r)
{
	for (unsigned i = 0; i < (r->cond ? r->cond->n_any : 1); i++) {
		ARENA_GROW(l->arena, d->v, d->n);
		d->v[d->n++] = r->cond ? &r->cond->any[i] : &always;
	}
}

/* Is there a call that this allow lets through and nothing denies? Yes, when that cannot be told. */
static bool lets_through(const struct sys_cond *allow, const struct denied *d)
{
	bool open = false;
	uint64_t args[6];
	for (unsigned i = 0; i < (allow ? allow->n_any : 1) && !open; i++) {
		const struct sys_conj *must = allow ? &allow->any[i] : &always;
		open = cond_find(&must, 1, d->v, d->n, args) != COND_NONE;
	}
	return open;
}

/* Does nothing of the call get through on this ABI? Then *by is the first line that denies some of it, where a line does. */
static bool call_closed(const struct lint *l, const struct syscall_desc *call, enum arch arch, const struct origin **by)
{
	const struct sys_policy *p = meaning_syscalls(l->meaning);
	const struct origin *first = NULL;
	struct denied d = {NULL, 0};
	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].call == call && p->rules[i].deny && (p->rules[i].arches & ARCH_BIT(arch))) {
			add_denied(l, &d, &p->rules[i]);
			first = first ? first : p->rules[i].origin;
		}
	bool open = (p->known.act == ACT_ALLOW || p->known.act == ACT_LOG) && lets_through(NULL, &d);
	for (unsigned i = 0; i < p->n_rules && !open; i++)
		open = p->rules[i].call == call && !p->rules[i].deny && (p->rules[i].arches & ARCH_BIT(arch)) && lets_through(p->rules[i].cond, &d);
	if (!open)
		*by = *by ? *by : first;
	return !open;
}

static bool step_closed(const struct lint *l, const struct step *s, const struct origin **by)
{
	for (unsigned i = 0; s->calls[i]; i++) {
		const struct syscall_desc *call = syscall_by_name(s->calls[i]);
		for (uint32_t left = l->ir->arches; left; left &= left - 1) {
			enum arch arch = (enum arch)__builtin_ctz(left);
			if (call->nr[arch] != SYSCALL_NONE && !call_closed(l, call, arch, by))
				return false;
		}
	}
	return *by != NULL;
}

/* The operations that no call is left for; by[op]: the line that closed the first of its calls. */
static uint32_t closed_ops(const struct lint *l, const struct origin *by[OP_COUNT])
{
	uint32_t closed = 0;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct origin *at = NULL;
		if (!step_closed(l, &steps[i], &at))
			continue;
		for (uint32_t left = steps[i].ops & ~closed; left; left &= left - 1)
			by[__builtin_ctz(left)] = at;
		closed |= steps[i].ops;
	}
	return closed;
}

/* The operations of the rule that this line gives. */
static uint32_t ops_of_line(const struct ir_rule *r, const struct origin *line)
{
	uint32_t ops = 0;
	for (uint32_t left = r->ops; left; left &= left - 1)
		if (r->origin[__builtin_ctz(left)] == line)
			ops |= left & (~left + 1);
	return ops;
}

/* What lines that deny calls leave of lines that allow: told once, of the first of these. */
struct useless {
	const struct origin *at, *deny;
	uint32_t ops;
	unsigned n; /* of such lines */
};
struct uselesses {
	struct useless *v;
	unsigned n;
};

static void add_useless(const struct lint *l, struct uselesses *all, const struct origin *at, const struct origin *deny, uint32_t ops)
{
	for (unsigned i = 0; i < all->n; i++) {
		struct useless *u = &all->v[i];
		if (u->deny != deny)
			continue;
		u->n += u->at != at;
		u->ops = u->at == at ? u->ops | ops : at->loc.beg < u->at->loc.beg ? ops : u->ops;
		u->at = at->loc.beg < u->at->loc.beg ? at : u->at;
		return;
	}
	ARENA_GROW(l->arena, all->v, all->n);
	all->v[all->n++] = (struct useless){at, deny, ops, 1};
}

static void useless_rule(const struct lint *l, const struct ir_rule *r, uint32_t closed, const struct origin *const by[OP_COUNT],
			 struct uselesses *all)
{
	for (uint32_t left = r->ops & closed; left; left &= left - 1) {
		const struct origin *at = lint_line(r, left), *deny = by[__builtin_ctz(left)];
		uint32_t ops = 0;
		for (uint32_t k = ops_of_line(r, at) & closed; k; k &= k - 1)
			ops |= by[__builtin_ctz(k)] == deny ? k & (~k + 1) : 0;
		if (lint_blames(l, at) && !diag_is_silenced(l->diags, DIAG_LAYERS, at->loc))
			add_useless(l, all, at, deny, ops);
	}
}

static void tell_useless(const struct lint *l, const struct useless *u)
{
	struct diag_rec *rec = diag(l->diags, DIAG_LAYERS, u->at->loc, "`%s` is allowed here, and the filter leaves no call for it",
				    say_ops(l->arena, u->ops));
	diag_second(rec, u->deny->loc, "the calls are denied here");
	if (u->n > 1)
		diag_note(rec, "nor for what %u more line%s", u->n - 1, u->n > 2 ? "s allow" : " allows");
	diag_help(rec, "take `%s` out of one of the two lines, or deny a part of the calls only", say_ops(l->arena, u->ops));
}

void lint_layers(const struct lint *l)
{
	const struct origin *by[OP_COUNT] = {NULL};
	struct uselesses all = {NULL, 0};
	if (!(l->ir->targets & TARGET_BIT(TARGET_LINUX)))
		return;
	uint32_t closed = closed_ops(l, by);
	for (unsigned i = 0; closed && i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (!r->deny && r->kind != RULE_SYSCALL && (r->targets & TARGET_BIT(TARGET_LINUX)))
			useless_rule(l, r, closed, by, &all);
	}
	for (unsigned i = 0; i < all.n; i++)
		tell_useless(l, &all.v[i]);
}
