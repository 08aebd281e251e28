/*
 * cover.c - may one place lie in another, as far as the words of the policy show it, for any values of the start?
 *
 * A place is a list of names; in the first one may stand a variable that is a path, of any length, in the others words that are
 * a piece of one name. What is not ruled out may be.
 */
#include <string.h>

#include "paths.h"

/* What is left of a place: names, each behind a slash. */
struct names {
	const char *at;
};

static bool next_name(struct names *x, const char **name, size_t *n)
{
	if (x->at[0] != '/' || !x->at[1])
		return false;
	*name = x->at + 1;
	*n = strcspn(*name, "/");
	x->at = *name + *n;
	return true;
}

static unsigned count(struct names x)
{
	const char *name;
	size_t n;
	unsigned all = 0;

	while (next_name(&x, &name, &n))
		all++;
	return all;
}

/* The letters of a name before its first variable, behind its last one, and of all that is none. */
struct shape {
	const char *name, *variable; /* the only one, or NULL */
	size_t n, head, tail, letters, variable_n;
	bool open, strange;
};

static struct shape shape_of(const char *name, size_t n)
{
	struct shape s = {.name = name, .n = n, .head = n, .tail = n, .letters = n};
	unsigned variables = 0;

	for (size_t i = 0; i < n; i++) {
		const char *end = name[i] == '$' ? memchr(name + i, '}', n - i) : NULL;

		if (name[i] == '\\') {
			s.strange = true;
			i++;
		}
		if (!end)
			continue;
		if (variables++ == 0)
			s.head = i;
		s.variable = variables == 1 ? name + i : NULL;
		s.variable_n = (size_t)(end - name) + 1 - i;
		s.letters -= s.variable_n;
		i = (size_t)(end - name);
		s.tail = n - i - 1;
	}
	s.open = variables > 0;
	return s;
}

static bool same_variable(const struct shape *x, const struct shape *y)
{
	return x->variable && y->variable && x->variable_n == y->variable_n &&
	       memcmp(x->variable, y->variable, x->variable_n) == 0;
}

/* Can the two names be one? */
static bool may_equal(const char *x_name, size_t x_n, const char *y_name, size_t y_n)
{
	struct shape x = shape_of(x_name, x_n), y = shape_of(y_name, y_n);
	size_t head = x.head < y.head ? x.head : y.head, tail = x.tail < y.tail ? x.tail : y.tail;

	if (!x.open && !y.open)
		return x.n == y.n && memcmp(x.name, y.name, x.n) == 0;
	if (x.strange || y.strange)
		return true;
	if (same_variable(&x, &y) && x.letters != y.letters)
		return false;
	if ((!x.open && x.n < y.letters) || (!y.open && y.n < x.letters))
		return false;
	return memcmp(x.name, y.name, head) == 0 && memcmp(x.name + x.n - tail, y.name + y.n - tail, tail) == 0;
}

/* Are the first names of `y`, behind `skip` of them, those of `x`? */
static bool may_begin(struct names x, struct names y, unsigned skip)
{
	const char *a, *b;
	size_t n, m;

	while (skip-- > 0)
		next_name(&y, &b, &m);
	while (next_name(&x, &a, &n))
		if (!next_name(&y, &b, &m) || !may_equal(a, n, b, m))
			return false;
	return true;
}

bool tmpl_may_cover(const char *wide, const char *place)
{
	size_t w = wide[0] == '/' ? 0 : strcspn(wide, "/"), p = place[0] == '/' ? 0 : strcspn(place, "/");
	struct names x = {wide + w}, y = {place + p};

	if (w == p && memcmp(wide, place, w) == 0)
		return may_begin(x, y, 0);
	if (p)
		return true; /* a value may lie anywhere */
	for (unsigned skip = 0; skip + count(x) <= count(y); skip++)
		if (may_begin(x, y, skip))
			return true;
	return false;
}
