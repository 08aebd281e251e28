/*
 * tree.c - optimal two-way decision trees by dynamic programming.
 *
 * A state is (i, j, k): ranges i to j are left, and of the single values among them the k heaviest
 * were asked for already. From there: split at a boundary (>=), ask for the next heaviest value
 * (==), or end: ask for every value that goes elsewhere than the rest (tree_chain.c), or test bits
 * (tree_bits.c). To ask for a light value early is never better than to ask for
 * it after the splits, and to ask for heavy ones first is enough (Anderson, Kannan, Karloff, Ladner
 * 2002) when all go to different places; where they do not, a better tree is missed now and then (2
 * in 100 small random lists; tests/unit/seccomp_tree.c). So k runs over the heaviest only.
 */
#include "tree_priv.h"

#include <linux/filter.h>

static void tree_rank(struct tree *t)
{
	for (unsigned i = 0; i < t->n; i++) {
		if (!is_single(&t->v[i]))
			continue;
		unsigned at = t->n_rank++;
		for (; at && t->v[t->rank[at - 1]].weight < t->v[i].weight; at--)
			t->rank[at] = t->rank[at - 1];
		t->rank[at] = (uint16_t)i;
	}
}

static void tree_find_heavy(struct tree *t)
{
	for (unsigned i = 0; i < t->n; i++)
		for (unsigned j = i; j < t->n; j++) {
			uint16_t *h = tree_heavy(t, i, j);
			unsigned n = 0;
			for (unsigned r = 0; t->peels && r < t->n_rank && n < t->peels; r++)
				if (t->rank[r] >= i && t->rank[r] <= j)
					h[n++] = t->rank[r];
			h[n] = NO_ITEM;
		}
}

uint64_t tree_weight(const struct tree *t, unsigned i, unsigned j, unsigned k)
{
	uint64_t w = t->sum[j + 1] - t->sum[i];
	for (unsigned x = 0; x < k; x++)
		w -= t->v[tree_heavy(t, i, j)[x]].weight;
	return w;
}

/* How many of the k heaviest of i to j are before range m. */
static unsigned peeled_before(const struct tree *t, unsigned i, unsigned j, unsigned k, unsigned m)
{
	unsigned n = 0;
	for (unsigned x = 0; x < k; x++)
		n += tree_heavy(t, i, j)[x] < m;
	return n;
}

static void try_splits(struct tree *t, unsigned i, unsigned j, unsigned k)
{
	struct state *s = tree_state(t, i, j, k);
	uint64_t here = tree_weight(t, i, j, k) + t->price.size;
	for (unsigned m = i + 1; m <= j; m++) {
		unsigned left = k ? peeled_before(t, i, j, k, m) : 0;
		uint64_t cost = here + tree_state(t, i, m - 1, left)->cost +
				tree_state(t, m, j, k - left)->cost;
		state_offer(s, (struct state){.cost = cost, .step = STEP_SPLIT, .arg = m});
	}
}

static void try_peel(struct tree *t, unsigned i, unsigned j, unsigned k)
{
	if (k == t->peels || tree_heavy(t, i, j)[k] == NO_ITEM)
		return;
	uint64_t here = tree_weight(t, i, j, k) + t->price.size;
	uint64_t cost = here + tree_state(t, i, j, k + 1)->cost;
	state_offer(tree_state(t, i, j, k), (struct state){.cost = cost, .step = STEP_PEEL});
}

static void tree_fill(struct tree *t)
{
	for (unsigned len = 0; len < t->n; len++)
		for (unsigned i = 0; i + len < t->n; i++) {
			unsigned n_heavy = 0, j = i + len;
			while (tree_heavy(t, i, j)[n_heavy] != NO_ITEM)
				n_heavy++;
			for (unsigned k = n_heavy + 1; k-- > 0;) {
				tree_state(t, i, j, k)->cost = UINT64_MAX;
				tree_try_chain(t, i, j, k);
				try_splits(t, i, j, k);
				try_peel(t, i, j, k);
				tree_try_folded(t, i, j, k);
			}
			tree_try_bits(t, i, j);
			tree_try_sieve(t, i, j);
		}
}

/* ---- the tree found ---- */

static unsigned tree_build(const struct tree *t, unsigned i, unsigned j, unsigned k)
{
	const struct state *s = tree_state(t, i, j, k);
	switch (s->step) {
	case STEP_LEAF:
		return s->arg;
	case STEP_CHAIN:
	case STEP_FOLDED:
		return tree_build_chain(t, i, j, k);
	case STEP_BITS:
		return tree_build_bits(t, i, j);
	case STEP_SIEVE:
		return tree_build_sieve(t, i, j);
	case STEP_PEEL: {
		const struct tree_range *r = &t->v[tree_heavy(t, i, j)[k]];
		return graph_jump(t->graph, BPF_JEQ, r->lo, r->target, tree_build(t, i, j, k + 1));
	}
	case STEP_SPLIT:
		break;
	}
	unsigned left = peeled_before(t, i, j, k, s->arg);
	unsigned no = tree_build(t, i, s->arg - 1, left);
	unsigned yes = tree_build(t, s->arg, j, k - left);
	return graph_jump(t->graph, BPF_JGE, t->v[s->arg].lo, yes, no);
}

struct made tree_few(struct arena *a, struct graph *g, const struct tree_range *v, unsigned n,
		     const struct price *price, bool inner)
{
	struct tree t = {.arena = a,
			 .graph = g,
			 .v = v,
			 .n = n,
			 .peels = inner                           ? 0
				  : price->peels < TREE_MAX_PEELS ? price->peels
								  : TREE_MAX_PEELS,
			 .price = *price,
			 .inner = inner};
	t.rank = ARENA_ARRAY(a, n, uint16_t);
	t.heavy = ARENA_ARRAY(a, (size_t)n * n * (TREE_MAX_PEELS + 1), uint16_t);
	t.states = ARENA_ARRAY(a, (size_t)n * n * (t.peels + 1), struct state);
	t.sum = ARENA_ARRAY(a, n + 1, uint64_t);
	for (unsigned i = 0; i < n; i++)
		t.sum[i + 1] = t.sum[i] + v[i].weight;
	tree_rank(&t);
	tree_find_heavy(&t);
	tree_fill(&t);
	struct made m = {.cost = tree_state(&t, 0, n - 1, 0)->cost};
	if (g) /* else only the cost is asked for */
		m.node = tree_build(&t, 0, n - 1, 0);
	return m;
}

static struct made solve_many(struct arena *a, struct graph *g, const struct tree_range *v,
			      unsigned n, const struct price *price)
{
	if (n <= (price->most ? price->most : TREE_MAX))
		return tree_few(a, g, v, n, price, false);
	struct made no = solve_many(a, g, v, n / 2, price);
	struct made yes = solve_many(a, g, v + n / 2, n - n / 2, price);
	uint64_t weight = 0;
	for (unsigned i = 0; i < n; i++)
		weight += v[i].weight;
	return (struct made){graph_jump(g, BPF_JGE, v[n / 2].lo, yes.node, no.node),
			     no.cost + yes.cost + weight + price->size};
}

struct made tree_solve(struct arena *scratch, struct graph *g, const struct tree_range *v,
		       unsigned n, const struct price *price)
{
	/*
	 * Neighbours that go to the same place are one range, with what nobody sees between them.
	 */
	struct tree_range *merged = ARENA_ARRAY(scratch, n, struct tree_range);
	unsigned m = 0;
	for (unsigned i = 0; i < n; i++) {
		bool apart = v[i].apart || (m && merged[m - 1].apart);
		if (m && merged[m - 1].target == v[i].target && !apart) {
			merged[m - 1].hi = v[i].hi;
			merged[m - 1].weight += v[i].weight;
		} else {
			merged[m++] = v[i];
		}
	}
	return solve_many(scratch, g, merged, m, price);
}
