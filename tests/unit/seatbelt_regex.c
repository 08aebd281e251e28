/*
 * seatbelt_regex.c - the expressions of profiles: against POSIX where both speak the same dialect, what is refused, what
 * must stay quick, and that every example matches.
 */
#include <criterion/criterion.h>
#include <regex.h>
#include <string.h>

#include "backends/seatbelt/sbpl.h"

static const struct {
	const char *pattern, *yes, *no;
} rows[] = {
    {"", "", NULL},
    {"^/a$", "/a", "/a/"},
    {"/a", "/b/a/c", "/b"},
    {"^/private(/tmp)?/x", "/private/x", "/private/t/x"},
    {"^/dev/ttys[0-9]+$", "/dev/ttys12", "/dev/ttys"},
    {"^/dev/r?disk", "/dev/rdisk0", "/dev/rrdisk"},
    {"\\.pem$", "/x.pem", "/xpem"},
    {"[]a]", "]", "b"},
    {"[^]a]", "b", "]"},
    {"[a-c-]", "-", "d"},
    {"[-\\w.]", ".", "/"},
    {"[\\]x]", "]", "\\"},
    {"^\\d+\\s\\w$", "12 a", "12 -"},
    {"^[^/]{3}$", "abc", "abcd"},
    {"^a{2,3}$", "aaa", "aaaa"},
    {"^a{2,}$", "aaaaa", "a"},
    {"^a{0,2}$", "", "aaa"},
    {"^(ab){2}$", "abab", "ab"},
    {"^(a|b|)c$", "c", "dc"},
    {"a|^b", "xa", "xb"},
    {"(^a|b)c", "bc", "xac"},
    {"^(.*/)?\\.env$", ".env", "x.env"},
    {"^/a/(.*/)?\\.env$", "/a/b/c/.env", "/a/b.env"},
    {"a.b", "a\nb", "ab"},
    {"}", "}", "{"},
    {"\303\244", "x\303\244", "\303"},
};

static const struct sbpl_regex *re(struct arena *a, const char *pattern)
{
	const char *error = NULL;
	const struct sbpl_regex *r = sbpl_regex_new(a, pattern, &error);

	cr_expect(r || error, "%s", pattern);
	return r;
}

Test(seatbelt_regex, rows)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sbpl_regex *r = re(a, rows[i].pattern);

		cr_assert(r, "%s", rows[i].pattern);
		cr_expect(sbpl_regex_match(r, rows[i].yes), "%s on %s", rows[i].pattern, rows[i].yes);
		cr_expect(!rows[i].no || !sbpl_regex_match(r, rows[i].no), "%s on %s", rows[i].pattern, rows[i].no);
	}
	arena_free(a);
}

Test(seatbelt_regex, refuses)
{
	static const char *const bad[] = {"(",    ")",     "a)",	"[a",	 "[",	    "[^",   "*",     "+a",  "a|*", "\\",
					  "a{",   "a{x}",  "a{256}",	"a{0}",	 "a{3,2}",  "(?:a)", "[[:alpha:]]", "\\1", "\\b",
					  "[z-a]", "^*",   "((((a{255}){255}){255}){255})"};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_null(re(a, bad[i]), "%s", bad[i]);
	arena_free(a);
}

Test(seatbelt_regex, heads)
{
	static const char *const heads[][2] = {
	    {"^/a/b/", "/a/b/"}, {"^/a/b*", "/a/"},	{"^/a|b", ""},	   {"/a", ""},	     {"^/a(b|c)", "/a"},
	    {"^/a\\.b$", "/a.b"}, {"^/a[|]b", "/a"}, {"^(/a|/b)", ""}, {"^/a\\w", "/a"}, {"^/ab{2}", "/a"},
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		cr_expect_str_eq(sbpl_regex_head(re(a, heads[i][0])), heads[i][1], "%s", heads[i][0]);
	arena_free(a);
}

static const char *joined(struct arena *a, const struct sbpl_regex *r)
{
	const char *all = "";
	unsigned n;
	const char *const *v = sbpl_regex_pieces(r, &n);

	for (unsigned i = 0; i < n; i++)
		all = arena_printf(a, "%s%s%s", all, i ? " " : "", v[i]);
	return all;
}

Test(seatbelt_regex, pieces)
{
	static const char *const pieces[][2] = {
	    {"^/srv(/|/.*/)[^/]*\\.k0($|/)", "/srv .k0"},
	    {"a|b", ""}, {"(a|b)c", "c"}, {"ab*c", "a c"}, {"ab{0,3}c", "a c"}, {"a.b", "a b"}, {"a[|b]c", "a c"},
	    {"a\\|b", "a|b"}, {"a\\db", "a b"}, {"x(a(b)c)?y", "x y"}, {"a\\(b", "a(b"}, {"a([)|])b", "a b"}, {"", ""}, {"^$", ""},
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		cr_expect_str_eq(joined(a, re(a, pieces[i][0])), pieces[i][1], "%s", pieces[i][0]);
	arena_free(a);
}

/* What matches holds them all. */
static bool holds_pieces(const struct sbpl_regex *r, const char *text)
{
	unsigned n;
	const char *const *v = sbpl_regex_pieces(r, &n);

	while (n > 0)
		if (!strstr(text, v[--n]))
			return false;
	return true;
}

static uint32_t state = 12345;

static uint32_t rng(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static char *random_pattern(struct arena *a, unsigned depth)
{
	static const char *const atoms[] = {"a", "b", "/", ".", "[ab]", "[^a]", "\\.", "^", "$"};
	char *all = arena_strdup(a, "");

	for (unsigned n = 1 + rng(4); n > 0; n--) {
		const char *x = atoms[rng(depth > 2 || rng(3) ? 9 : 7)];

		if (depth < 3 && rng(4) == 0)
			x = arena_printf(a, "(%s%s%s)", random_pattern(a, depth + 1), rng(2) ? "|" : "",
					 random_pattern(a, depth + 1));
		all = arena_printf(a, "%s%s%s", all, x,
				   rng(3) == 0 && x[0] != '^' && x[0] != '$' ? (const char *[]){"*", "+", "?"}[rng(3)] : "");
	}
	return all;
}

/* Where both read the pattern, both say the same; and every example is one. */
Test(seatbelt_regex, as_posix)
{
	unsigned compared = 0, examples = 0;

	for (int i = 0; i < 3000; i++) {
		struct arena *a = arena_new();
		const char *pattern = random_pattern(a, 0);
		const struct sbpl_regex *mine = re(a, pattern);
		const char *example = mine ? sbpl_regex_example(a, mine) : NULL;
		regex_t posix;

		if (!mine || regcomp(&posix, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
			arena_free(a);
			continue;
		}
		examples += example != NULL;
		cr_expect(!example || sbpl_regex_match(mine, example), "%s: %s", pattern, example);
		for (int k = 0; k < 20; k++) {
			char text[8] = {0};

			for (unsigned n = rng(7); n > 0; n--)
				text[n - 1] = "ab/."[rng(4)];
			compared++;
			cr_expect(!sbpl_regex_match(mine, text) || holds_pieces(mine, text), "%s: %s", pattern, text);
			cr_expect_eq(sbpl_regex_match(mine, text), regexec(&posix, text, 0, NULL, 0) == 0, "%s on \"%s\"",
				     pattern, text);
		}
		regfree(&posix);
		arena_free(a);
	}
	cr_expect_gt(compared, 40000);
	cr_expect_gt(examples, 1500);
}

/* What makes a matcher that goes back to where it was take as long as 2^40 steps. */
Test(seatbelt_regex, no_text_is_slow, .timeout = 5)
{
	struct arena *a = arena_new();
	const struct sbpl_regex *r = re(a, "^(a*)*(a|a)*(a*a*)*b$");
	char text[4001];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cr_expect(!sbpl_regex_match(r, text));
	arena_free(a);
}
