/*
 * verify.h - `sbxc verify PLAN/`: is this plan whole, and do its artifacts do what its certificates say? Without the
 * policy: a certificate holds what the policy means, so the proof is made again from the plan alone.
 */
#ifndef SBX_VERIFY_H
#define SBX_VERIFY_H

#include <stdbool.h>

#include "../backends/backend.h"
#include "str.h"

enum verify_result {
	VERIFY_OK = 0,
	VERIFY_DIFFERENT = 1, /* `report` ends with the first difference */
	VERIFY_IO = 2,	      /* the directory or a file cannot be read */
};

/* The files of a plan but SHA256SUMS, by name, as they were verified; each text ends with a NUL. */
struct plan_files {
	const struct artifact *v;
	unsigned n;
};
const struct artifact *plan_file(const struct plan_files *f, const char *name); /* or NULL */

/*
 * Lines for people: what was checked go to `done`; the failure, one line, to *failure. With VERIFY_OK the files stand in
 * *files (unless that is NULL): whoever looks at them later need not trust the directory.
 */
enum verify_result verify_plan(struct arena *a, const char *dir, struct buf *done, struct plan_files *files,
			       const char **failure);

#endif
