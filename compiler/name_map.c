/*
 * name_map.c - open addressing, doubled when half full.
 */
#include "name_map.h"

#include <stdint.h>
#include <string.h>

static struct name_slot *slot_of(const struct name_map *m, const char *name, size_t len)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	unsigned i = (h ^ h >> 15) & (m->n_slots - 1);
	while (m->slots[i].name && !(m->slots[i].len == len && memcmp(m->slots[i].name, name, len) == 0))
		i = (i + 1) & (m->n_slots - 1);
	return &m->slots[i];
}

long name_map_get(const struct name_map *m, const char *name, size_t len)
{
	if (m->n == 0)
		return -1;
	const struct name_slot *s = slot_of(m, name, len);
	return s->name ? (long)s->value : -1;
}

long name_map_covering(struct arena *a, const struct name_map *m, const char *name)
{
	const size_t len = strlen(name);
	char *prefix = arena_alloc(a, len + 1);
	long least = name_map_get(m, name, len);
	for (size_t n = 0; n <= len; n++) {
		prefix[n] = '*';
		long value = name_map_get(m, prefix, n + 1);
		if (value >= 0 && (least < 0 || value < least))
			least = value;
		prefix[n] = name[n];
	}
	return least;
}

static void grow(struct arena *a, struct name_map *m)
{
	struct name_map bigger = {.n_slots = m->n_slots ? m->n_slots * 2 : 8};
	bigger.slots = ARENA_ARRAY(a, bigger.n_slots, struct name_slot);
	for (unsigned i = 0; i < m->n_slots; i++)
		if (m->slots[i].name)
			*slot_of(&bigger, m->slots[i].name, m->slots[i].len) = m->slots[i];
	bigger.n = m->n;
	*m = bigger;
}

void name_map_put(struct arena *a, struct name_map *m, const char *name, size_t len, unsigned value)
{
	if (m->n * 2 >= m->n_slots)
		grow(a, m);
	struct name_slot *s = slot_of(m, name, len);
	if (s->name)
		return;
	*s = (struct name_slot){name, len, value};
	m->n++;
}
