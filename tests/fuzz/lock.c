/*
 * lock.c - any bytes as sbx.lock. What is read is written back as the same bytes: contents have one spelling.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct lock l;
	const char *error = NULL;
	size_t n;
	if (lock_parse(a, (const char *)data, size, &l, &error)) {
		const char *text = lock_text(a, &l, &n);
		if (n != size || memcmp(text, data, n) != 0)
			abort();
		for (unsigned i = 0; i < l.n_policies; i++)
			if (lock_find(&l, l.policies[i].name) != &l.policies[i])
				abort();
	} else if (!error) {
		abort();
	}
	arena_free(a);
	return 0;
}
