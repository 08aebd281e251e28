/*
 * sbpl_keys.c - open addressing, doubled when half full. The root is the empty path, so that every folder is what stands before
 * a slash.
 */
#include "sbpl_keys.h"

#include <stdint.h>
#include <string.h>

struct sbpl_keys {
	struct arena *arena;
	struct slot {
		const char *text; /* NULL: free */
		size_t len;
		uint32_t hash;
		unsigned number;
	} *slots;
	size_t n_slots; /* a power of two */
	unsigned n;
};

enum { HASH_START = 2166136261u };

static uint32_t hash_byte(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * 16777619u;
}

static struct slot *slot_at(const struct sbpl_keys *k, uint32_t h, const char *text, size_t len)
{
	for (size_t i = h ^ h >> 15;; i++) {
		struct slot *s = &k->slots[i & (k->n_slots - 1)];

		if (!s->text || (s->hash == h && s->len == len && memcmp(s->text, text, len) == 0))
			return s;
	}
}

static struct slot *slot_of(const struct sbpl_keys *k, const char *text, size_t len, uint32_t *hash)
{
	uint32_t h = HASH_START;

	for (size_t i = 0; i < len; i++)
		h = hash_byte(h, text[i]);
	*hash = h;
	return slot_at(k, h, text, len);
}

static size_t key_length(const char *text, size_t len)
{
	return len == 1 && text[0] == '/' ? 0 : len;
}

static void grow(struct sbpl_keys *k)
{
	struct sbpl_keys bigger = {.n_slots = k->n_slots * 2};

	bigger.slots = ARENA_ARRAY(k->arena, bigger.n_slots, struct slot);
	for (size_t i = 0; i < k->n_slots; i++)
		if (k->slots[i].text)
			*slot_at(&bigger, k->slots[i].hash, k->slots[i].text, k->slots[i].len) = k->slots[i];
	k->slots = bigger.slots;
	k->n_slots = bigger.n_slots;
}

struct sbpl_keys *sbpl_keys_new(struct arena *a)
{
	struct sbpl_keys *k = ARENA_NEW(a, struct sbpl_keys);

	*k = (struct sbpl_keys){.arena = a, .n_slots = 16, .slots = ARENA_ARRAY(a, 16, struct slot)};
	return k;
}

unsigned sbpl_keys_add(struct sbpl_keys *k, const char *text, size_t len)
{
	struct slot *s;
	uint32_t h;

	if (2 * (size_t)k->n >= k->n_slots)
		grow(k);
	len = key_length(text, len);
	s = slot_of(k, text, len, &h);
	if (!s->text)
		*s = (struct slot){text, len, h, k->n++};
	return s->number;
}

long sbpl_keys_find(const struct sbpl_keys *k, const char *text, size_t len)
{
	uint32_t h;
	const struct slot *s = slot_of(k, text, key_length(text, len), &h);

	return s->text ? (long)s->number : -1;
}

unsigned sbpl_keys_walk(const struct sbpl_keys *k, const char *path, unsigned *out, unsigned most)
{
	uint32_t h = HASH_START;
	unsigned n = 0;

	for (size_t i = 0; path[i] || i != 1 || path[0] != '/'; i++) { /* behind "/" alone nothing comes */
		const struct slot *s = path[i] && path[i] != '/' ? NULL : slot_at(k, h, path, i);

		if (s && s->text) {
			if (n < most)
				out[n] = s->number;
			n++;
		}
		if (!path[i])
			break;
		h = hash_byte(h, path[i]);
	}
	return n;
}
