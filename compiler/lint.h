/*
 * lint.h - warnings about policies that compile: lines that do nothing, that give more than they seem to, that deserve a reason.
 *
 * Each has a number and a name in diag.def and its why in lint.def. Where meaning matters it is asked of decide(), at places
 * that lint_place.def names or that rules stand on.
 */
#ifndef SBX_LINT_H
#define SBX_LINT_H

#include "diag.h"
#include "decide.h"
#include "guarantee.h"
#include "ir.h"

/* Queues the warnings. Lines of the library std/ are not blamed. */
void lint_policy(struct arena *a, const struct meaning *m, const struct src *src, struct diags *d);

/*
 * The same for system calls, and what such lines leave open: siblings, side doors. A filter under which nothing starts
 * is an error.
 */
void lint_syscalls(struct arena *a, const struct meaning *m, struct diags *d);

/* Preferences that weaken nothing. */
void lint_wants(const struct ir *ir, const struct guarantees *g, struct diags *d);
/* The table for people: number, name, what, why. */
void lint_list(FILE *out);

#endif
