/*
 * pool.c - one anonymous mapping, handed out front to back.
 */
#include "pool.h"

#include <string.h>
#include <sys/mman.h>

void *pool_map(size_t size)
{
	void *p =
	    mmap(NULL, size ? size : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

bool pool_open(struct pool *p, size_t size)
{
	p->at = pool_map(size);
	p->left = p->at ? size : 0;
	return p->at != NULL;
}

void *pool_take(struct pool *p, size_t size)
{
	size_t whole = (size + 7) & ~(size_t)7;
	char *taken = p->at;

	if (whole < size || whole > p->left)
		return NULL;
	p->at += whole;
	p->left -= whole;
	return taken;
}

void *pool_room(struct pool *p, size_t size)
{
	void *taken = size <= POOL_SMALL ? pool_take(p, size) : NULL;

	return taken ? taken : pool_map(size);
}

char *pool_copy(struct pool *p, const char *at, size_t len)
{
	char *copy = pool_take(p, len + 1);

	if (copy) {
		memcpy(copy, at, len);
		copy[len] = 0;
	}
	return copy;
}
