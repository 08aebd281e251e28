/*
 * path_set.h - rules by the path they stand on, and the walk from a path up to the root, component by component.
 */
#ifndef SBX_PATH_SET_H
#define SBX_PATH_SET_H

#include "arena.h"
#include "ir.h"

struct path_set;

/* An empty set with room for n rules. */
struct path_set *path_set_new(struct arena *a, unsigned n);
void path_set_add(struct path_set *s, const char *path, const struct ir_rule *r);

/* Calls fn with each rule that stands on the path or on an ancestor of it, until fn returns true; then that is the
 * result. */
typedef bool path_set_fn(void *ctx, const struct ir_rule *r);
bool path_set_above(const struct path_set *s, const char *path, path_set_fn *fn, void *ctx);

#endif
