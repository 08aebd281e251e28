/*
 * places.c - places of the file tree, sorted by their text.
 */
#include "places.h"

#include <stdlib.h>
#include <string.h>

static int cmp_text(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int c = memcmp(a, b, a_len < b_len ? a_len : b_len);
	return c ? c : (a_len > b_len) - (a_len < b_len);
}

static int cmp_place(const void *a, const void *b)
{
	const struct ll_place *x = a, *y = b;
	int c = cmp_text(x->path, x->len, y->path, y->len);
	return c ? c : (x->id > y->id) - (x->id < y->id);
}

void ll_places_add(struct ll_places *p, const char *path, uint32_t ops, unsigned id)
{
	if (path)
		p->v[p->n++] = (struct ll_place){path, strlen(path), ops, id};
}

void ll_places_sort(struct ll_places *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), cmp_place);
}

unsigned ll_places_lower(const struct ll_places *p, const char *path, size_t len)
{
	unsigned lo = 0, hi = p->n;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (cmp_text(p->v[mid].path, p->v[mid].len, path, len) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_root(const char *path, size_t len)
{
	return len == 1 && path[0] == '/';
}

bool ll_go_up(const char **path, size_t *len)
{
	if (is_root(*path, *len))
		return false;
	while (*len > 0 && (*path)[*len - 1] != '/')
		(*len)--;
	if (*len > 1) {
		(*len)--;
		return true;
	}
	*path = "/";
	*len = 1;
	return true;
}

bool ll_place_is(const struct ll_places *p, unsigned i, const char *path, size_t len)
{
	return i < p->n && cmp_text(p->v[i].path, p->v[i].len, path, len) == 0;
}

bool ll_each_above(const struct ll_places *p, const char *path, ll_place_fn *fn, void *ctx)
{
	size_t len = strlen(path);
	do {
		for (unsigned i = ll_places_lower(p, path, len); p->n && ll_place_is(p, i, path, len); i++)
			if (!fn(ctx, &p->v[i]))
				return false;
	} while (ll_go_up(&path, &len));
	return true;
}

bool ll_each_below(const struct ll_places *p, const char *path, ll_place_fn *fn, void *ctx)
{
	size_t len = strlen(path);
	bool root = is_root(path, len);
	for (unsigned i = root ? 0 : ll_places_lower(p, path, len); i < p->n; i++) {
		const struct ll_place *at = &p->v[i];
		if (!root && (at->len < len || memcmp(at->path, path, len) != 0))
			break;
		if ((root || (at->len > len && at->path[len] == '/')) && !fn(ctx, at))
			return false;
	}
	return true;
}

static bool unite(void *ctx, const struct ll_place *at)
{
	*(uint32_t *)ctx |= at->ops;
	return true;
}

uint32_t ll_ops_above(const struct ll_places *p, const char *path)
{
	uint32_t ops = 0;
	ll_each_above(p, path, unite, &ops);
	return ops;
}

uint32_t ll_ops_below(const struct ll_places *p, const char *path)
{
	uint32_t ops = 0;
	ll_each_below(p, path, unite, &ops);
	return ops;
}
