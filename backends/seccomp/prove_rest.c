/*
 * prove_rest.c - conditions under what is known of the words, in three values: holds, fails, open.
 *
 * `Open` may be said of a test that is decided in truth (the search for a value is not run here);
 * `holds` and `fails` are never wrong. That keeps the proof exact: an open test is asked.
 */
#include "prove_rest.h"

#include <string.h>

enum { MANY_OPEN = 16 };
enum tri { TRI_FAILS, TRI_HOLDS, TRI_OPEN };

/*
 * A test of an argument as atoms: all of them; or, for an order of 64 bits, the first, or the
 * second and the third.
 */
struct rest_test {
	struct sys_test source;
	struct rest_atom atom[3];
	unsigned n;
	bool negated;
};

struct rest_class {
	struct arena *arena;
	struct rest_test *tests; /* each once; the index is the id */
	unsigned n_tests;
	uint32_t *stack;
	unsigned top, cap;
	unsigned whole; /* size of the first rest on the stack */
};

/* ---- made ---- */

static struct rest_atom half(const struct sys_test *t, unsigned h, enum wordset_op op)
{
	return (struct rest_atom){
	    .word = WORD_ARGS + 2u * t->arg + h,
	    .test = {op, (uint32_t)(t->mask >> (32 * h)), (uint32_t)(t->value >> (32 * h))},
	};
}

static struct rest_test make_equal(const struct sys_test *t, bool negated)
{
	struct rest_test r = {.source = *t, .negated = negated, .n = t->width / 32u};
	r.atom[0] = half(t, 0, WORD_EQ);
	r.atom[1] = half(t, 1, WORD_EQ);
	if (t->width == 32 && t->value > UINT32_MAX) /* no word is that */
		r.atom[0].test = (struct wordset_test){WORD_EQ, 0, 1};
	return r;
}

static struct rest_test make_order(const struct sys_test *t, enum wordset_op op, bool negated)
{
	struct rest_test r = {.source = *t, .negated = negated, .n = 1};
	r.atom[0] = half(t, 0, op);
	if (t->width == 32) {
		if (t->value > UINT32_MAX)
			r.atom[0].test = (struct wordset_test){WORD_EQ, 0, 1};
		return r;
	}
	r.n = 3;
	r.atom[0] = half(t, 1, WORD_GT);
	r.atom[1] = half(t, 1, WORD_EQ);
	r.atom[2] = half(t, 0, op);
	return r;
}

static struct rest_test make_test(const struct sys_test *t)
{
	switch (t->cmp) {
	case SYS_EQ:
		return make_equal(t, false);
	case SYS_NE:
		return make_equal(t, true);
	case SYS_GT:
		return make_order(t, WORD_GT, false);
	case SYS_LE:
		return make_order(t, WORD_GT, true);
	case SYS_GE:
		return make_order(t, WORD_GE, false);
	case SYS_LT:
		break;
	}
	return make_order(t, WORD_GE, true);
}

static bool same_test(const struct sys_test *a, const struct sys_test *b)
{
	return a->arg == b->arg && a->width == b->width && a->cmp == b->cmp && a->mask == b->mask &&
	       a->value == b->value;
}

/* Ids of tests by what they are: a table with open addressing that is never full. */
struct ids {
	unsigned *slot; /* id + 1, or 0 */
	uint64_t mask;
};

static uint64_t test_hash(const struct sys_test *t)
{
	uint64_t h = (t->arg * 64u + t->width) * 8u + (unsigned)t->cmp;
	h = (h ^ t->mask) * 0x9e3779b97f4a7c15ull;
	h = ((h ^ h >> 29) ^ t->value) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 32;
}

static unsigned test_id(struct rest_class *c, struct ids *ids, const struct sys_test *t)
{
	uint64_t at = test_hash(t) & ids->mask;
	while (ids->slot[at] && !same_test(&c->tests[ids->slot[at] - 1].source, t))
		at = (at + 1) & ids->mask;
	if (!ids->slot[at]) {
		ARENA_GROW(c->arena, c->tests, c->n_tests);
		c->tests[c->n_tests++] = make_test(t);
		ids->slot[at] = c->n_tests;
	}
	return ids->slot[at] - 1;
}

static struct ids ids_for(struct arena *a, const struct prove_class *k)
{
	size_t n = 0, size = 1;
	for (unsigned i = 0; i < k->n_cases; i++)
		n += k->cases[i].n_tests;
	while (size < 2 * n + 1)
		size *= 2;
	return (struct ids){ARENA_ARRAY(a, size, unsigned), size - 1};
}

static void push(struct rest_class *c, uint32_t v)
{
	if (c->top == c->cap) {
		unsigned cap = c->cap ? 2 * c->cap : 64;
		uint32_t *stack = ARENA_ARRAY(c->arena, cap, uint32_t);
		if (c->top)
			memcpy(stack, c->stack, c->top * sizeof(stack[0]));
		c->stack = stack;
		c->cap = cap;
	}
	c->stack[c->top++] = v;
}

struct rest_class *rest_class_new(struct arena *a, const struct prove_class *k)
{
	struct rest_class *c = ARENA_NEW(a, struct rest_class);
	struct ids ids = ids_for(a, k);
	c->arena = a;
	for (unsigned i = 0; i < k->n_cases; i++) {
		const struct prove_case *from = &k->cases[i];
		push(c, prove_return(from->action));
		push(c, from->n_tests);
		for (unsigned j = 0; j < from->n_tests; j++)
			push(c, test_id(c, &ids, &from->tests[j]));
	}
	push(c, prove_return(k->otherwise));
	c->whole = c->top;
	return c;
}

struct rest rest_whole(const struct rest_class *c)
{
	return (struct rest){.at = 0, .n = c->whole};
}

void rest_drop(struct rest_class *c, const struct rest *kept)
{
	c->top = kept->at + kept->n;
}

const uint32_t *rest_values(const struct rest_class *c, const struct rest *r)
{
	return c->stack + r->at;
}

/* ---- asked ---- */

/* Is (word & mask) == value ruled out by what the word is known not to be? */
static bool ruled_out(const struct wordset *w, uint32_t mask, uint32_t value)
{
	for (const struct wordset_not *n = w->nots; n; n = n->next)
		if (!(n->mask & ~mask) && (value & n->mask) == n->value)
			return true;
	return false;
}

static enum tri equal_tri(const struct wordset *w, uint32_t mask, uint32_t value)
{
	if ((value & ~mask) || ((value ^ w->value) & mask & w->mask))
		return TRI_FAILS;
	if (!(mask & ~w->mask))
		return TRI_HOLDS;
	if (mask == UINT32_MAX && (value < w->lo || value > w->hi))
		return TRI_FAILS;
	return ruled_out(w, mask, value) ? TRI_FAILS : TRI_OPEN;
}

static enum tri order_tri(const struct wordset *w, const struct wordset_test *t)
{
	struct wordset_test bit;
	if (t->mask != UINT32_MAX) {
		if (wordset_split(w, t, &bit))
			return TRI_OPEN;
		return wordset_test_holds(t, w->value) ? TRI_HOLDS : TRI_FAILS;
	}
	bool lo = wordset_test_holds(t, w->lo), hi = wordset_test_holds(t, w->hi);
	return lo == hi ? (lo ? TRI_HOLDS : TRI_FAILS) : TRI_OPEN;
}

static enum tri tri_not(enum tri t)
{
	return t == TRI_OPEN ? t : t == TRI_HOLDS ? TRI_FAILS : TRI_HOLDS;
}

static enum tri atom_tri(const struct rest_atom *a, const struct wordset words[PROVE_WORDS])
{
	const struct wordset *w = &words[a->word];
	switch (a->test.op) {
	case WORD_EQ:
		return equal_tri(w, a->test.mask, a->test.k);
	case WORD_SET:
		return tri_not(equal_tri(w, a->test.mask, 0));
	case WORD_GT:
	case WORD_GE:
		break;
	}
	return order_tri(w, &a->test);
}

/* All of the atoms from..n; *open is the first that is open, when the answer is so. */
static enum tri all_tri(const struct rest_test *t, unsigned from, unsigned n,
			const struct wordset words[PROVE_WORDS], const struct rest_atom **open)
{
	enum tri all = TRI_HOLDS;
	for (unsigned i = from; i < n; i++) {
		enum tri one = atom_tri(&t->atom[i], words);
		if (one == TRI_FAILS)
			return TRI_FAILS;
		if (one == TRI_OPEN && all == TRI_HOLDS)
			*open = &t->atom[i];
		all = one == TRI_OPEN ? TRI_OPEN : all;
	}
	return all;
}

static enum tri test_tri(const struct rest_test *t, const struct wordset words[PROVE_WORDS],
			 const struct rest_atom **open)
{
	enum tri r;
	if (t->n < 3) {
		r = all_tri(t, 0, t->n, words, open);
	} else {
		r = all_tri(t, 0, 1, words, open);
		if (r == TRI_FAILS)
			r = all_tri(t, 1, 3, words, open);
	}
	return t->negated ? tri_not(r) : r;
}

/*
 * Pushes the open tests of the case at `at`; *open is the first open atom of the first of them.
 * Unless the case is open, nothing stays pushed.
 */
static enum tri push_case(struct rest_class *c, unsigned at,
			  const struct wordset words[PROVE_WORDS], struct rest_atom *open)
{
	unsigned start = c->top, n = c->stack[at + 1];
	enum tri all = TRI_HOLDS;
	push(c, c->stack[at]);
	push(c, 0);
	for (unsigned i = 0; i < n && all != TRI_FAILS; i++) {
		const struct rest_atom *atom = NULL;
		unsigned id = c->stack[at + 2 + i];
		enum tri one = test_tri(&c->tests[id], words, &atom);
		if (one == TRI_OPEN) {
			if (all == TRI_HOLDS)
				*open = *atom;
			push(c, id);
			c->stack[start + 1]++;
		}
		all = one == TRI_HOLDS ? all : one;
	}
	if (all != TRI_OPEN)
		c->top = start;
	return all;
}

static uint32_t words_of(const struct rest_class *c, const struct rest *r)
{
	uint32_t words = 0;
	for (unsigned at = r->at; at < r->at + r->n - 1;) {
		unsigned n = c->stack[at + 1];
		for (unsigned i = 0; i < n; i++) {
			const struct sys_test *t = &c->tests[c->stack[at + 2 + i]].source;
			words |= (t->width == 64 ? 3u : 1u) << (WORD_ARGS + 2u * t->arg);
		}
		at += 2 + n;
	}
	return words;
}

/*
 * Where many cases are open one after another would be asked for each of them. A test of the order of one word, with the
 * value of the middle case, settles half of them at once. False: the first open atom is as good.
 */
static bool ask_middle(const struct rest_class *c, const struct rest *r, unsigned n_open,
		       const struct wordset words[PROVE_WORDS], struct rest_atom *ask)
{
	unsigned at = r->at;
	if (n_open < MANY_OPEN)
		return false;
	for (unsigned i = 0; i < n_open / 2; i++)
		at += 2 + c->stack[at + 1];
	const struct rest_test *t = &c->tests[c->stack[at + 2]];
	const struct rest_atom *a = &t->atom[0];
	const struct wordset *w = &words[a->word];
	if (t->n == 3 || a->test.op != WORD_EQ || a->test.mask != UINT32_MAX || a->test.k <= w->lo || a->test.k > w->hi)
		return false;
	*ask = (struct rest_atom){a->word, {WORD_GE, UINT32_MAX, a->test.k}};
	return true;
}

struct rest rest_narrow(struct rest_class *c, const struct rest *from,
			const struct wordset words[PROVE_WORDS])
{
	struct rest r = {.at = c->top};
	unsigned n_open = 0;
	unsigned end = from->at + from->n - 1,
		 kept = c->top; /* kept: up to the last that matters */
	uint32_t last = c->stack[end];
	bool open = false;
	for (unsigned at = from->at; at < end; at += 2 + c->stack[at + 1]) {
		struct rest_atom atom;
		enum tri one = push_case(c, at, words, &atom);
		if (one == TRI_HOLDS) {
			last = c->stack[at];
			break;
		}
		if (one == TRI_OPEN && !open)
			r.ask = atom;
		open |= one == TRI_OPEN;
	}
	/* An open case that says what comes after it anyway decides nothing. */
	unsigned seen = 0;
	for (unsigned at = r.at; at < c->top;) {
		bool matters = c->stack[at] != last;
		at += 2 + c->stack[at + 1];
		seen++;
		if (matters) {
			kept = at;
			n_open = seen;
		}
	}
	c->top = kept;
	push(c, last);
	r.n = c->top - r.at;
	r.words = words_of(c, &r);
	ask_middle(c, &r, n_open, words, &r.ask);
	return r;
}
