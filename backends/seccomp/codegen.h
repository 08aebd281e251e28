/*
 * codegen.h - the last step of lowering: ranges of verdicts -> classic BPF.
 */
#ifndef SBX_SECCOMP_CODEGEN_H
#define SBX_SECCOMP_CODEGEN_H

#include <linux/filter.h>

#include "verdict.h"

struct code {
	const struct sock_filter *v;
	unsigned n;
};

/*
 * A filter for calls of one audit arch; calls of any other get bad_arch. No argument is loaded
 * before the number is decided, so that the kernel can see which numbers are always allowed (it
 * then skips the filter for them). False when it takes more than BPF_MAXINSNS instructions.
 */
bool codegen(struct arena *a, struct verdict_ranges ranges, uint32_t audit_arch,
	     struct sys_action bad_arch, struct code *out);

/* SECCOMP_RET_* with its data. */
uint32_t codegen_return(struct sys_action action);

#endif
