/*
 * name_list.c - a map to the first of each name, and links from there.
 */
#include "name_list.h"

#include <string.h>

long name_list_first(const struct name_list *l, const char *name, size_t len)
{
	return name_map_get(&l->heads, name, len);
}

void name_list_put(struct arena *a, struct name_list *l, const char *name, size_t len, unsigned value)
{
	long head = name_list_first(l, name, len), at = (long)l->n;
	ARENA_GROW(a, l->v, l->n);
	l->v[l->n++] = (struct name_link){.value = value, .next = -1, .last = at};
	if (head < 0) {
		name_map_put(a, &l->heads, name, len, (unsigned)at);
		return;
	}
	l->v[l->v[head].last].next = at;
	l->v[head].last = at;
}

static bool any(const struct name_list *l, const char *path, size_t len, name_list_fn *fn, void *ctx)
{
	for (long i = name_list_first(l, path, len); i >= 0; i = l->v[i].next)
		if (fn(ctx, l->v[i].value))
			return true;
	return false;
}

bool name_list_above(const struct name_list *l, const char *path, name_list_fn *fn, void *ctx)
{
	for (size_t len = strlen(path); len > 1; len--)
		if ((!path[len] || path[len] == '/') && any(l, path, len, fn, ctx))
			return true;
	return any(l, "/", 1, fn, ctx);
}
