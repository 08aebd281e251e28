/*
 * text.h - bytes with a length, and a builder over a fixed buffer.
 *
 * Spans point into the plan's files and are not NUL-terminated. The builder never overflows: what
 * does not fit is dropped and `cut` is set.
 */
#ifndef SBX_TEXT_H
#define SBX_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "said.h"

struct span {
	const char *at;
	size_t len;
};

struct text {
	char *buf;
	size_t len, cap; /* cap counts the NUL that always follows */
	bool cut;
};

enum { NUM_TEXT = 24 }; /* bytes that hold any 64-bit number with its NUL */

/* For %.*s */
#define SPAN(s) (int)(s).len, (s).at

bool span_is(struct span s, const char *word);
bool span_same(struct span a, struct span b);
struct span span_of(const char *text);
/* Nothing but lower-case letters, digits and what is in `also`? */
bool span_made_of(struct span s, const char *also);
#define UPPER_CASE "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
/* Takes off what stands before `end`, and that, or all of it. */
struct span span_cut(struct span *left, char end);
/* Decimal, no sign, no leading zero, at most max. */
bool span_number(struct span s, uint64_t max, uint64_t *value);

/* How many bytes at the start are printable ASCII. */
size_t text_plain_len(const char *at, size_t left);
/* Of a lower-case hexadecimal digit; -1: it is none. */
int hex_value(char c);
/*
 * Length of the UTF-8 sequence at `at`, 0 when there is none: no overlong forms, surrogates or values past
 * 10FFFF.
 */
size_t text_utf8_len(const char *at, size_t left);

struct text text_over(char *buf, size_t cap);
void text_bytes(struct text *t, const char *at, size_t len);
void text_str(struct text *t, const char *s);
#define text_say(t, words) text_str(t, SAID(words))
/* Two lower-case hexadecimal digits for each byte. */
void text_hex(struct text *t, const unsigned char *at, size_t len);
/* The bytes as people may safely see them: control bytes become \xHH. */
void text_safe(struct text *t, const char *at, size_t len);
/*
 * Adds text as printf() would: %s, %.*s (both as text_safe()), %u, %zu and %%, no widths. text_vput() stops at a line's end of
 * the format, and says where the next line begins.
 */
void text_put(struct text *t, const char *format, ...) SAID_FORMAT(2, 3);
#define text_put(t, format, ...) text_put(t, SAID(format), ##__VA_ARGS__)
/* The same into bytes of the caller; the length that is there. */
size_t text_print(char *buf, size_t cap, const char *format, ...) __attribute__((format(printf, 3, 4)));
const char *text_vput(struct text *t, const char *format, va_list *args);
/* A WHERE word of the plan, unescaped: \x20 stands for a blank, \\ for a backslash. */
void text_where(struct text *t, struct span where);
/* Writes n in decimal to out[NUM_TEXT] and returns out. */
const char *num_text(char out[NUM_TEXT], uint64_t n);
/* The n-th of texts that lie one behind the other, each with its NUL: a table of pointers would be as long as they are. */
const char *text_nth(const char *texts, size_t n);
const char *errno_text(int error);

#endif
