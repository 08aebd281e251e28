/*
 * calls.c - seccomp-MACHINE.calls, for a loader that says which calls were made: the name of each call, and the lines that let it
 * through or refuse it. It decides nothing: what a call gets the filter says.
 */
#include "seccomp.h"

#include <string.h>

#include "../../compiler/str.h"
#include "../../compiler/syscalls.h"
#include "../../compiler/template.h"
#include "../../runtime/plan.h"

enum { SHOWN = 4 /* places in a line; of more it says so */ };

struct calls {
	struct buf out;
	struct arena *arena;
	const struct src *src;
	const struct sys_policy *policy;
	enum arch arch;    /* the ABI whose calls are written */
	enum arch machine; /* that has it */
};

/* The rules of one call. */
struct of_call {
	const struct syscall_desc *call;
	const struct sys_rule *rules;
	unsigned n;
};

/* What people are shown for a rule: its line, or what the base has it for. */
static const char *cause(const struct calls *c, const struct sys_rule *r)
{
	return r->origin ? src_where(c->src, c->arena, r->origin->loc) : r->reason;
}

static bool counts(const struct calls *c, const struct sys_rule *r, bool deny)
{
	return r->deny == deny && (r->arches & ARCH_BIT(c->arch));
}

/* Rules of one kind, each cause once: "LEAD a.sbx:3, a.sbx:7". False: there is none. */
static bool put_causes(struct calls *c, const struct of_call *of, bool deny, const char *lead)
{
	const char *seen[SHOWN];
	unsigned n = 0;
	for (unsigned i = 0; i < of->n; i++) {
		unsigned k = 0;
		if (!counts(c, &of->rules[i], deny))
			continue;
		const char *text = cause(c, &of->rules[i]);
		while (k < n && strcmp(seen[k], text) != 0)
			k++;
		if (k < n)
			continue;
		if (n == SHOWN) {
			buf_puts(&c->out, ", ...");
			return true;
		}
		seen[n++] = text;
		buf_puts(&c->out, n == 1 ? lead : ", ");
		template_add_literal(&c->out, text, strlen(text));
	}
	return n > 0;
}

static bool has(const struct calls *c, const struct of_call *of, bool deny, bool always)
{
	for (unsigned i = 0; i < of->n; i++)
		if (counts(c, &of->rules[i], deny) && (!always || !of->rules[i].cond))
			return true;
	return false;
}

/* A companion's call bears the name of its ABI: `i386:socketcall`. */
static void put_call(struct calls *c, const char *word, const struct of_call *of)
{
	bool own = c->arch == c->machine;
	uint32_t nr = (uint32_t)of->call->nr[c->arch];
	buf_printf(&c->out, "%s %u %u %s%s%s (%u),", word, seccomp_audit_arch(c->arch), nr, own ? "" : arch_name[c->arch],
		   own ? "" : ":", of->call->name, nr);
}

static void put_used(struct calls *c, const struct of_call *of)
{
	if (!has(c, of, false, false) || has(c, of, true, true))
		return;
	put_call(c, "used", of);
	put_causes(c, of, false, " allowed by ");
	buf_putc(&c->out, '\n');
}

static void put_refused(struct calls *c, const struct of_call *of)
{
	bool open = has(c, of, false, true), closed = has(c, of, true, true);
	if (open && !has(c, of, true, false))
		return;
	put_call(c, "refused", of);
	bool denied = put_causes(c, of, true, " denied by ");
	bool allowed = !open && !closed && put_causes(c, of, false, denied ? ", only with other arguments allowed by "
									    : " only with other arguments allowed by ");
	if (!denied && !allowed)
		buf_puts(&c->out, " no line allows it");
	buf_putc(&c->out, '\n');
}

static void put_abi(struct calls *c, void (*put)(struct calls *c, const struct of_call *of))
{
	unsigned n, r = 0;
	const struct syscall_desc *calls = syscall_table(&n);
	for (unsigned i = 0; i < n; i++) {
		struct of_call of = {.call = &calls[i], .rules = &c->policy->rules[r]};
		while (r < c->policy->n_rules && c->policy->rules[r].call == &calls[i])
			r++;
		of.n = (unsigned)(&c->policy->rules[r] - of.rules);
		if (calls[i].nr[c->arch] != SYSCALL_NONE)
			put(c, &of);
	}
}

static void put_all(struct calls *c, void (*put)(struct calls *c, const struct of_call *of))
{
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if (arch_machine[a] == c->machine && (c->policy->arches & ARCH_BIT(a))) {
			c->arch = (enum arch)a;
			put_abi(c, put);
		}
}

/* Does a line of the filter hand calls over to the loader? */
static bool notifies(const struct sys_policy *p)
{
	bool any = p->known.act == ACT_NOTIFY || p->unknown.act == ACT_NOTIFY;
	for (unsigned i = 0; i < p->n_rules; i++)
		any |= p->rules[i].action.act == ACT_NOTIFY;
	return any;
}

void seccomp_calls(struct lower *l, const struct sys_policy *p, enum arch machine)
{
	unsigned observe = l->ir->choice[TARGET_LINUX][CHOICE_OBSERVE].value;
	struct calls c = {.out = buf_new(l->arena), .arena = l->arena, .src = l->src, .policy = p, .machine = machine};
	if (!observe && !notifies(p))
		return;
	buf_printf(&c.out, "sbx-calls %d %s\n", PLAN_VERSION, l->plan_id);
	if (observe && strcmp(choice_word[CHOICE_OBSERVE][observe], "all") == 0)
		put_all(&c, put_used);
	put_all(&c, put_refused);
	buf_puts(&c.out, "end\n");
	lower_add(l, arena_printf(l->arena, "seccomp-%s.calls", arch_name[machine]), c.out.data, c.out.len);
}
