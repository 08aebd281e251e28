/*
 * str.c - growing buffers, numbers, edit distance.
 */
#include "str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buf buf_new(struct arena *a)
{
	return (struct buf){.arena = a};
}

static void buf_reserve(struct buf *b, size_t n)
{
	if (b->cap - b->len > n)
		return;
	size_t cap = b->cap ? b->cap : 64;
	while (cap - b->len <= n)
		cap *= 2;
	char *data = arena_alloc(b->arena, cap);
	if (b->len)
		memcpy(data, b->data, b->len);
	b->data = data;
	b->cap = cap;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	buf_reserve(b, n);
	if (n)
		memcpy(b->data + b->len, bytes, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	buf_reserve(b, 63); /* most fit, and are printed once */
	int n = vsnprintf(b->data + b->len, b->cap - b->len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n >= b->cap - b->len) {
		buf_reserve(b, (size_t)n);
		vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
	}
	b->len += n > 0 ? (size_t)n : 0;
	va_end(again);
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

bool parse_u64(const char *s, size_t n, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	if (n == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		unsigned digit = (unsigned)(s[i] - '0');
		if (__builtin_mul_overflow(v, (uint64_t)10, &v) || __builtin_add_overflow(v, digit, &v))
			return false;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

/* The second byte tells long forms and surrogates. */
unsigned utf8_len(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned len = u[0] < 0x80 ? 1 : u[0] < 0xc2 ? 0 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : u[0] < 0xf5 ? 4 : 0;
	unsigned lo = u[0] == 0xe0 ? 0xa0 : u[0] == 0xf0 ? 0x90 : 0x80;
	unsigned hi = u[0] == 0xed ? 0x9f : u[0] == 0xf4 ? 0x8f : 0xbf;
	if (len > n)
		return 0;
	for (unsigned i = 1; i < len; i++) {
		if (u[i] < lo || u[i] > hi)
			return 0;
		lo = 0x80;
		hi = 0xbf;
	}
	return len;
}

bool utf8_valid(const char *s)
{
	for (size_t left = strlen(s), n; left; s += n, left -= n)
		if (!(n = utf8_len(s, left)))
			return false;
	return true;
}

/* Bytes at s, of n > 0, that would not show; 0: they do. What is no UTF-8 shows as that. */
static unsigned hidden_len(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	if (s[0] < 0x20 || s[0] == 0x7f)
		return s[0] != '\t' && s[0] != '\n';
	unsigned len = utf8_len(text, n);
	bool control = len == 2 && s[0] == 0xc2 && s[1] < 0xa0;
	bool turning = len == 3 && s[0] == 0xe2 && ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) || /* embeddings, overrides */
						    (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9));   /* isolates */
	return control || turning ? len : 0;
}

const char *text_hidden(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (hidden_len(s + i, n - i))
			return s + i;
	return NULL;
}

const char *text_shown(struct arena *a, const char *s, size_t n)
{
	struct buf b = buf_new(a);
	if (!text_hidden(s, n))
		return arena_strndup(a, s, n);
	for (size_t i = 0; i < n; i++) {
		unsigned hidden = hidden_len(s + i, n - i);
		for (unsigned k = 0; k < hidden; k++)
			buf_printf(&b, "\\x%02x", (unsigned char)s[i + k]);
		if (hidden)
			i += hidden - 1;
		else
			buf_putc(&b, s[i]);
	}
	return buf_str(&b);
}

int cmp_strp(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

unsigned sorted_first(const void *records, unsigned n, size_t size, const char *text, size_t len)
{
	unsigned lo = 0, hi = n;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		const char *const *at = (const void *)((const char *)records + mid * size);

		if (strncmp(*at, text, len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

enum { WORD_MAX = 64 }; /* longer words are no typing mistakes of ours */

unsigned edit_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned row[3][WORD_MAX + 1];
	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	unsigned *before = row[0], *last = row[1], *now = row[2];
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);
			if (last[j] + 1 < best)
				best = last[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
		unsigned *spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

struct near {
	const char *word;
	unsigned distance;
	size_t prefix;
};

static size_t common_prefix(const char *a, const char *b)
{
	size_t n = 0;
	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

static int near_cmp(const void *x, const void *y)
{
	const struct near *a = x, *b = y;
	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	if (a->prefix != b->prefix)
		return a->prefix > b->prefix ? -1 : 1;
	return strcmp(a->word, b->word);
}

/* Letters of the word itself: quotes, dashes and the signs of a variable are on both and make no two words alike. */
static size_t letters(const char *word)
{
	size_t signs = strspn(word, "\"${@-"), n = strlen(word) - signs;
	while (n && strchr("\"}", word[signs + n - 1]))
		n--;
	return n;
}

const char *suggest(struct arena *a, const char *word, const char *const *candidates, size_t n)
{
	size_t len = strlen(word), n_near = 0;
	const size_t own = letters(word);
	unsigned limit = own <= 3 ? 1 : 2;
	struct near *near = NULL;
	if (len > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t other = strlen(candidates[i]);
		if ((other > len ? other - len : len - other) > limit)
			continue;
		unsigned distance = edit_distance(word, candidates[i]);
		const size_t others = letters(candidates[i]);
		if (distance == 0 || distance > limit || distance >= (own > others ? own : others))
			continue; /* of the last nothing is left of the word */
		ARENA_GROW(a, near, n_near);
		near[n_near++] = (struct near){candidates[i], distance, common_prefix(word, candidates[i])};
	}
	if (n_near == 0)
		return NULL;
	qsort(near, n_near, sizeof(*near), near_cmp);
	struct buf b = buf_new(a);
	buf_puts(&b, "did you mean ");
	size_t shown = 0;
	for (size_t i = 0; i < n_near && shown < 3; i++) {
		if (i && strcmp(near[i].word, near[i - 1].word) == 0)
			continue;
		if (near[i].distance > near[0].distance)
			break;
		buf_printf(&b, "%s`%s`", shown ? " or " : "", near[i].word);
		shown++;
	}
	buf_putc(&b, '?');
	return buf_str(&b);
}

const char *suggested(struct arena *a, const char *phrase)
{
	static const char before[] = "did you mean `";
	if (strncmp(phrase, before, sizeof(before) - 1) != 0)
		return NULL;
	const char *word = phrase + sizeof(before) - 1;
	size_t n = strcspn(word, "`");
	return strcmp(word + n, "`?") == 0 ? arena_strndup(a, word, n) : NULL;
}
