/*
 * seatbelt_read.c - the reader of profiles: what it takes, and that it never takes half of
 * something.
 */
#include <criterion/criterion.h>

#include "seatbelt_ir.h"

static bool reads(const char *text, size_t n)
{
	struct arena *a = arena_new();
	const char *error = NULL;
	bool ok = sbpl_read(a, text, n, &error) != NULL;

	cr_expect_neq(ok, error != NULL);
	arena_free(a);
	return ok;
}

Test(seatbelt_read, forms)
{
	struct arena *a = arena_new();
	const char *error;
	const char text[] = "; first\n(a \"b\\\"\\\\c\" 12 'd ; more\n (e))\n(f)";
	const struct sexp *x = sbpl_read(a, text, strlen(text), &error), *w;

	cr_assert(x, "%s", error);
	w = x->first;
	cr_expect_str_eq(w->text, "a");
	w = w->next;
	cr_expect_eq(w->kind, SEXP_STRING);
	cr_expect_str_eq(w->text, "b\"\\c");
	cr_expect_eq(w->written, 6);
	w = w->next;
	cr_expect_eq(w->kind, SEXP_NUMBER);
	w = w->next;
	cr_expect_str_eq(w->first->text, "quote");
	cr_expect_eq(w->next->line, 3);
	cr_expect_str_eq(x->next->first->text, "f");
	arena_free(a);
}

Test(seatbelt_read, refuses)
{
	static const char *const bad[] = {
	    "",           "(",       ")",         "(a",       "\"a",      "(a \"b)",
	    "(a \"\\\")", "'",       "(')",       "#\"raw\"", "`(a)",     ",a",
	    "\"\\x0g\"",  "\"\\0\"", "\"\\400\"", "a\001b",   "\303\244", "; only"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(!reads(bad[i], strlen(bad[i])), "%zu: %s", i, bad[i]);
	cr_expect(!reads("(a \"b\0c\")", 9), "a NUL inside");
	cr_expect(reads("(a \"b c\")", 9));
}

Test(seatbelt_read, depth_at_the_limit)
{
	char text[2 * SBPL_MAX_DEPTH + 8];

	for (size_t n = SBPL_MAX_DEPTH + 1; n <= SBPL_MAX_DEPTH + 2; n++) {
		memset(text, '(', n);
		memset(text + n, ')', n);
		cr_expect_eq(reads(text, 2 * n), n == SBPL_MAX_DEPTH + 1);
	}
}
