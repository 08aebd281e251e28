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
		for (unsigned i = 0; r->count[arch] && i < RECORDING_SLOTS; i++)
			total += r->count[arch][i];
	return total ? total : 1;
}

/* The number of place i of struct values. */
static uint32_t number_of(const struct values *v, unsigned i)
{
	return i < VALUES_BLOCK ? i : v->high + (i - VALUES_BLOCK);
}

static unsigned place_of(const struct values *v, uint32_t nr)
{
	return nr < VALUES_BLOCK ? nr : VALUES_BLOCK + (nr - v->high);
}

static uint64_t weight_of(enum arch arch, uint32_t nr, const struct verdict *verdict,
			  enum optimize mode, const struct recording *recording, uint64_t all)
{
	if (mode == OPTIMIZE_CACHED && is_cached(verdict) && nr < VALUES_BLOCK)
		return 0;
	if (recording) { /* what was never seen still counts for a little */
		const uint64_t *count = recording->count[arch];
		return 1 + (count ? count[recording_slot(nr)] * RECORDED / all * UNIT : 0);
	}
	return mode == OPTIMIZE_CACHED && verdict->n_arms ? UNIT * CACHED_ARGS : UNIT;
}

static void add_abi(struct weights *w, uint64_t *v, enum arch arch, const struct verdict_ranges *ranges,
		    enum optimize mode, const struct recording *recording)
{
	uint64_t all = recording ? recorded_total(recording) : 1;
	unsigned n;
	const struct syscall_number *numbers = syscall_numbers(arch, &n);
	for (unsigned i = 0; i < n; i++) {
		uint32_t nr = numbers[i].nr;
		if (nr >= VALUES_BLOCK && !w->v.high)
			w->v.high = nr & ~(uint32_t)(VALUES_BLOCK - 1);
		uint64_t weight =
		    weight_of(arch, nr, verdict_at(ranges, nr), mode, recording, all);
		v[place_of(&w->v, nr)] = weight;
		w->total += weight;
	}
}

struct weights weights_make(struct arena *a, const struct sys_policy *p, enum arch arch,
			    const struct verdict_ranges *ranges, enum optimize mode,
			    const struct recording *recording)
{
	uint64_t *v = ARENA_ARRAY(a, 2 * VALUES_BLOCK, uint64_t);
	struct weights w = {.v = {.v = v}};
	add_abi(&w, v, arch, ranges, mode, recording);
	if (arch == ARCH_X86_64 && (p->arches & ARCH_BIT(ARCH_X32)))
		add_abi(&w, v, ARCH_X32, ranges, mode, recording);
	return w;
}

uint64_t weights_sum(const struct weights *w, const struct verdict_range *r)
{
	uint64_t sum = 0;
	for (unsigned i = 0; i < (w->v.high ? 2 : 1) * VALUES_BLOCK; i++) {
		uint32_t nr = number_of(&w->v, i);
		sum += nr >= r->lo && nr <= r->hi ? w->v.v[i] : 0;
	}
	return sum;
}

bool weights_next(const struct weights *w, uint32_t lo, uint32_t hi, uint64_t least, uint32_t *out)
{
	for (unsigned i = 0; i < (w->v.high ? 2 : 1) * VALUES_BLOCK; i++) {
		*out = number_of(&w->v, i);
		if (*out >= lo && *out <= hi && w->v.v[i] >= least)
			return true;
	}
	return false;
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
