/*
 * plan_kept.h - could the program write the next start's plan?
 */
#ifndef SBX_PLAN_KEPT_H
#define SBX_PLAN_KEPT_H

#include "run.h"

/*
 * Of places of the host by their names there, so before the tree of the program is entered, and after links_places(). False after
 * ERR_PLAN_UNSAFE: the plan lies where a line lets this user's programs write, no cover is on it, and no digest names it.
 */
bool plan_kept(struct run *r);

#endif
