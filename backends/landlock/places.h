/*
 * places.h - places of the file tree with operations, sorted by their text: what lies above a place is a search for each of
 * its ancestors, what lies below it is a run of its own (all that starts with it and a slash).
 */
#ifndef SBX_LANDLOCK_PLACES_H
#define SBX_LANDLOCK_PLACES_H

#include "landlock.h"

struct ll_place {
	const char *path; /* a template, or with values */
	size_t len;
	uint32_t ops;
	unsigned id; /* the caller's */
};
struct ll_places {
	struct ll_place *v; /* the caller's array */
	unsigned n;
};

/* Nothing is added for no path. Sorted once, when all are there. */
void ll_places_add(struct ll_places *p, const char *path, uint32_t ops, unsigned id);
void ll_places_sort(struct ll_places *p);
/* The first that is not before the text; is it the text? */
unsigned ll_places_lower(const struct ll_places *p, const char *path, size_t len);
bool ll_place_is(const struct ll_places *p, unsigned i, const char *path, size_t len);
/* To the directory above; false at the root. A template that starts with a variable lies below the root too. */
bool ll_go_up(const char **path, size_t *len);

/* The operations of all at the place and above it; of all below it. */
uint32_t ll_ops_above(const struct ll_places *p, const char *path);
uint32_t ll_ops_below(const struct ll_places *p, const char *path);

/* Calls fn with each at the place and above it, or below it, until fn says false; then it is false too. */
typedef bool ll_place_fn(void *ctx, const struct ll_place *place);
bool ll_each_above(const struct ll_places *p, const char *path, ll_place_fn *fn, void *ctx);
bool ll_each_below(const struct ll_places *p, const char *path, ll_place_fn *fn, void *ctx);

#endif
