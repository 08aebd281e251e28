/*
 * pool.h - memory of the prove phase: mapped once, taken in pieces, given back as a whole. After the
 * plan is proved nothing is taken any more.
 */
#ifndef SBX_POOL_H
#define SBX_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool {
	char *at;
	size_t left;
	char *start; /* of the mapping, for pool_close() */
	size_t size;
	struct pool_piece *pieces; /* mapped by pool_room() */
};

/*
 * A mapping of at least `size` zero bytes, or NULL with errno. The pages cost nothing until they
 * are touched.
 */
void *pool_map(size_t size);
bool pool_open(struct pool *p, size_t size);
/* For the library; the loader ends or becomes the program. */
void pool_close(struct pool *p);
/*
 * For what has no limit of its own: a piece of the pool when it is small (POOL_SMALL), else a
 * mapping. The pool has room for POOL_PIECES of them.
 */
enum { POOL_SMALL = 64 * 1024, POOL_PIECES = 10 };
void *pool_room(struct pool *p, size_t size);
/* Aligned for pointers and 64-bit numbers; NULL when the pool is used up. */
void *pool_take(struct pool *p, size_t size);
char *pool_copy(struct pool *p, const char *at, size_t len); /* adds a NUL */

#endif
