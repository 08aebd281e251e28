/*
 * manifest.c - any bytes as plan.yaml.
 */
#include <stdint.h>
#include <stdlib.h>

#include "compiler/manifest_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *error = NULL;
	const struct manifest *m = manifest_read(a, (const char *)data, size, &error);
	if ((m != NULL) == (error != NULL))
		abort(); /* a reading without an answer, or with two */
	for (unsigned i = 0; m && i < manifest_count(m, LIST_GUARANTEES); i++)
		if (!manifest_get(m, LIST_GUARANTEES, i, "name") || manifest_get(m, LIST_GUARANTEES, i, "no such key"))
			abort();
	arena_free(a);
	return 0;
}
