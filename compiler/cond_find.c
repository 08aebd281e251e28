/*
 * cond_find.c - exact answers about conditions: are there arguments for which these conjunctions
 * hold and those do not?
 *
 * For one argument the tests leave an interval, bits that are fixed, and values to be avoided
 * behind masks. The smallest value with the fixed bits is looked for; where it meets something to
 * be avoided, the search goes on past it or with one more bit fixed the other way.
 */
#include "cond.h"

#include <string.h>

enum { MAX_TESTS = 512, MAX_STEPS = 20000 };

struct tests {
	struct sys_test v[MAX_TESTS];
	unsigned n;
	unsigned steps;
};

static uint64_t all_ones(unsigned width)
{
	return width == 32 ? UINT32_MAX : UINT64_MAX;
}

static bool test_holds(const struct sys_test *t, uint64_t arg)
{
	uint64_t v = arg & all_ones(t->width) & t->mask;
	switch (t->cmp) {
	case SYS_EQ:
		return v == t->value;
	case SYS_NE:
		return v != t->value;
	case SYS_LT:
		return v < t->value;
	case SYS_LE:
		return v <= t->value;
	case SYS_GT:
		return v > t->value;
	case SYS_GE:
		return v >= t->value;
	}
	return false;
}

bool conj_holds(const struct sys_conj *c, const uint64_t args[6])
{
	for (unsigned i = 0; i < c->n_tests; i++)
		if (!test_holds(&c->tests[i], args[c->tests[i].arg]))
			return false;
	return true;
}

bool cond_holds(const struct sys_cond *c, const uint64_t args[6])
{
	for (unsigned i = 0; c && i < c->n_any; i++)
		if (conj_holds(&c->any[i], args))
			return true;
	return c == NULL;
}

/* ---- one argument ---- */

struct range {
	uint64_t lo, hi;
	uint64_t mask, value; /* bits that are fixed */
};

/* The smallest number from lo on that has the fixed bits; false when there is none. */
static bool smallest(uint64_t lo, uint64_t mask, uint64_t value, uint64_t *out)
{
	uint64_t wrong = (lo & mask) ^ value;
	*out = lo;
	if (!wrong)
		return true;
	uint64_t top = UINT64_C(1) << (63 - __builtin_clzll(wrong));
	if (!(value & top)) { /* a free bit above must go up */
		uint64_t free = ~mask & ~lo & ~(top | (top - 1));
		if (!free)
			return false;
		top = free & (~free + 1);
	}
	*out = (lo & ~(top | (top - 1))) | top | (value & (top - 1));
	return true;
}

static bool range_narrow(struct range *r, const struct sys_test *t)
{
	uint64_t all = all_ones(t->width);
	switch (t->cmp) {
	case SYS_EQ:
		if (((r->value ^ t->value) & r->mask & t->mask) || (t->value & ~t->mask))
			return false;
		r->mask |= t->mask;
		r->value |= t->value;
		return true;
	case SYS_LT:
	case SYS_LE:
		if (t->cmp == SYS_LT && t->value == 0)
			return false;
		if (t->value - (t->cmp == SYS_LT) < r->hi)
			r->hi = t->value - (t->cmp == SYS_LT);
		return true;
	case SYS_GT:
	case SYS_GE:
		if (t->cmp == SYS_GT && t->value == all)
			return false;
		if (t->value + (t->cmp == SYS_GT) > r->lo)
			r->lo = t->value + (t->cmp == SYS_GT);
		return true;
	case SYS_NE:
		return true;
	}
	return true;
}

static bool range_find(struct tests *s, unsigned arg, uint64_t all, struct range r, uint64_t *out);

/* x is what the test refuses: past it, or with one of its bits the other way. */
static bool range_past(struct tests *s, unsigned arg, uint64_t all, struct range r,
		       const struct sys_test *t, uint64_t x, uint64_t *out)
{
	uint64_t free = t->mask & ~r.mask & all;
	if ((t->mask & all) == all) {
		if (x == all)
			return false;
		r.lo = x + 1;
		return range_find(s, arg, all, r, out);
	}
	for (; free; free &= free - 1) {
		uint64_t bit = free & (~free + 1);
		struct range next = r;
		next.mask |= bit;
		next.value |= ~t->value & bit;
		if (range_find(s, arg, all, next, out))
			return true;
	}
	return false;
}

static bool range_find(struct tests *s, unsigned arg, uint64_t all, struct range r, uint64_t *out)
{
	uint64_t x;
	while (s->steps++ < MAX_STEPS) {
		if (!smallest(r.lo, r.mask, r.value, &x) || x > r.hi)
			return false;
		const struct sys_test *bad = NULL;
		for (unsigned i = 0; i < s->n && !bad; i++)
			if (s->v[i].arg == arg && s->v[i].cmp == SYS_NE && !test_holds(&s->v[i], x))
				bad = &s->v[i];
		if (!bad) {
			*out = x;
			return true;
		}
		if ((bad->mask & all) != all)
			return range_past(s, arg, all, r, bad, x, out);
		if (x == all)
			return false;
		r.lo = x + 1;
	}
	return false;
}

static bool arg_find(struct tests *s, unsigned arg, uint64_t *out)
{
	unsigned width = 32;
	for (unsigned i = 0; i < s->n; i++)
		if (s->v[i].arg == arg && s->v[i].width > width)
			width = s->v[i].width;
	struct range r = {.hi = all_ones(width)};
	for (unsigned i = 0; i < s->n; i++)
		if (s->v[i].arg == arg && !range_narrow(&r, &s->v[i]))
			return false;
	return range_find(s, arg, all_ones(width), r, out);
}

static bool tests_find(struct tests *s, uint64_t args[6])
{
	for (unsigned arg = 0; arg < 6; arg++) {
		bool used = false;
		for (unsigned i = 0; i < s->n; i++)
			used |= s->v[i].arg == arg;
		args[arg] = 0;
		if (used && !arg_find(s, arg, &args[arg]))
			return false;
	}
	return true;
}

/* ---- conjunctions to avoid ---- */

static bool tests_push(struct tests *s, struct sys_test t)
{
	if (s->n == MAX_TESTS)
		return false;
	s->v[s->n++] = t;
	return true;
}

static struct sys_test opposite(struct sys_test t)
{
	static const enum sys_cmp other[] = {
	    [SYS_EQ] = SYS_NE, [SYS_NE] = SYS_EQ, [SYS_LT] = SYS_GE,
	    [SYS_LE] = SYS_GT, [SYS_GT] = SYS_LE, [SYS_GE] = SYS_LT,
	};
	t.cmp = other[t.cmp];
	return t;
}

static enum cond_found search(struct tests *s, const struct sys_conj *const *avoid,
			      unsigned n_avoid, uint64_t args[6])
{
	if (s->steps >= MAX_STEPS)
		return COND_UNKNOWN;
	if (!tests_find(s, args))
		return s->steps >= MAX_STEPS ? COND_UNKNOWN : COND_NONE;
	const struct sys_conj *hit = NULL;
	for (unsigned i = 0; i < n_avoid && !hit; i++)
		if (conj_holds(avoid[i], args))
			hit = avoid[i];
	if (!hit)
		return COND_FOUND;
	unsigned n = s->n;
	enum cond_found all = COND_NONE;
	/* One of its tests must fail, and those before it hold: no value is looked at twice. */
	for (unsigned i = 0; i < hit->n_tests && all != COND_FOUND; i++) {
		if (!tests_push(s, opposite(hit->tests[i])))
			return COND_UNKNOWN;
		enum cond_found one = search(s, avoid, n_avoid, args);
		all = one == COND_NONE ? all : one;
		s->n--;
		if (!tests_push(s, hit->tests[i]))
			return COND_UNKNOWN;
	}
	s->n = n;
	return all;
}

enum cond_found cond_find(const struct sys_conj *const *must, unsigned n_must,
			  const struct sys_conj *const *avoid, unsigned n_avoid, uint64_t args[6])
{
	struct tests s; /* its array is large and filled as far as n says */
	s.n = s.steps = 0;
	for (unsigned i = 0; i < n_must; i++)
		for (unsigned k = 0; k < must[i]->n_tests; k++)
			if (!tests_push(&s, must[i]->tests[k]))
				return COND_UNKNOWN;
	return search(&s, avoid, n_avoid, args);
}

static const struct sys_conj always = {NULL, 0};

static const struct sys_conj *nth(const struct sys_cond *c, unsigned i)
{
	return c ? &c->any[i] : &always;
}

bool cond_within(const struct sys_cond *x, const struct sys_cond *y)
{
	const struct sys_conj *avoid[COND_MAX];
	uint64_t args[6];
	unsigned n = 0;
	if (!y)
		return true;
	for (; n < y->n_any && n < COND_MAX; n++)
		avoid[n] = &y->any[n];
	for (unsigned i = 0; i < (x ? x->n_any : 1); i++) {
		const struct sys_conj *must = nth(x, i);
		if (cond_find(&must, 1, avoid, n, args) != COND_NONE)
			return false;
	}
	return true;
}

/* Do both ask one argument for two values? Most pairs of a long list do, and need no search. */
static bool conj_apart(const struct sys_conj *x, const struct sys_conj *y)
{
	for (unsigned i = 0; i < x->n_tests; i++) {
		const struct sys_test *t = &x->tests[i];
		for (unsigned k = 0; t->cmp == SYS_EQ && k < y->n_tests; k++) {
			const struct sys_test *u = &y->tests[k];
			if (u->cmp == SYS_EQ && u->arg == t->arg && ((u->value ^ t->value) & u->mask & t->mask))
				return true;
		}
	}
	return false;
}

bool cond_overlap(const struct sys_cond *x, const struct sys_cond *y)
{
	uint64_t args[6];
	for (unsigned i = 0; i < (x ? x->n_any : 1); i++)
		for (unsigned k = 0; k < (y ? y->n_any : 1); k++) {
			const struct sys_conj *must[] = {nth(x, i), nth(y, k)};
			if (!conj_apart(must[0], must[1]) && cond_find(must, 2, NULL, 0, args) != COND_NONE)
				return true;
		}
	return false;
}
