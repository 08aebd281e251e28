/*
 * cond.c - conditions: the exact search and the canonical form, against trying every value of a
 * small world.
 */
#include <criterion/criterion.h>
#include <linux/sched.h>
#include <string.h>

#include "compiler/cond.h"
#include "compiler/syscalls.h"

enum { ROUNDS = 3000, ARGS = 2 };

static uint64_t next_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15ull;
	uint64_t z = *state;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/*
 * Constants and masks are below 16, so these values of an argument stand for all: those below, and
 * those above with every combination of the four bits.
 */
enum { WORLD = 32 };

static struct sys_test random_test(uint64_t *state, unsigned width)
{
	struct sys_test t = {.width = (uint8_t)width,
			     .mask = width == 32 ? UINT32_MAX : UINT64_MAX};
	t.arg = (uint8_t)(next_random(state) % ARGS);
	t.cmp = (enum sys_cmp)(next_random(state) % 6);
	t.value = next_random(state) % 16;
	if (next_random(state) % 2) {
		t.mask = 1 + next_random(state) % 15;
		t.value &= t.mask;
		t.cmp = t.cmp % 2 ? SYS_NE : SYS_EQ;
	}
	return t;
}

static const struct sys_cond *random_cond(struct arena *a, uint64_t *state, unsigned width)
{
	struct sys_cond *c = ARENA_NEW(a, struct sys_cond);
	unsigned n = 1 + (unsigned)(next_random(state) % 4);
	struct sys_conj *v = ARENA_ARRAY(a, n, struct sys_conj);
	for (unsigned i = 0; i < n; i++) {
		unsigned k = 1 + (unsigned)(next_random(state) % 4);
		struct sys_test *t = ARENA_ARRAY(a, k, struct sys_test);
		for (unsigned j = 0; j < k; j++)
			t[j] = random_test(state, width);
		v[i] = (struct sys_conj){t, k};
	}
	*c = (struct sys_cond){v, n};
	return c;
}

/* Calls `differ` for every point; how often the two conditions disagree. */
static unsigned disagree(const struct sys_cond *x, const struct sys_cond *y, unsigned *held)
{
	unsigned wrong = 0;
	for (unsigned i = 0; i < WORLD; i++)
		for (unsigned k = 0; k < WORLD; k++) {
			uint64_t args[6] = {i, k, 7, 7, 7, 7};
			*held += cond_holds(x, args);
			wrong += cond_holds(x, args) != cond_holds(y, args);
		}
	return wrong;
}

static void check_canonical(struct arena *a, const struct sys_cond *c)
{
	unsigned held = 0;
	const struct sys_cond *canon = cond_canonical(a, c);
	cr_assert_eq(disagree(c, canon, &held), 0);
	cr_assert_eq(canon->n_any == 0, held == 0);
	cr_assert_eq(canon->n_any == 1 && canon->any[0].n_tests == 0, held == WORLD * WORLD);
	cr_assert_eq(cond_cmp(canon, cond_canonical(a, canon)), 0);
}

Test(cond, canonical_means_the_same)
{
	uint64_t state = 1;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct arena *a = arena_new();
		check_canonical(a, random_cond(a, &state, i % 2 ? 32 : 64));
		arena_free(a);
	}
}

/* Whether some point satisfies all of x and nothing of y. */
static bool any_point(const struct sys_conj *x, const struct sys_cond *y)
{
	for (unsigned i = 0; i < WORLD; i++)
		for (unsigned k = 0; k < WORLD; k++) {
			uint64_t args[6] = {i, k};
			if (conj_holds(x, args) && !cond_holds(y, args))
				return true;
		}
	return false;
}

Test(cond, search_is_exact)
{
	uint64_t state = 2, args[6];
	unsigned found = 0, none = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct arena *a = arena_new();
		const struct sys_cond *x = random_cond(a, &state, 32),
				      *y = random_cond(a, &state, 32);
		const struct sys_conj *must = &x->any[0], *avoid[4];
		for (unsigned k = 0; k < y->n_any; k++)
			avoid[k] = &y->any[k];
		enum cond_found f = cond_find(&must, 1, avoid, y->n_any, args);
		cr_assert_eq(f == COND_FOUND, any_point(must, y));
		cr_assert_neq(f, COND_UNKNOWN);
		cr_assert(f == COND_NONE || (conj_holds(must, args) && !cond_holds(y, args)));
		found += f == COND_FOUND;
		none += f == COND_NONE;
		arena_free(a);
	}
	cr_expect(found > 500 && none > 500, "%u found, %u none", found, none);
}

#define T32(n, op, m, v)                                                                           \
	{                                                                                          \
		.arg = (n), .width = 32, .cmp = SYS_##op, .mask = (m), .value = (v)                \
	}
#define ONE(t)                                                                                     \
	(&(const struct sys_cond){&(const struct sys_conj){(t), sizeof(t) / sizeof((t)[0])}, 1})

Test(cond, equal_conditions_are_equal)
{
	struct arena *a = arena_new();
	const struct sys_test eq1[] = {T32(0, EQ, UINT32_MAX, 1)},
			      eq2[] = {T32(0, EQ, UINT32_MAX, 2)};
	const struct sys_test range[] = {T32(0, LE, UINT32_MAX, 2), T32(0, GT, UINT32_MAX, 0)};
	const struct sys_test lt[] = {T32(0, LT, UINT32_MAX, 5)},
			      gt[] = {T32(0, GT, UINT32_MAX, 5)};
	const struct sys_test ne[] = {T32(0, NE, UINT32_MAX, 5)};
	const struct sys_cond *list = cond_canonical(a, cond_or(a, ONE(eq2), ONE(eq1)));
	cr_expect_eq(cond_cmp(list, cond_canonical(a, ONE(range))), 0);
	cr_expect_eq(
	    cond_cmp(cond_canonical(a, cond_or(a, ONE(lt), ONE(gt))), cond_canonical(a, ONE(ne))),
	    0);
	cr_expect_neq(cond_cmp(cond_canonical(a, ONE(lt)), cond_canonical(a, ONE(ne))), 0);
	cr_expect_eq(cond_and(a, ONE(lt), ONE(gt))->n_any, 0);
	arena_free(a);
}

Test(cond, within_and_overlap)
{
	const struct sys_test one[] = {T32(0, EQ, UINT32_MAX, 3)},
			      few[] = {T32(0, LE, UINT32_MAX, 7)};
	const struct sys_test odd[] = {T32(0, EQ, 1, 1)}, even[] = {T32(0, EQ, 1, 0)};
	cr_expect(cond_within(ONE(one), ONE(few)));
	cr_expect_not(cond_within(ONE(few), ONE(one)));
	cr_expect(cond_within(ONE(one), NULL));
	cr_expect_not(cond_within(NULL, ONE(few)));
	cr_expect(cond_overlap(ONE(odd), ONE(few)));
	cr_expect_not(cond_overlap(ONE(odd), ONE(even)));
	cr_expect(cond_overlap(NULL, ONE(one)));
}

/* 40 numbers left out of one argument, bits behind masks: what would take too long without care. */
Test(cond, many_tests)
{
	struct arena *a = arena_new();
	struct sys_test t[60];
	uint64_t args[6];
	for (unsigned i = 0; i < 60; i++)
		t[i] = (struct sys_test)T32(0, NE, i < 40 ? UINT32_MAX : 3u << (i - 40),
					    i < 40 ? i : 0);
	const struct sys_conj c = {t, 60}, *must = &c;
	cr_assert_eq(cond_find(&must, 1, NULL, 0, args), COND_FOUND);
	cr_expect(conj_holds(&c, args));
	cr_expect_eq(cond_canonical(a, &(const struct sys_cond){&c, 1})->n_any, 1);
	arena_free(a);
}

Test(cond, too_many_cases_are_refused)
{
	struct arena *a = arena_new();
	struct sys_conj v[64];
	struct sys_test t[128];
	for (unsigned i = 0; i < 64; i++) {
		t[2 * i] = (struct sys_test)T32(0, EQ, UINT32_MAX, 3 * i);
		t[2 * i + 1] = (struct sys_test)T32(1, EQ, UINT32_MAX, 3 * i);
		v[i] = (struct sys_conj){&t[2 * i], 1};
	}
	const struct sys_cond x = {v, 64};
	struct sys_conj w[64];
	for (unsigned i = 0; i < 64; i++)
		w[i] = (struct sys_conj){&t[2 * i + 1], 1};
	const struct sys_cond y = {w, 64};
	cr_expect_null(cond_and(a, &x, &y));
	cr_expect_eq(cond_or(a, &x, &y)->n_any, 128);
	arena_free(a);
}

Test(cond, words)
{
	struct arena *a = arena_new();
	const struct syscall_desc *socket = syscall_by_name("socket"),
				  *clone = syscall_by_name("clone");
	const struct syscall_desc *kill = syscall_by_name("kill");
	const struct sys_test inet[] = {T32(0, EQ, UINT32_MAX, 2), T32(1, EQ, 0xf, 1)};
	const struct sys_test ns[] = {T32(0, EQ, CLONE_NEWUSER | CLONE_NEWNET, 0)};
	const struct sys_test group[] = {T32(0, GE, UINT32_MAX, 0x80000000u),
					 T32(1, NE, UINT32_MAX, 9)};
	cr_expect_str_eq(cond_text(a, socket, ARCH_X86_64, ONE(inet)),
			 "family == AF_INET and type & SOCK_TYPE_MASK == SOCK_STREAM");
	cr_expect_str_eq(cond_text(a, clone, ARCH_AARCH64, ONE(ns)),
			 "clone_flags lacks CLONE_NEWUSER|CLONE_NEWNET");
	cr_expect_str_eq(cond_text(a, kill, ARCH_X86_64, ONE(group)), "pid < 0 and sig != SIGKILL");
	cr_expect_str_eq(action_word(a, (struct sys_action){ACT_ERRNO, 1}), "errno EPERM");
	cr_expect_str_eq(action_word(a, (struct sys_action){ACT_KILL_THREAD, 0}), "kill-thread");
	arena_free(a);
}
