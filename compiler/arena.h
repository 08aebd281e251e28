/*
 * arena.h - all memory of one compile.
 *
 * Everything a compile makes lives in one arena and dies with it, so nothing here or in the grammar ever calls
 * free(). Running out of memory ends the program with a message (exit 2): a compiler has nothing better to do.
 */
#ifndef SBX_ARENA_H
#define SBX_ARENA_H

#include <stddef.h>
#include <stdio.h>

#define SBX_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

struct arena;

/* Says so and ends the program with 2: for memory that a library asked for and did not get. */
_Noreturn void out_of_memory(void);

/* A new, empty arena. Never NULL. */
struct arena *arena_new(void);
/* One that dies with its parent, or before. */
struct arena *arena_child(struct arena *parent);
/* Frees the arena and all that was taken from it. NULL is allowed. */
void arena_free(struct arena *a);

/* SIZE zeroed bytes, aligned for any type. Never NULL; SIZE 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
/* N zeroed elements of SIZE bytes; a product that overflows ends the program. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A copy of N bytes with a NUL after them. */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) SBX_PRINTF(2, 3);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/*
 * Room for one more element in the array `v` that holds `n` of them. The capacity is the next power of two at or
 * above n, so no third variable is kept; the old copy stays in the arena (total waste is below the final size).
 */
#define ARENA_GROW(a, v, n) ((v) = arena_grow((a), (v), (n), sizeof(*(v))))
void *arena_grow(struct arena *a, void *v, size_t n, size_t size);

/*
 * What is printed into `out` becomes text: between begin and end it is a FILE like any other, after it the N bytes of `bytes`
 * (a NUL behind them) are the caller's, who frees them with free(). Running out of memory ends the program here too.
 */
struct text_out {
	FILE *out;
	char *bytes;
	size_t n;
};
void text_begin(struct text_out *t);
void text_end(struct text_out *t);

#endif
