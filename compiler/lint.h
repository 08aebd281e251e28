/*
 * lint.h - warnings about policies that compile: lines that do nothing, lines that deserve a reason.
 */
#ifndef SBX_LINT_H
#define SBX_LINT_H

#include "diag.h"
#include "decide.h"
#include "guarantee.h"
#include "ir.h"

/* Queues the warnings. Rules brought in by library profiles are not blamed on the policy. */
void lint_policy(struct arena *a, const struct ir *ir, struct diags *d);

/*
 * The same for system calls, and what such lines leave open: siblings, side doors. A filter under which nothing starts
 * is an error.
 */
void lint_syscalls(struct arena *a, const struct meaning *m, struct diags *d);

/* Preferences that weaken nothing. */
void lint_wants(const struct ir *ir, const struct guarantees *g, struct diags *d);

#endif
