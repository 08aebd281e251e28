/*
 * Sets of values against brute force: after any sequence of tests the set is empty exactly when no
 * value passes them all, and the value it names passes them.
 */
#include "backends/seccomp/prove_word.h"

#include <criterion/criterion.h>

enum { MAX_TESTS = 8, SPAN = 4096 };

static uint64_t rnd(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s >> 11;
}

struct asked {
	struct wordset_test test;
	bool holds;
};

static bool passes(const struct asked *v, unsigned n, uint32_t value)
{
	for (unsigned i = 0; i < n; i++)
		if (wordset_test_holds(&v[i].test, value) != v[i].holds)
			return false;
	return true;
}

static struct asked random_asked(uint64_t *s, uint32_t base)
{
	struct asked a = {.holds = rnd(s) % 2};
	a.test.op = (enum wordset_op)(rnd(s) % 4);
	a.test.mask = rnd(s) % 2 ? UINT32_MAX : (uint32_t)(rnd(s) | (rnd(s) % 2 ? 0xfffff000 : 0));
	if (rnd(s) % 3 == 0)
		a.test.mask &= (uint32_t)rnd(s);
	a.test.k = base + (uint32_t)(rnd(s) % SPAN);
	if (rnd(s) % 4)
		a.test.k &= a.test.mask;
	if (a.test.op == WORD_SET) {
		a.test.k = UINT32_MAX;
		a.test.mask &= rnd(s) % 2 ? 0xfff : UINT32_MAX;
	}
	/* Mostly what rules out little, so that sets live long. */
	if (a.test.op == WORD_EQ && rnd(s) % 8)
		a.holds = false;
	return a;
}

/* Counts the values found in all parts that the tests leave, one part after another. */
struct count {
	const struct asked *asked;
	unsigned n;
	const uint8_t *truth; /* of SPAN values from base */
	uint32_t base;
	unsigned parts, wrong;
	unsigned long fuel;
};

static void descend(struct count *c, const struct wordset *w, unsigned at)
{
	struct wordset_not node;
	struct wordset next;
	struct wordset_test bit;
	if (at == c->n) {
		c->parts++;
		c->wrong += w->some - c->base >= SPAN || !c->truth[w->some - c->base];
		return;
	}
	const struct asked *a = &c->asked[at];
	if (wordset_split(w, &a->test, &bit)) {
		for (unsigned side = 0; side < 2; side++)
			if (wordset_narrow(w, &bit, side, &node, &next, &c->fuel) == WORD_LEFT)
				descend(c, &next, at);
		return;
	}
	enum wordset_left left = wordset_narrow(w, &a->test, a->holds, &node, &next, &c->fuel);
	cr_assert_neq(left, WORD_TOO_HARD);
	if (left == WORD_LEFT)
		descend(c, &next, at + 1);
}

Test(prove_word, agrees_with_trying_every_value, .timeout = 300)
{
	static const uint32_t bases[] = {0, 0x7ffff800, 0xfffff000, 0x12345678, 0x80000000};
	static uint8_t truth[SPAN];
	uint64_t s = 0xfeedbeef;
	unsigned empty = 0, alive = 0;
	for (unsigned round = 0; round < 20000; round++) {
		struct asked v[MAX_TESTS];
		unsigned n = 1 + (unsigned)(rnd(&s) % MAX_TESTS), values = 0;
		uint32_t base = bases[rnd(&s) % (sizeof(bases) / sizeof(bases[0]))];
		for (unsigned i = 0; i < n; i++)
			v[i] = random_asked(&s, base);
		for (uint32_t i = 0; i < SPAN; i++)
			values += truth[i] = passes(v, n, base + i);
		struct wordset w = wordset_range(base, base + SPAN - 1);
		struct count c = {
		    .asked = v, .n = n, .truth = truth, .base = base, .fuel = 10 * 1000 * 1000};
		descend(&c, &w, 0);
		cr_assert_eq(c.wrong, 0, "round %u", round);
		cr_assert_eq(c.parts > 0, values > 0, "round %u: %u parts, %u values", round,
			     c.parts, values);
		empty += !values;
		alive += values > 0;
	}
	cr_expect_gt(empty, 2000);
	cr_expect_gt(alive, 2000);
}

/* Every value taken out one by one: a set of n values is empty after n points, and not before. */
Test(prove_word, ends_when_the_last_value_is_gone)
{
	struct wordset_not nodes[64];
	unsigned long fuel = 100000;
	struct wordset w = wordset_range(UINT32_MAX - 63, UINT32_MAX), next;
	for (unsigned i = 0; i < 64; i++) {
		struct wordset_test t = {WORD_EQ, UINT32_MAX, w.some};
		enum wordset_left left = wordset_narrow(&w, &t, false, &nodes[i], &next, &fuel);
		cr_assert_eq(left, i == 63 ? WORD_EMPTY : WORD_LEFT, "%u", i);
		w = next;
	}
}

/* All four values of two bits are ruled out: nothing is left of 2^32, and that is seen at once. */
Test(prove_word, patterns_that_cover_everything)
{
	struct wordset_not nodes[4];
	unsigned long fuel = 1000;
	struct wordset w = wordset_any(), next;
	for (uint32_t k = 0; k < 4; k++) {
		struct wordset_test t = {WORD_EQ, 0x80000001, (k >> 1) << 31 | (k & 1)};
		enum wordset_left left = wordset_narrow(&w, &t, false, &nodes[k], &next, &fuel);
		cr_assert_eq(left, k == 3 ? WORD_EMPTY : WORD_LEFT, "%u", k);
		w = next;
	}
	cr_expect_gt(fuel, 900);
}

/* Work has an end, and it is not taken for an answer. */
Test(prove_word, no_fuel_no_answer)
{
	struct wordset_not node;
	unsigned long fuel = 0;
	struct wordset w = wordset_any(), next;
	struct wordset_test t = {WORD_EQ, UINT32_MAX, 0};
	cr_expect_eq(wordset_narrow(&w, &t, false, &node, &next, &fuel), WORD_TOO_HARD);
	fuel = 10;
	cr_expect_eq(wordset_narrow(&w, &t, false, &node, &next, &fuel), WORD_LEFT);
	cr_expect_eq(next.some, 1);
}
