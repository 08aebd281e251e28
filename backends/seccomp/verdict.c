/*
 * verdict.c - rules of a policy -> one verdict a number -> merged ranges.
 */
#include "verdict.h"

#include "../../compiler/syscalls.h"

struct build {
	struct arena *arena;
	const struct sys_policy *policy;
	const struct verdict **known; /* every verdict once */
	unsigned n_known;
	struct verdict_range *v;
	unsigned n;
};

static bool action_equal(struct sys_action a, struct sys_action b)
{
	return a.act == b.act && a.data == b.data;
}

static bool test_equal(const struct sys_test *a, const struct sys_test *b)
{
	return a->arg == b->arg && a->width == b->width && a->cmp == b->cmp && a->mask == b->mask &&
	       a->value == b->value;
}

static bool conj_equal(const struct sys_conj *a, const struct sys_conj *b)
{
	if (a->n_tests != b->n_tests)
		return false;
	for (unsigned i = 0; i < a->n_tests; i++)
		if (!test_equal(&a->tests[i], &b->tests[i]))
			return false;
	return true;
}

static bool cond_equal(const struct sys_cond *a, const struct sys_cond *b)
{
	if (a->n_any != b->n_any)
		return false;
	for (unsigned i = 0; i < a->n_any; i++)
		if (!conj_equal(&a->any[i], &b->any[i]))
			return false;
	return true;
}

static bool verdict_equal(const struct verdict *a, const struct verdict *b)
{
	if (a->n_arms != b->n_arms || !action_equal(a->otherwise, b->otherwise))
		return false;
	for (unsigned i = 0; i < a->n_arms; i++)
		if (!action_equal(a->arms[i].action, b->arms[i].action) ||
		    !cond_equal(a->arms[i].cond, b->arms[i].cond))
			return false;
	return true;
}

static const struct verdict *build_intern(struct build *b, struct verdict v)
{
	for (unsigned i = 0; i < b->n_known; i++)
		if (verdict_equal(b->known[i], &v))
			return b->known[i];
	struct verdict *copy = ARENA_NEW(b->arena, struct verdict);
	*copy = v;
	ARENA_GROW(b->arena, b->known, b->n_known);
	b->known[b->n_known++] = copy;
	return copy;
}

static const struct verdict *build_constant(struct build *b, struct sys_action action)
{
	return build_intern(b, (struct verdict){.otherwise = action});
}

static const struct verdict *build_call(struct build *b, enum arch arch,
					const struct syscall_desc *call)
{
	const struct sys_policy *p = b->policy;
	struct verdict v = {.otherwise = p->known};
	struct verdict_arm *arms = NULL;
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_rule *r = &p->rules[i];
		if (r->call != call || !(r->arches & ARCH_BIT(arch)))
			continue;
		if (!r->cond) {
			v.otherwise = r->action; /* what comes after can decide nothing more */
			break;
		}
		ARENA_GROW(b->arena, arms, v.n_arms);
		arms[v.n_arms++] = (struct verdict_arm){.cond = r->cond, .action = r->action};
	}
	/* An arm at the end that says what comes after it anyway costs only code. */
	while (v.n_arms && action_equal(arms[v.n_arms - 1].action, v.otherwise))
		v.n_arms--;
	v.arms = arms;
	return build_intern(b, v);
}

static void build_add(struct build *b, uint32_t lo, uint32_t hi, const struct verdict *verdict)
{
	if (b->n && b->v[b->n - 1].verdict == verdict) {
		b->v[b->n - 1].hi = hi;
		return;
	}
	ARENA_GROW(b->arena, b->v, b->n);
	b->v[b->n++] = (struct verdict_range){.lo = lo, .hi = hi, .verdict = verdict};
}

/* All numbers from lo to hi: the calls of the ABI among them, the others as unknown. */
static void build_abi(struct build *b, enum arch arch, uint32_t lo, uint32_t hi)
{
	unsigned n, rows;
	const struct syscall_number *v = syscall_numbers(arch, &n);
	const struct syscall_desc *calls = syscall_table(&rows);
	const struct verdict *unknown = build_constant(b, b->policy->unknown);
	uint64_t at = lo;
	if (!(b->policy->arches & ARCH_BIT(arch))) {
		build_add(b, lo, hi, build_constant(b, b->policy->bad_arch));
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (v[i].nr < at || v[i].nr > hi)
			continue;
		if (v[i].nr > at)
			build_add(b, (uint32_t)at, v[i].nr - 1, unknown);
		build_add(b, v[i].nr, v[i].nr, build_call(b, arch, &calls[v[i].row]));
		at = (uint64_t)v[i].nr + 1;
	}
	if (at <= hi)
		build_add(b, (uint32_t)at, hi, unknown);
}

struct verdict_ranges verdict_ranges(struct arena *a, const struct sys_policy *p, enum arch arch)
{
	struct build b = {.arena = a, .policy = p};
	if (arch == ARCH_X86_64) {
		/* Bit 30 marks calls of the x32 ABI; -1 is no call at all but a tracer's skip. */
		build_abi(&b, ARCH_X86_64, 0, 0x3fffffff);
		build_abi(&b, ARCH_X32, 0x40000000, 0x7fffffff);
		build_abi(&b, ARCH_X86_64, 0x80000000, 0xbfffffff);
		build_abi(&b, ARCH_X32, 0xc0000000, 0xfffffffe);
		build_abi(&b, ARCH_X86_64, UINT32_MAX, UINT32_MAX);
	} else {
		build_abi(&b, arch, 0, UINT32_MAX);
	}
	return (struct verdict_ranges){.v = b.v, .n = b.n};
}
