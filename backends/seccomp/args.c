/*
 * args.c - conditions -> exact diagram -> word by word, tests. Tries the orders of the words.
 */
#include "args.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "codegen.h"
#include "word.h"

enum {
	MAX_WORDS = 12,
	MAX_PERMUTED = 4, /* words; all orders of more would take too long */
	MANY_NODES = 8192, /* that conditions which go well together never take */
	MAX_NODES = 40000, /* of diagrams, after which no further order is tried */
	MAX_WORK = 1 << 21, /* of searches among tests of bits; the reference policies take 30,000 at most */
};

/* One order of the words of one verdict. */
struct attempt {
	struct args *args;
	struct arena *scratch;
	struct bdd *bdd;
	const struct verdict *verdict;
	uint64_t weight;
	uint64_t *work;
	unsigned words[MAX_WORDS]; /* 2 * arg + half, in the order of the diagram */
	unsigned n_words;
	struct {
		unsigned f, node;
	} * known;
	unsigned n_known;
};

static uint32_t half_of(uint64_t v, unsigned half)
{
	return (uint32_t)(v >> (32 * half));
}

static unsigned attempt_place(const struct attempt *t, unsigned arg, unsigned half)
{
	unsigned p = 0;
	while (p < t->n_words && t->words[p] != 2 * arg + half)
		p++;
	return p;
}

uint32_t args_offset(const struct args *a, unsigned word)
{
	unsigned place = a->big_endian ? word ^ 1 : word;
	return (uint32_t)(offsetof(struct seccomp_data, args) + 4 * place);
}

/* ---- what conditions mean ---- */

static unsigned bdd_and(struct bdd *b, unsigned f, unsigned g)
{
	return bdd_ite(b, f, g, BDD_FALSE);
}

static unsigned bdd_or(struct bdd *b, unsigned f, unsigned g)
{
	return bdd_ite(b, f, BDD_TRUE, g);
}

static unsigned bdd_not(struct bdd *b, unsigned f)
{
	return bdd_ite(b, f, BDD_FALSE, BDD_TRUE);
}

static unsigned test_equal(const struct attempt *t, const struct sys_test *x)
{
	unsigned f = BDD_TRUE;
	if (x->value & ~x->mask)
		return BDD_FALSE;
	for (unsigned half = 0; half < x->width / 32u; half++)
		if (half_of(x->mask, half))
			f = bdd_and(t->bdd, f,
				    bdd_equal(t->bdd, attempt_place(t, x->arg, half),
					      half_of(x->mask, half), half_of(x->value, half)));
	return f;
}

static unsigned test_above(const struct attempt *t, const struct sys_test *x)
{
	unsigned low = bdd_above(t->bdd, attempt_place(t, x->arg, 0), half_of(x->value, 0));
	if (x->width == 32)
		return low;
	unsigned place = attempt_place(t, x->arg, 1);
	unsigned same = bdd_equal(t->bdd, place, UINT32_MAX, half_of(x->value, 1));
	return bdd_or(t->bdd, bdd_above(t->bdd, place, half_of(x->value, 1)),
		      bdd_and(t->bdd, same, low));
}

static unsigned test_bdd(const struct attempt *t, const struct sys_test *x)
{
	struct sys_test y = *x;
	bool wide = x->width == 32 && half_of(x->value, 1);
	switch (x->cmp) {
	case SYS_EQ:
		return wide ? BDD_FALSE : test_equal(t, x);
	case SYS_NE:
		return wide ? BDD_TRUE : bdd_not(t->bdd, test_equal(t, x));
	case SYS_GE:
	case SYS_LT:
		/* >= v is > v - 1 */
		if (wide || !x->value)
			return wide == (x->cmp == SYS_LT) ? BDD_TRUE : BDD_FALSE;
		y.value--;
		return x->cmp == SYS_GE ? test_above(t, &y) : bdd_not(t->bdd, test_above(t, &y));
	case SYS_GT:
	case SYS_LE:
		if (wide)
			return x->cmp == SYS_LE ? BDD_TRUE : BDD_FALSE;
		return x->cmp == SYS_GT ? test_above(t, x) : bdd_not(t->bdd, test_above(t, x));
	}
	return BDD_FALSE;
}

static unsigned cond_bdd(const struct attempt *t, const struct sys_cond *c)
{
	unsigned any = BDD_FALSE;
	for (unsigned i = c->n_any; i-- > 0;) {
		unsigned all = BDD_TRUE;
		for (unsigned j = c->any[i].n_tests; j-- > 0;)
			all = bdd_and(t->bdd, test_bdd(t, &c->any[i].tests[j]), all);
		any = bdd_or(t->bdd, all, any);
	}
	return any;
}

static unsigned verdict_bdd(const struct attempt *t)
{
	const struct verdict *v = t->verdict;
	unsigned f = bdd_end(t->bdd, codegen_return(v->otherwise));
	for (unsigned i = v->n_arms; i-- > 0;)
		f = bdd_ite(t->bdd, cond_bdd(t, v->arms[i].cond),
			    bdd_end(t->bdd, codegen_return(v->arms[i].action)), f);
	return f;
}

/* ---- from the diagram to tests ---- */

typedef void test_fn(void *ctx, const struct sys_test *x);

static void each_test(const struct verdict *v, test_fn *fn, void *ctx)
{
	for (unsigned i = 0; i < v->n_arms; i++)
		for (unsigned j = 0; j < v->arms[i].cond->n_any; j++)
			for (unsigned k = 0; k < v->arms[i].cond->any[j].n_tests; k++)
				fn(ctx, &v->arms[i].cond->any[j].tests[k]);
}

struct masks {
	struct arena *arena;
	unsigned word;
	struct word_mask *v;
	unsigned n;
};

static void collect_mask(void *ctx, const struct sys_test *x)
{
	struct masks *m = ctx;
	unsigned half = m->word % 2;
	uint32_t mask = half_of(x->mask, half);
	if (x->arg != m->word / 2 || half >= x->width / 32u || mask == UINT32_MAX || !mask ||
	    (x->value & ~x->mask))
		return;
	ARENA_GROW(m->arena, m->v, m->n);
	m->v[m->n++] = (struct word_mask){mask, half_of(x->value, half)};
}

static unsigned attempt_node(void *ctx, unsigned f)
{
	struct attempt *t = ctx;
	unsigned level = bdd_level(t->bdd, f);
	if (level == BDD_NO_LEVEL)
		return graph_return(t->args->graph, bdd_end_value(t->bdd, f));
	if (bdd_full(t->bdd))
		return 0; /* nobody uses it */
	for (unsigned i = 0; i < t->n_known; i++)
		if (t->known[i].f == f)
			return t->known[i].node;
	unsigned word = t->words[level / 32];
	struct masks masks = {.arena = t->scratch, .word = word};
	each_test(t->verdict, collect_mask, &masks);
	struct word_problem p = {.scratch = t->scratch,
				 .bdd = t->bdd,
				 .graph = t->args->graph,
				 .price = t->args->price,
				 .place = level / 32,
				 .offset = args_offset(t->args, word),
				 .weight = t->weight,
				 .masks = masks.v,
				 .n_masks = masks.n,
				 .work = t->work,
				 .exit = attempt_node,
				 .ctx = t};
	unsigned node = graph_load(t->args->graph, p.offset, word_solve(&p, f).node);
	ARENA_GROW(t->scratch, t->known, t->n_known);
	t->known[t->n_known].f = f;
	t->known[t->n_known++].node = node;
	return node;
}

/* ---- which order ---- */

/* Instructions executed from here, in 64ths, when every jump goes each way as often. */
static uint64_t graph_steps(const struct graph *g, unsigned at, uint64_t *known)
{
	const struct graph_node *v = &g->v[at];
	if (known[at])
		return known[at];
	known[at] = 64;
	if (graph_is_jump(v))
		known[at] += (graph_steps(g, v->yes, known) + graph_steps(g, v->no, known)) / 2;
	else if (!graph_is_return(v))
		known[at] += graph_steps(g, v->yes, known);
	return known[at];
}

struct orders {
	struct args *args;
	const struct verdict *verdict;
	uint64_t weight;
	unsigned words[MAX_WORDS];
	unsigned n;
	unsigned best;
	uint64_t best_cost;
	unsigned nodes; /* of all diagrams so far */
	uint64_t work;  /* left for the searches of all orders */
};

static uint64_t orders_cost(const struct orders *o, struct arena *scratch, unsigned root)
{
	const struct graph *g = o->args->graph;
	bool *mark = ARENA_ARRAY(scratch, g->n, bool);
	uint64_t *known = ARENA_ARRAY(scratch, g->n, uint64_t);
	for (unsigned i = 0; i < o->args->n_kept; i++)
		graph_mark(g, o->args->kept[i], mark);
	uint64_t weight = o->weight / 64 ? o->weight / 64 : 1;
	return graph_mark(g, root, mark) * o->args->price.size +
	       graph_steps(g, root, known) * weight;
}

static void orders_offer(struct orders *o, struct arena *scratch, unsigned root)
{
	uint64_t cost = orders_cost(o, scratch, root);
	if (cost < o->best_cost) {
		o->best_cost = cost;
		o->best = root;
	}
}

static void orders_try(struct orders *o)
{
	if (o->nodes > MAX_NODES)
		return;
	struct attempt t = {.args = o->args,
			    .scratch = arena_new(),
			    .verdict = o->verdict,
			    .weight = o->weight,
			    .work = &o->work,
			    .n_words = o->n};
	for (unsigned i = 0; i < o->n; i++)
		t.words[i] = o->words[i];
	t.bdd = bdd_new(t.scratch);
	unsigned f = verdict_bdd(&t);
	unsigned root = bdd_full(t.bdd) ? 0 : attempt_node(&t, f);
	o->nodes += bdd_count(t.bdd);
	if (!bdd_full(t.bdd)) /* it may have become so on the way */
		orders_offer(o, t.scratch, root);
	arena_free(t.scratch);
}

static void orders_permute(struct orders *o, unsigned from)
{
	if (from + 1 >= o->n) {
		orders_try(o);
		return;
	}
	for (unsigned i = from; i < o->n; i++) {
		unsigned pick = o->words[i];
		for (unsigned j = i; j > from; j--)
			o->words[j] = o->words[j - 1];
		o->words[from] = pick;
		orders_permute(o, from + 1);
		for (unsigned j = from; j < i; j++)
			o->words[j] = o->words[j + 1];
		o->words[i] = pick;
	}
}

/* As it is written: what is left when no diagram can be made, and now and then the shortest of many. */
static void orders_plain(struct orders *o)
{
	struct arena *scratch = arena_new();
	orders_offer(o, scratch, args_plain(o->args, o->verdict));
	arena_free(scratch);
}

/* Each word first once, the others as they come. */
static void orders_rotate(struct orders *o)
{
	for (unsigned i = 0; i < o->n; i++) {
		unsigned first = o->words[0];
		orders_try(o);
		for (unsigned j = 0; j + 1 < o->n; j++)
			o->words[j] = o->words[j + 1];
		o->words[o->n - 1] = first;
	}
}

static void collect_word(void *ctx, const struct sys_test *x)
{
	bool *used = ctx;
	bool equal = x->cmp == SYS_EQ || x->cmp == SYS_NE;
	for (unsigned half = 0; half < x->width / 32u; half++)
		used[2 * x->arg + half] |= !equal || half_of(x->mask, half);
}

unsigned args_lower(struct args *a, const struct verdict *v, uint64_t weight)
{
	bool used[MAX_WORDS] = {0};
	struct orders o = {.args = a, .verdict = v, .weight = weight, .best_cost = UINT64_MAX, .work = MAX_WORK};
	each_test(v, collect_word, used);
	for (unsigned w = 0; w < MAX_WORDS; w++)
		if (used[w])
			o.words[o.n++] = w;
	if (o.n <= MAX_PERMUTED)
		orders_permute(&o, 0);
	else
		orders_rotate(&o);
	if (o.best_cost == UINT64_MAX || o.nodes > MANY_NODES)
		orders_plain(&o);
	ARENA_GROW(a->arena, a->kept, a->n_kept);
	a->kept[a->n_kept++] = o.best;
	return o.best;
}
