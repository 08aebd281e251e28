/*
 * recording.c - any bytes as a recording of calls, which -O profile reads. What is refused has a diagnostic; what is taken
 * has calls.
 */
#include <stdint.h>
#include <stdlib.h>

#include "backends/seccomp/weight.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct src *src = src_new(a);
	struct diags *diags = diags_new(a, src);
	const struct src_file *file;
	struct recording r;
	bool any = false;

	if (src_add(src, "calls", (const char *)data, size, &file) != SRC_OK)
		abort();
	bool good = recording_read(a, diags, file, &r);
	for (unsigned i = 0; i < ARCH_COUNT; i++)
		any |= r.count[i] != NULL;
	if (good != (diag_errors(diags) == 0) || (good && !any))
		abort();
	arena_free(a);
	return 0;
}
