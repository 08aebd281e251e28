/*
 * scope.c - values as --set gives them: types, units, ranges.
 */
#include "core_help.h"

#include "compiler/resolve_priv.h"

static bool parses(enum type type, const char *text, const char *want)
{
	struct arena *a = arena_new();
	struct res r = {.a = a};
	struct value v;
	bool ok = value_parse(&r, type, text, &v);
	if (ok && want)
		cr_expect_str_eq(v.text, want);
	arena_free(a);
	return ok;
}

Test(scope, numbers_have_their_unit_and_range)
{
	cr_expect(parses(TYPE_SIZE, "4KiB", "4096"));
	cr_expect(parses(TYPE_SIZE, "7B", "7"));
	cr_expect(parses(TYPE_DURATION, "2min", "120000"));
	cr_expect(parses(TYPE_PERCENT, "150%", "150"));
	cr_expect(parses(TYPE_PORT, "65535", "65535"));
	cr_expect(parses(TYPE_NUMBER, "18446744073709551615", "18446744073709551615"));
	cr_expect_not(parses(TYPE_PORT, "65536", NULL));
	cr_expect_not(parses(TYPE_NUMBER, "18446744073709551616", NULL));
	cr_expect_not(parses(TYPE_SIZE, "16777216TiB", NULL)); /* 2^64 bytes */
	cr_expect(parses(TYPE_SIZE, "16777215TiB", NULL));
	cr_expect_not(parses(TYPE_SIZE, "4096", NULL));
	cr_expect_not(parses(TYPE_SIZE, "4KB", NULL));
	cr_expect_not(parses(TYPE_DURATION, "2", NULL));
	cr_expect_not(parses(TYPE_NUMBER, "-1", NULL));
	cr_expect_not(parses(TYPE_NUMBER, "", NULL));
	cr_expect_not(parses(TYPE_NUMBER, " 1", NULL));
}

Test(scope, strings_hold_no_slash_and_paths_are_canonical)
{
	cr_expect(parses(TYPE_STRING, "a$b\\", "a\\$b\\\\"));
	cr_expect_not(parses(TYPE_STRING, "a/b", NULL));
	cr_expect(parses(TYPE_PATH, "/srv/a b", "/srv/a b"));
	cr_expect(parses(TYPE_PATH, "/", "/"));
	cr_expect_not(parses(TYPE_PATH, "srv", NULL));
	cr_expect_not(parses(TYPE_PATH, "/srv/", NULL));
	cr_expect_not(parses(TYPE_PATH, "/srv/../etc", NULL));
	cr_expect_not(parses(TYPE_PATH, "/srv//a", NULL));
	cr_expect_not(parses(TYPE_PATH, "", NULL));
}

/* Strings of a policy: escapes and variables become the one spelling of plan files. */
Test(scope, a_string_becomes_a_template)
{
	struct compile c = core_resolve(
	    "sbx 1\nlet root = \"/opt\"\nparam p: path at load\nparam n: string = \"x\"\npolicy t {\n"
	    "    targets linux\n    entry \"/bin/true\"\n    isolate none\n"
	    "    allow read \"${root}/\\$a\\\"b\\\\\", \"${p}/${n}\", \"/u/${UID}\"\n}\n");
	cr_expect_eq(c.ir->n_rules, 3);
	cr_expect_str_eq(c.ir->rules[0].object, "${p}/x");
	cr_expect_str_eq(c.ir->rules[1].object, "/opt/\\$a\"b\\\\");
	cr_expect_str_eq(c.ir->rules[2].object, "/u/${UID}");
	arena_free(c.arena);
}
