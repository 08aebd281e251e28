/*
 * Trees over ranges: right for every value, as cheap as they say; against the best tree of
 * comparisons, found by trying all: never longer, and hardly ever slower.
 */
#include "backends/seccomp/tree.h"

#include <criterion/criterion.h>
#include <linux/filter.h>
#include <string.h>

enum { MAX_RANGES = 7, DOMAIN = 64, TARGETS = 3, SHORT = 1 << 20 };

static uint64_t rnd(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

struct problem {
	struct tree_range v[MAX_RANGES];
	unsigned n;
	struct price price;
	uint64_t best[1 << MAX_RANGES]; /* by the set of ranges that are left; 0: not known */
};

static void make_problem(struct problem *p, struct graph *g, uint64_t *s)
{
	memset(p, 0, sizeof(*p));
	uint32_t at = (uint32_t)(rnd(s) % 4);
	unsigned n = 1 + (unsigned)(rnd(s) % MAX_RANGES);
	for (; p->n < n && at < DOMAIN; p->n++) {
		uint32_t len = rnd(s) % 2 ? 1 : 1 + (uint32_t)(rnd(s) % 9);
		p->v[p->n] =
		    (struct tree_range){.lo = at,
					.hi = at + len - 1,
					.target = graph_return(g, (uint32_t)(rnd(s) % TARGETS)),
					.weight = rnd(s) % 3 ? rnd(s) % 20 : 0};
		at += len + (rnd(s) % 4 ? 0 : (uint32_t)(rnd(s) % 3));
	}
	p->price = (struct price){.size = rnd(s) % 2 ? 1 + rnd(s) % 10 : SHORT, .peels = 8};
}

static bool one_target(const struct problem *p, unsigned left)
{
	unsigned target = UINT32_MAX;
	for (unsigned i = 0; i < p->n; i++)
		if (left >> i & 1) {
			if (target != UINT32_MAX && p->v[i].target != target)
				return false;
			target = p->v[i].target;
		}
	return true;
}

/* All trees of == and >=, from the set of ranges that are left. */
static uint64_t brute(struct problem *p, unsigned left)
{
	uint64_t weight = 0, best = UINT64_MAX;
	if (one_target(p, left))
		return 0;
	if (p->best[left])
		return p->best[left];
	for (unsigned i = 0; i < p->n; i++)
		weight += left >> i & 1 ? p->v[i].weight : 0;
	for (unsigned i = 0; i < p->n; i++) {
		unsigned below = left & ((1u << i) - 1), one = left & (1u << i);
		if (below && below != left) {
			uint64_t c = brute(p, below) + brute(p, left & ~below);
			best = c < best ? c : best;
		}
		if (one && p->v[i].lo == p->v[i].hi) {
			uint64_t c = brute(p, left & ~one);
			best = c < best ? c : best;
		}
	}
	p->best[left] = best + weight + p->price.size;
	return p->best[left];
}

/* What the value gets, and how many instructions that takes. */
static unsigned run(const struct graph *g, unsigned node, uint32_t a, unsigned *steps)
{
	for (*steps = 0;; ++*steps) {
		const struct graph_node *v = &g->v[node];
		bool yes = true;
		if (graph_is_return(v))
			return node;
		if (v->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= v->k;
		else if (BPF_OP(v->code) == BPF_JEQ)
			yes = a == v->k;
		else if (BPF_OP(v->code) == BPF_JGE)
			yes = a >= v->k;
		else
			yes = a & v->k;
		node = yes ? v->yes : v->no;
	}
}

static void check_made(const struct problem *p, const struct graph *g, struct made m)
{
	bool *mark = calloc(g->n, sizeof(bool));
	unsigned nodes = 0, steps;
	double cost = 0;
	graph_mark(g, m.node, mark);
	for (unsigned i = 0; i < g->n; i++)
		nodes += mark[i] && !graph_is_return(&g->v[i]);
	free(mark);
	for (unsigned i = 0; i < p->n; i++) {
		double sum = 0;
		for (uint32_t v = p->v[i].lo; v <= p->v[i].hi; v++) {
			cr_assert_eq(run(g, m.node, v, &steps), p->v[i].target, "value %u", v);
			sum += steps;
		}
		cost += sum * (double)p->v[i].weight / (p->v[i].hi - p->v[i].lo + 1);
	}
	/* Weights of parts of a range are whole numbers, so a sum may be off by that. */
	cr_assert_leq(cost + (double)(nodes * p->price.size), (double)m.cost + 200);
}

Test(tree, is_right_and_as_cheap_as_the_best_comparisons)
{
	uint64_t state = 4711;
	unsigned better = 0, dearer = 0;
	uint64_t sum = 0, sum_best = 0;
	for (unsigned round = 0; round < 4000; round++) {
		struct arena *a = arena_new();
		struct graph *g = graph_new(a);
		struct problem p;
		make_problem(&p, g, &state);
		struct made m = tree_solve(a, g, p.v, p.n, &p.price);
		uint64_t best = brute(&p, (1u << p.n) - 1);
		check_made(&p, g, m);
		if (p.price.size == SHORT) { /* as many tests as the best: steps only come second */
			cr_assert_leq(m.cost / SHORT, best / SHORT, "round %u", round);
		} else {
			sum += m.cost < best ? best : m.cost;
			sum_best += best;
		}
		dearer += m.cost > best;
		better += m.cost < best;
		arena_free(a);
	}
	cr_expect_gt(better, 200, "tests of bits are never used");
	/*
	 * Values asked for first are the heaviest: that misses a few trees where the rest holds
	 * heavy ones too.
	 */
	cr_expect_lt(dearer, 80);
	cr_expect_lt((double)(sum - sum_best), 0.005 * (double)sum_best);
}

/* Values that differ in one bit share a test behind a mask. */
Test(tree, folds_pairs)
{
	struct arena *a = arena_new();
	struct graph *g = graph_new(a);
	unsigned yes = graph_return(g, 1), no = graph_return(g, 0), n = 0, steps;
	static const uint32_t values[] = {257, 273, 302, 318, 334, 350};
	struct tree_range v[13];
	uint32_t at = 200;
	for (unsigned i = 0; i < 6; i++) {
		v[n++] = (struct tree_range){at, values[i] - 1, no, 0, false};
		v[n++] = (struct tree_range){values[i], values[i], yes, 0, false};
		at = values[i] + 1;
	}
	v[n++] = (struct tree_range){at, 1000, no, 0, false};
	struct price price = {.size = 1};
	struct made m = tree_solve(a, g, v, n, &price);
	cr_expect_eq(m.cost, 4, "three tests and a mask, not %u", (unsigned)m.cost);
	for (uint32_t x = 200; x <= 1000; x++) {
		bool allowed = false;
		for (unsigned i = 0; i < 6; i++)
			allowed |= x == values[i];
		cr_expect_eq(run(g, m.node, x, &steps), allowed ? yes : no, "%u", x);
	}
	arena_free(a);
}

/* More ranges than the search takes at once. */
Test(tree, halves_what_is_too_many)
{
	struct arena *a = arena_new();
	struct graph *g = graph_new(a);
	unsigned n = 1000, steps;
	struct tree_range *v = ARENA_ARRAY(a, n, struct tree_range);
	for (unsigned i = 0; i < n; i++)
		v[i] = (struct tree_range){i * 7, i * 7 + 6, graph_return(g, i % 5), 1, false};
	struct price price = {.size = 1};
	struct made m = tree_solve(a, g, v, n, &price);
	for (uint32_t x = 0; x < n * 7; x++)
		cr_assert_eq(run(g, m.node, x, &steps), graph_return(g, x / 7 % 5));
	arena_free(a);
}
