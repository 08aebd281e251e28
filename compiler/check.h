/*
 * check.h - what a policy without faults in its words may still get wrong.
 */
#ifndef SBX_CHECK_H
#define SBX_CHECK_H

#include "decide.h"
#include "diag.h"

/* The program that the policy starts may not be denied by it. */
void check_entry(struct arena *a, const struct meaning *m, struct diags *d);

#endif
