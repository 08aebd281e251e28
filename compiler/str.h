/*
 * str.h - growing byte buffers, and the edit distance behind "did you mean".
 */
#ifndef SBX_STR_H
#define SBX_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* A growing buffer in an arena. `data` is always NUL-terminated once something was added; `len` leaves the NUL out. */
struct buf {
	struct arena *arena;
	char *data;
	size_t len, cap;
};

struct buf buf_new(struct arena *a);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) SBX_PRINTF(2, 3);
/* The text so far; "" for an empty buffer, never NULL. */
const char *buf_str(const struct buf *b);

/* A 64-bit number in decimal without a locale. Digits only, value at most max; false on anything else. */
bool parse_u64(const char *s, size_t n, uint64_t max, uint64_t *out);

/* Is the text UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF? */
bool utf8_valid(const char *s);

/* Optimal string alignment distance (insert, delete, replace, swap of neighbours: 1 each). */
unsigned edit_distance(const char *a, const char *b);

/*
 * The words of `candidates` close enough to `word` to be meant: distance at most 1 for words up to 3 letters, 2
 * above; nearest first, then longer common prefix, then name; at most 3. Returns a phrase like "did you mean `read`
 * or `list`?" from the arena, or NULL when nothing is near.
 */
const char *suggest(struct arena *a, const char *word, const char *const *candidates, size_t n);

/* The word of a phrase that suggest() made of one word; NULL for any other text. */
const char *suggested(struct arena *a, const char *phrase);

/*
 * The first byte of the text that would not show as it is: a control byte but a tab or the end of a line, a mark that turns the
 * direction of writing. NULL: there is none.
 */
const char *text_hidden(const char *s, size_t n);
/* A copy with such bytes as \xNN. */
const char *text_shown(struct arena *a, const char *s, size_t n);

/* Bytes of the UTF-8 character at s, of n > 0 bytes; 0 when there is none: shortest forms only, no surrogates. */
unsigned utf8_len(const char *s, size_t n);

/* qsort with a context-free comparison of C strings through one level of pointer. */
int cmp_strp(const void *a, const void *b);
/*
 * Of `n` records that begin with a pointer to a C string and are sorted by it, `size` bytes each: the first whose string does not
 * sort before the `len` bytes at `text`; `n` when there is none.
 */
unsigned sorted_first(const void *records, unsigned n, size_t size, const char *text, size_t len);

#endif
