/*
 * view_globs.h - allowed patterns of the plan, in a tree that holds only what is named.
 */
#ifndef SBX_VIEW_GLOBS_H
#define SBX_VIEW_GLOBS_H

#include "view_items.h"

/* A visitor of glob lines, whose ctx is struct items: adds a place for each match. */
bool globs_visit(void *ctx, const struct landlock_rule *rule);

#endif
