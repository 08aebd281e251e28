/*
 * bdd.c - reduced ordered decision diagrams with several ends (Bryant 1986; ite with a memo).
 */
#include "bdd.h"

enum { FIRST_SLOTS = 1024, MAX_NODES = 1 << 18 };

struct bdd_node {
	unsigned level, low, high;
};

struct bdd_memo {
	unsigned f, g, h, is; /* f is never an end, so 0 marks a free slot */
};

struct bdd {
	struct arena *arena;
	struct bdd_node *v;
	unsigned n;
	unsigned *slots; /* id, or 0 */
	unsigned n_slots;
	bool full;
	struct bdd_memo *memo; /* as many; a newer answer replaces an older one */
};

struct bdd *bdd_new(struct arena *a)
{
	struct bdd *b = ARENA_NEW(a, struct bdd);
	*b = (struct bdd){.arena = a, .n_slots = FIRST_SLOTS};
	b->slots = ARENA_ARRAY(a, FIRST_SLOTS, unsigned);
	b->memo = ARENA_ARRAY(a, FIRST_SLOTS, struct bdd_memo);
	for (; b->n <= BDD_ANY; b->n++) {
		ARENA_GROW(a, b->v, b->n);
		b->v[b->n] = (struct bdd_node){.level = BDD_NO_LEVEL};
	}
	return b;
}

unsigned bdd_level(const struct bdd *b, unsigned f)
{
	return b->v[f].level;
}

unsigned bdd_low(const struct bdd *b, unsigned f)
{
	return b->v[f].low;
}

unsigned bdd_high(const struct bdd *b, unsigned f)
{
	return b->v[f].high;
}

unsigned bdd_count(const struct bdd *b)
{
	return b->n;
}

bool bdd_full(const struct bdd *b)
{
	return b->full;
}

void bdd_give_up(struct bdd *b)
{
	b->full = true;
}

static unsigned mix(unsigned x, unsigned y, unsigned z)
{
	uint64_t h = x;
	h = (h ^ y) * 0x9e3779b97f4a7c15ull + y;
	h = (h ^ (h >> 29) ^ z) * 0xbf58476d1ce4e5b9ull;
	return (unsigned)(h >> 32);
}

static unsigned *bdd_slot(struct bdd *b, const struct bdd_node *x)
{
	unsigned at = mix(x->level, x->low, x->high) & (b->n_slots - 1);
	for (; b->slots[at]; at = (at + 1) & (b->n_slots - 1)) {
		const struct bdd_node *v = &b->v[b->slots[at]];
		if (v->level == x->level && v->low == x->low && v->high == x->high)
			break;
	}
	return &b->slots[at];
}

static void bdd_widen(struct bdd *b)
{
	b->n_slots *= 2;
	b->slots = ARENA_ARRAY(b->arena, b->n_slots, unsigned);
	b->memo = ARENA_ARRAY(b->arena, b->n_slots, struct bdd_memo);
	for (unsigned i = BDD_ANY + 1; i < b->n; i++)
		*bdd_slot(b, &b->v[i]) = i;
}

static unsigned bdd_intern(struct bdd *b, struct bdd_node x)
{
	unsigned *slot = bdd_slot(b, &x);
	if (*slot)
		return *slot;
	unsigned id = b->n;
	ARENA_GROW(b->arena, b->v, b->n);
	b->v[b->n++] = x;
	*slot = id;
	if (b->n * 2 > b->n_slots)
		bdd_widen(b);
	return id;
}

static unsigned bdd_node(struct bdd *b, unsigned level, unsigned low, unsigned high)
{
	return low == high ? low : bdd_intern(b, (struct bdd_node){level, low, high});
}

unsigned bdd_end(struct bdd *b, uint32_t value)
{
	return bdd_intern(b, (struct bdd_node){.level = BDD_NO_LEVEL, .low = value});
}

uint32_t bdd_end_value(const struct bdd *b, unsigned end)
{
	return b->v[end].low;
}

static unsigned branch(const struct bdd *b, unsigned f, unsigned level, bool high)
{
	const struct bdd_node *v = &b->v[f];
	if (v->level != level)
		return f;
	return high ? v->high : v->low;
}

/* Depth is bounded by the number of bits. */
unsigned bdd_ite(struct bdd *b, unsigned f, unsigned g, unsigned h)
{
	if (f == BDD_TRUE || g == h)
		return g;
	if (f == BDD_FALSE)
		return h;
	if (g == BDD_TRUE && h == BDD_FALSE)
		return f;
	b->full |= b->n > MAX_NODES;
	if (b->full)
		return h;
	struct bdd_memo *m = &b->memo[mix(f, g, h) & (b->n_slots - 1)];
	if (m->f == f && m->g == g && m->h == h)
		return m->is;
	unsigned level = b->v[f].level;
	if (b->v[g].level < level)
		level = b->v[g].level;
	if (b->v[h].level < level)
		level = b->v[h].level;
	unsigned low = bdd_ite(b, branch(b, f, level, false), branch(b, g, level, false),
			       branch(b, h, level, false));
	unsigned high = bdd_ite(b, branch(b, f, level, true), branch(b, g, level, true),
				branch(b, h, level, true));
	unsigned is = bdd_node(b, level, low, high);
	m = &b->memo[mix(f, g, h) & (b->n_slots - 1)]; /* the table may have moved */
	*m = (struct bdd_memo){f, g, h, is};
	return is;
}

static unsigned bit_level(unsigned place, unsigned bit)
{
	return 32 * place + 31 - bit;
}

unsigned bdd_equal(struct bdd *b, unsigned place, uint32_t mask, uint32_t value)
{
	unsigned f = BDD_TRUE;
	for (unsigned bit = 0; bit < 32; bit++) {
		if (!(mask >> bit & 1))
			continue;
		unsigned level = bit_level(place, bit);
		f = value >> bit & 1 ? bdd_node(b, level, BDD_FALSE, f)
				     : bdd_node(b, level, f, BDD_FALSE);
	}
	return f;
}

unsigned bdd_above(struct bdd *b, unsigned place, uint32_t value)
{
	unsigned f = BDD_FALSE;
	for (unsigned bit = 0; bit < 32; bit++) {
		unsigned level = bit_level(place, bit);
		f = value >> bit & 1 ? bdd_node(b, level, BDD_FALSE, f)
				     : bdd_node(b, level, f, BDD_TRUE);
	}
	return f;
}
