/*
 * explain.h - `sbxc explain`: what a policy or a plan means, for people.
 *
 * explain_rules.c says what the program can and cannot do, explain_manifest.c what holds it: from plan.yaml, of a plan as
 * of a policy, so that both read alike. explain_plan.c does the first from the .conf files and their models.
 * explain_seccomp.c prints the plan's own texts about its filter.
 */
#ifndef SBX_EXPLAIN_H
#define SBX_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "../backends/backend.h"
#include "compile.h"
#include "manifest_read.h"
#include "validate.h"
#include "verify.h"

/* ---- the filter: seccomp-ARCH.txt, so what is reviewed is what was written ---- */

/* Is this the name of such a text? */
bool explain_is_seccomp(const char *name);
/* Prints those among the artifacts; false when there is none. */
bool explain_artifacts(const struct artifact *v, unsigned n, FILE *out);

/* ---- the rest ---- */

/* One line of a section: what, on what, where it is said, why (or NULL). */
void explain_row(FILE *out, const char *what, const char *object, const char *where, const char *because);

/* CAN and CANNOT of a policy. */
void explain_rules(const struct compile *k, FILE *out);
/* One access a line, with its place. */
void explain_lines(const struct compile *k, FILE *out);

/* Name, version, targets; then limits, guarantees and caveats. `extra`: what else stands in the head, or "". */
void explain_head(const struct manifest *m, const char *extra, FILE *out);
void explain_manifest(struct arena *a, const struct manifest *m, FILE *out);

/* CAN of a plan: the lines of its .conf files, each with what its model lets pass there. */
void explain_plan(const struct compile *frame, struct validator *v, const struct plan_files *files, FILE *out);

#endif
