/*
 * egress.c - the reader of egress.yaml on any bytes: no fault, and what it takes has the shape it promises.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "backends/egress/egress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const char *error = NULL;
	const struct egress_file *f = egress_read(a, (const char *)data, size, &error);
	assert(f || error);
	for (unsigned i = 0; f && i < f->n_proxies; i++) {
		const struct egress_proxy *p = &f->proxies[i];
		assert(p->target && p->name && p->at && p->endpoint.object);
		for (unsigned k = 0; k < p->n_rules; k++)
			assert(p->rules[k].host && p->rules[k].at && p->rules[k].port_lo <= p->rules[k].port_hi);
	}
	arena_free(a);
	return 0;
}
