/*
 * links.h - symbolic links that the program could have made, at an earlier start or in another sandbox beside this one.
 *
 * A line of the policy whose path leads through such a link would give whatever the program pointed it at: what leads out of the
 * places it may write is refused (ERR_LINK_OUT). Inside of them a link brings it nothing that it could not put there itself.
 */
#ifndef SBX_LINKS_H
#define SBX_LINKS_H

#include "run.h"

/* The folders in which lines of the plan let links be made that stay there after the run, by the names that lead to them. */
bool links_places(struct run *r, struct link_places *out);

/* Does what has this name lie in one of them? */
bool links_hold(const struct link_places *p, const char *path);

/*
 * A line leads through `link`, which is the program's, to `real`. False after the fault: it lies outside of those places, and no other
 * line gives there what this one would (rule->rights).
 */
bool links_check(struct run *r, const struct landlock_rule *rule, const char *link, const char *real);

/*
 * Opens the place (O_PATH | flags) as its path says; a link of the program that leads out is a fault, and *fault is set. -1 with errno
 * otherwise.
 */
int links_open(struct run *r, const struct landlock_rule *rule, const char *path, int flags, bool *fault);

/* Makes a folder of this path, for the user alone, in the one that links_open() finds; one that is there is good. False after a fault. */
bool links_make(struct run *r, const struct landlock_rule *rule, const char *path);

#endif
