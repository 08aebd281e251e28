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

struct pool_piece {
	struct pool_piece *next;
	size_t size; /* of the mapping, this head included */
};

bool pool_open(struct pool *p, size_t size)
{
	char *start = pool_map(size);

	*p = (struct pool){.at = start, .left = start ? size : 0, .start = start, .size = size};
	return start != NULL;
}

void pool_close(struct pool *p)
{
	for (struct pool_piece *piece = p->pieces, *next; piece; piece = next) {
		next = piece->next;
		munmap(piece, piece->size);
	}
	if (p->start)
		munmap(p->start, p->size);
	*p = (struct pool){0};
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

static void *piece_map(struct pool *p, size_t size)
{
	size_t whole = size + sizeof(struct pool_piece);
	struct pool_piece *piece = whole < size ? NULL : pool_map(whole);

	if (!piece)
		return NULL;
	*piece = (struct pool_piece){.next = p->pieces, .size = whole};
	p->pieces = piece;
	return piece + 1;
}

void *pool_room(struct pool *p, size_t size)
{
	void *taken = size <= POOL_SMALL ? pool_take(p, size) : NULL;

	return taken ? taken : piece_map(p, size);
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
