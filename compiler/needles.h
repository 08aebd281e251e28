/*
 * needles.h - which of many things may fit a text, when each needs some texts in it: patterns by their literal pieces.
 *
 * An index and no judge: it leaves out what cannot fit, and whether the rest does is asked of them.
 */
#ifndef SBX_NEEDLES_H
#define SBX_NEEDLES_H

#include <stdbool.h>

#include "arena.h"

struct needles;
struct needles *needles_new(struct arena *a);
/* What fits holds each of these pieces; at least one, none of them empty. They are kept and not copied. */
void needles_add(struct needles *x, unsigned value, const char *const *pieces, unsigned n);
/* What fits holds the pieces of the pattern, and the folder unless it is NULL, as one whose name is not known is. */
void needles_add_pattern(struct needles *x, unsigned value, const char *glob, const char *folder);
/* After the last was added. Of its pieces each is found by the one that fewest others need. */
void needles_make(struct needles *x);
/* Tells the values whose piece occurs in the text, each once; false from `fn` ends it. */
void needles_find(struct needles *x, const char *text, bool (*fn)(void *ctx, unsigned value), void *ctx);

/* The pieces of a text with stars in it: what lies between them. */
const char **needles_of_glob(struct arena *a, const char *glob, unsigned *n);

#endif
