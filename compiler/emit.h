/*
 * emit.h - artifacts by themselves: `--emit landlock -o -`, for those who load them with something else.
 */
#ifndef SBX_EMIT_H
#define SBX_EMIT_H

#include "compile.h"

/* Is the text a list of words, each of an artifact (seccomp, seccomp-x86_64, landlock, ..., report)? */
bool emit_is_list(const char *list);
/* The words, for messages and help. */
#define EMIT_WORDS "seccomp, seccomp-MACHINE, landlock, cgroup, launch, seatbelt, launch-macos, egress, report"
/*
 * Writes what the list names of a proved policy into the folder `out`, which is made, or the only one to stdout
 * (out NULL). NULL, or the failure. A folder that holds a plan is refused: its sums would no longer hold.
 */
const char *emit_write(struct arena *a, const struct compile *k, const char *list, const char *out);

#endif
