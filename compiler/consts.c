/*
 * consts.c - looks up named constants. The rows are data: consts.tsv through consts.awk
 * (build/gen/consts.inc).
 */
#include "consts.h"

#include <stdlib.h>
#include <string.h>

static const char names[] =
#define CONSTS_NAMES
#include "consts.inc"
#undef CONSTS_NAMES
    ;

static const struct const_desc table[] = {
#define CONSTS_ROWS
#include "consts.inc"
#undef CONSTS_ROWS
};

enum { N_CONSTS = sizeof(table) / sizeof(table[0]) };

const struct const_desc *const_table(unsigned *n)
{
	*n = N_CONSTS;
	return table;
}

const char *const_name(const struct const_desc *c)
{
	return names + c->name;
}

static int cmp_name(const void *key, const void *row)
{
	return strcmp(key, const_name(row));
}

const struct const_desc *const_by_name(const char *name)
{
	return bsearch(name, table, N_CONSTS, sizeof(table[0]), cmp_name);
}

/* The first row whose name is not below the prefix: names with it stand together from there on. */
static unsigned first_with(const char *prefix)
{
	unsigned lo = 0, hi = N_CONSTS;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (strcmp(const_name(&table[mid]), prefix) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct const_desc *const_by_value(enum arch arch, const char *prefix, uint64_t value,
					unsigned width)
{
	const struct const_desc *best = NULL;
	size_t len = strlen(prefix);
	uint64_t low = width < 64 ? (UINT64_C(1) << width) - 1 : UINT64_MAX;
	for (unsigned i = first_with(prefix); i < N_CONSTS; i++) {
		const struct const_desc *c = &table[i];
		if (strncmp(const_name(c), prefix, len) != 0)
			break;
		if (!(c->arches & ARCH_BIT(arch)) || ((c->value[arch] ^ value) & low))
			continue;
		if (!best || c->rank < best->rank)
			best = c;
	}
	return best;
}
