/*
 * diag.c - order, counts, the cut at the maximum, and that no byte of a policy reaches a
 * terminal raw.
 */
#include "core_help.h"

struct desk {
	struct arena *a;
	struct src *src;
	struct diags *d;
	const struct src_file *f;
};

static struct desk desk_new(const char *name, const char *text)
{
	struct desk k = {.a = arena_new()};
	k.src = src_new(k.a);
	k.d = diags_new(k.a, k.src);
	cr_assert_eq(src_add(k.src, name, text, strlen(text), &k.f), SRC_OK);
	return k;
}

static struct loc at(const struct desk *k, uint32_t beg, uint32_t end)
{
	return (struct loc){k->f->base + beg, k->f->base + end};
}

Test(diag, order_is_by_place_then_by_time)
{
	struct desk k = desk_new("p", "abc\ndef\n");
	diag(k.d, DIAG_UNEXPECTED, at(&k, 4, 5), "third");
	diag(k.d, DIAG_NO_REASON, at(&k, 0, 1), "first");
	diag(k.d, DIAG_UNEXPECTED, at(&k, 0, 1), "second");
	diag(k.d, DIAG_ABSENT_SYSCALL, at(&k, 4, 5), "fourth");
	cr_expect_str_eq(core_messages(k.a, k.d, DIAG_GCC),
			 "p:1:1: warning: first [W101 no-reason]\np:1:1: error: second [E0101]\n"
			 "p:2:1: error: third [E0101]\np:2:1: note: fourth [N0212]\n");
	cr_expect_eq(diag_errors(k.d), 2u);
	cr_expect_eq(diag_warnings(k.d), 1u);
	arena_free(k.a);
}

/* What is the same in all its parts is one message; in whatever it differs, two. */
Test(diag, once_each)
{
	struct desk k = desk_new("p", "abc\n");
	for (unsigned i = 0; i < 3; i++) {
		diag(k.d, DIAG_UNEXPECTED, at(&k, 0, 1), "x");
		diag_note(diag(k.d, DIAG_UNEXPECTED, at(&k, 0, 1), "x"), "n");
		diag_second(diag(k.d, DIAG_UNEXPECTED, at(&k, 0, 1), "x"), at(&k, 1, 2), "s");
		diag_label(diag(k.d, DIAG_UNEXPECTED, at(&k, 0, 1), "x"), "l");
		diag(k.d, DIAG_NO_REASON, at(&k, 0, 1), "x");
		diag(k.d, DIAG_UNEXPECTED, at(&k, 1, 2), "x");
	}
	cr_expect_eq(diag_errors(k.d), 5u);
	cr_expect_eq(diag_warnings(k.d), 1u);
	arena_free(k.a);
}

static unsigned shown(unsigned errors, bool *counted)
{
	struct desk k = desk_new("p", "abc\n");
	unsigned n = 0;
	for (unsigned i = 0; i < errors; i++)
		diag(k.d, DIAG_UNEXPECTED, at(&k, 0, 1), "x%u", i);
	const char *text = core_messages(k.a, k.d, DIAG_GCC);
	*counted = strstr(text, "not shown") != NULL;
	for (const char *p = text; (p = strstr(p, "[E0101]")); p++)
		n++;
	arena_free(k.a);
	return n;
}

Test(diag, the_maximum_and_one_more)
{
	bool counted;
	cr_expect(shown(DIAG_MAX_ERRORS, &counted) == DIAG_MAX_ERRORS && !counted);
	cr_expect(shown(DIAG_MAX_ERRORS + 1, &counted) == DIAG_MAX_ERRORS && counted);
	cr_expect(shown(1000, &counted) == DIAG_MAX_ERRORS && counted);
}

/* Names, source lines and messages with escapes, in every format. */
Test(diag, nothing_a_terminal_acts_on)
{
	struct desk k = desk_new("p\033[31m\nq", "a \033]0;x\a b\x7f\n");
	struct diag_rec *r = diag(k.d, DIAG_UNEXPECTED, at(&k, 0, 4), "say %s", "\033[2J");
	diag_label(r, "\033label");
	diag_note(r, "\033note");
	diag_help(r, "\033help");
	for (unsigned f = 0; f < DIAG_FORMATS; f++) {
		const char *text = core_messages(k.a, k.d, (enum diag_format)f);
		for (const char *c = text; *c; c++)
			cr_assert(*c == '\n' || ((unsigned char)*c >= 0x20 && *c != 0x7f),
				  "byte %02x in: %s", (unsigned)(unsigned char)*c, text);
		cr_expect_not_null(strstr(text, f == DIAG_JSON || f == DIAG_SARIF ? "\\u001b[2J" : "\\x1b[2J"));
		if (f == DIAG_TEXT || f == DIAG_GCC)
			cr_expect_not_null(strstr(text, "p\\x1b[31m\\x0aq:1:1"), "%s", text);
	}
	arena_free(k.a);
}

Test(diag, a_caret_stands_under_its_letters)
{
	struct desk k = desk_new("p", "\tab\x01 cd\n");
	diag_label(diag(k.d, DIAG_UNEXPECTED, at(&k, 5, 7), "x"), "here");
	const char *text = core_messages(k.a, k.d, DIAG_TEXT);
	cr_expect_not_null(strstr(text, "1 | \tab\\x01 cd\n   | \t       ^^ here\n"), "%s", text);
	arena_free(k.a);
}

Test(diag, seen_is_overlap_of_the_same_kind)
{
	struct desk k = desk_new("p", "abcdef\n");
	diag(k.d, DIAG_UNEXPECTED, at(&k, 2, 4), "x");
	cr_expect(diag_seen(k.d, DIAG_UNEXPECTED, at(&k, 3, 5)));
	cr_expect_not(diag_seen(k.d, DIAG_UNEXPECTED, at(&k, 4, 5)), "touching is not overlapping");
	cr_expect_not(diag_seen(k.d, DIAG_UNEXPECTED, at(&k, 0, 2)));
	cr_expect_not(diag_seen(k.d, DIAG_BAD_VALUE, at(&k, 2, 4)));
	arena_free(k.a);
}

Test(diag, codes_and_slugs_are_unique)
{
	for (unsigned i = 0; i < DIAG_COUNT; i++) {
		const struct diag_info *x = diag_info((enum diag_id)i);
		char first = x->severity == SEV_ERROR     ? 'E'
			     : x->severity == SEV_WARNING ? 'W'
							  : 'N';
		cr_expect_eq(x->code[0], first, "%s", x->code);
		for (unsigned k = 0; k < i; k++) {
			const struct diag_info *y = diag_info((enum diag_id)k);
			cr_expect(strcmp(x->code, y->code) != 0 && strcmp(x->slug, y->slug) != 0,
				  "%s %s", x->code, y->code);
		}
	}
}

/* A word for the marked one is a fix; one of another kind, or one of two, is none. */
Test(diag, a_suggestion_is_a_fix)
{
	static const struct {
		const char *text, *help, *fix;
	} v[] = {
	    {"alow x", "did you mean `allow`?", "allow"},
	    {"@bse x", "did you mean `base`?", NULL},
	    {"10xB x", "did you mean `KiB`?", NULL},
	    {"raed x", "did you mean `read` or `rand`?", NULL},
	    {"raed x", "did you mean `read`? or not", NULL},
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct desk k = desk_new("p", v[i].text);
		struct diag_rec *r = diag(k.d, DIAG_UNKNOWN_WORD, at(&k, 0, 4), "x");
		diag_help(r, "%s", v[i].help);
		const char *text = core_messages(k.a, k.d, DIAG_JSON);
		const char *want = v[i].fix ? arena_printf(k.a, "\"text\":\"%s\"}}\n", v[i].fix) : "\"fix\":null}\n";
		cr_expect_not_null(strstr(text, want), "%s", text);
		arena_free(k.a);
	}
}
