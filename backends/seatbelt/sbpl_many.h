/*
 * sbpl_many.h - of the parts of a large combination of filters, those that a path can turn.
 */
#ifndef SBX_SEATBELT_SBPL_MANY_H
#define SBX_SEATBELT_SBPL_MANY_H

#include "sbpl.h"

struct sbpl_many;
/* For a (require-all ...) or (require-any ...) that is made; NULL where it has few parts. */
const struct sbpl_many *sbpl_many_new(struct arena *a, const struct sbpl_filter *all);

/*
 * Tells each part that is not sure to be true (of a require-all) or false (of a require-any) for the path. False, after none was
 * told: so many that all have to be tried.
 */
typedef void sbpl_many_fn(void *ctx, const struct sbpl_filter *part);
bool sbpl_many_parts(const struct sbpl_many *m, const char *path, sbpl_many_fn *fn, void *ctx);

#endif
