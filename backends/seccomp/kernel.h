/*
 * kernel.h - what the kernel makes of a filter beyond running it: its size after conversion, and
 * the calls it need not run it for.
 *
 * Reads instructions, not how they came to be. Sources: bpf_convert_filter() in net/core/filter.c,
 * seccomp_is_const_allow() in kernel/seccomp.c of Linux 6.1.
 */
#ifndef SBX_SECCOMP_KERNEL_H
#define SBX_SECCOMP_KERNEL_H

#include "layout.h"

enum {
	KERNEL_TASK_BUDGET = 32768, /* converted instructions of all filters of a task */
	KERNEL_FILTER_COST = 4,     /* on top, for each filter that is there already */
};

/* Instructions of the kernel's own kind. */
unsigned kernel_converted(const struct code *c);

/*
 * Does the kernel (from 5.11) answer the call from its table? Only when the filter allows it
 * whatever else is in the call, and by instructions that the kernel follows when it fills the
 * table.
 */
bool kernel_caches(const struct code *c, uint32_t audit_arch, uint32_t nr);

/*
 * Instructions executed for a call, fewest and most over all arguments; and the instruction where
 * its number is decided: a return, or the first that looks at something else.
 */
struct kernel_steps {
	unsigned least, most, decided;
};
/* From each instruction on, whatever the call: made once for a filter, to be asked about many calls. */
const struct kernel_steps *kernel_steps_all(struct arena *a, const struct code *c);
struct kernel_steps kernel_steps(const struct kernel_steps *at, const struct code *c, uint32_t audit_arch,
				 uint32_t nr);

#endif
