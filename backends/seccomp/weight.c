/*
 * weight.c - weights of calls, by mode.
 */
#include "weight.h"

#include "../../compiler/syscalls.h"

enum {
	UNIT = 64,
	/* One instruction more must make the average call this part of an instruction quicker. */
	EVEN_PRICE = 300,
	/*
	 * A kernel that keeps the actions of constant calls runs the filter for what depends on
	 * arguments, and for refusals, which are rare.
	 */
	CACHED_ARGS = 16,
	RECORDED = 1 << 16, /* calls a recording is scaled to */
	HEAVY_CALLS = 8,
	OFTEN =
	    32, /* a call is made often when it is so many times less frequent than all together */
};

static const struct verdict *verdict_at(const struct verdict_ranges *r, uint32_t nr)
{
	unsigned i = 0;
	while (r->v[i].hi < nr)
		i++;
	return r->v[i].verdict;
}

static bool is_cached(const struct verdict *v)
{
	return !v->n_arms && v->otherwise.act == ACT_ALLOW && !v->otherwise.data;
}

static uint64_t recorded_total(const struct recording *r)
{
	uint64_t total = 0;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		for (unsigned nr = 0; r->count[arch] && nr < r->n; nr++)
			total += r->count[arch][nr];
	return total ? total : 1;
}

struct weights weights_make(struct arena *a, enum arch arch, const struct verdict_ranges *ranges,
			    enum optimize mode, const struct recording *recording)
{
	uint64_t all = recording ? recorded_total(recording) : 1;
	unsigned n = 0, n_calls;
	const struct syscall_desc *calls = syscall_table(&n_calls);
	for (unsigned i = 0; i < n_calls; i++)
		if (calls[i].nr[arch] >= (int32_t)n)
			n = (unsigned)calls[i].nr[arch] + 1;
	uint64_t *v = ARENA_ARRAY(a, n, uint64_t);
	struct weights w = {.v = v, .n = n};
	for (unsigned nr = 0; nr < n; nr++) {
		if (!syscall_by_nr(arch, nr))
			continue;
		const struct verdict *verdict = verdict_at(ranges, nr);
		v[nr] = UNIT;
		if (recording) /* what was never seen still counts for a little */
			v[nr] = 1 + (recording->count[arch] && nr < recording->n
					 ? recording->count[arch][nr] * RECORDED / all * UNIT
					 : 0);
		else if (mode == OPTIMIZE_CACHED && verdict->n_arms)
			v[nr] = UNIT * CACHED_ARGS;
		if (mode == OPTIMIZE_CACHED && is_cached(verdict))
			v[nr] = 0;
		w.total += v[nr];
	}
	return w;
}

uint64_t weights_sum(const struct weights *w, const struct verdict_range *r)
{
	uint64_t sum = 0;
	for (uint64_t nr = r->lo; nr <= r->hi && nr < w->n; nr++)
		sum += w->v[nr];
	return sum;
}

uint64_t weights_often(const struct weights *w)
{
	return w->total / OFTEN + 1;
}

struct price weights_price(uint64_t total, enum optimize mode)
{
	if (mode == OPTIMIZE_SIZE)
		return (struct price){.size = (uint64_t)1 << 40};
	return (struct price){.size = total / EVEN_PRICE,
			      .peels = mode == OPTIMIZE_EVEN ? 0 : HEAVY_CALLS};
}
