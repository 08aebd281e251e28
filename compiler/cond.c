/*
 * cond.c - the canonical form of conditions.
 *
 * A conjunction becomes a box: for each argument the intervals it may lie in and the masked
 * comparisons beside them. Boxes that differ in the intervals of one argument only become one box;
 * then every box is written out again, in one fixed way, and what the rest covers goes.
 */
#include "cond.h"

#include <stdlib.h>
#include <string.h>

struct span {
	uint64_t lo, hi;
};

struct side {               /* one argument of a box */
	struct span *spans; /* ascending, apart from each other */
	unsigned n_spans;
	struct sys_test *masked; /* sorted, at most one EQ, which is the first */
	unsigned n_masked;
	unsigned width; /* 0: not looked at */
};

struct box {
	struct side side[6];
};

struct boxes {
	struct arena *arena;
	struct box *v;
	unsigned n;
};

static uint64_t all_ones(unsigned width)
{
	return width == 32 ? UINT32_MAX : UINT64_MAX;
}

static int cmp_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int test_cmp(const void *x, const void *y)
{
	const struct sys_test *a = x, *b = y;
	int c;
	if ((c = cmp_u64(a->arg, b->arg)) || (c = cmp_u64(a->cmp, b->cmp)) ||
	    (c = cmp_u64(a->width, b->width)) || (c = cmp_u64(a->mask, b->mask)))
		return c;
	return cmp_u64(a->value, b->value);
}

static int conj_cmp(const struct sys_conj *a, const struct sys_conj *b)
{
	for (unsigned i = 0; i < a->n_tests && i < b->n_tests; i++) {
		int c = test_cmp(&a->tests[i], &b->tests[i]);
		if (c)
			return c;
	}
	return cmp_u64(a->n_tests, b->n_tests);
}

static int conj_order(const void *x, const void *y)
{
	return conj_cmp(x, y);
}

int cond_cmp(const struct sys_cond *a, const struct sys_cond *b)
{
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	for (unsigned i = 0; i < a->n_any && i < b->n_any; i++) {
		int c = conj_cmp(&a->any[i], &b->any[i]);
		if (c)
			return c;
	}
	return cmp_u64(a->n_any, b->n_any);
}

static struct sys_cond *cond_new(struct arena *a, const struct sys_conj *v, unsigned n)
{
	struct sys_cond *c = ARENA_NEW(a, struct sys_cond);
	*c = (struct sys_cond){.any = v, .n_any = n};
	return c;
}

const struct sys_cond *cond_or(struct arena *a, const struct sys_cond *x, const struct sys_cond *y)
{
	unsigned n = x->n_any + y->n_any;
	struct sys_conj *v = ARENA_ARRAY(a, n, struct sys_conj);
	if (n > COND_MAX)
		return NULL;
	for (unsigned i = 0; i < n; i++)
		v[i] = i < x->n_any ? x->any[i] : y->any[i - x->n_any];
	return cond_new(a, v, n);
}

static struct sys_conj conj_join(struct arena *a, const struct sys_conj *x,
				 const struct sys_conj *y)
{
	struct sys_test *v = ARENA_ARRAY(a, x->n_tests + y->n_tests, struct sys_test);
	for (unsigned i = 0; i < x->n_tests; i++)
		v[i] = x->tests[i];
	for (unsigned i = 0; i < y->n_tests; i++)
		v[x->n_tests + i] = y->tests[i];
	return (struct sys_conj){.tests = v, .n_tests = x->n_tests + y->n_tests};
}

const struct sys_cond *cond_and(struct arena *a, const struct sys_cond *x, const struct sys_cond *y)
{
	struct sys_conj *v = NULL;
	unsigned n = 0;
	for (unsigned i = 0; i < x->n_any; i++)
		for (unsigned k = 0; k < y->n_any; k++) {
			const struct sys_conj *both[] = {&x->any[i], &y->any[k]};
			uint64_t args[6];
			if (cond_find(both, 2, NULL, 0, args) == COND_NONE)
				continue;
			if (n == COND_MAX)
				return NULL;
			ARENA_GROW(a, v, n);
			v[n++] = conj_join(a, both[0], both[1]);
		}
	return cond_new(a, v, n);
}

/* ---- boxes ---- */

/* Cuts the spans to lo..hi; `out` leaves lo..hi out instead. */
static void side_cut(struct arena *a, struct side *s, uint64_t lo, uint64_t hi, bool out)
{
	struct span *v = ARENA_ARRAY(a, s->n_spans + 1, struct span);
	unsigned n = 0;
	for (unsigned i = 0; i < s->n_spans; i++) {
		struct span p = s->spans[i];
		if (out && p.lo < lo)
			v[n++] = (struct span){p.lo, p.hi < lo ? p.hi : lo - 1};
		if (out && p.hi > hi)
			v[n++] = (struct span){p.lo > hi ? p.lo : hi + 1, p.hi};
		if (!out && p.lo <= hi && p.hi >= lo)
			v[n++] = (struct span){p.lo > lo ? p.lo : lo, p.hi < hi ? p.hi : hi};
	}
	s->spans = v;
	s->n_spans = n;
}

static void side_mask(struct arena *a, struct side *s, const struct sys_test *t)
{
	for (unsigned i = 0; i < s->n_masked; i++) {
		if (t->cmp == SYS_EQ && s->masked[i].cmp == SYS_EQ) {
			s->masked[i].mask |= t->mask; /* they agree: the conjunction can hold */
			s->masked[i].value |= t->value;
			return;
		}
		if (!test_cmp(&s->masked[i], t))
			return;
	}
	ARENA_GROW(a, s->masked, s->n_masked);
	s->masked[s->n_masked++] = *t;
}

static void side_test(struct arena *a, struct side *s, const struct sys_test *t)
{
	uint64_t all = all_ones(t->width);
	if (!s->width) {
		s->width = t->width;
		s->n_spans = 1;
		s->spans = ARENA_NEW(a, struct span);
		s->spans[0] = (struct span){0, all};
	}
	if ((t->mask & all) != all) {
		side_mask(a, s, t);
		return;
	}
	switch (t->cmp) {
	case SYS_EQ:
	case SYS_NE:
		side_cut(a, s, t->value, t->value, t->cmp == SYS_NE);
		break;
	case SYS_LT:
	case SYS_GE:
		side_cut(a, s, t->value, all, t->cmp == SYS_LT);
		break;
	case SYS_LE:
	case SYS_GT:
		side_cut(a, s, 0, t->value, t->cmp == SYS_GT);
		break;
	}
}

/* A masked EQ whose mask covers the whole argument is a plain one. */
static void side_finish(struct arena *a, struct side *s)
{
	for (unsigned i = 0; i < s->n_masked; i++) {
		struct sys_test t = s->masked[i];
		if (t.cmp != SYS_EQ || (t.mask & all_ones(s->width)) != all_ones(s->width))
			continue;
		side_cut(a, s, t.value, t.value, false);
		s->n_masked = 0; /* it can hold, so what stands beside it does */
	}
	if (s->n_masked)
		qsort(s->masked, s->n_masked, sizeof(*s->masked), test_cmp);
	if (s->n_spans == 1 && s->spans[0].lo == 0 && s->spans[0].hi == all_ones(s->width) &&
	    !s->n_masked)
		s->width = 0;
}

static void boxes_add(struct boxes *b, const struct sys_conj *c)
{
	uint64_t args[6];
	if (cond_find(&c, 1, NULL, 0, args) == COND_NONE)
		return;
	ARENA_GROW(b->arena, b->v, b->n);
	struct box *box = &b->v[b->n++];
	memset(box, 0, sizeof(*box));
	for (unsigned i = 0; i < c->n_tests; i++)
		side_test(b->arena, &box->side[c->tests[i].arg], &c->tests[i]);
	for (unsigned i = 0; i < 6; i++)
		if (box->side[i].width)
			side_finish(b->arena, &box->side[i]);
}

static bool masked_equal(const struct side *x, const struct side *y)
{
	if (x->width != y->width || x->n_masked != y->n_masked)
		return false;
	for (unsigned i = 0; i < x->n_masked; i++)
		if (test_cmp(&x->masked[i], &y->masked[i]))
			return false;
	return true;
}

static bool spans_equal(const struct side *x, const struct side *y)
{
	if (x->n_spans != y->n_spans)
		return false;
	for (unsigned i = 0; i < x->n_spans; i++)
		if (x->spans[i].lo != y->spans[i].lo || x->spans[i].hi != y->spans[i].hi)
			return false;
	return true;
}

static int span_order(const void *x, const void *y)
{
	return cmp_u64(((const struct span *)x)->lo, ((const struct span *)y)->lo);
}

static void spans_unite(struct arena *a, struct side *x, const struct side *y)
{
	unsigned total = x->n_spans + y->n_spans, n = 0;
	struct span *v = ARENA_ARRAY(a, total, struct span);
	memcpy(v, x->spans, x->n_spans * sizeof(*v));
	memcpy(v + x->n_spans, y->spans, y->n_spans * sizeof(*v));
	qsort(v, total, sizeof(*v), span_order);
	for (unsigned i = 0; i < total; i++) {
		if (n && (v[n - 1].hi == UINT64_MAX || v[i].lo <= v[n - 1].hi + 1)) {
			if (v[i].hi > v[n - 1].hi)
				v[n - 1].hi = v[i].hi;
		} else {
			v[n++] = v[i];
		}
	}
	x->spans = v;
	x->n_spans = n;
	side_finish(a, x);
}

/* Do the boxes differ in the spans of one argument only? Then y goes into x. */
static bool box_unite(struct arena *a, struct box *x, const struct box *y)
{
	int differ = -1;
	for (int i = 0; i < 6; i++) {
		if (!masked_equal(&x->side[i], &y->side[i]))
			return false;
		if (spans_equal(&x->side[i], &y->side[i]))
			continue;
		if (differ >= 0)
			return false;
		differ = i;
	}
	if (differ >= 0)
		spans_unite(a, &x->side[differ], &y->side[differ]);
	return true;
}

static void boxes_unite(struct boxes *b)
{
	for (bool again = true; again;) {
		again = false;
		for (unsigned i = 0; i < b->n; i++)
			for (unsigned k = i + 1; k < b->n; k++)
				if (box_unite(b->arena, &b->v[i], &b->v[k])) {
					memmove(&b->v[k], &b->v[k + 1],
						(b->n - k - 1) * sizeof(*b->v));
					b->n--;
					k--;
					again = true;
				}
	}
}

/* ---- writing out ---- */

struct writer {
	struct arena *arena;
	struct sys_conj *v;
	unsigned n;
	struct sys_test *tests; /* of the conjunction at hand */
	unsigned n_tests, room;
};

static void put_test(struct writer *w, struct sys_test t)
{
	if (w->n_tests == w->room) {
		ARENA_GROW(w->arena, w->tests, w->room);
		w->room++;
	}
	w->tests[w->n_tests++] = t;
}

static void put(struct writer *w, unsigned arg, unsigned width, enum sys_cmp cmp, uint64_t value)
{
	put_test(w, (struct sys_test){.arg = (uint8_t)arg,
				      .width = (uint8_t)width,
				      .cmp = cmp,
				      .mask = all_ones(width),
				      .value = value});
}

static void write_conj(struct writer *w)
{
	struct sys_test *t = ARENA_ARRAY(w->arena, w->n_tests, struct sys_test);
	for (unsigned i = 0; i < w->n_tests; i++)
		t[i] = w->tests[i];
	if (w->n_tests)
		qsort(t, w->n_tests, sizeof(*t), test_cmp);
	ARENA_GROW(w->arena, w->v, w->n);
	w->v[w->n++] = (struct sys_conj){.tests = t, .n_tests = w->n_tests};
}

/*
 * Tests that n spans take as one interval with numbers left out; MANY when that is out of the
 * question.
 */
static unsigned run_cost(const struct side *s, unsigned i, unsigned n)
{
	enum { MANY = 1000 };
	unsigned cost = s->spans[i].lo ? 1 : 0;
	if (s->spans[i].lo == s->spans[i + n - 1].hi)
		return 1;
	cost += s->spans[i + n - 1].hi != all_ones(s->width) ? 1 : 0;
	for (unsigned k = i; k + 1 < i + n; k++) {
		uint64_t gap = s->spans[k + 1].lo - s->spans[k].hi - 1;
		cost += gap < MANY ? (unsigned)gap : MANY;
	}
	return cost;
}

/*
 * How many spans from i on are written as one: all of them where that takes no more tests, else
 * one.
 */
static unsigned span_run(const struct side *s, unsigned i)
{
	enum { RUN_MAX = 100 }; /* tests: a conjunction holds COND_MAX_TESTS of all its arguments */
	unsigned apart = 0;
	if (i != 0 || run_cost(s, 0, s->n_spans) > RUN_MAX)
		return 1;
	for (unsigned k = 0; k < s->n_spans; k++)
		apart += run_cost(s, k, 1);
	return run_cost(s, 0, s->n_spans) <= apart ? s->n_spans : 1;
}

static void put_run(struct writer *w, unsigned arg, const struct side *s, unsigned i, unsigned n)
{
	uint64_t all = all_ones(s->width), lo = s->spans[i].lo, hi = s->spans[i + n - 1].hi;
	if (lo == hi) {
		put(w, arg, s->width, SYS_EQ, lo);
		return;
	}
	if (lo)
		put(w, arg, s->width, lo == 1 && hi == all ? SYS_NE : SYS_GE,
		    lo == 1 && hi == all ? 0 : lo);
	if (hi != all)
		put(w, arg, s->width, lo == 0 && hi == all - 1 ? SYS_NE : SYS_LE,
		    lo == 0 && hi == all - 1 ? all : hi);
	for (unsigned k = i; k + 1 < i + n; k++)
		for (uint64_t v = s->spans[k].hi + 1; v < s->spans[k + 1].lo; v++)
			put(w, arg, s->width, SYS_NE, v);
}

static void write_side(struct writer *w, const struct box *b, unsigned arg)
{
	if (arg == 6) {
		write_conj(w);
		return;
	}
	const struct side *s = &b->side[arg];
	unsigned before = w->n_tests;
	if (!s->width) {
		write_side(w, b, arg + 1);
		return;
	}
	for (unsigned i = 0, n; i < s->n_spans; i += n) {
		n = span_run(s, i);
		put_run(w, arg, s, i, n);
		for (unsigned k = 0; k < s->n_masked; k++)
			put_test(w, s->masked[k]);
		write_side(w, b, arg + 1);
		w->n_tests = before;
	}
}

/* Conjunctions that the others cover go, from the last to the first. */
static void drop_covered(struct arena *a, struct sys_conj *v, unsigned *n)
{
	const struct sys_conj **rest = ARENA_ARRAY(a, *n, const struct sys_conj *);
	uint64_t args[6];
	for (unsigned i = *n; i-- > 0 && *n > 1;) {
		const struct sys_conj *one = &v[i];
		unsigned k = 0;
		for (unsigned j = 0; j < *n; j++)
			if (j != i)
				rest[k++] = &v[j];
		if (cond_find(&one, 1, rest, k, args) != COND_NONE)
			continue;
		memmove(&v[i], &v[i + 1], (*n - i - 1) * sizeof(*v));
		(*n)--;
	}
}

/* A test goes when the condition lets through all that the conjunction would without it. */
static void drop_tests(struct arena *a, struct sys_conj *v, unsigned n)
{
	const struct sys_cond whole = {.any = v, .n_any = n};
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = v[i].n_tests; k-- > 0;) {
			struct sys_test *t = ARENA_ARRAY(a, v[i].n_tests, struct sys_test);
			struct sys_conj less = {.tests = t, .n_tests = v[i].n_tests - 1};
			for (unsigned j = 0; j < less.n_tests; j++)
				t[j] = v[i].tests[j < k ? j : j + 1];
			const struct sys_cond one = {.any = &less, .n_any = 1};
			if (cond_within(&one, &whole))
				v[i] = less;
		}
}

static const struct sys_cond *rewrite(struct arena *a, const struct sys_cond *c)
{
	struct boxes b = {.arena = a};
	struct writer w = {.arena = a};
	for (unsigned i = 0; i < c->n_any; i++)
		boxes_add(&b, &c->any[i]);
	boxes_unite(&b);
	for (unsigned i = 0; i < b.n; i++)
		write_side(&w, &b.v[i], 0);
	if (w.n > 1)
		qsort(w.v, w.n, sizeof(*w.v), conj_order);
	if (w.n <= 64) {
		drop_covered(a, w.v, &w.n);
		drop_tests(a, w.v, w.n);
		drop_covered(a, w.v, &w.n);
		if (w.n > 1)
			qsort(w.v, w.n, sizeof(*w.v), conj_order);
	}
	return cond_new(a, w.v, w.n);
}

/* What one rewriting drops may let the next unite more. */
const struct sys_cond *cond_canonical(struct arena *a, const struct sys_cond *c)
{
	enum { MOST = 16 };
	const struct sys_cond *now = rewrite(a, c), *before = c;
	for (unsigned i = 0; i < MOST && cond_cmp(now, before) != 0; i++) {
		before = now;
		now = rewrite(a, now);
	}
	return now;
}
