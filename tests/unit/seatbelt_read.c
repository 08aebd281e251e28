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
	bool ok = sbpl_read(a, "t.sb", text, n, &error) != NULL;

	cr_expect_neq(ok, error != NULL);
	arena_free(a);
	return ok;
}

Test(seatbelt_read, forms)
{
	struct arena *a = arena_new();
	const char *error;
	const char text[] = "; first\n(a \"b\\\"\\\\c\" 12 'd ; more\n (e))\n(f)";
	const struct sexp *x = sbpl_read(a, "t.sb", text, strlen(text), &error), *w;

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
	cr_expect_eq(w->next->at.line, 3);
	cr_expect_str_eq(x->next->first->text, "f");
	arena_free(a);
}

Test(seatbelt_read, refuses)
{
	static const char *const bad[] = {
	    "",           "(",       ")",         "(a",       "\"a",      "(a \"b)",
	    "(a \"\\\")", "'",       "(')",       "#\"a\\\"b\"", "`",	 "(,@)", "#;a",
	    "\"\\x0g\"",  "\"\\0\"", "\"\\400\"", "a\001b",   "\303\244", "; only"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(!reads(bad[i], strlen(bad[i])), "%zu: %s", i, bad[i]);
	cr_expect(!reads("(a \"b\0c\")", 9), "a NUL inside");
	cr_expect(reads("(a \"b c\")", 9));
}

Test(seatbelt_read, atoms)
{
	static const struct {
		const char *text;
		enum sexp_kind kind;
		long long number;
		const char *is;
	} rows[] = {
	    {"12", SEXP_NUMBER, 12, NULL},	{"-3", SEXP_NUMBER, -3, NULL},
	    {"#o4000", SEXP_NUMBER, 2048, NULL}, {"#x1F", SEXP_NUMBER, 31, NULL},
	    {"#t", SEXP_BOOL, 1, NULL},		{"#f", SEXP_BOOL, 0, NULL},
	    {"-", SEXP_SYMBOL, 0, "-"},		{"file-read*", SEXP_SYMBOL, 0, "file-read*"},
	    {"1a", SEXP_SYMBOL, 0, "1a"},
	    {"#\\/", SEXP_CHAR, '/', NULL},	{"#\\)", SEXP_CHAR, ')', NULL},	{"#\\space", SEXP_CHAR, ' ', NULL},	{"#\"\\.x$\"", SEXP_STRING, 0, "\\.x$"},
	    {"#! note\na", SEXP_SYMBOL, 0, "a"}, {"\"a\\.b\"", SEXP_STRING, 0, "a.b"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new();
		const char *error;
		const struct sexp *x = sbpl_read(a, "t.sb", rows[i].text, strlen(rows[i].text), &error);

		cr_assert(x, "%s: %s", rows[i].text, error);
		cr_expect_eq(x->kind, rows[i].kind, "%s", rows[i].text);
		cr_expect_eq(x->number, rows[i].number, "%s", rows[i].text);
		cr_expect(!rows[i].is || strcmp(x->text, rows[i].is) == 0, "%s", rows[i].text);
		arena_free(a);
	}
}

Test(seatbelt_read, errors_have_a_place)
{
	static const char *const rows[][2] = {
	    {"(a)\n  (b", "t.sb:2:3: "}, {"(a \"x\ny\" #z)", "t.sb:2:4: "}, {"(a\n\n)) ", "t.sb:3:2: "},
	    {"(a \"open\n", "t.sb:1:4: "},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new();
		const char *error = NULL;

		cr_expect_null(sbpl_read(a, "t.sb", rows[i][0], strlen(rows[i][0]), &error));
		cr_expect(error && strncmp(error, rows[i][1], strlen(rows[i][1])) == 0, "%s: %s", rows[i][0], error);
		arena_free(a);
	}
}

Test(seatbelt_read, string_length_at_the_limit)
{
	struct arena *a = arena_new();

	for (int n = SBPL_READ_STRING; n <= SBPL_READ_STRING + 1; n++) {
		const char *text = arena_printf(a, "\"%0*d\"", n, 7);

		cr_expect_eq(reads(text, strlen(text)), n == SBPL_READ_STRING);
	}
	arena_free(a);
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
