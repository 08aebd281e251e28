/*
 * launch.h - what the files of this back end share, and what the tests ask.
 */
#ifndef SBX_LAUNCH_H
#define SBX_LAUNCH_H

#include "../../compiler/str.h"
#include "../../runtime/plan.h"
#include "../backend.h"

bool launch_lower(struct lower *l);

/*
 * The parts that can fail: each adds its lines and returns false after a diagnostic. A line that is
 * too long for a plan is one, so all of them end lines with launch_end_line().
 */
bool launch_end_line(struct lower *l, struct buf *b, size_t beg, struct loc loc);
bool launch_write_env(struct lower *l, struct buf *b);
bool launch_write_rlimits(struct lower *l, struct buf *b);
/* The hard limit on descriptors that the plan sets. */
uint64_t launch_open_files(const struct ir *ir);

void *launch_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error);
struct model_verdict launch_model_decide(const void *model, struct arena *scratch,
					 const struct request *r);
/* What the model read: an rlimit line, or (fallback) an rlimit-fallback line of this name. */
bool launch_model_rlimit(const void *model, const char *name, bool fallback, uint64_t *out);

#endif
