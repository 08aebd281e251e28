/*
 * call_cases.h - calls that stand for all calls of a kind: of one system call on one machine, under a condition, one for
 * each outcome that some of them have. Found exactly, not sampled.
 */
#ifndef SBX_CALL_CASES_H
#define SBX_CALL_CASES_H

#include "syscalls.h"
#include "sysmean.h"

struct call_cases;
typedef void call_case_fn(void *ctx, const uint64_t args[6]);

struct call_cases *call_cases_new(struct arena *a, const struct sys_policy *p);
/* `asked` NULL: whatever the arguments. False when there are too many combinations: an outcome may be missing. */
bool call_cases(struct call_cases *c, const struct syscall_desc *call, enum arch arch, const struct sys_cond *asked,
		call_case_fn *fn, void *ctx);

#endif
