/*
 * template.c - the canonical spelling of text with variables, and which paths are canonical.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/template.h"

/* Every byte survives: spelled, then decoded. */
Test(template, every_byte_round_trips)
{
	struct arena *a = arena_new();
	for (unsigned c = 1; c < 256; c++) {
		struct buf b = buf_new(a);
		char byte = (char)c;
		template_add_literal(&b, &byte, 1);
		cr_expect_arr_eq(template_literal(a, buf_str(&b)), (&(char[]){byte, '\0'}[0]), 2,
				 "byte %u", c);
		for (const char *t = buf_str(&b); *t; t++)
			cr_expect(((unsigned char)*t >= 0x20 && *t != 0x7f), "byte %u stands raw",
				  c);
	}
	arena_free(a);
}

Test(template, spellings)
{
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	template_add_literal(&b, "/a$b\\c\n", 7);
	template_add_var(&b, "HOME");
	cr_expect_str_eq(buf_str(&b), "/a\\$b\\\\c\\x0a${HOME}");
	cr_expect(template_has_vars(buf_str(&b)));
	cr_expect_null(template_literal(a, buf_str(&b)));
	cr_expect_not(template_has_vars("/a\\${HOME}"), "an escaped dollar begins no variable");
	cr_expect_str_eq(template_literal(a, "/a\\${HOME}"), "/a${HOME}");
	arena_free(a);
}

/* Whatever stands at the end, the walk ends at the NUL. */
Test(template, torn_pieces_end_with_the_text)
{
	static const char *const torn[] = {"\\", "\\x", "\\x4", "$", "${", "${x", "a\\", "${}"};
	for (size_t i = 0; i < sizeof(torn) / sizeof(torn[0]); i++) {
		const char *at = torn[i];
		struct template_piece piece;
		unsigned n = 0;
		while (template_next(&at, &piece))
			cr_assert_lt(n++, 8u, "%s", torn[i]);
		cr_expect_eq(at, torn[i] + strlen(torn[i]), "%s", torn[i]);
	}
}

Test(template, canonical_paths)
{
	static const char *const good[] = {"/",    "/a",   "/a/b",      "/...",  "/.a",
					   "/a..", "/a b", "/\xc3\xbc", "/a/..b"};
	static const char *const bad[] = {"",       "a",       "./a",  "//",   "/a/",
					  "/a//b",  "/.",      "/..",  "/a/.", "/a/..",
					  "/a/./b", "/a/../b", "/../a"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(path_is_canonical(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(path_is_canonical(bad[i]), "%s", bad[i]);
}

Test(template, builtins_are_sorted_and_found_whole)
{
	for (unsigned i = 0; template_builtins[i]; i++) {
		size_t n = strlen(template_builtins[i]);
		cr_expect(template_is_builtin(template_builtins[i], n));
		cr_expect_not(template_is_builtin(template_builtins[i], n - 1), "%s",
			      template_builtins[i]);
		if (template_builtins[i + 1])
			cr_expect_lt(strcmp(template_builtins[i], template_builtins[i + 1]), 0);
	}
	cr_expect(template_builtin_is_path("HOME", 4));
	cr_expect_not(template_builtin_is_path("UID", 3));
	cr_expect_not(template_builtin_is_path("home", 4));
}
