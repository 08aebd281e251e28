/*
 * hole_set.c - which exceptions a place meets, against a look at each of them: random paths of a few names, some of which are values
 * of the start.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/hole_set.h"
#include "compiler/place.h"

static uint64_t state = 1;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

/* As the analysis sees a value that nobody knows. */
static const char *random_path(struct arena *a)
{
	static const char *const names[] = {"a", "b", "ab", "\\${X}", "a\\${Y}", "c-d"};
	const char *path = "";
	for (unsigned n = 1 + rnd(4), values = rnd(3) ? 3 : 6; n; n--)
		path = arena_printf(a, "%s/%s", path, names[rnd(values)]);
	return path;
}

static bool value_decides(const char *a, const char *b)
{
	size_t name = 0;
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			name = i;
	return strstr(a + name, "${") || strstr(b + name, "${");
}

Test(hole_set, meets_what_a_look_at_each_says)
{
	struct ir ir = {0};
	unsigned met = 0, asked = 0;
	for (unsigned i = 0; i < 20000; i++) {
		struct arena *a = arena_new();
		struct ir_hole holes[5];
		struct ir_rule r = {.kind = RULE_PATH, .object = "/", .holes = holes, .n_holes = rnd(5)};
		bool want = false;
		const char *path = expand_template(a, &ir, random_path(a), NULL, 0);
		for (unsigned k = 0; k < r.n_holes; k++) {
			holes[k] = (struct ir_hole){.path = random_path(a)};
			const char *hole = expand_template(a, &ir, holes[k].path, NULL, 0);
			want |= path_covers(hole, path) || path_covers(path, hole) || value_decides(hole, path);
		}
		cr_assert_eq(hole_set_meets(hole_set_new(a, &ir, &r), path), want, "%s", path);
		met += want;
		asked++;
		arena_free(a);
	}
	cr_expect(met > asked / 10 && met < asked * 9 / 10, "%u of %u", met, asked);
}

Test(hole_set, the_root_and_neighbours)
{
	struct arena *a = arena_new();
	struct ir ir = {0};
	struct ir_hole one[] = {{.path = "/srv/a"}}, root[] = {{.path = "/"}};
	struct ir_rule r = {.kind = RULE_PATH, .object = "/", .holes = one, .n_holes = 1};
	const struct hole_set *s = hole_set_new(a, &ir, &r);
	cr_expect(hole_set_meets(s, "/"));
	cr_expect(hole_set_meets(s, "/srv"));
	cr_expect(hole_set_meets(s, "/srv/a"));
	cr_expect(hole_set_meets(s, "/srv/a/x"));
	cr_expect_not(hole_set_meets(s, "/srv/ab"));
	cr_expect_not(hole_set_meets(s, "/srv/b"));
	cr_expect_not(hole_set_meets(s, "/s"));
	r.holes = root;
	cr_expect(hole_set_meets(hole_set_new(a, &ir, &r), "/x"));
	r.n_holes = 0;
	cr_expect_not(hole_set_meets(hole_set_new(a, &ir, &r), "/x"));
	arena_free(a);
}
