/*
 * place.h - from what is written to a place: load-time values in templates, and the names that one place has.
 */
#ifndef SBX_PLACE_H
#define SBX_PLACE_H

#include "arena.h"
#include "ir.h"

/*
 * What the analysis assumes for a load-time variable that has no value yet: /home/user for HOME, ...; for a path
 * param a place that no rule can name by chance. The loader checks real values again. Never NULL.
 */
const char *assume_value(const struct ir *ir, const char *name);
/* A template with its variables filled from the request (then assumptions). From the arena; NULL when the result begins
 * with a slash and is no canonical path (a value like ".." or "/"). */
const char *expand_template(struct arena *a, const struct ir *ir, const char *tmpl, const struct ir_binding *given,
			    unsigned n_given);
/* Values that an index was made with: a copy of their own. */
struct load_values {
	const struct ir_binding *v;
	unsigned n;
};
struct load_values values_keep(struct arena *a, const struct ir_binding *given, unsigned n_given);
bool values_are(const struct load_values *x, const struct ir_binding *given, unsigned n_given);
/* The one name of a place: on macOS /tmp/x is /private/tmp/x. From the arena, or the path itself. */
const char *place_name(struct arena *a, enum target t, const char *path);
/* Is that another one than the path? */
bool place_is_linked(enum target t, const char *path);
/* The other name of the same place, through a link of the root of macOS; NULL when it has one name. */
const char *place_other_name(struct arena *a, enum target t, const char *path);
/* The place that a template means with these values; NULL when it is none: the loader refuses such values. */
const char *place_meant(struct arena *a, const struct ir *ir, enum target t, const char *tmpl, const struct ir_binding *given,
		     unsigned n_given);
/* Does `path` equal `root` or lie below it? Both canonical. */
bool path_covers(const char *root, const char *path);

#endif
