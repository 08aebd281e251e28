/*
 * tree_chain.c - ends of the search: all values that do not go where the rest goes, one after
 * another.
 *
 * Values that differ in a bit can share a test when the bit is masked away first; the mask spoils
 * the accumulator for all other tests, so it comes after them.
 */
#include <linux/filter.h>

#include "tree_priv.h"

enum { MAX_VALUES = 256, MAX_FOLDED = 32, WIDE = 3 };

struct chain_value {
	uint32_t v;
	unsigned target;
	uint64_t weight;
};

struct chain {
	struct chain_value v[MAX_VALUES]; /* heaviest first; folded ones last, one for each test */
	unsigned n, n_folded;
	unsigned rest;
	uint64_t weight; /* of everything */
	uint32_t fold;   /* bits masked away before the folded ones */
	bool valid;
};

static unsigned width(const struct tree_range *r)
{
	return r->hi - r->lo < WIDE ? r->hi - r->lo + 1 : WIDE;
}

/* The target that must be what is left: that of the wide ranges, else the one of most values. */
static bool chain_rest(const struct tree *t, unsigned i, unsigned j, unsigned *rest)
{
	unsigned best = 0;
	bool wide = false;
	for (unsigned a = i; a <= j; a++) {
		if (width(&t->v[a]) < WIDE)
			continue;
		if (wide && t->v[a].target != *rest)
			return false;
		wide = true;
		*rest = t->v[a].target;
	}
	for (unsigned a = i; !wide && a <= j; a++) {
		unsigned same = 0;
		for (unsigned b = a; b <= j; b++)
			same += t->v[b].target == t->v[a].target ? width(&t->v[b]) : 0;
		if (same > best) {
			best = same;
			*rest = t->v[a].target;
		}
	}
	return true;
}

static void chain_add(struct chain *c, uint32_t v, unsigned target, uint64_t weight)
{
	unsigned at = c->n++;
	for (; at && c->v[at - 1].weight < weight; at--)
		c->v[at] = c->v[at - 1];
	c->v[at] = (struct chain_value){v, target, weight};
}

static void chain_collect(const struct tree *t, unsigned i, unsigned j, unsigned k, struct chain *c)
{
	c->n = c->n_folded = 0;
	c->fold = 0;
	c->weight = tree_weight(t, i, j, k);
	c->valid = chain_rest(t, i, j, &c->rest);
	for (unsigned a = i; c->valid && a <= j; a++) {
		const struct tree_range *r = &t->v[a];
		if (r->target == c->rest || is_peeled(t, i, j, k, a))
			continue;
		if (c->n + 2 > MAX_VALUES) {
			c->valid = false;
			return;
		}
		chain_add(c, r->lo, r->target, r->weight / width(r));
		if (width(r) == 2)
			chain_add(c, r->hi, r->target, r->weight - r->weight / 2);
	}
}

static uint64_t chain_cost(const struct tree *t, const struct chain *c)
{
	uint64_t left = c->weight, cost = 0;
	for (unsigned x = 0; x < c->n; x++) {
		if (c->n_folded && x == c->n - c->n_folded)
			cost += left + t->price.size; /* the mask */
		cost += left + t->price.size;
		left -= c->v[x].weight < left ? c->v[x].weight : left;
	}
	return cost;
}

static const struct chain_value *chain_find(const struct chain *c, uint32_t v, unsigned target)
{
	for (unsigned x = 0; x < c->n; x++)
		if (c->v[x].v == v && c->v[x].target == target)
			return &c->v[x];
	return NULL;
}

/* All values that differ from v in bits of the mask are there too: their weight, else false. */
static bool cube_weight(const struct chain *c, const struct chain_value *v, uint32_t mask,
			uint64_t *weight)
{
	*weight = 0;
	for (uint32_t sub = mask;; sub = (sub - 1) & mask) {
		const struct chain_value *other = chain_find(c, v->v ^ sub, v->target);
		if (!other)
			return false;
		*weight += other->weight;
		if (!sub)
			return true;
	}
}

/* The chain with the bits of the mask folded wherever that joins values. */
static struct chain chain_folded(const struct chain *c, uint32_t mask)
{
	struct chain f = {.rest = c->rest, .weight = c->weight, .fold = mask, .valid = true};
	struct chain cubes = {0};
	for (unsigned x = 0; x < c->n; x++) {
		uint64_t weight;
		if (!cube_weight(c, &c->v[x], mask, &weight))
			chain_add(&f, c->v[x].v, c->v[x].target, c->v[x].weight);
		else if (!(c->v[x].v & mask))
			chain_add(&cubes, c->v[x].v, c->v[x].target, weight);
	}
	for (unsigned x = 0; x < cubes.n; x++)
		f.v[f.n++] = cubes.v[x];
	f.n_folded = cubes.n;
	return f;
}

/* Bits in which at least two pairs of values differ. */
static uint32_t chain_bits(const struct chain *c)
{
	unsigned pairs[32] = {0};
	uint32_t bits = 0;
	for (unsigned x = 0; x < c->n; x++)
		for (unsigned y = 0; y < x; y++) {
			uint32_t d = c->v[x].v ^ c->v[y].v;
			if (!(d & (d - 1)) && c->v[x].target == c->v[y].target)
				pairs[__builtin_ctz(d)]++;
		}
	for (unsigned b = 0; b < 32; b++)
		bits |= pairs[b] >= 2 ? 1u << b : 0;
	return bits;
}

static void chain_fold(const struct tree *t, struct chain *c)
{
	uint32_t bits = chain_bits(c);
	const struct chain plain = *c;
	for (uint32_t a = bits; a; a &= a - 1)
		for (uint32_t b = a; b; b &= b - 1) {
			struct chain f = chain_folded(&plain, (a & -a) | (b & -b));
			if (f.n_folded && chain_cost(t, &f) < chain_cost(t, c))
				*c = f;
		}
}

void tree_try_chain(struct tree *t, unsigned i, unsigned j, unsigned k)
{
	struct state *s = tree_state(t, i, j, k);
	struct chain c;
	if (k == j - i + 1) { /* nothing is left that anybody sees */
		*s = (struct state){.step = STEP_LEAF, .arg = t->v[i].target};
		return;
	}
	chain_collect(t, i, j, k, &c);
	if (c.valid)
		state_offer(s, (struct state){.cost = chain_cost(t, &c),
					      .step = c.n ? STEP_CHAIN : STEP_LEAF,
					      .arg = c.rest});
}

/* No folded chain costs less: two bits join four values at most, and the heaviest could be the first. */
static uint64_t folded_least(const struct tree *t, const struct chain *c)
{
	uint64_t left = c->weight, cost = t->price.size; /* the mask's */
	for (unsigned x = 0; x < c->n; x++) {
		if (x % 4 == 0)
			cost += left + t->price.size;
		left -= c->v[x].weight < left ? c->v[x].weight : left;
	}
	return cost;
}

void tree_try_folded(struct tree *t, unsigned i, unsigned j, unsigned k)
{
	struct state *s = tree_state(t, i, j, k);
	struct chain c;
	if (k == j - i + 1)
		return;
	chain_collect(t, i, j, k, &c);
	if (!c.valid || c.n < 4 || c.n > MAX_FOLDED || folded_least(t, &c) >= s->cost)
		return;
	chain_fold(t, &c);
	if (c.n_folded)
		state_offer(s, (struct state){
				   .cost = chain_cost(t, &c), .step = STEP_FOLDED, .arg = c.rest});
}

unsigned tree_build_chain(const struct tree *t, unsigned i, unsigned j, unsigned k)
{
	struct chain c;
	chain_collect(t, i, j, k, &c);
	if (tree_state(t, i, j, k)->step == STEP_FOLDED)
		chain_fold(t, &c);
	unsigned node = c.rest;
	for (unsigned x = c.n; x-- > 0;) {
		node = graph_jump(t->graph, BPF_JEQ, c.v[x].v, c.v[x].target, node);
		if (c.n_folded && x == c.n - c.n_folded)
			node = graph_and(t->graph, ~c.fold, node);
	}
	return node;
}
