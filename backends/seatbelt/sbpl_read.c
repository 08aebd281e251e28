/*
 * sbpl_read.c - the text of a profile as expressions: lists, strings, symbols, numbers, 'quotes,
 * comments.
 *
 * Follows the reader of macOS (TinyScheme): in a string \n \t \r \" \xHH and octal are escapes and
 * any other backslash means the byte after it. Raw #"..." strings are refused: how they treat a
 * quote is not known.
 */
#include <string.h>

#include "sbpl.h"

struct reader {
	struct arena *arena;
	const char *p, *end;
	unsigned line;
	const char *error;
};

static struct sexp *read_one(struct reader *r, unsigned depth);

static struct sexp *fail(struct reader *r, const char *what)
{
	if (!r->error)
		r->error = arena_printf(r->arena, "line %u: %s", r->line, what);
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

static void skip_blank(struct reader *r)
{
	for (; r->p < r->end; r->p++) {
		if (*r->p == ';')
			while (r->p + 1 < r->end && r->p[1] != '\n')
				r->p++;
		else if (!is_space(*r->p))
			return;
		else if (*r->p == '\n')
			r->line++;
	}
}

static struct sexp *sexp_new(struct reader *r, enum sexp_kind kind)
{
	struct sexp *e = ARENA_NEW(r->arena, struct sexp);

	e->kind = kind;
	e->line = r->line;
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

static struct sexp *read_string(struct reader *r)
{
	struct sexp *e = sexp_new(r, SEXP_STRING);
	const char *from = ++r->p;
	size_t n = 0;
	char *to;

	while (r->p < r->end && *r->p != '"')
		r->p += *r->p == '\\' && r->p + 1 < r->end ? 2 : 1;
	if (r->p >= r->end)
		return fail(r, "a string is not closed");
	e->written = (size_t)(r->p - from);
	to = arena_alloc(r->arena, e->written + 1);
	for (r->p = from; *r->p != '"';) {
		int c = (unsigned char)*r->p++;

		if (c == '\n')
			r->line++;
		if (c == '\\')
			c = read_escape(r);
		if (c <= 0)
			return fail(r, "a string holds a NUL or a bad escape");
		to[n++] = (char)c;
	}
	r->p++;
	e->text = to;
	return e;
}

static struct sexp *read_atom(struct reader *r)
{
	const char *from = r->p;
	bool digits = true;
	struct sexp *e;

	for (; r->p < r->end && !is_delimiter(*r->p); r->p++) {
		if ((unsigned char)*r->p <= ' ' || (unsigned char)*r->p >= 0x7f)
			return fail(r, "a byte that cannot stand outside a string");
		digits = digits && *r->p >= '0' && *r->p <= '9';
	}
	if (from == r->p || *from == '#' || *from == '`' || *from == ',')
		return fail(r, "a notation that this reader does not know");
	e = sexp_new(r, digits ? SEXP_NUMBER : SEXP_SYMBOL);
	e->text = arena_strndup(r->arena, from, (size_t)(r->p - from));
	return e;
}

static struct sexp *read_list(struct reader *r, unsigned depth)
{
	struct sexp *list = sexp_new(r, SEXP_LIST);
	const struct sexp **tail = &list->first;

	r->p++;
	for (;;) {
		struct sexp *item;

		skip_blank(r);
		if (r->p >= r->end)
			return fail(r, "a parenthesis is not closed");
		if (*r->p == ')')
			break;
		item = read_one(r, depth + 1);
		if (!item)
			return NULL;
		*tail = item;
		tail = &item->next;
	}
	r->p++;
	return list;
}

/* 'x is (quote x). */
static struct sexp *read_quote(struct reader *r, unsigned depth)
{
	struct sexp *list = sexp_new(r, SEXP_LIST), *word = sexp_new(r, SEXP_SYMBOL);

	r->p++;
	skip_blank(r);
	word->text = "quote";
	list->first = word;
	word->next = read_one(r, depth + 1);
	return word->next ? list : NULL;
}

static struct sexp *read_one(struct reader *r, unsigned depth)
{
	if (depth > SBPL_MAX_DEPTH)
		return fail(r, "parentheses are nested too deep");
	if (r->p >= r->end)
		return fail(r, "something is missing at the end");
	switch (*r->p) {
	case '(':
		return read_list(r, depth);
	case ')':
		return fail(r, "a parenthesis closes nothing");
	case '"':
		return read_string(r);
	case '\'':
		return read_quote(r, depth);
	default:
		return read_atom(r);
	}
}

const struct sexp *sbpl_read(struct arena *a, const char *text, size_t size, const char **error)
{
	struct reader r = {.arena = a, .p = text, .end = text + size, .line = 1};
	const struct sexp *first = NULL, **tail = &first;

	if (size > SBPL_MAX_TEXT)
		fail(&r, "the profile is too long");
	for (skip_blank(&r); !r.error && r.p < r.end; skip_blank(&r)) {
		struct sexp *e = read_one(&r, 0);

		if (!e)
			break;
		*tail = e;
		tail = &e->next;
	}
	if (!r.error && !first)
		fail(&r, "the profile is empty");
	*error = r.error;
	return r.error ? NULL : first;
}
