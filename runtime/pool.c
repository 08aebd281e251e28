/*
 * pool.c - rooms of memory, handed out front to back.
 */
#include "pool.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { SMALL = 64 * 1024, ROOM = 1024 * 1024 };

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

/* Room for `size` bytes after its head. */
static char *piece_map(struct pool *p, size_t size)
{
	size_t whole = size + sizeof(struct pool_piece);
	struct pool_piece *piece;

	errno = ENOMEM;
	piece = whole < size ? NULL : pool_map(whole);
	if (!piece)
		return NULL;
	*piece = (struct pool_piece){.next = p->pieces, .size = whole};
	p->pieces = piece;
	return (char *)(piece + 1);
}

void pool_over(struct pool *p, char *bytes, size_t size)
{
	*p = (struct pool){.at = bytes, .left = size};
}

bool pool_open(struct pool *p, size_t size)
{
	pool_over(p, NULL, 0);
	p->at = piece_map(p, size);
	p->left = p->at ? size : 0;
	return p->at != NULL;
}

void pool_close(struct pool *p)
{
	for (struct pool_piece *piece = p->pieces, *next; piece; piece = next) {
		next = piece->next;
		munmap(piece, piece->size);
	}
	*p = (struct pool){0};
}

void *pool_take(struct pool *p, size_t size)
{
	size_t whole = (size + 7) & ~(size_t)7;
	char *taken;

	if (size > SMALL && size > p->left)
		return piece_map(p, size);
	if (whole > p->left) {
		taken = piece_map(p, ROOM);
		if (!taken)
			return NULL;
		p->at = taken;
		p->left = ROOM;
	}
	taken = p->at;
	p->at += whole;
	p->left -= whole;
	return taken;
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

char *pool_text(struct pool *p, const char *text)
{
	return pool_copy(p, text, strlen(text));
}
