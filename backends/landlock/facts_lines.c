/*
 * facts_lines.c - the lines of one directive by their place and pattern.
 */
#include <stdlib.h>
#include <string.h>

#include "facts.h"

static int compare(const char *tmpl, const char *glob, const struct model_line *line)
{
	int c = strcmp(tmpl, line->tmpl);
	return c ? c : strcmp(glob ? glob : "", line->glob ? line->glob : "");
}

static int cmp_line(const void *x, const void *y)
{
	const struct model_line *a = *(const struct model_line *const *)x;
	return compare(a->tmpl, a->glob, *(const struct model_line *const *)y);
}

struct facts_lines facts_sort(struct arena *a, const struct model_lines *lines)
{
	const struct model_line **v = ARENA_ARRAY(a, lines->n + 1u, const struct model_line *);
	for (unsigned i = 0; i < lines->n; i++)
		v[i] = &lines->v[i];
	if (lines->n)
		qsort(v, lines->n, sizeof(*v), cmp_line);
	return (struct facts_lines){v, lines->n};
}

struct facts_lines facts_of_place(const struct facts_lines *lines, const char *tmpl, const char *glob)
{
	unsigned lo = 0, hi = lines->n, n = 0;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (compare(tmpl, glob, lines->v[mid]) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < lines->n && compare(tmpl, glob, lines->v[lo + n]) == 0)
		n++;
	return (struct facts_lines){lines->v + lo, n};
}
