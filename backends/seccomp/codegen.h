/*
 * codegen.h - the last step of lowering: ranges of verdicts -> classic BPF.
 */
#ifndef SBX_SECCOMP_CODEGEN_H
#define SBX_SECCOMP_CODEGEN_H

#include "layout.h"
#include "verdict.h"
#include "weight.h"

/* The calls of one audit arch. */
struct codegen_part {
	uint32_t audit_arch;
	struct verdict_ranges ranges;
	struct weights weights;
};

struct codegen_options {
	struct sys_action bad_arch;
	enum optimize mode;
	bool big_endian; /* of the machine: the high half of an argument comes first */
};

/*
 * One filter for calls of all parts; calls of any other arch get bad_arch. Parts are asked for in their order. No argument is loaded
 * before the number is decided, so that the kernel can see which numbers are always allowed (it
 * then skips the filter for them). False when it takes more than BPF_MAXINSNS instructions.
 */
bool codegen(struct arena *a, const struct codegen_part *parts, unsigned n_parts,
	     const struct codegen_options *o, struct code *out);

/* SECCOMP_RET_* with its data. */
uint32_t codegen_return(struct sys_action action);

#endif
