/*
 * denied_names.h - which names below a folder a denied pattern fits, on one system and with one set of load-time values: found by
 * pieces of the name and not by a look at each pattern.
 */
#ifndef SBX_DENIED_NAMES_H
#define SBX_DENIED_NAMES_H

#include "arena.h"
#include "ir.h"

struct denied_names;
struct denied_names *denied_names_new(struct arena *a, const struct ir *ir, enum target t, const struct ir_binding *given,
				      unsigned n_given);
/* Does a pattern that is denied for the operation, at the folder or above it, fit the name? */
bool denied_names_fit(const struct denied_names *x, const char *folder, const char *name, enum op op);
/* Does one fit all names that this pattern fits? No is an answer only about each denied pattern by itself. */
bool denied_names_fit_all(const struct denied_names *x, const char *folder, const char *glob, enum op op);

/* The pattern with the text in the place of each star. */
const char *glob_filled(struct arena *a, const char *glob, const char *text);
/* May a name fit both patterns, as far as what they begin and end with tells? */
bool globs_may_meet(const char *x, const char *y);

#endif
