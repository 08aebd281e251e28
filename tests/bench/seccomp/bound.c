/*
 * bound.c - how few tests of the number a recorded call can take, with instructions for free: the best of all trees of ==
 * and >= in which any of the K most frequent calls may be asked for at any place, in any order.
 *
 * usage: bound RULES RECORDING K
 *
 * The generator asks for the heaviest first; this is what that may cost. Tests of bits are not in it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "compiler/diag.h"
#include "policy.h"

enum { MAX_RANGES = 256, MAX_HEAVY = 16, NUMBERS = 600, SLOTS = 1 << 23, NO_HEAVY = -1 };

struct range {
	uint32_t lo, hi;
	const struct verdict *target;
	double weight;
	int heavy; /* place among the most frequent calls, or NO_HEAVY */
};

/* Ranges i to j are left, and the calls of the set were asked for. */
struct known {
	uint64_t key; /* 0: free */
	double tests;
};

static struct range ranges[MAX_RANGES];
static int n_ranges, n_heavy;
static struct known *table;
static unsigned n_known;

static bool is_asked(int a, unsigned set)
{
	return ranges[a].heavy != NO_HEAVY && (set >> ranges[a].heavy & 1);
}

static struct known *slot_of(uint64_t key)
{
	uint64_t at = key * 0x9e3779b97f4a7c15ull >> 41;
	while (table[at].key && table[at].key != key)
		at = (at + 1) % SLOTS;
	return &table[at];
}

static int by_weight(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return a < b ? 1 : a > b ? -1 : 0;
}

/* Every single value that does not go to `rest`, one after the other; huge when a range does not. */
static double chain(int i, int j, unsigned set, const struct verdict *rest, double left)
{
	double weights[MAX_RANGES], tests = 0;
	size_t n = 0;
	for (int a = i; a <= j; a++) {
		if (is_asked(a, set) || ranges[a].target == rest)
			continue;
		if (ranges[a].lo != ranges[a].hi)
			return 1e300;
		weights[n++] = ranges[a].weight;
	}
	qsort(weights, n, sizeof(weights[0]), by_weight);
	for (size_t x = 0; x < n; left -= weights[x++])
		tests += left;
	return tests;
}

static double best_of(int i, int j, unsigned set);

static double search(int i, int j, unsigned set, unsigned inside)
{
	double weight = 0, best = 1e300, tests;
	for (int a = i; a <= j; a++)
		weight += is_asked(a, set) ? 0 : ranges[a].weight;
	for (int a = i; a <= j; a++)
		if (!is_asked(a, set) && (tests = chain(i, j, set, ranges[a].target, weight)) < best)
			best = tests;
	for (int m = i + 1; m <= j; m++)
		if ((tests = weight + best_of(i, m - 1, set) + best_of(m, j, set)) < best)
			best = tests;
	for (unsigned left = inside & ~set; left; left &= left - 1)
		if ((tests = weight + best_of(i, j, set | (left & -left))) < best)
			best = tests;
	return best == 1e300 ? 0 : best; /* nothing is left that anybody asks for */
}

static double best_of(int i, int j, unsigned set)
{
	unsigned inside = 0;
	for (int a = i; a <= j; a++)
		inside |= ranges[a].heavy == NO_HEAVY ? 0 : 1u << ranges[a].heavy;
	uint64_t key = 1 + ((uint64_t)i << 40 | (uint64_t)j << 32 | (set & inside));
	if (slot_of(key)->key)
		return slot_of(key)->tests;
	double tests = search(i, j, set & inside, inside);
	if (++n_known > SLOTS / 4 * 3) {
		fprintf(stderr, "bound: K is too large\n");
		exit(2);
	}
	*slot_of(key) = (struct known){key, tests};
	return tests;
}

static void add_range(uint32_t lo, uint32_t hi, const struct verdict *target, int heavy, const uint64_t *count, double all)
{
	struct range *r = &ranges[n_ranges++];
	*r = (struct range){.lo = lo, .hi = hi, .target = target, .heavy = heavy};
	for (uint64_t nr = lo; nr <= hi && nr < NUMBERS; nr++)
		r->weight += (double)count[nr] / all;
}

/* The place of a number among the most frequent ones. */
static int heavy_of(uint32_t nr, const uint64_t *count)
{
	int above = 0;
	for (uint32_t i = 0; i < NUMBERS; i++)
		above += count[i] > count[nr] || (count[i] == count[nr] && i < nr);
	return above < n_heavy ? above : NO_HEAVY;
}

static void cut_ranges(const struct verdict_ranges *r, const uint64_t *count)
{
	double all = 0;
	for (unsigned nr = 0; nr < NUMBERS; nr++)
		all += (double)count[nr];
	for (unsigned i = 0; i < r->n; i++) {
		uint64_t lo = r->v[i].lo;
		for (uint64_t nr = lo; nr <= r->v[i].hi && nr < NUMBERS; nr++) {
			int heavy = heavy_of((uint32_t)nr, count);
			if (heavy == NO_HEAVY)
				continue;
			if (nr > lo)
				add_range((uint32_t)lo, (uint32_t)nr - 1, r->v[i].verdict, NO_HEAVY, count, all);
			add_range((uint32_t)nr, (uint32_t)nr, r->v[i].verdict, heavy, count, all);
			lo = nr + 1;
		}
		if (lo <= r->v[i].hi)
			add_range((uint32_t)lo, r->v[i].hi, r->v[i].verdict, NO_HEAVY, count, all);
	}
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	struct src *src = src_new(a);
	const struct src_file *file;
	struct recording recording;
	struct bench_policy *b = argc == 4 ? bench_policy_read(a, "bound", argv[1]) : NULL;
	n_heavy = argc == 4 ? atoi(argv[3]) : 0;
	if (!b || n_heavy < 0 || n_heavy > MAX_HEAVY || src_open(src, argv[2], argv[2], &file) != SRC_OK ||
	    !recording_read(a, diags_new(a, src), file, &recording) || !recording.count[ARCH_X86_64])
		return 2;
	b->x32_open = true;
	table = calloc(SLOTS, sizeof(*table));
	if (!table)
		return 2;
	struct verdict_ranges r = bench_ranges(a, b, ARCH_X86_64);
	cut_ranges(&r, recording.count[ARCH_X86_64]);
	double tests = best_of(0, n_ranges - 1, 0);
	printf("at least %.2f tests of the number, so %.2f instructions a call (%d ranges, %u states)\n", tests, 4 + tests,
	       n_ranges, n_known);
	free(table);
	arena_free(a);
	return 0;
}
