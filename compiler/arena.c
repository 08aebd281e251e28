/*
 * arena.c - blocks of memory that are given out by bumping a pointer and freed all at once.
 */
#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_FIRST = 4096, BLOCK_SIZE = 256 * 1024, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(ALIGN) char bytes[];
};

struct arena {
	struct block *blocks;
	struct arena *children, *next, **link; /* link: what points to it; NULL: no child */
};

void out_of_memory(void)
{
	static const char msg[] = "sbxc: error: out of memory\n";
	(void)!write(STDERR_FILENO, msg, sizeof(msg) - 1);
	_exit(2);
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));
	if (!a)
		out_of_memory();
	return a;
}

struct arena *arena_child(struct arena *parent)
{
	struct arena *a = arena_new();
	a->next = parent->children;
	a->link = &parent->children;
	if (a->next)
		a->next->link = &a->next;
	parent->children = a;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->children)
		arena_free(a->children);
	if (a->link) {
		*a->link = a->next;
		if (a->next)
			a->next->link = a->link;
	}
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

static struct block *block_new(struct arena *a, size_t need)
{
	/* Small at first: many an arena lives for one question. */
	size_t usual = a->blocks && a->blocks->size >= BLOCK_FIRST ? a->blocks->size * 2 : BLOCK_FIRST;
	usual = usual > BLOCK_SIZE ? BLOCK_SIZE : usual;
	size_t size = need > usual / 4 ? need : usual;
	struct block *b = calloc(1, sizeof(*b) + size);
	if (!b)
		out_of_memory();
	b->size = size;
	if (size == need && a->blocks) { /* a large piece must not end the use of the current block */
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX / 2)
		out_of_memory();
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (size == 0)
		size = ALIGN;
	struct block *b = a->blocks;
	if (!b || b->size - b->used < size)
		b = block_new(a, size);
	void *p = b->bytes + b->used;
	b->used += size;
	return p;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes))
		out_of_memory();
	return arena_alloc(a, bytes);
}

void *arena_grow(struct arena *a, void *v, size_t n, size_t size)
{
	if (n != 0 && (n & (n - 1)) != 0)
		return v;
	void *bigger = arena_array(a, n ? n * 2 : 1, size);
	if (n)
		memcpy(bigger, v, n * size);
	return bigger;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_alloc(a, n + 1);
	memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char most[256]; /* nearly all of them: printed once */
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(most, sizeof(most), fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	char *s = arena_alloc(a, (size_t)n + 1);
	if ((size_t)n < sizeof(most))
		memcpy(s, most, (size_t)n);
	else
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

void text_begin(struct text_out *t)
{
	*t = (struct text_out){0};
	t->out = open_memstream(&t->bytes, &t->n);
	if (!t->out)
		out_of_memory();
}

void text_end(struct text_out *t)
{
	bool failed = ferror(t->out);
	if (fclose(t->out) != 0 || failed || !t->bytes) /* glibc's fclose() says 0 when it could not make the last copy */
		out_of_memory();
	t->out = NULL;
}
