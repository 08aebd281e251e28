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
