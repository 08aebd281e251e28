/*
 * hole_set.h - the exceptions of one rule, so that a place is compared with the few on its way and not with all.
 */
#ifndef SBX_HOLE_SET_H
#define SBX_HOLE_SET_H

#include <stdbool.h>

#include "arena.h"
#include "ir.h"

struct hole_set;
struct hole_set *hole_set_new(struct arena *a, const struct ir *ir, const struct ir_rule *r);
/* Is an exception at the place, above it or below it, or may values of the start bring the two together? */
bool hole_set_meets(const struct hole_set *s, const char *path);

#endif
