/*
 * pool.h - memory of the prove phase: taken in pieces, given back as a whole. After the plan is proved
 * only the places of a tree are taken from that of the start.
 */
#ifndef SBX_POOL_H
#define SBX_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool {
	char *at; /* what is left of the room in use */
	size_t left;
	struct pool_piece *pieces; /* mapped, for pool_close() */
};

/*
 * A mapping of at least `size` zero bytes, or NULL with errno. The pages cost nothing until they
 * are touched.
 */
void *pool_map(size_t size);
/* A pool with room of `size`; more is mapped when that is used up. */
bool pool_open(struct pool *p, size_t size);
/* The same, but the first room is the caller's: zero bytes, aligned for anything. */
void pool_over(struct pool *p, char *bytes, size_t size);
/* For the library; the loader ends or becomes the program. */
void pool_close(struct pool *p);
/* Zero bytes, aligned for pointers and 64-bit numbers, or NULL with errno. What is large gets a mapping of its own. */
void *pool_take(struct pool *p, size_t size);
char *pool_copy(struct pool *p, const char *at, size_t len); /* adds a NUL */
char *pool_text(struct pool *p, const char *text);

#endif
