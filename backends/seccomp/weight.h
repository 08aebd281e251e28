/*
 * weight.h - what a filter is made for: how often each call is made, and what an instruction costs.
 */
#ifndef SBX_SECCOMP_WEIGHT_H
#define SBX_SECCOMP_WEIGHT_H

#include "../backend.h"
#include "tree.h"
#include "verdict.h"

/* How often calls are made, in 64ths. */
struct weights {
	struct values v; /* by number */
	uint64_t total;
};

/* Counts of a recording; NULL rows where an arch has none. */
struct recording {
	uint64_t *count[ARCH_COUNT]; /* by recording_slot() */
};
enum { RECORDING_SLOTS = 4096 };
/* Numbers below 2048, and the few that an ABI has higher up: each its own. */
unsigned recording_slot(uint32_t nr);

/*
 * Reads lines `COUNT ARCH SYSCALL`; SYSCALL is a name or a number, # starts a comment. False after
 * a diagnostic.
 */
bool recording_read(struct arena *a, struct diags *diags, const struct src_file *file,
		    struct recording *out);

struct weights weights_make(struct arena *a, const struct sys_policy *p, enum arch arch, const struct verdict_ranges *ranges,
			    enum optimize mode, const struct recording *recording);
uint64_t weights_sum(const struct weights *w, const struct verdict_range *r);
/* The first number from lo to hi that weighs that much. */
bool weights_next(const struct weights *w, uint32_t lo, uint32_t hi, uint64_t least, uint32_t *out);
/* The weight from which on a single call may deserve a test. */
uint64_t weights_often(const struct weights *w);
struct price weights_price(uint64_t total, enum optimize mode);

#endif
