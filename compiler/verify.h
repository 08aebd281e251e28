/*
 * verify.h - `sbxc verify PLAN/`: is this plan whole, and do its artifacts do what its certificates say? Without the
 * policy: a certificate holds what the policy means, so the proof is made again from the plan alone.
 */
#ifndef SBX_VERIFY_H
#define SBX_VERIFY_H

#include <stdbool.h>

#include "str.h"

enum verify_result {
	VERIFY_OK = 0,
	VERIFY_DIFFERENT = 1, /* `report` ends with the first difference */
	VERIFY_IO = 2,	      /* the directory or a file cannot be read */
};

/* Lines for people: what was checked go to `done`; the failure, one line, to *failure. */
enum verify_result verify_plan(struct arena *a, const char *dir, struct buf *done, const char **failure);

#endif
