/*
 * word.c - tests of bits first where they pay, ranges for the rest.
 *
 * What is left after a test of bits is the same function with values that nobody sees any more
 * (BDD_ANY), so one search covers masks, ranges and single values, and a state is a diagram.
 */
#include "word.h"

#include <assert.h>
#include <linux/filter.h>

enum {
	MANY_RANGES = 24,     /* with tests of bits at hand, more are not tried as ranges */
	SOME_RANGES = 256,    /* when there were tests of bits at all */
	MAX_RANGES = 1 << 14, /* no filter can hold more */
	MAX_MASKS = 12,
	MAX_STATES = 60, /* then the first test of bits that helps is taken, not the best */
	GIVE_UP = 500,   /* states */
	MAX_CUBES = 64,
	MIXED = UINT32_MAX, /* more than one exit */
};

struct answer_of {
	unsigned f;
	struct made made;
};

struct search {
	const struct word_problem *p;
	struct word_mask masks[MAX_MASKS];
	unsigned n_masks;
	struct answer_of *known;
	unsigned n_known;
	unsigned *uniform; /* f -> 0 not known, else the only exit + 1, or MIXED */
	unsigned n_uniform;
};

static unsigned end_level(const struct search *s)
{
	return 32 * (s->p->place + 1);
}

/* The only place that f goes to from this word; BDD_ANY when nobody sees it; or MIXED. */
static unsigned search_uniform(struct search *s, unsigned f)
{
	const struct bdd *b = s->p->bdd;
	if (bdd_level(b, f) >= end_level(s))
		return f;
	while (s->n_uniform <= f) {
		ARENA_GROW(s->p->scratch, s->uniform, s->n_uniform);
		s->uniform[s->n_uniform++] = 0;
	}
	if (s->uniform[f])
		return s->uniform[f] == MIXED ? MIXED : s->uniform[f] - 1;
	unsigned low = search_uniform(s, bdd_low(b, f)), high = search_uniform(s, bdd_high(b, f));
	unsigned is = low == high || high == BDD_ANY ? low : low == BDD_ANY ? high : MIXED;
	s->uniform[f] = is == MIXED ? MIXED : is + 1;
	return is;
}

/* ---- ranges ---- */

struct ranges {
	struct tree_range *v; /* target: a function, not yet a node */
	unsigned n, max;
};

static void ranges_add(struct search *s, struct ranges *r, uint32_t lo, uint32_t hi, unsigned exit)
{
	struct tree_range *last = r->n ? &r->v[r->n - 1] : NULL;
	if (exit == BDD_ANY)
		return;
	if (last && last->target == exit) {
		last->hi = hi;
		return;
	}
	ARENA_GROW(s->p->scratch, r->v, r->n);
	r->v[r->n++] = (struct tree_range){.lo = lo, .hi = hi, .target = exit};
}

/* The values from `lo` on of the lowest `bits` bits. Stops at r->max ranges. */
static void ranges_walk(struct search *s, struct ranges *r, unsigned f, unsigned bits, uint32_t lo)
{
	const struct bdd *b = s->p->bdd;
	unsigned exit = search_uniform(s, f);
	if (r->n > r->max)
		return;
	if (exit != MIXED) {
		ranges_add(s, r, lo, lo + (uint32_t)((1ull << bits) - 1), exit);
		return;
	}
	bool skips = bdd_level(b, f) != 32 * s->p->place + 32 - bits;
	uint32_t half = 1u << (bits - 1);
	ranges_walk(s, r, skips ? f : bdd_low(b, f), bits - 1, lo);
	ranges_walk(s, r, skips ? f : bdd_high(b, f), bits - 1, lo + half);
}

static struct ranges search_ranges(struct search *s, unsigned f, unsigned max)
{
	struct ranges r = {.max = max};
	ranges_walk(s, &r, f, 32, 0);
	return r;
}

/*
 * A tree over n ranges takes about n * n * n steps, and a search among tests of bits makes one for every state. False when
 * no more of it can be borne.
 */
static bool search_pays(struct search *s, uint64_t n)
{
	uint64_t work = n <= TREE_ARGUMENT ? n * n * n : n * TREE_ARGUMENT * TREE_ARGUMENT;
	if (work > *s->p->work)
		bdd_give_up(s->p->bdd);
	else
		*s->p->work -= work;
	return !bdd_full(s->p->bdd);
}

static struct made solve_ranges(struct search *s, struct ranges *r, uint64_t weight)
{
	uint64_t each = weight / r->n;
	if (s->n_masks && !search_pays(s, r->n))
		return (struct made){0}; /* nobody uses it */
	for (unsigned i = 0; i < r->n; i++) {
		r->v[i].target = s->p->exit(s->p->ctx, r->v[i].target);
		r->v[i].weight = each ? each : 1;
	}
	struct price price = s->p->price;
	price.most = TREE_ARGUMENT;
	return tree_solve(s->p->scratch, s->p->graph, r->v, r->n, &price);
}

/* ---- tests of bits ---- */

static void search_add_mask(struct search *s, struct word_mask m)
{
	for (unsigned i = 0; i < s->n_masks; i++)
		if (s->masks[i].mask == m.mask && s->masks[i].value == m.value)
			return;
	if (s->n_masks < MAX_MASKS)
		s->masks[s->n_masks++] = m;
}

/* Single values with one exit that differ in a few bits are one test of the others. */
static void search_cubes(struct search *s, const struct ranges *r, unsigned exit)
{
	struct word_mask v[MAX_CUBES];
	unsigned n = 0, singles;
	for (unsigned i = 0; i < r->n && n < MAX_CUBES; i++)
		if (r->v[i].target == exit && r->v[i].lo == r->v[i].hi)
			v[n++] = (struct word_mask){UINT32_MAX, r->v[i].lo};
	singles = n;
	for (unsigned i = 1; i < n; i++)
		for (unsigned j = 0; j < i && n < MAX_CUBES; j++) {
			uint32_t bit = v[i].value ^ v[j].value;
			if (v[i].mask == v[j].mask && !(bit & (bit - 1)))
				v[n++] = (struct word_mask){v[i].mask & ~bit, v[i].value & ~bit};
		}
	/* The largest were made last. A pair is worth a test only when the test needs no mask. */
	while (n-- > singles)
		if (v[n].value == 0 || __builtin_popcount(~v[n].mask) > 1)
			search_add_mask(s, v[n]);
}

static void search_find_cubes(struct search *s, unsigned f)
{
	struct ranges r = search_ranges(s, f, MANY_RANGES);
	if (r.n > MANY_RANGES)
		return;
	for (unsigned i = 0; i < r.n; i++) {
		unsigned j = 0;
		while (j < i && r.v[j].target != r.v[i].target)
			j++;
		if (j == i)
			search_cubes(s, &r, r.v[i].target);
	}
}

static struct made search_best(struct search *s, unsigned f, uint64_t weight);

/*
 * What comes after a mask has clobbered the accumulator: a word that is looked at again is loaded
 * again.
 */
static unsigned after_mask(const struct search *s, unsigned f, struct made *m, uint64_t weight)
{
	if (bdd_level(s->p->bdd, f) >= end_level(s))
		return m->node;
	m->cost += weight + s->p->price.size;
	return graph_load(s->p->graph, s->p->offset, m->node);
}

static struct made make_bits(struct search *s, struct word_mask t, unsigned yes, unsigned no,
			     uint64_t weight)
{
	struct graph *g = s->p->graph;
	struct made a = search_best(s, yes, weight / 2), b = search_best(s, no, weight / 2);
	bool one_bit = !(t.mask & (t.mask - 1));
	struct made m = {.cost = a.cost + b.cost + weight + s->p->price.size};
	if (t.value == 0 || one_bit) {
		m.node = t.value ? graph_jump(g, BPF_JSET, t.mask, a.node, b.node)
				 : graph_jump(g, BPF_JSET, t.mask, b.node, a.node);
		return m;
	}
	unsigned yes_node = after_mask(s, yes, &a, weight / 2);
	unsigned no_node = after_mask(s, no, &b, weight / 2);
	m.cost = a.cost + b.cost + 2 * (weight + s->p->price.size);
	m.node = graph_and(g, t.mask, graph_jump(g, BPF_JEQ, t.value, yes_node, no_node));
	return m;
}

/* False when the test says nothing new about f. */
static bool try_bits(struct search *s, unsigned f, struct word_mask t, uint64_t weight,
		     struct made *best)
{
	struct bdd *b = s->p->bdd;
	if (bdd_full(b))
		return false;
	unsigned test = bdd_equal(b, s->p->place, t.mask, t.value);
	unsigned yes = bdd_ite(b, test, f, BDD_ANY), no = bdd_ite(b, test, BDD_ANY, f);
	unsigned only_yes = search_uniform(s, yes), only_no = search_uniform(s, no);
	if (only_yes == BDD_ANY || only_no == BDD_ANY || yes == f || no == f)
		return false;
	struct made m = make_bits(s, t, only_yes == MIXED ? yes : only_yes,
				  only_no == MIXED ? no : only_no, weight);
	if (m.cost < best->cost)
		*best = m;
	return true;
}

/* The first bit that tells two seen values apart: those above have one side that nobody sees. */
static uint32_t first_bit(const struct search *s, unsigned f)
{
	const struct bdd *b = s->p->bdd;
	while (bdd_low(b, f) == BDD_ANY || bdd_high(b, f) == BDD_ANY)
		f = bdd_low(b, f) == BDD_ANY ? bdd_high(b, f) : bdd_low(b, f);
	return 1u << (end_level(s) - 1 - bdd_level(b, f));
}

static struct made search_new(struct search *s, unsigned f, uint64_t weight)
{
	struct made best = {.cost = UINT64_MAX};
	bool helped = false;
	if (s->n_known > GIVE_UP)
		bdd_give_up(s->p->bdd);
	if (bdd_full(s->p->bdd))
		return (struct made){0}; /* nobody uses it */
	for (unsigned i = 0; i < s->n_masks && !(helped && s->n_known > MAX_STATES); i++)
		helped |= try_bits(s, f, s->masks[i], weight, &best);
	struct ranges r = search_ranges(s, f,
					helped          ? MANY_RANGES
					: s->p->n_masks ? SOME_RANGES
							: MAX_RANGES);
	if (r.n <= r.max) {
		struct made m = solve_ranges(s, &r, weight);
		return m.cost <= best.cost ? m : best;
	}
	if (!helped) /* far too many ranges: bit by bit, until the filter is too large or it ends */
		try_bits(s, f, (struct word_mask){.mask = first_bit(s, f)}, weight, &best);
	assert(best.cost != UINT64_MAX || bdd_full(s->p->bdd));
	return best;
}

static struct made search_best(struct search *s, unsigned f, uint64_t weight)
{
	if (bdd_level(s->p->bdd, f) >= end_level(s))
		return (struct made){.node = s->p->exit(s->p->ctx, f)};
	for (unsigned i = 0; i < s->n_known; i++)
		if (s->known[i].f == f)
			return s->known[i].made;
	struct made m = search_new(s, f, weight ? weight : 1);
	ARENA_GROW(s->p->scratch, s->known, s->n_known);
	s->known[s->n_known++] = (struct answer_of){f, m};
	return m;
}

struct made word_solve(const struct word_problem *p, unsigned f)
{
	struct search s = {.p = p};
	for (unsigned i = 0; i < p->n_masks; i++)
		search_add_mask(&s, p->masks[i]);
	search_find_cubes(&s, f);
	return search_best(&s, f, p->weight);
}
