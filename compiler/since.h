/*
 * since.h - `check --since REV`: whether the version of a policy says what changed since a revision of git.
 */
#ifndef SBX_SINCE_H
#define SBX_SINCE_H

#include "cli.h"
#include "revision.h"

enum since {
	SINCE_NOTHING,	/* no policy in this file: a library, or tests apart; or nothing could be compared */
	SINCE_NEW,	/* the revision has no such policy */
	SINCE_COMPARED,
};

/*
 * Compares a policy that was judged with the same file in the revision; a step that is too small is reported in
 * k->diags. False after k->failure: it cannot be read.
 */
bool since_check(struct cli *c, const struct revision_tree *rev, struct compile *k, enum since *what);

#endif
