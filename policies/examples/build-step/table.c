/* table.c - an open-addressing hash table of strings with counts. */
#include "table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct table {
	struct table_entry *slots;
	size_t size; /* a power of two */
	size_t used;
	struct table_entry *sorted;
};

struct table *table_new(void)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->size = 64;
	t->slots = calloc(t->size, sizeof(*t->slots));
	if (!t->slots) {
		free(t);
		return NULL;
	}
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->size; i++)
		free((void *)t->slots[i].word);
	free(t->slots);
	free(t->sorted);
	free(t);
}

static uint64_t hash_bytes(const char *p, size_t len)
{
	uint64_t h = 0xcbf29ce484222325u;

	while (len--)
		h = (h ^ (unsigned char)*p++) * 0x100000001b3u;
	return h;
}

static struct table_entry *find_slot(struct table_entry *slots, size_t size, const char *word,
				     size_t len)
{
	size_t i = hash_bytes(word, len) & (size - 1);

	while (slots[i].word) {
		if (strlen(slots[i].word) == len && !memcmp(slots[i].word, word, len))
			break;
		i = (i + 1) & (size - 1);
	}
	return &slots[i];
}

static int table_grow(struct table *t)
{
	size_t size = t->size * 2;
	struct table_entry *slots = calloc(size, sizeof(*slots));

	if (!slots)
		return -1;
	for (size_t i = 0; i < t->size; i++) {
		const char *word = t->slots[i].word;

		if (word)
			*find_slot(slots, size, word, strlen(word)) = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->size = size;
	return 0;
}

int table_add(struct table *t, const char *word, size_t len)
{
	struct table_entry *e;
	char *copy;

	if (t->used * 4 >= t->size * 3 && table_grow(t))
		return -1;
	e = find_slot(t->slots, t->size, word, len);
	if (!e->word) {
		copy = malloc(len + 1);
		if (!copy)
			return -1;
		memcpy(copy, word, len);
		copy[len] = '\0';
		e->word = copy;
		t->used++;
	}
	e->count++;
	return 0;
}

static int by_count(const void *a, const void *b)
{
	const struct table_entry *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->word, y->word);
}

const struct table_entry *table_sorted(struct table *t, size_t *n)
{
	size_t k = 0;

	free(t->sorted);
	t->sorted = malloc((t->used ? t->used : 1) * sizeof(*t->sorted));
	if (!t->sorted)
		return NULL;
	for (size_t i = 0; i < t->size; i++) {
		if (t->slots[i].word)
			t->sorted[k++] = t->slots[i];
	}
	qsort(t->sorted, k, sizeof(*t->sorted), by_count);
	*n = k;
	return t->sorted;
}
