/*
 * glob_pick.h - a name that one pattern fits and others do not.
 */
#ifndef SBX_GLOB_PICK_H
#define SBX_GLOB_PICK_H

#include <stdbool.h>

#include "arena.h"

/*
 * The name of a file that `glob` fits (`*`: any name) and none of `avoid` does; NULL when there is none. *known becomes
 * false, and NULL is the answer, when that would take too long to tell.
 */
const char *glob_pick(struct arena *a, const char *glob, const char *const *avoid, unsigned n, bool *known);

#endif
