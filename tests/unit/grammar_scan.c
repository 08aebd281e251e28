/*
 * grammar_scan.c - literals: what a number with a unit is worth, what strings may hold, what is
 * refused and how often.
 */
#include "grammar_help.h"

static const struct {
	const char *text;
	enum ast_word_kind kind;
	uint64_t number;
} numbers[] = {
    {"0", WORD_INT, 0},
    {"16", WORD_INT, 16},
    {"0x10", WORD_INT, 16},
    {"18446744073709551615", WORD_INT, UINT64_MAX},
    {"0xffffffffffffffff", WORD_INT, UINT64_MAX},
    {"1B", WORD_SIZE, 1},
    {"3KiB", WORD_SIZE, 3072},
    {"256MiB", WORD_SIZE, 268435456},
    {"4GiB", WORD_SIZE, 4294967296},
    {"16777215TiB", WORD_SIZE, 16777215ULL << 40},
    {"7ms", WORD_DURATION, 7},
    {"5s", WORD_DURATION, 5000},
    {"30min", WORD_DURATION, 1800000},
    {"2h", WORD_DURATION, 7200000},
    {"150%", WORD_PERCENT, 150},
};

Test(grammar_scan, numbers_and_units)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		char body[100];
		snprintf(body, sizeof(body), "limit x %s", numbers[i].text);
		struct parsed p = parse_body(body);
		const struct ast_stmt *s = nth_stmt(&p, 0);
		cr_assert_eq(diag_errors(p.diags), 0, "%s: %s", body, said(&p));
		cr_assert_eq(s->value->kind, numbers[i].kind, "%s", body);
		cr_assert_eq(s->value->number, numbers[i].number, "%s", body);
		arena_free(p.arena);
	}
}

/* Each is one fault of the named code, and the statement still arrives, marked as reported. */
static const struct {
	const char *text, *code;
} wrong[] = {
    {"18446744073709551616", "E0108"},
    {"0x10000000000000000", "E0108"},
    {"0x1g", "E0108"},
    {"16777216TiB", "E0108"},
    {"5124095576030431h", "E0108"},
    {"010", "E0108"},
    {"1.5GiB", "E0108"},
    {"256MB", "E0103"},
    {"5sec", "E0103"},
    {"1k", "E0103"},
    {"7parsec", "E0103"},
    {"5S", "E0103"},
    {"/a", "E0104"},
    {"~/a", "E0104"},
    {"~", "E0104"},
    {"./a", "E0104"},
    {"../a", "E0104"},
    {"${HOME}/a", "E0104"},
    {"src/main.c", "E0104"},
    {"*.pem", "E0104"},
    {"*:443", "E0104"},
    {"api.example.org:443", "E0104"},
    {"10.0.0.1", "E0104"},
    {"\"a\\n\"", "E0110"},
    {"\"\xff\"", "E0107"},
    {"\"\xc0\x80\"", "E0107"},
    {"\"\xed\xa0\x80\"", "E0107"},
    {"\"\xf4\x90\x80\x80\"", "E0107"},
    {"\"a\x1b[0m\"", "E0107"},
    {"\"a\xc2\x9b\"", "E0107"},
    {"\"\xe2\x80\xae\"", "E0107"},
    {"\"\xe2\x81\xa9\"", "E0107"},
    {"'a'", "E0101"},
    {"\"a", "E0106"},
};

Test(grammar_scan, one_fault_and_the_statement_goes_on)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		char body[100];
		snprintf(body, sizeof(body), "limit x %s", wrong[i].text);
		struct parsed p = parse_body(body);
		char *text = said(&p);
		const struct ast_stmt *s = nth_stmt(&p, 0);
		cr_assert_eq(diag_errors(p.diags), 1, "%s: %s", body, text);
		cr_assert(strstr(text, wrong[i].code), "%s: %s", body, text);
		cr_assert_not_null(s, "%s", body);
		cr_assert(s->value->reported, "%s", body);
		free(text);
		arena_free(p.arena);
	}
}

Test(grammar_scan, strings_keep_their_raw_bytes)
{
	struct parsed p = parse_body(
	    "about \"a \\\"b\\\" \\\\ \\$x ${y} \xc3\xa9\t\xf0\x9f\x8d\x8f # no comment\"");
	const struct ast_word *w = nth_stmt(&p, 0)->value;
	cr_assert_eq(diag_errors(p.diags), 0);
	cr_assert_str_eq(w->text,
			 "a \\\"b\\\" \\\\ \\$x ${y} \xc3\xa9\t\xf0\x9f\x8d\x8f # no comment");
	cr_assert_eq(w->len, strlen(w->text));
	cr_assert_not(w->reported);
	arena_free(p.arena);
}

Test(grammar_scan, a_fault_points_at_the_smallest_text)
{
	static const struct {
		const char *body, *place;
	} cases[] = {
	    {"about \"ab\\qc\"", "t.sbx:3:10: "},
	    {"about \"ab\xff\"", "t.sbx:3:10: "},
	    {"limit pids", "t.sbx:3:11: "},
	    {"limit pids   # a comment", "t.sbx:3:11: "},
	    {"allow read \"/a\" becuase \"x\"", "t.sbx:3:17: "},
	    {"use a(b: \"c\"\nallow net", "t.sbx:3:6: "},
	    {"targets linux,\nallow net", "t.sbx:3:14: "},
	    {"on linux {\nallow net", "t.sbx:2:10: "},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct parsed p = parse_body(cases[i].body);
		char *text = said(&p);
		cr_assert_eq(diag_errors(p.diags), 1, "%s: %s", cases[i].body, text);
		cr_assert_eq(strncmp(text, cases[i].place, strlen(cases[i].place)), 0, "%s: %s",
			     cases[i].body, text);
		free(text);
		arena_free(p.arena);
	}
}

Test(grammar_scan, nul_bytes_are_seen_as_what_they_are)
{
	static const char source[] =
	    "sbx 1\n# a\0b\npolicy p {\n    about \"a\0b\"\n    allow\0 net\n}\n";
	struct parsed p = parse_bytes(source, sizeof(source) - 1);
	char *text = said(&p);
	cr_assert_eq(diag_errors(p.diags), 3, "%s", text);
	cr_assert(strstr(text, "a comment holds the control byte 0x00"), "%s", text);
	cr_assert(strstr(text, "a string holds the control byte 0x00"), "%s", text);
	cr_assert(strstr(text, "5:10: error: a control byte 0x00"), "%s", text);
	free(text);
	arena_free(p.arena);
}
