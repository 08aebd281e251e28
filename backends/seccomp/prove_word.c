/*
 * prove_word.c - exact sets of 32-bit values: narrowing, and the search for one that is left.
 *
 * The search is complete: it goes up through the interval, and where a whole pattern is ruled out
 * it splits on the pattern's bits. Exponential in theory, a handful of steps in practice; fuel says
 * when practice ends.
 */
#include "prove_word.h"

#include <stddef.h>

#define ALL UINT32_MAX

struct wordset wordset_any(void)
{
	return (struct wordset){.lo = 0, .hi = ALL};
}

struct wordset wordset_range(uint32_t lo, uint32_t hi)
{
	struct wordset w = {.lo = lo, .hi = hi, .some = lo};
	uint32_t differ = lo ^ hi;
	w.mask = differ ? ~(ALL >> __builtin_clz(differ)) : ALL;
	w.value = lo & w.mask;
	return w;
}

bool wordset_test_holds(const struct wordset_test *t, uint32_t v)
{
	switch (t->op) {
	case WORD_EQ:
		return (v & t->mask) == t->k;
	case WORD_GT:
		return (v & t->mask) > t->k;
	case WORD_GE:
		return (v & t->mask) >= t->k;
	case WORD_SET:
		return (v & t->mask) != 0;
	}
	return false;
}

bool wordset_split(const struct wordset *w, const struct wordset_test *t, struct wordset_test *bit)
{
	if ((t->op != WORD_GT && t->op != WORD_GE) || t->mask == ALL)
		return false;
	for (uint32_t b = 1u << 31; b; b >>= 1) {
		if ((t->mask & b) && !(w->mask & b)) {
			*bit = (struct wordset_test){.op = WORD_SET, .mask = b, .k = ALL};
			return true;
		}
		/* A known bit of the masked word: where it differs from k's, all is decided. */
		if (!(t->mask & w->value & b) != !(t->k & b))
			return false;
	}
	return false;
}

/* The least value at or above lo with the known bits; false when there is none. */
static bool next_match(uint32_t lo, uint32_t mask, uint32_t value, uint32_t *out)
{
	uint32_t v = (lo & ~mask) | value, differ = v ^ lo;
	if (!differ) {
		*out = lo;
		return true;
	}
	uint32_t top = 1u << (31 - __builtin_clz(differ));
	if (v < lo) {
		/* A free zero bit above becomes one: the lowest that there is. */
		uint32_t up = ~mask & ~lo & ~(top | (top - 1));
		if (!up)
			return false;
		top = up & -up;
		lo |= top;
	} else {
		lo |= top;
	}
	*out = (((lo & ~(top - 1)) & ~mask) | value);
	return true;
}

static const struct wordset_not *violated(const struct wordset *w, uint32_t v)
{
	for (const struct wordset_not *n = w->nots; n; n = n->next)
		if ((v & n->mask) == n->value)
			return n;
	return NULL;
}

static enum wordset_left find(struct wordset *w, unsigned long *fuel);

/* Every value of w outside the pattern, one half-open bit at a time. */
static enum wordset_left find_outside(struct wordset *w, const struct wordset_not *n,
				      unsigned long *fuel)
{
	struct wordset part = *w;
	for (uint32_t open = n->mask & ~w->mask; open; open &= open - 1) {
		uint32_t bit = open & -open;
		part.mask |= bit;
		part.value = (part.value & ~bit) | (~n->value & bit);
		enum wordset_left left = find(&part, fuel);
		if (left != WORD_EMPTY) {
			w->some = part.some;
			return left;
		}
		part.value ^= bit;
	}
	return WORD_EMPTY;
}

/* Sets w->some. */
static enum wordset_left find(struct wordset *w, unsigned long *fuel)
{
	struct wordset left = *w;
	while (next_match(left.lo, w->mask, w->value, &left.lo) && left.lo <= w->hi) {
		if (!*fuel)
			return WORD_TOO_HARD;
		--*fuel;
		const struct wordset_not *n = violated(w, left.lo);
		if (!n) {
			w->some = left.lo;
			return WORD_LEFT;
		}
		if ((n->mask | w->mask) != ALL) {
			enum wordset_left found = find_outside(&left, n, fuel);
			w->some = left.some;
			return found;
		}
		if (left.lo == ALL) /* this one value was ruled out, and it was the last */
			return WORD_EMPTY;
		left.lo++;
	}
	return WORD_EMPTY;
}

/* The bits that an interval fixes are known. False when they contradict what is known. */
static bool know_prefix(struct wordset *w)
{
	struct wordset r = wordset_range(w->lo, w->hi);
	if ((r.value ^ w->value) & r.mask & w->mask)
		return false;
	w->mask |= r.mask;
	w->value |= r.value;
	return true;
}

static bool know_bits(struct wordset *w, uint32_t mask, uint32_t value)
{
	if ((value & ~mask) || ((value ^ w->value) & mask & w->mask))
		return false;
	w->mask |= mask;
	w->value |= value;
	return true;
}

static bool clip(struct wordset *w, uint32_t lo, uint32_t hi)
{
	w->lo = lo > w->lo ? lo : w->lo;
	w->hi = hi < w->hi ? hi : w->hi;
	return w->lo <= w->hi && know_prefix(w);
}

/* Takes the pattern out; a pattern of one bit is a bit that is known. */
static bool rule_out(struct wordset *w, uint32_t mask, uint32_t value, struct wordset_not *node)
{
	if ((value & ~mask) || ((value ^ w->value) & mask & w->mask))
		return true; /* no value of w has the pattern */
	uint32_t open = mask & ~w->mask;
	if (!(open & (open - 1)))
		return open && know_bits(w, open, ~value & open);
	if (mask == ALL && value == w->lo) /* an end of the interval: no pattern is needed */
		return clip(w, w->lo + 1, ALL);
	if (mask == ALL && value == w->hi)
		return clip(w, 0, w->hi - 1);
	*node = (struct wordset_not){.mask = mask, .value = value, .next = w->nots};
	w->nots = node;
	return true;
}

/* Masked order, every bit that matters known: nothing is left to narrow. */
static bool narrow_order(struct wordset *w, const struct wordset_test *t, bool holds)
{
	uint32_t first = t->k + (t->op == WORD_GT); /* the least that holds; 0: none, or all */
	if (t->mask != ALL)
		return wordset_test_holds(t, w->value & t->mask) == holds;
	if (t->op == WORD_GT && t->k == ALL)
		return !holds;
	if (holds)
		return clip(w, first, ALL);
	return first && clip(w, 0, first - 1);
}

static bool narrow(struct wordset *w, const struct wordset_test *t, bool holds,
		   struct wordset_not *node)
{
	switch (t->op) {
	case WORD_EQ:
		return holds ? know_bits(w, t->mask, t->k) : rule_out(w, t->mask, t->k, node);
	case WORD_SET:
		return holds ? rule_out(w, t->mask, 0, node) : know_bits(w, t->mask, 0);
	case WORD_GT:
	case WORD_GE:
		return narrow_order(w, t, holds);
	}
	return false;
}

enum wordset_left wordset_narrow(const struct wordset *w, const struct wordset_test *t, bool holds,
				 struct wordset_not *node, struct wordset *out, unsigned long *fuel)
{
	*out = *w;
	if (!narrow(out, t, holds, node))
		return WORD_EMPTY;
	if (wordset_test_holds(t, w->some) == holds)
		return WORD_LEFT;
	return find(out, fuel);
}
