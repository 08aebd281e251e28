/*
 * sysmean.c - the verdict of a list of system call rules on one call. Straight from the definition,
 * with no cleverness: the lowered filter is compared with it.
 */
#include "sysmean.h"

#include "cond.h"
#include "syscalls.h"

enum { X32_BIT = 0x40000000 };

enum arch sysmean_abi(enum arch arch, uint32_t nr)
{
	if (arch != ARCH_X86_64 && arch != ARCH_X32)
		return arch;
	return (nr & X32_BIT) && nr != UINT32_MAX ? ARCH_X32 : ARCH_X86_64;
}

/* The first rule of the call; rules are sorted by call, and calls are rows of one table. */
static unsigned first_rule(const struct sys_policy *p, const struct syscall_desc *call)
{
	unsigned lo = 0, hi = p->n_rules;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (p->rules[mid].call < call)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct sys_action sysmean_decide(const struct sys_policy *p, enum arch arch, uint32_t nr,
				 const uint64_t args[6], const struct sys_rule **by)
{
	*by = NULL;
	arch = sysmean_abi(arch, nr);
	if (!(p->arches & ARCH_BIT(arch)))
		return p->bad_arch;
	const struct syscall_desc *call = syscall_by_nr(arch, nr);
	if (!call)
		return p->unknown;
	for (unsigned i = first_rule(p, call); i < p->n_rules && p->rules[i].call == call; i++) {
		const struct sys_rule *r = &p->rules[i];
		if (!(r->arches & ARCH_BIT(arch)) || !cond_holds(r->cond, args))
			continue;
		*by = r; /* denies come first, strictest first: the first that holds decides */
		return r->action;
	}
	return p->known;
}
