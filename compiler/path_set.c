/*
 * path_set.c - a hash of paths, so that questions about n rules cost n walks and not n * n comparisons.
 */
#include "path_set.h"

#include <string.h>

struct path_node {
	const struct path_node *next;
	const char *path;
	const struct ir_rule *rule;
};

struct path_set {
	struct arena *arena;
	struct path_node **slots;
	unsigned n_slots; /* power of two */
};

struct path_set *path_set_new(struct arena *a, unsigned n)
{
	struct path_set *s = ARENA_NEW(a, struct path_set);
	*s = (struct path_set){.arena = a, .n_slots = 16};
	while (s->n_slots < n * 2)
		s->n_slots *= 2;
	s->slots = ARENA_ARRAY(a, s->n_slots, struct path_node *);
	return s;
}

static uint32_t hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

void path_set_add(struct path_set *s, const char *path, const struct ir_rule *r)
{
	struct path_node **slot = &s->slots[hash(path, strlen(path)) & (s->n_slots - 1)];
	struct path_node *node = ARENA_NEW(s->arena, struct path_node);
	*node = (struct path_node){.next = *slot, .path = path, .rule = r};
	*slot = node;
}

static bool at(const struct path_set *s, const char *path, size_t n, path_set_fn *fn, void *ctx)
{
	const struct path_node *node = s->slots[hash(path, n) & (s->n_slots - 1)];
	for (; node; node = node->next)
		if (strncmp(node->path, path, n) == 0 && node->path[n] == '\0' && fn(ctx, node->rule))
			return true;
	return false;
}

bool path_set_above(const struct path_set *s, const char *path, path_set_fn *fn, void *ctx)
{
	size_t len = strlen(path);
	if (len > 1 && at(s, "/", 1, fn, ctx))
		return true;
	for (size_t i = 1; i <= len; i++)
		if ((path[i] == '/' || path[i] == '\0') && at(s, path, i, fn, ctx))
			return true;
	return false;
}
