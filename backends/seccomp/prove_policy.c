/*
 * prove_policy.c - the meaning of a policy as classes of numbers, read straight off its rules.
 *
 * Made anew from the definition in sysmean.h and from nothing that the lowering made: a fault there
 * must not be repeated here.
 */
#include "prove.h"

#include <linux/seccomp.h>

#include "../../compiler/syscalls.h"

static const uint32_t return_value[] = {
    [ACT_KILL_PROCESS] = SECCOMP_RET_KILL_PROCESS,
    [ACT_KILL_THREAD] = SECCOMP_RET_KILL_THREAD,
    [ACT_TRAP] = SECCOMP_RET_TRAP,
    [ACT_ERRNO] = SECCOMP_RET_ERRNO,
    [ACT_NOTIFY] = SECCOMP_RET_USER_NOTIF,
    [ACT_TRACE] = SECCOMP_RET_TRACE,
    [ACT_LOG] = SECCOMP_RET_LOG,
    [ACT_ALLOW] = SECCOMP_RET_ALLOW,
};

uint32_t prove_return(struct sys_action action)
{
	return return_value[action.act] | action.data;
}

struct builder {
	struct arena *arena;
	const struct sys_policy *policy;
	enum arch arch;
	const unsigned *first; /* row of the table of calls -> its first rule + 1, or 0 */
	struct prove_class *v;
	unsigned n;
};

static const unsigned *index_rules(struct arena *a, const struct sys_policy *p)
{
	unsigned n;
	const struct syscall_desc *calls = syscall_table(&n);
	unsigned *first = ARENA_ARRAY(a, n, unsigned);
	for (unsigned i = p->n_rules; i-- > 0;)
		first[p->rules[i].call - calls] = i + 1;
	return first;
}

static bool same_action(struct sys_action a, struct sys_action b)
{
	return prove_return(a) == prove_return(b);
}

static bool same_test(const struct sys_test *a, const struct sys_test *b)
{
	return a->arg == b->arg && a->width == b->width && a->cmp == b->cmp && a->mask == b->mask &&
	       a->value == b->value;
}

static bool same_case(const struct prove_case *a, const struct prove_case *b)
{
	if (a->n_tests != b->n_tests || !same_action(a->action, b->action))
		return false;
	for (unsigned i = 0; i < a->n_tests; i++)
		if (!same_test(&a->tests[i], &b->tests[i]))
			return false;
	return true;
}

static bool same_meaning(const struct prove_class *a, const struct prove_class *b)
{
	if (a->n_cases != b->n_cases || !same_action(a->otherwise, b->otherwise))
		return false;
	for (unsigned i = 0; i < a->n_cases; i++)
		if (!same_case(&a->cases[i], &b->cases[i]))
			return false;
	return true;
}

static void add_class(struct builder *b, struct prove_class c)
{
	if (b->n && same_meaning(&b->v[b->n - 1], &c)) {
		b->v[b->n - 1].hi = c.hi;
		return;
	}
	ARENA_GROW(b->arena, b->v, b->n);
	b->v[b->n++] = c;
}

static void add_range(struct builder *b, uint32_t lo, uint32_t hi, struct sys_action action)
{
	add_class(b, (struct prove_class){.lo = lo, .hi = hi, .otherwise = action});
}

/* The rules of one call in their order; a rule without condition ends them. */
static struct prove_class call_class(struct builder *b, uint32_t nr,
				     const struct syscall_desc *call)
{
	const struct sys_policy *p = b->policy;
	struct prove_class c = {.lo = nr, .hi = nr, .otherwise = p->known};
	struct prove_case *cases = NULL;
	unsigned n, row = (unsigned)(call - syscall_table(&n));
	for (unsigned i = b->first[row] ? b->first[row] - 1 : p->n_rules;
	     i < p->n_rules && p->rules[i].call == call; i++) {
		const struct sys_rule *r = &p->rules[i];
		if (!(r->arches & ARCH_BIT(b->arch)))
			continue;
		if (!r->cond) {
			c.otherwise = r->action;
			break;
		}
		for (unsigned j = 0; j < r->cond->n_any; j++) {
			ARENA_GROW(b->arena, cases, c.n_cases);
			cases[c.n_cases++] = (struct prove_case){
			    r->cond->any[j].tests, r->cond->any[j].n_tests, r->action};
		}
	}
	c.cases = cases;
	return c;
}

/* All numbers from lo to hi, which the kernel takes for calls of this ABI. */
static void add_numbers(struct builder *b, enum arch arch, uint32_t lo, uint32_t hi)
{
	unsigned n, rows;
	const struct syscall_number *v = syscall_numbers(arch, &n);
	const struct syscall_desc *calls = syscall_table(&rows);
	uint32_t next = lo; /* the first that has no class yet */
	if (!(b->policy->arches & ARCH_BIT(arch))) {
		add_range(b, lo, hi, b->policy->bad_arch);
		return;
	}
	b->arch = arch;
	for (; n && v->nr <= hi; v++, n--) {
		if (v->nr < lo)
			continue;
		if (next < v->nr)
			add_range(b, next, v->nr - 1, b->policy->unknown);
		add_class(b, call_class(b, v->nr, &calls[v->row]));
		if (v->nr == hi)
			return;
		next = v->nr + 1;
	}
	add_range(b, next, hi, b->policy->unknown);
}

static struct prove_abi make_abi(struct arena *a, const struct sys_policy *p, enum arch arch,
				 uint32_t audit_arch)
{
	struct builder b = {.arena = a, .policy = p, .first = index_rules(a, p)};
	if (arch == ARCH_X86_64) {
		/* Bit 30 is the x32 ABI; -1 has it too, and is what a tracer skips a call with. */
		add_numbers(&b, ARCH_X86_64, 0, 0x3fffffff);
		add_numbers(&b, ARCH_X32, 0x40000000, 0x7fffffff);
		add_numbers(&b, ARCH_X86_64, 0x80000000, 0xbfffffff);
		add_numbers(&b, ARCH_X32, 0xc0000000, 0xfffffffe);
		add_numbers(&b, ARCH_X86_64, UINT32_MAX, UINT32_MAX);
	} else {
		add_numbers(&b, arch, 0, UINT32_MAX);
	}
	return (struct prove_abi){.audit_arch = audit_arch, .v = b.v, .n = b.n};
}

/* x32 has no arch of its own: its numbers are among those of x86_64. */
struct prove_table prove_policy(struct arena *a, const struct sys_policy *p, enum arch machine,
				const uint32_t audit_arch[ARCH_COUNT])
{
	struct prove_abi *abis = NULL;
	struct prove_table t = {.foreign = p->bad_arch};
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		if (arch_machine[arch] != machine || arch == ARCH_X32 || !(p->arches & ARCH_BIT(arch)))
			continue;
		ARENA_GROW(a, abis, t.n_abis);
		abis[t.n_abis++] = make_abi(a, p, (enum arch)arch, audit_arch[arch]);
	}
	t.abis = abis;
	return t;
}
