/*
 * name_map.h - names to numbers: so that a file with many names is read in one pass for each, not one for each pair.
 */
#ifndef SBX_NAME_MAP_H
#define SBX_NAME_MAP_H

#include "arena.h"

/* Zeroed: empty. */
struct name_map {
	struct name_slot {
		const char *name; /* NULL: free */
		size_t len;
		unsigned value;
	} *slots;
	unsigned n, n_slots; /* power of two */
};

/* The value of the first name put so; -1: there is none. */
long name_map_get(const struct name_map *m, const char *name, size_t len);
/* Of names and patterns PREFIX*: the least value of those that take the name, or all that the pattern takes; -1: none does. */
long name_map_covering(struct arena *a, const struct name_map *m, const char *name);
/* The name must live as long as the map. */
void name_map_put(struct arena *a, struct name_map *m, const char *name, size_t len, unsigned value);

#endif
