/*
 * name_list.c - all numbers of a name in the order they were put, and those above a path.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/name_list.h"

Test(name_list, all_of_a_name_in_their_order)
{
	struct arena *a = arena_new();
	struct name_list l = {.n = 0};
	cr_expect_eq(name_list_first(&l, "a", 1), -1L);
	for (unsigned i = 0; i < 3000; i++) {
		const char *name = arena_printf(a, "n%u", i % 300);
		name_list_put(a, &l, name, strlen(name), i);
	}
	for (unsigned k = 0; k < 300; k++) {
		const char *name = arena_printf(a, "n%u", k);
		unsigned next = k;
		for (long i = name_list_first(&l, name, strlen(name)); i >= 0; i = l.v[i].next, next += 300)
			cr_assert_eq(l.v[i].value, next);
		cr_assert_eq(next, 3000 + k, "ten of each");
	}
	arena_free(a);
}

struct met {
	unsigned v[8], n, until;
};

static bool meet(void *ctx, unsigned value)
{
	struct met *m = ctx;
	m->v[m->n++] = value;
	return value == m->until;
}

Test(name_list, above_a_path_goes_by_component)
{
	static const char *const paths[] = {"/", "/srv", "/srv/a", "/sr", "/srv/ab", "/srv/a/b", "/srv/a/b/c"};
	struct arena *a = arena_new();
	struct name_list l = {.n = 0};
	struct met m = {.until = 99};
	for (unsigned i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		name_list_put(a, &l, paths[i], strlen(paths[i]), i);
	cr_expect_not(name_list_above(&l, "/srv/a/b", meet, &m));
	cr_assert_eq(m.n, 4);
	for (unsigned i = 0; i < 4; i++)
		cr_expect_eq(m.v[i], ((const unsigned[]){5, 2, 1, 0})[i]);
	m = (struct met){.until = 2};
	cr_expect(name_list_above(&l, "/srv/a/b", meet, &m), "the first that says so ends it");
	cr_expect_eq(m.n, 2);
	m = (struct met){.until = 0};
	cr_expect(name_list_above(&l, "/", meet, &m));
	cr_expect_eq(m.n, 1);
	arena_free(a);
}
