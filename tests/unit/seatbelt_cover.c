/*
 * seatbelt_cover.c - whether one place may lie in another for some values of the start: by hand, and against values tried one by one.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "backends/seatbelt/paths.h"

Test(seatbelt_cover, what_may_lie_in_what)
{
	static const struct {
		const char *wide, *place;
		bool may;
	} rows[] = {
	    {"/", "/a", true},
	    {"/a", "/", false},
	    {"/a", "/a/b", true},
	    {"/a/b", "/a", false},
	    {"/a", "/ab", false},
	    {"/a\\$", "/a\\$/b", true},
	    {"${v}", "/a", true},
	    {"${v}/b", "/a", false},
	    {"${v}/b", "/a/b/c", true},
	    {"${v}/b/c", "/w", false},
	    {"${v}/b", "${v}", false},
	    {"${v}/b", "${v}/c", false},
	    {"${v}/b", "${v}/b/c", true},
	    {"${v}/b", "${t}", true},
	    {"/a", "${t}/x", true},
	    {"/w/${s}", "/w/a/b", true},
	    {"/w/${s}/c", "/w/${s}", false},
	    {"/w/a${s}", "/w/${s}", false},
	    {"/w/a${s}", "/w/${t}", true},
	    {"/w/a${s}", "/w/ba", false},
	    {"/w/${s}a", "/w/ba/x", true},
	    {"/w/a${s}a", "/w/a", false},
	    {"${t}/a", "/w/${s}", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(tmpl_may_cover(rows[i].wide, rows[i].place), rows[i].may, "%s in %s", rows[i].place, rows[i].wide);
}

/* Values, and every pair of places: what does lie in the other is never ruled out. */
Test(seatbelt_cover, nothing_that_does_is_ruled_out)
{
	static const char *const places[] = {"/",	"/a",	    "/a/b",    "/ab/b",	     "${v}",	  "${v}/a", "${v}/a/b", "${t}",
					     "${t}/b",	"/a/${s}",  "/${s}/b", "/a/a${s}",   "/a/${s}b/a", "${v}/${s}"};
	static const char *const paths[] = {"/a", "/a/b", "/ab", "/a/b/a"};
	static const char *const words[] = {"", "a", "b", "ab"};
	struct arena *a = arena_new();
	struct ir ir = {.n_params = 0};
	unsigned n = sizeof(places) / sizeof(places[0]), held = 0;

	for (unsigned k = 0; k < 4 * 4 * 4; k++) {
		const struct ir_binding given[] = {{"v", paths[k % 4]}, {"t", paths[k / 4 % 4]}, {"s", words[k / 16]}};

		for (unsigned i = 0; i < n * n; i++) {
			const char *wide = expand_template(a, &ir, places[i / n], given, 3), *place = expand_template(a, &ir, places[i % n], given, 3);

			if (!wide || !place || !path_covers(wide, place))
				continue;
			held++;
			cr_expect(tmpl_may_cover(places[i / n], places[i % n]), "%s in %s: %s in %s", places[i % n], places[i / n], place, wide);
		}
	}
	cr_expect_gt(held, 2000u, "%u", held);
	arena_free(a);
}
