/*
 * path_index.h - the path rules of one system by the place they stand on, for one set of load-time values, so that a question
 * looks at the few on the way to its place. It decides nothing.
 */
#ifndef SBX_PATH_INDEX_H
#define SBX_PATH_INDEX_H

#include "arena.h"
#include "ir.h"

struct path_index;

/* Of the rules of the policy and one more (the entry's) or NULL. In an arena of its own below this one. */
struct path_index *path_index_new(struct arena *parent, const struct ir *ir, const struct ir_rule *more, enum target t,
				  const struct ir_binding *given, unsigned n_given);
void path_index_free(struct path_index *x);
/* Was it made for these values? */
bool path_index_is_for(const struct path_index *x, const struct ir_binding *given, unsigned n_given);

/*
 * Calls fn with each rule that stands on the place or on a directory above it, the root's first, those of one place in the
 * order of the rules, until fn returns false. at: where it stands; hole: the first exception of the rule that leaves the
 * place out, or NULL. Returns how many rules and exceptions were looked at.
 */
typedef bool path_index_fn(void *ctx, const struct ir_rule *r, const char *at, const struct ir_hole *hole);
unsigned path_index_visit(struct path_index *x, const char *place, path_index_fn *fn, void *ctx);

#endif
