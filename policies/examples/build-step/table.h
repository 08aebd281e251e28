/* table.h - counts how often each string was added. */
#ifndef TABLE_H
#define TABLE_H

#include <stddef.h>

struct table;

struct table_entry {
	const char *word;
	unsigned long count;
};

struct table *table_new(void);
void table_free(struct table *t);

/* Counts the word once more; the bytes are copied. Returns 0, or -1 when memory is short. */
int table_add(struct table *t, const char *word, size_t len);

/* All entries, most frequent first, then by name; valid until the next call with this table. */
const struct table_entry *table_sorted(struct table *t, size_t *n);

#endif
