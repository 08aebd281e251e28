/*
 * explain.h - `sbxc explain --seccomp`: the filter for people, per action, with conditions and
 * source lines. The text is the plan's own seccomp-ARCH.txt, so what is reviewed is what was
 * written.
 */
#ifndef SBX_EXPLAIN_H
#define SBX_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "../backends/backend.h"

/* Is this the name of such a text? */
bool explain_is_seccomp(const char *name);
/* Prints those of a plan just made. */
void explain_artifacts(const struct artifact *v, unsigned n, FILE *out);
/*
 * Prints those of a plan on disk, which is verified first. 0, or the exit code, with the failure in
 * *failure.
 */
int explain_plan(struct arena *a, const char *dir, FILE *out, const char **failure);

#endif
