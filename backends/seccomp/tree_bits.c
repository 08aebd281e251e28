/*
 * tree_bits.c - ends of the search by tests of bits (JSET), where what cannot be seen here any more
 * leaves room for them.
 */
#include <linux/filter.h>

#include "tree_priv.h"

enum {
	MAX_SIEVED = 8,         /* values that pass a sieve */
	MAX_SIEVE_RANGES = 100, /* of the whole list: more would take long */
	MAX_SIEVE_SPAN = 10,    /* ranges that one is tried on */
};

/* All bits that a value of the range can have. */
static uint32_t range_bits(const struct tree_range *r)
{
	uint32_t low = r->lo ^ r->hi;
	for (unsigned shift = 1; shift < 32; shift *= 2)
		low |= low >> shift;
	return r->hi | low;
}

/* The least value from v on that has no bit outside `bits`; false when there is none. */
static bool next_within(uint32_t v, uint32_t bits, uint32_t *out)
{
	uint32_t outside = v & ~bits;
	*out = v;
	if (!outside)
		return true;
	/* It sets a clear bit above the highest bit outside. */
	unsigned top = 31 - (unsigned)__builtin_clz(outside);
	for (unsigned b = top + 1; b < 32; b++)
		if ((bits >> b & 1) && !(v >> b & 1)) {
			*out = ((v >> b | 1) << b) & bits;
			return true;
		}
	return false;
}

static bool range_within(const struct tree_range *r, uint32_t bits)
{
	uint32_t v;
	return next_within(r->lo, bits, &v) && v <= r->hi;
}

/* The bits of the values of each of two targets: before, and after, each range of a list. */
struct bits_of {
	uint32_t before[TREE_MAX + 1][2], after[TREE_MAX + 1][2];
};

static void bits_collect(const struct tree *t, unsigned i, unsigned j, unsigned one, struct bits_of *b)
{
	unsigned n = j - i + 1;
	b->before[0][0] = b->before[0][1] = b->after[n][0] = b->after[n][1] = 0;
	for (unsigned a = 0; a < n; a++) {
		b->before[a + 1][0] = b->before[a][0];
		b->before[a + 1][1] = b->before[a][1];
		b->before[a + 1][t->v[i + a].target != one] |= range_bits(&t->v[i + a]);
	}
	for (unsigned a = n; a-- > 0;) {
		b->after[a][0] = b->after[a + 1][0];
		b->after[a][1] = b->after[a + 1][1];
		b->after[a][t->v[i + a].target != one] |= range_bits(&t->v[i + a]);
	}
}

/*
 * One JSET when the values of `zero` have no bit in common with a mask that all others meet; without the range `except`. side:
 * which of the two targets zero is.
 */
static bool bits_apart(const struct tree *t, const struct bits_of *b, unsigned i, unsigned j, unsigned except, unsigned zero,
		       unsigned side, uint32_t *mask)
{
	unsigned n = j - i + 1, end = except == NO_ITEM ? n : except - i, next = except == NO_ITEM ? n : end + 1;
	uint32_t used = b->before[end][side] | b->after[next][side];
	uint32_t others = b->before[end][!side] | b->after[next][!side];
	*mask = others & ~used;
	for (unsigned a = i; *mask && a <= j; a++)
		if (a != except && t->v[a].target != zero && range_within(&t->v[a], ~*mask))
			return false;
	return *mask != 0;
}

static void try_mask(struct tree *t, const struct bits_of *b, unsigned i, unsigned j, unsigned except, unsigned one,
		     unsigned two)
{
	struct state *s = tree_state(t, i, j, 0);
	uint64_t weight = tree_weight(t, i, j, 0), cost = weight + t->price.size;
	uint32_t mask;
	if (except != NO_ITEM)
		cost += weight - t->v[except].weight + t->price.size;
	if (s->cost <= cost)
		return;
	bool found = bits_apart(t, b, i, j, except, one, 0, &mask);
	if (!found && !bits_apart(t, b, i, j, except, two, 1, &mask))
		return;
	*s = (struct state){.cost = cost,
			    .step = STEP_BITS,
			    .arg = mask,
			    .arg2 = found ? one : two,
			    .except = except};
}

/*
 * Bits of the values of one target: of any; and of more than one range or of one that cannot be asked for first, so that they
 * stay when a value is.
 */
struct side_bits {
	uint32_t any, stay;
};

static void side_add(struct side_bits *s, const struct tree_range *r)
{
	uint32_t bits = range_bits(r);
	s->stay |= is_single(r) ? s->any & bits : bits;
	s->any |= bits;
}

/* Can a mask without the bits that stay of `zero` be met by all ranges of the other target, but for one that is asked for first? */
static bool may_meet(const struct tree *t, unsigned i, unsigned j, unsigned zero, const struct side_bits *is,
		     const struct side_bits *other)
{
	uint32_t mask = other->any & ~is->stay;
	unsigned missed = 0;
	for (unsigned a = i; mask && missed < 2 && a <= j; a++)
		if (t->v[a].target != zero && range_within(&t->v[a], ~mask))
			missed += is_single(&t->v[a]) ? 1 : 2;
	return mask && missed < 2;
}

/* Two targets told apart by bits, alone or after one value that does not fit was asked for. */
void tree_try_bits(struct tree *t, unsigned i, unsigned j)
{
	unsigned one = t->v[i].target, two = one;
	struct side_bits side[2] = {{0, 0}, {0, 0}};
	for (unsigned a = i; a <= j; a++) {
		if (t->v[a].target != one && two != one && t->v[a].target != two)
			return;
		if (t->v[a].target != one)
			two = t->v[a].target;
		side_add(&side[t->v[a].target != one], &t->v[a]);
	}
	if (two == one ||
	    (!may_meet(t, i, j, one, &side[0], &side[1]) && !may_meet(t, i, j, two, &side[1], &side[0])))
		return;
	struct bits_of b;
	bits_collect(t, i, j, one, &b);
	try_mask(t, &b, i, j, NO_ITEM, one, two);
	for (unsigned a = i; a <= j; a++)
		if (is_single(&t->v[a]))
			try_mask(t, &b, i, j, a, one, two);
}

unsigned tree_build_bits(const struct tree *t, unsigned i, unsigned j)
{
	const struct state *s = tree_state(t, i, j, 0);
	unsigned other = i;
	while (t->v[other].target == s->arg2 || other == s->except)
		other++;
	unsigned node = graph_jump(t->graph, BPF_JSET, s->arg, t->v[other].target, s->arg2);
	if (s->except == NO_ITEM)
		return node;
	const struct tree_range *r = &t->v[s->except];
	return graph_jump(t->graph, BPF_JEQ, r->lo, r->target, node);
}

/* ---- sieves ---- */

uint64_t values_at(const struct values *each, uint32_t v)
{
	if (v < VALUES_BLOCK)
		return each->v[v];
	return each->high && v - each->high < VALUES_BLOCK ? each->v[VALUES_BLOCK + (v - each->high)] : 0;
}

/* The weight of one value of a range. */
static uint64_t weight_at(const struct tree *t, const struct tree_range *r, uint32_t v)
{
	if (t->price.each.v)
		return values_at(&t->price.each, v);
	return r->weight / ((uint64_t)r->hi - r->lo + 1);
}

/* The values without any of the bits, as ranges of their own; 0 when they are too many. */
static unsigned sieve_passed(const struct tree *t, unsigned i, unsigned j, uint32_t mask,
			     struct tree_range out[MAX_SIEVED], uint64_t *weight)
{
	unsigned n = 0;
	*weight = 0;
	for (unsigned a = i; a <= j; a++) {
		const struct tree_range *r = &t->v[a];
		uint32_t v;
		for (uint64_t from = r->lo; from <= r->hi; from = (uint64_t)v + 1) {
			if (!next_within((uint32_t)from, ~mask, &v) || v > r->hi)
				break;
			uint64_t w = weight_at(t, r, v);
			*weight += w;
			if (n && out[n - 1].target == r->target) {
				out[n - 1].hi = v;
				out[n - 1].weight += w;
				continue;
			}
			if (n == MAX_SIEVED)
				return 0;
			out[n++] =
			    (struct tree_range){.lo = v, .hi = v, .target = r->target, .weight = w};
		}
	}
	return n;
}

/* Can so many values pass that to count them takes long? */
static bool sieve_is_coarse(uint32_t lo, uint32_t hi, uint32_t mask)
{
	uint32_t varies = lo ^ hi;
	for (unsigned shift = 1; shift < 32; shift *= 2)
		varies |= varies >> shift;
	return __builtin_popcount(varies & ~mask) > 7;
}

void tree_try_sieve(struct tree *t, unsigned i, unsigned j)
{
	struct state *s = tree_state(t, i, j, 0);
	struct tree_range passed[MAX_SIEVED];
	uint64_t here = tree_weight(t, i, j, 0) + t->price.size, weight;
	if (t->inner || t->n > MAX_SIEVE_RANGES || j - i < 2 || j - i > MAX_SIEVE_SPAN ||
	    s->cost <= here)
		return;
	unsigned tried[2] = {t->v[i].target, t->v[i + 1].target};
	for (unsigned x = 0; x < 2; x++) {
		uint32_t used = 0, all = 0;
		for (unsigned a = i; a <= j; a++) {
			all |= range_bits(&t->v[a]);
			if (t->v[a].target != tried[x])
				used |= range_bits(&t->v[a]);
		}
		uint32_t mask = all & ~used;
		if (!mask || sieve_is_coarse(t->v[i].lo, t->v[j].hi, mask))
			continue;
		unsigned n = sieve_passed(t, i, j, mask, passed, &weight);
		if (!n)
			continue;
		struct arena *scratch = arena_new();
		uint64_t cost = here + tree_few(scratch, NULL, passed, n, &t->price, true).cost;
		arena_free(scratch);
		state_offer(s,
			    (struct state){
				.cost = cost, .step = STEP_SIEVE, .arg = mask, .arg2 = tried[x]});
	}
}

unsigned tree_build_sieve(const struct tree *t, unsigned i, unsigned j)
{
	const struct state *s = tree_state(t, i, j, 0);
	struct tree_range passed[MAX_SIEVED];
	uint64_t weight;
	unsigned n = sieve_passed(t, i, j, s->arg, passed, &weight);
	unsigned node = tree_few(t->arena, t->graph, passed, n, &t->price, true).node;
	return graph_jump(t->graph, BPF_JSET, s->arg, s->arg2, node);
}
