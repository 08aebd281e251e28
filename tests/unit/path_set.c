/*
 * path_set.c - ancestors are found component by component, with as many rules as there are.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/path_set.h"

struct seen {
	const struct ir_rule *v[32];
	unsigned n, stop_at;
};

static bool see(void *ctx, const struct ir_rule *r)
{
	struct seen *s = ctx;
	cr_assert_lt(s->n, 32u);
	s->v[s->n++] = r;
	return s->n == s->stop_at;
}

static unsigned count(const struct path_set *set, const char *path)
{
	struct seen s = {0};
	cr_expect_not(path_set_above(set, path, see, &s));
	return s.n;
}

Test(path_set, ancestors_by_component)
{
	static struct ir_rule rules[] = {
	    {.object = "/"},   {.object = "/a"},      {.object = "/a/b"},     {.object = "/a/b"},
	    {.object = "/ab"}, {.object = "${HOME}"}, {.object = "${HOME}/x"}};
	struct arena *a = arena_new();
	struct path_set *set = path_set_new(a, 7);
	for (size_t i = 0; i < 7; i++)
		path_set_add(set, rules[i].object, &rules[i]);
	cr_expect_eq(count(set, "/"), 1u);
	cr_expect_eq(count(set, "/a"), 2u);
	cr_expect_eq(count(set, "/ab"), 2u, "letters are no component");
	cr_expect_eq(count(set, "/a/b"), 4u);
	cr_expect_eq(count(set, "/a/bc"), 2u);
	cr_expect_eq(count(set, "/a/b/c/d"), 4u);
	cr_expect_eq(count(set, "${HOME}/x/y"), 3u, "a template may stand for any place below /");
	arena_free(a);
}

Test(path_set, the_walk_stops_when_it_is_told)
{
	static struct ir_rule rules[] = {{.object = "/"}, {.object = "/a"}};
	struct arena *a = arena_new();
	struct path_set *set = path_set_new(a, 2);
	path_set_add(set, "/", &rules[0]);
	path_set_add(set, "/a", &rules[1]);
	struct seen s = {.stop_at = 1};
	cr_expect(path_set_above(set, "/a/b", see, &s));
	cr_expect_eq(s.n, 1u);
	arena_free(a);
}

Test(path_set, many_rules_and_an_empty_set)
{
	enum { MANY = 20000 };
	struct arena *a = arena_new();
	struct path_set *set = path_set_new(a, MANY), *empty = path_set_new(a, 0);
	struct ir_rule *rules = ARENA_ARRAY(a, MANY, struct ir_rule);
	for (unsigned i = 0; i < MANY; i++) {
		rules[i].object = arena_printf(a, "/d%u", i);
		path_set_add(set, rules[i].object, &rules[i]);
	}
	for (unsigned i = 0; i < MANY; i++) {
		struct seen s = {0};
		path_set_above(set, arena_printf(a, "/d%u/x", i), see, &s);
		cr_assert(s.n == 1 && s.v[0] == &rules[i]);
	}
	cr_expect_eq(count(set, "/d"), 0u);
	cr_expect_eq(count(empty, "/a/b"), 0u);
	arena_free(a);
}
