/*
 * view_pins.c - finds the folders above covers.
 */
#include "view_pins.h"

#include <errno.h>
#include <string.h>

/*
 * May the program rename what is at the path, for the host to keep? What decides is the innermost place above it: a line that
 * lets it write, or a layer, which throws away.
 */
static bool may_move(const struct items *x, const char *path)
{
	bool kept = false;
	size_t most = 0;

	for (unsigned i = 0; i < x->n; i++) {
		const struct item *it = &x->v[i];
		size_t n = strlen(it->path);
		bool layer = it->kind == ITEM_DISCARD, gives = layer || (it->kind == ITEM_BIND && it->rw);
		if (!gives || n < most || !strcmp(it->path, path) || !item_covers(it->path, path))
			continue;
		kept = !layer && (kept || n > most || !most);
		most = n;
	}
	return kept;
}

static unsigned parts_of(const char *path)
{
	unsigned n = 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

static bool pin_above(struct items *x, const struct item *cover)
{
	for (const char *end = strchr(cover->path + 1, '/'); end; end = strchr(end + 1, '/')) {
		struct item pin = {.kind = ITEM_PIN, .fd = -1, .late = true, .is_dir = true, .where = cover->where};
		char path[PLAN_MAX_PATH + 1];
		size_t n = (size_t)(end - cover->path);
		memcpy(path, cover->path, n);
		path[n] = 0;
		if (may_move(x, path) && !items_add(x, &pin, path, NULL))
			return false;
	}
	return true;
}

bool pins_add(struct items *x)
{
	unsigned n = x->n, most = 0;
	struct item *all;

	for (unsigned i = 0; i < n; i++)
		if (x->v[i].kind == ITEM_COVER && !x->v[i].match)
			most += parts_of(x->v[i].path);
	if (!most)
		return true;
	all = pool_take(x->run->pool, (n + most) * sizeof(*all));
	if (!all)
		return fault_memory(x->run->fault, "view");
	memcpy(all, x->v, n * sizeof(*all));
	x->v = all;
	x->cap = n + most;
	for (unsigned i = 0; i < n; i++)
		if (all[i].kind == ITEM_COVER && !all[i].match && !pin_above(x, &all[i]))
			return false;
	return true;
}
