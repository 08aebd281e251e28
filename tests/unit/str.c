/*
 * str.c - buffers, numbers at their limits, UTF-8, and the rules of "did you mean".
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/str.h"

#define N(v) (sizeof(v) / sizeof((v)[0]))

Test(str, a_buffer_is_always_a_string)
{
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	cr_expect_str_eq(buf_str(&b), "");
	buf_add(&b, "", 0);
	cr_expect_str_eq(buf_str(&b), "");
	for (unsigned i = 0; i < 1000; i++) {
		buf_putc(&b, 'x');
		cr_assert_eq(strlen(buf_str(&b)), i + 1);
	}
	buf_printf(&b, "%s", "");
	buf_printf(&b, "%0200d", 7);
	cr_expect_eq(b.len, 1200u);
	cr_expect_eq(buf_str(&b)[1200], '\0');
	buf_add(&b, "\0y", 2);
	cr_expect_eq(b.len, 1202u);
	arena_free(a);
}

Test(str, numbers_at_their_limits)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool ok;
		uint64_t value;
	} table[] = {
	    {"0", 0, true, 0},
	    {"65535", 65535, true, 65535},
	    {"65536", 65535, false, 0},
	    {"007", 7, true, 7},
	    {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
	    {"18446744073709551616", UINT64_MAX, false, 0},
	    {"99999999999999999999999", UINT64_MAX, false, 0},
	    {"", 9, false, 0},
	    {"-1", UINT64_MAX, false, 0},
	    {"+1", 9, false, 0},
	    {" 1", 9, false, 0},
	    {"1 ", 9, false, 0},
	    {"0x1", 99, false, 0},
	    {"\xd9\xa1", 9, false, 0}, /* a digit, but not of ours */
	};
	for (size_t i = 0; i < N(table); i++) {
		uint64_t v = 4711;
		cr_expect_eq(parse_u64(table[i].text, strlen(table[i].text), table[i].max, &v),
			     table[i].ok, "%s", table[i].text);
		cr_expect_eq(v, table[i].ok ? table[i].value : 4711,
			     "%s is written only on success", table[i].text);
	}
	uint64_t v = 0;
	cr_expect(parse_u64("123", 2, 99, &v) && v == 12, "only the bytes that were given count");
}

Test(str, utf8)
{
	static const char *const good[] = {"",
					   "a",
					   "\x7f",
					   "\xc2\x80",
					   "\xdf\xbf",
					   "\xe0\xa0\x80",
					   "\xed\x9f\xbf",
					   "\xee\x80\x80",
					   "\xef\xbf\xbf",
					   "\xf0\x90\x80\x80",
					   "\xf4\x8f\xbf\xbf"};
	static const char *const bad[] = {"\x80",
					  "\xbf",
					  "\xc0\x80",
					  "\xc1\xbf",
					  "\xc2",
					  "\xc2z",
					  "\xe0\x9f\xbf",
					  "\xed\xa0\x80",
					  "\xed\xbf\xbf",
					  "\xe2\x82",
					  "\xf0\x8f\xbf\xbf",
					  "\xf4\x90\x80\x80",
					  "\xf5\x80\x80\x80",
					  "\xff",
					  "ok\xfe",
					  "\xf0\x9f\x98"};
	for (size_t i = 0; i < N(good); i++)
		cr_expect(utf8_valid(good[i]), "good %zu", i);
	for (size_t i = 0; i < N(bad); i++)
		cr_expect_not(utf8_valid(bad[i]), "bad %zu", i);
}

Test(str, distance)
{
	static const struct {
		const char *a, *b;
		unsigned d;
	} table[] = {{"", "", 0},         {"", "abc", 3},     {"read", "read", 0},
		     {"raed", "read", 1}, {"red", "read", 1}, {"reads", "read", 1},
		     {"rexd", "read", 1}, {"ca", "abc", 3},   {"kitten", "sitting", 3}};
	for (size_t i = 0; i < N(table); i++) {
		cr_expect_eq(edit_distance(table[i].a, table[i].b), table[i].d, "%s %s", table[i].a,
			     table[i].b);
		cr_expect_eq(edit_distance(table[i].b, table[i].a), table[i].d, "%s %s", table[i].b,
			     table[i].a);
	}
}

/* Words of 64 letters are compared, longer ones are not: limit and limit + 1. */
Test(str, distance_at_the_longest_word)
{
	char a[66], b[66];
	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	a[64] = b[64] = a[65] = b[65] = '\0';
	b[0] = 'y';
	cr_expect_eq(edit_distance(a, b), 1u);
	a[64] = 'x';
	cr_expect_gt(edit_distance(a, b), 2u);
	struct arena *arena = arena_new();
	const char *const words[] = {b};
	cr_expect_null(suggest(arena, a, words, 1));
	a[64] = '\0';
	cr_expect_not_null(suggest(arena, a, words, 1));
	arena_free(arena);
}

static const char *meant(struct arena *a, const char *word)
{
	static const char *const words[] = {"read", "list", "write", "exec", "net",
					    "env",  "lint", "lost",  "mist", "gist"};
	return suggest(a, word, words, N(words));
}

/* Quotes and the signs of a variable do not count as letters, and a word of which nothing is left is another one. */
Test(str, did_you_mean_in_quotes)
{
	static const char *const words[] = {"${p}", "${xs}", "${dir}", "\"yes\"", "\"no\""};
	struct arena *a = arena_new();
	cr_expect_str_eq(suggest(a, "${x}", words, N(words)), "did you mean `${xs}`?");
	cr_expect_null(suggest(a, "${q}", words, N(words)));
	cr_expect_null(suggest(a, "${dxx}", words, N(words)));
	cr_expect_str_eq(suggest(a, "${drr}", words, N(words)), "did you mean `${dir}`?");
	cr_expect_str_eq(suggest(a, "\"yse\"", words, N(words)), "did you mean `\"yes\"`?");
	cr_expect_null(suggest(a, "\"my\"", words, N(words)));
	arena_free(a);
}

Test(str, did_you_mean)
{
	struct arena *a = arena_new();
	cr_expect_str_eq(meant(a, "raed"), "did you mean `read`?");
	cr_expect_str_eq(meant(a, "writ"), "did you mean `write`?");
	cr_expect_null(meant(a, "wxt"), "two changes are too many for three letters");
	cr_expect_null(meant(a, "something"));
	cr_expect_null(meant(a, "read"), "a word that is right needs no help");
	cr_expect_null(meant(a, ""));
	cr_expect_str_eq(meant(a, "nett"), "did you mean `net`?");
	/* nearest only; among equals the longer common prefix, then the name; three at most */
	cr_expect_str_eq(meant(a, "lisst"), "did you mean `list`?");
	cr_expect_str_eq(meant(a, "xist"), "did you mean `gist` or `list` or `mist`?");
	arena_free(a);
}

Test(str, what_does_not_show)
{
	static const struct {
		const char *text, *shown; /* NULL: it shows as it is */
	} cases[] = {
	    {"a b\tc\n", NULL},
	    {"\xc3\xa9 \xc2\xa0 \xe2\x80\xa9 \xe2\x81\xa5 \xe2\x81\xaa", NULL}, /* the neighbours of those below */
	    {"\xff\x80", NULL},						     /* no UTF-8: the terminal shows that */
	    {"a\033[2J", "a\\x1b[2J"},
	    {"\r\x7f", "\\x0d\\x7f"},
	    {"\xc2\x9b" "1A", "\\xc2\\x9b" "1A"},
	    {"\xe2\x80\xaa\xe2\x80\xae", "\\xe2\\x80\\xaa\\xe2\\x80\\xae"},
	    {"x\xe2\x81\xa6y\xe2\x81\xa9", "x\\xe2\\x81\\xa6y\\xe2\\x81\\xa9"},
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < N(cases); i++) {
		const char *text = cases[i].text, *shown = cases[i].shown;
		cr_expect_eq(!text_hidden(text, strlen(text)), !shown, "%s", text);
		cr_expect_str_eq(text_shown(a, text, strlen(text)), shown ? shown : text);
	}
	cr_expect_eq(text_hidden("ab\0c", 4)[0], 0);
	cr_expect_str_eq(text_shown(a, "ab\0c", 4), "ab\\x00c");
	arena_free(a);
}

Test(str, the_first_of_sorted_records)
{
	static const struct {
		const char *text;
		unsigned nr;
	} v[] = {{"/a", 0}, {"/a", 1}, {"/a/b", 2}, {"/ab", 3}, {"/b", 4}};
	static const struct {
		const char *text;
		unsigned len, first;
	} table[] = {
	    {"/a", 2, 0}, {"/a/", 3, 2}, {"/a/b", 4, 2}, {"/aa", 3, 3}, {"/ab", 3, 3}, {"/b", 2, 4}, {"/c", 2, 5}, {"", 0, 0}, {"/b/x", 2, 4},
	};
	for (size_t i = 0; i < N(table); i++)
		cr_expect_eq(sorted_first(v, N(v), sizeof(*v), table[i].text, table[i].len), table[i].first, "%.*s", (int)table[i].len,
			     table[i].text);
	cr_expect_eq(sorted_first(NULL, 0, sizeof(*v), "/a", 2), 0u);
}
