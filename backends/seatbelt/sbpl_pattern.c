/*
 * sbpl_pattern.c - what the text of an expression says before it is run: bytes that every match holds. Of patterns that
 * sbpl_regex.c has read.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl.h"

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The ] of the [ at s, in a pattern that was read. */
static const char *bracket_end(const char *s)
{
	s += s[1] == '^' ? 2 : 1; /* a ] here is a member */
	do
		s += *s == '\\' ? 2 : 1;
	while (*s != ']');
	return s;
}

/* Does the pattern of several ways lie open, and not in parentheses? */
static bool is_either(const char *pattern)
{
	unsigned depth = 0;

	for (const char *s = pattern; *s; s++) {
		if (*s == '|' && depth == 0)
			return true;
		if (*s == '\\' && s[1])
			s++;
		else if (*s == '[')
			s = bracket_end(s);
		else
			depth += *s == '(' ? 1u : *s == ')' ? ~0u : 0u;
	}
	return false;
}

bool sbpl_pattern_anchored(const char *pattern)
{
	return *pattern == '^' && !is_either(pattern);
}

/* The bytes behind a ^ that every match begins with: up to the first sign that is more than itself. */
const char *sbpl_pattern_head(struct arena *a, const char *pattern)
{
	struct buf b = buf_new(a);

	for (const char *s = sbpl_pattern_anchored(pattern) ? pattern + 1 : ""; *s; s++) {
		bool escaped = *s == '\\' && s[1] && !is_alnum(s[1]);
		const char *after = s + (escaped ? 2 : 1);

		if ((!escaped && strchr("^$.[()|\\*+?{", *s)) || (*after && strchr("*+?{", *after)))
			break;
		s += escaped;
		buf_putc(&b, *s);
	}
	return buf_str(&b);
}

/* Behind the atom at s, in a pattern that was read. */
static const char *atom_end(const char *s)
{
	unsigned depth = 0;

	do {
		if (*s == '\\')
			s++;
		else if (*s == '[')
			s = bracket_end(s);
		else
			depth += *s == '(' ? 1u : *s == ')' ? ~0u : 0u;
		s++;
	} while (depth > 0);
	return s;
}

struct pieces {
	const char **v;
	unsigned n;
};

static void piece_end(struct pieces *p, struct buf *b)
{
	if (b->len > 0) {
		ARENA_GROW(b->arena, p->v, p->n);
		p->v[p->n++] = arena_strdup(b->arena, buf_str(b));
	}
	b->len = 0;
}

/* What stands for itself, once, outside of parentheses: run after run of it. */
const char *const *sbpl_pattern_pieces(struct arena *a, const char *pattern, unsigned *n)
{
	struct buf b = buf_new(a);
	struct pieces all = {.n = 0};

	for (const char *s = is_either(pattern) ? "" : pattern, *end; *s; s = end) {
		bool escaped = *s == '\\' && !is_alnum(s[1]);
		bool literal = escaped || !strchr("^$.[(\\", *s);

		end = atom_end(s);
		if (literal && (!*end || !strchr("*+?{", *end))) {
			buf_putc(&b, s[escaped]);
			continue;
		}
		piece_end(&all, &b);
		while (*end && strchr("*+?{", *end))
			end = *end == '{' ? strchr(end, '}') + 1 : end + 1;
	}
	piece_end(&all, &b);
	*n = all.n;
	return all.v;
}
