/*
 * sbpl_read.c - the text of a profile as expressions: lists, strings, symbols, numbers, booleans, 'quotes, comments.
 *
 * Follows the reader of macOS (TinyScheme): in a string \n \t \r \" \xHH and octal are escapes and any other backslash
 * means the byte after it. In a raw string #"..." a backslash is a backslash; what a quote after one does there is not
 * known, so it is refused.
 */
#include <string.h>

#include "sbpl.h"

struct reader {
	struct arena *arena;
	const char *file;
	const char *p, *end;
	const char *line_start;
	unsigned line;
	const char *error;
};

static struct sexp *read_one(struct reader *r, unsigned depth);

static struct sexp *fail(struct reader *r, const char *at, const char *what)
{
	unsigned col = at >= r->line_start ? (unsigned)(at - r->line_start) + 1 : 1;

	if (!r->error)
		r->error = arena_printf(r->arena, "%s:%u:%u: %s", r->file, r->line, col, what);
	return NULL;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_delimiter(char c)
{
	return is_space(c) || c == '(' || c == ')' || c == '"' || c == ';';
}

static bool begins(const struct reader *r, const char *word)
{
	size_t n = strlen(word);

	return (size_t)(r->end - r->p) >= n && memcmp(r->p, word, n) == 0;
}

static void new_line(struct reader *r, const char *newline)
{
	r->line++;
	r->line_start = newline + 1;
}

static void skip_blank(struct reader *r)
{
	for (; r->p < r->end; r->p++) {
		if (*r->p == ';' || begins(r, "#!"))
			while (r->p + 1 < r->end && r->p[1] != '\n')
				r->p++;
		else if (!is_space(*r->p))
			return;
		else if (*r->p == '\n')
			new_line(r, r->p);
	}
}

static struct sexp *sexp_new(struct reader *r, enum sexp_kind kind)
{
	struct sexp *e = ARENA_NEW(r->arena, struct sexp);

	e->kind = kind;
	e->at = (struct sbpl_place){r->file, r->line, (unsigned)(r->p - r->line_start) + 1};
	return e;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The byte that an escape means; r->p stands behind the backslash and is moved over the escape. */
static int read_escape(struct reader *r)
{
	static const char names[] = "ntr", values[] = "\n\t\r";
	char c = *r->p++;
	const char *named = strchr(names, c);
	int value = 0, digits = 0;

	if (c != '\0' && named)
		return values[named - names];
	if (c == 'x') {
		for (; digits < 2 && r->p < r->end && hex(*r->p) >= 0; digits++)
			value = value * 16 + hex(*r->p++);
		return digits == 2 ? value : -1;
	}
	if (c < '0' || c > '7')
		return (unsigned char)c;
	for (r->p--; digits < 3 && r->p < r->end && *r->p >= '0' && *r->p <= '7'; digits++)
		value = value * 8 + (*r->p++ - '0');
	return value <= 255 ? value : -1;
}

/* Moves behind the closing quote; false when there is none. */
static bool find_end(struct reader *r, bool raw)
{
	while (r->p < r->end && *r->p != '"') {
		if (raw && *r->p == '\\' && r->p + 1 < r->end && r->p[1] == '"')
			return false;
		r->p += !raw && *r->p == '\\' && r->p + 1 < r->end ? 2 : 1;
	}
	return r->p < r->end;
}

static struct sexp *read_string(struct reader *r, bool raw)
{
	struct sexp *e = sexp_new(r, SEXP_STRING);
	const char *open = r->p, *from = r->p += raw ? 2 : 1;
	size_t n = 0;
	char *to;

	if (!find_end(r, raw))
		return fail(r, open, r->p < r->end ? "a quote after a backslash in #\"...\", which is read in two ways"
						   : "a string is not closed");
	e->written = (size_t)(r->p - from);
	if (e->written > SBPL_READ_STRING)
		return fail(r, open, "a string that is longer than 1023 bytes, where the reader of macOS gives up");
	to = arena_alloc(r->arena, e->written + 1);
	for (r->p = from; *r->p != '"';) {
		const char *at = r->p;
		int c = (unsigned char)*r->p++;

		if (c == '\n')
			new_line(r, at);
		if (c == '\\' && !raw)
			c = read_escape(r);
		if (c <= 0)
			return fail(r, at, "a string holds a NUL or a bad escape");
		to[n++] = (char)c;
	}
	r->p++;
	e->text = to;
	return e;
}

/* Decimal, #o17, #x1f, with a sign; false when the text is no number or too large. */
static bool read_number(const char *s, int64_t *out)
{
	int base = strncmp(s, "#x", 2) == 0 ? 16 : strncmp(s, "#o", 2) == 0 ? 8 : 10, digit;
	bool minus = base == 10 && s[0] == '-';
	int64_t n = 0;

	s += base != 10 ? 2 : minus ? 1 : 0;
	if (!*s)
		return false;
	for (; *s; s++) {
		digit = hex(*s);
		if (digit < 0 || digit >= base || n > (int64_t)1 << 52)
			return false;
		n = n * base + digit;
	}
	*out = minus ? -n : n;
	return true;
}

/* #\x, #\space, #\newline, #\tab; a sign that delimits may follow the backslash too. */
static struct sexp *read_char(struct reader *r)
{
	static const struct {
		const char *name;
		unsigned char byte;
	} names[] = {{"space", ' '}, {"newline", '\n'}, {"tab", '\t'}};
	struct sexp *e = sexp_new(r, SEXP_CHAR);
	const char *from = r->p;

	r->p += 2;
	if (r->p >= r->end || (unsigned char)*r->p <= ' ' || (unsigned char)*r->p >= 0x7f)
		return fail(r, from, "a notation that this reader does not know");
	for (r->p++; r->p < r->end && !is_delimiter(*r->p) && (unsigned char)*r->p > ' ' && (unsigned char)*r->p < 0x7f;)
		r->p++;
	e->text = arena_strndup(r->arena, from, (size_t)(r->p - from));
	e->number = (unsigned char)e->text[2];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(e->text + 2, names[i].name) == 0)
			return e->number = names[i].byte, e;
	return e->text[3] ? fail(r, from, "a notation that this reader does not know") : e;
}

static struct sexp *read_atom(struct reader *r)
{
	const char *from = r->p;
	struct sexp *e = sexp_new(r, SEXP_SYMBOL);

	for (; r->p < r->end && !is_delimiter(*r->p); r->p++)
		if ((unsigned char)*r->p <= ' ' || (unsigned char)*r->p >= 0x7f)
			return fail(r, r->p, "a byte that cannot stand outside a string");
	e->text = arena_strndup(r->arena, from, (size_t)(r->p - from));
	if (strcmp(e->text, "#t") == 0 || strcmp(e->text, "#f") == 0) {
		e->kind = SEXP_BOOL;
		e->number = e->text[1] == 't';
	} else if (read_number(e->text, &e->number)) {
		e->kind = SEXP_NUMBER;
	} else if (from == r->p || *from == '#') {
		return fail(r, from, "a notation that this reader does not know");
	}
	return e;
}

static struct sexp *read_list(struct reader *r, unsigned depth)
{
	struct sexp *list = sexp_new(r, SEXP_LIST);
	const struct sexp **tail = &list->first;

	list->source = r->p++;
	for (;;) {
		struct sexp *item;

		skip_blank(r);
		if (r->p >= r->end) {
			if (!r->error)
				r->error = arena_printf(r->arena, "%s:%u:%u: a parenthesis is not closed", r->file,
							list->at.line, list->at.col);
			return NULL;
		}
		if (*r->p == ')')
			break;
		item = read_one(r, depth + 1);
		if (!item)
			return NULL;
		*tail = item;
		tail = &item->next;
	}
	r->p++;
	list->length = (size_t)(r->p - list->source);
	return list;
}

/* 'x is (quote x); likewise the others. */
static struct sexp *read_quote(struct reader *r, unsigned depth)
{
	struct sexp *list = sexp_new(r, SEXP_LIST), *word = sexp_new(r, SEXP_SYMBOL);
	bool splices = begins(r, ",@");

	word->text = *r->p == '\'' ? "quote" : *r->p == '`' ? "quasiquote" : splices ? "unquote-splicing" : "unquote";
	list->source = r->p;
	r->p += splices ? 2 : 1;
	skip_blank(r);
	list->first = word;
	word->next = read_one(r, depth + 1);
	list->length = (size_t)(r->p - list->source);
	return word->next ? list : NULL;
}

static struct sexp *read_one(struct reader *r, unsigned depth)
{
	if (depth > SBPL_MAX_DEPTH)
		return fail(r, r->p, "parentheses are nested too deep");
	if (r->p >= r->end)
		return fail(r, r->p, "something is missing at the end");
	if (begins(r, "#\""))
		return read_string(r, true);
	if (begins(r, "#\\"))
		return read_char(r);
	switch (*r->p) {
	case '(':
		return read_list(r, depth);
	case ')':
		return fail(r, r->p, "a parenthesis closes nothing");
	case '"':
		return read_string(r, false);
	case '\'':
	case '`':
	case ',':
		return read_quote(r, depth);
	default:
		return read_atom(r);
	}
}

const struct sexp *sbpl_read(struct arena *a, const char *file, const char *text, size_t size, const char **error)
{
	struct reader r = {.arena = a, .file = file, .p = text, .end = text + size, .line_start = text, .line = 1};
	const struct sexp *first = NULL, **tail = &first;

	if (size > SBPL_MAX_TEXT)
		fail(&r, r.p, "the profile is too long");
	for (skip_blank(&r); !r.error && r.p < r.end; skip_blank(&r)) {
		struct sexp *e = read_one(&r, 0);

		if (!e)
			break;
		*tail = e;
		tail = &e->next;
	}
	if (!r.error && !first)
		fail(&r, r.p, "the profile is empty");
	*error = r.error;
	return r.error ? NULL : first;
}
