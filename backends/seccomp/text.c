/*
 * text.c - a filter for people: what every call gets, under which conditions, which line brings it,
 * what it costs; then the instructions, for those who check.
 */
#include "kernel.h"
#include "seccomp.h"

#include <linux/seccomp.h>
#include <string.h>

#include "../../compiler/cond.h"
#include "../../compiler/str.h"
#include "../../compiler/syscalls.h"

struct text {
	struct buf out;
	struct arena *arena;
	const struct src *src;
	const struct sys_policy *policy;
	enum arch arch; /* the ABI that is spoken of */
	enum arch machine;
	uint32_t abis; /* of the machine, that the filter lets in */
	const struct code *code;
	const struct kernel_steps *steps;
};

static const char *action_text(struct arena *a, struct sys_action action)
{
	static const char *const name[] = {
	    [ACT_KILL_PROCESS] = "kill the process",
	    [ACT_KILL_THREAD] = "kill the thread",
	    [ACT_TRAP] = "signal SIGSYS",
	    [ACT_ERRNO] = "errno",
	    [ACT_NOTIFY] = "ask the supervisor",
	    [ACT_TRACE] = "ask the tracer",
	    [ACT_LOG] = "allow and log",
	    [ACT_ALLOW] = "allow",
	};
	if (action.act != ACT_ERRNO)
		return name[action.act];
	return action_word(a, action);
}

/* The bit that all numbers of the ABI have; people leave it out. */
static int32_t number_bit(enum arch arch)
{
	return arch == ARCH_X32 ? 0x40000000 : 0;
}

static struct kernel_steps steps_of(const struct text *t, const struct syscall_desc *call)
{
	return kernel_steps(t->steps, t->code, seccomp_audit_arch(t->arch),
			    (uint32_t)call->nr[t->arch]);
}

/* Instructions the kernel executes for the call, and whether it keeps the answer. */
static void put_cost(struct text *t, const struct syscall_desc *call)
{
	struct kernel_steps s = steps_of(t, call);
	if (s.least == s.most)
		buf_printf(&t->out, "  [%u", s.most);
	else
		buf_printf(&t->out, "  [%u..%u", s.least, s.most);
	bool cached =
	    kernel_caches(t->code, seccomp_audit_arch(t->arch), (uint32_t)call->nr[t->arch]);
	buf_puts(&t->out, cached ? ", cached]" : "]");
}

static void put_rule(struct text *t, const struct sys_rule *r)
{
	buf_printf(&t->out, "  %s %d", r->call->name, r->call->nr[t->arch] & ~number_bit(t->arch));
	put_cost(t, r->call);
	if (r->cond)
		buf_printf(&t->out, "  if %s", cond_text(t->arena, r->call, t->arch, r->cond));
	buf_printf(&t->out, "  # %s", r->reason);
	if (r->origin)
		buf_printf(&t->out, " (%s)", src_where(t->src, t->arena, r->origin->loc));
	buf_putc(&t->out, '\n');
}

static bool same_action(struct sys_action a, struct sys_action b)
{
	return a.act == b.act && a.data == b.data;
}

/* All rules with one action, in the order of the first rule that has it. */
static void put_action(struct text *t, unsigned first)
{
	const struct sys_rule *v = t->policy->rules;
	for (unsigned i = 0; i < first; i++)
		if (same_action(v[i].action, v[first].action) && (v[i].arches & ARCH_BIT(t->arch)))
			return; /* was printed with that one */
	buf_printf(&t->out, "\n%s:\n", action_text(t->arena, v[first].action));
	for (unsigned i = first; i < t->policy->n_rules; i++)
		if (same_action(v[i].action, v[first].action) && (v[i].arches & ARCH_BIT(t->arch)))
			put_rule(t, &v[i]);
}

/* Calls that no rule names, a few to a line. */
static void put_unnamed(struct text *t)
{
	unsigned n, column = 0;
	const struct syscall_desc *calls = syscall_table(&n);
	buf_printf(&t->out, "\n%s: every other call that Linux had when this was made:\n",
		   action_text(t->arena, t->policy->known));
	for (unsigned i = 0, r = 0; i < n; i++) {
		bool named = false;
		for (; r < t->policy->n_rules && t->policy->rules[r].call == &calls[i]; r++)
			named |= (t->policy->rules[r].arches & ARCH_BIT(t->arch)) != 0;
		if (named || calls[i].nr[t->arch] == SYSCALL_NONE)
			continue;
		size_t len = strlen(calls[i].name) + 1;
		if (!column || column + len > 98)
			buf_puts(&t->out, column ? "\n " : " ");
		column = !column || column + len > 98 ? 1 : column;
		buf_printf(&t->out, " %s", calls[i].name);
		column += (unsigned)len;
	}
	buf_putc(&t->out, '\n');
}

static const char *word_name(struct arena *a, uint32_t offset, bool big_endian)
{
	if (offset == 0)
		return "nr";
	if (offset == 4)
		return "arch";
	if (offset < 16)
		return arena_printf(a, "word%u", offset / 4);
	return arena_printf(a, "arg%u.%s", (offset - 16) / 8, ((offset - 16) % 8 != 0) != big_endian ? "high" : "low");
}

static const char *return_text(struct arena *a, uint32_t value)
{
	static const enum sys_act acts[] = {ACT_KILL_PROCESS, ACT_KILL_THREAD, ACT_TRAP, ACT_ERRNO,
					    ACT_NOTIFY,       ACT_TRACE,       ACT_LOG,  ACT_ALLOW};
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		struct sys_action action = {acts[i], value & SECCOMP_RET_DATA};
		if (codegen_return(action) == value)
			return action_text(a, action);
	}
	return arena_printf(a, "0x%x", value);
}

/* The calls of an ABI whose arguments are looked at from here on. */
static void put_calls(struct text *t, unsigned pc, unsigned *n)
{
	const struct syscall_desc *last = NULL;
	for (unsigned i = 0; i < t->policy->n_rules; i++) {
		const struct sys_rule *r = &t->policy->rules[i];
		if (!r->cond || r->call == last || !(r->arches & ARCH_BIT(t->arch)))
			continue;
		last = r->call;
		if (steps_of(t, r->call).decided != pc)
			continue;
		buf_printf(&t->out, "%s%s", (*n)++ ? ", " : "  # ", r->call->name);
		if (t->arch != t->machine)
			buf_printf(&t->out, " of %s", arch_name[t->arch]);
		if (r->origin)
			buf_printf(&t->out, " (%s)", src_where(t->src, t->arena, r->origin->loc));
	}
}

static void put_insn(struct text *t, const struct sock_filter *f, unsigned pc)
{
	static const char *const jump[] = {
	    [BPF_JEQ >> 4] = "jeq",
	    [BPF_JGT >> 4] = "jgt",
	    [BPF_JGE >> 4] = "jge",
	    [BPF_JSET >> 4] = "jset",
	};
	buf_printf(&t->out, "  %4u  ", pc);
	if (f->code == (BPF_JMP | BPF_JA))
		buf_printf(&t->out, "ja %u", pc + 1 + f->k);
	else if (BPF_CLASS(f->code) == BPF_JMP)
		buf_printf(&t->out, "%s 0x%x, %u, %u", jump[BPF_OP(f->code) >> 4], f->k,
			   pc + 1 + f->jt, pc + 1 + f->jf);
	else if (BPF_CLASS(f->code) == BPF_RET)
		buf_printf(&t->out, "ret %s", return_text(t->arena, f->k));
	else if (BPF_CLASS(f->code) == BPF_ALU)
		buf_printf(&t->out, "and 0x%x", f->k);
	else
		buf_printf(&t->out, "ld %s",
			   word_name(t->arena, f->k, seccomp_big_endian(seccomp_audit_arch(t->machine))));
	unsigned n = 0;
	for (uint32_t left = t->abis; left && BPF_CLASS(f->code) == BPF_LD && f->k >= 16; left &= left - 1) {
		t->arch = (enum arch)__builtin_ctz(left);
		put_calls(t, pc, &n);
	}
	buf_putc(&t->out, '\n');
}

static void put_abi(struct text *t)
{
	const struct sys_policy *p = t->policy;
	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].arches & ARCH_BIT(t->arch))
			put_action(t, i);
	put_unnamed(t);
}

/* What never comes to the lists below. */
static void put_foreign(struct text *t)
{
	bool x32_refused = t->machine == ARCH_X86_64 && !(t->abis & ARCH_BIT(ARCH_X32));
	buf_printf(&t->out, "%s: calls of another arch%s\n", action_text(t->arena, t->policy->bad_arch),
		   x32_refused ? ", and of the x32 ABI" : "");
	buf_printf(&t->out, "%s: numbers that no Linux had when this was made\n",
		   action_text(t->arena, t->policy->unknown));
}

static uint32_t abis_of(const struct sys_policy *p, enum arch machine)
{
	uint32_t abis = 0;
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		abis |= arch_machine[a] == machine ? p->arches & ARCH_BIT(a) : 0;
	return abis;
}

const char *seccomp_text(struct arena *a, const struct ir *ir, const struct src *src,
			 const struct sys_policy *p, enum arch machine, const struct code *code)
{
	struct text t = {.out = buf_new(a),
			 .arena = a,
			 .src = src,
			 .policy = p,
			 .machine = machine,
			 .abis = abis_of(p, machine),
			 .code = code,
			 .steps = kernel_steps_all(a, code)};
	buf_printf(&t.out, "%s: system calls on %s, %u instructions\n", ir->name, arch_name[machine],
		   code->n);
	buf_printf(&t.out, "It takes %u of the %u that the filters of a task may take together.\n",
		   kernel_converted(code) + KERNEL_FILTER_COST, KERNEL_TASK_BUDGET);
	buf_puts(&t.out,
		 "In brackets: instructions executed; cached: Linux from 5.11 on allows the call "
		 "without them.\n\n");
	put_foreign(&t);
	for (uint32_t left = t.abis; left; left &= left - 1) {
		t.arch = (enum arch)__builtin_ctz(left);
		if (t.abis & (t.abis - 1))
			buf_printf(&t.out, "\n---- calls of %s ----\n", arch_name[t.arch]);
		put_abi(&t);
	}
	buf_puts(&t.out, "\ninstructions:\n");
	for (unsigned i = 0; i < code->n; i++)
		put_insn(&t, &code->v[i], i);
	return buf_str(&t.out);
}
