/*
 * verdict.h - the first step of lowering: what each system call number gets, as merged ranges.
 *
 * The ranges cover all 32-bit numbers without gap or overlap, in ascending order, and
 * neighbours differ. Equal verdicts are one pointer. This is the seam between meaning and code:
 * a code generator sees ranges only (codegen.h).
 */
#ifndef SBX_SECCOMP_VERDICT_H
#define SBX_SECCOMP_VERDICT_H

#include "../../compiler/arena.h"
#include "../../compiler/sysmean.h"

/* Arms are asked in order; the first whose condition holds decides. */
struct verdict_arm {
	const struct sys_cond *cond;
	struct sys_action action;
};

struct verdict {
	const struct verdict_arm *arms; /* none: the same for all arguments */
	unsigned n_arms;
	struct sys_action otherwise;
};

struct verdict_range {
	uint32_t lo, hi; /* inclusive */
	const struct verdict *verdict;
};

struct verdict_ranges {
	const struct verdict_range *v;
	unsigned n; /* at least 1 */
};

/* Of all numbers with the arch that the kernel gives this ABI: those of x86_64 hold x32's too. */
struct verdict_ranges verdict_ranges(struct arena *a, const struct sys_policy *p, enum arch arch);

#endif
