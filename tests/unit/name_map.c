/*
 * name_map.c - every name is found again, no other is, the first of two alike stays.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/name_map.h"

Test(name_map, found_again_whatever_the_size)
{
	struct arena *a = arena_new();
	struct name_map m = {0};
	cr_expect_eq(name_map_get(&m, "a", 1), -1L);
	for (unsigned i = 0; i < 5000; i++) {
		const char *name = arena_printf(a, "n%u", i);
		cr_assert_eq(name_map_get(&m, name, strlen(name)), -1L);
		name_map_put(a, &m, name, strlen(name), i);
		name_map_put(a, &m, name, strlen(name), i + 1);
	}
	for (unsigned i = 0; i < 5000; i++) {
		const char *name = arena_printf(a, "n%u", i), *other = arena_printf(a, "n%ux", i);
		cr_assert_eq(name_map_get(&m, name, strlen(name)), (long)i);
		cr_assert_eq(name_map_get(&m, other, strlen(other)), -1L);
		cr_assert_eq(name_map_get(&m, other, strlen(name)), (long)i, "the length counts");
	}
	cr_expect_eq(name_map_get(&m, "", 0), -1L);
	name_map_put(a, &m, "", 0, 7);
	cr_expect_eq(name_map_get(&m, "", 0), 7L);
	arena_free(a);
}

static long covering(const struct name_map *m, const char *name)
{
	struct arena *a = arena_new();
	long value = name_map_covering(a, m, name);
	arena_free(a);
	return value;
}

Test(name_map, patterns_take_what_begins_like_them)
{
	static const char *const patterns[] = {"GIT_*", "HOME", "GIT_DIR", "G*"};
	struct arena *a = arena_new();
	struct name_map m = {0};
	cr_expect_eq(covering(&m, "HOME"), -1L);
	for (unsigned i = 0; i < 4; i++)
		name_map_put(a, &m, patterns[i], strlen(patterns[i]), i);
	cr_expect_eq(covering(&m, "HOME"), 1L);
	cr_expect_eq(covering(&m, "HOMES"), -1L);
	cr_expect_eq(covering(&m, "HOM"), -1L);
	cr_expect_eq(covering(&m, "HOME*"), -1L, "it takes more than the name");
	cr_expect_eq(covering(&m, "GIT_DIR"), 0L, "the least of three");
	cr_expect_eq(covering(&m, "GIT_"), 0L);
	cr_expect_eq(covering(&m, "GIT_*"), 0L);
	cr_expect_eq(covering(&m, "GIT_X*"), 0L);
	cr_expect_eq(covering(&m, "GO"), 3L);
	cr_expect_eq(covering(&m, ""), -1L);
	name_map_put(a, &m, "*", 1, 9);
	cr_expect_eq(covering(&m, ""), 9L);
	cr_expect_eq(covering(&m, "HOME*"), 9L);
	arena_free(a);
}
