/*
 * name_list.h - names to all numbers that were put under them, in that order.
 *
 *     for (long i = name_list_first(l, name, len); i >= 0; i = l->v[i].next)
 *         use(l->v[i].value);
 */
#ifndef SBX_NAME_LIST_H
#define SBX_NAME_LIST_H

#include <stdbool.h>

#include "name_map.h"

/* Zeroed: empty. */
struct name_list {
	struct name_map heads;
	struct name_link {
		unsigned value;
		long next; /* -1: the last of its name */
		long last; /* of the first of a name: the last */
	} *v;
	unsigned n;
};

/* The first of the name; -1: there is none. */
long name_list_first(const struct name_list *l, const char *name, size_t len);
/* The name must live as long as the list. */
void name_list_put(struct arena *a, struct name_list *l, const char *name, size_t len, unsigned value);

/*
 * Calls fn with each number put under the path or under a directory above it, the path itself first, until fn returns true; then
 * that is the result.
 */
typedef bool name_list_fn(void *ctx, unsigned value);
bool name_list_above(const struct name_list *l, const char *path, name_list_fn *fn, void *ctx);

#endif
