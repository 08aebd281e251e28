/*
 * grammar_parse.c - structure: every word's place is its text, one slip is one message, what
 * surrounds a slip is kept, limits hold at the limit and one past it, size costs time in
 * proportion.
 */
#include "grammar_help.h"

#include <time.h>

static unsigned n_words;

static void check_word(const struct parsed *p, const struct ast_word *w)
{
	for (; w; w = w->next) {
		char *text = arena_strndup(p->arena, p->file->text + (w->loc.beg - p->file->base),
					   w->loc.end - w->loc.beg);
		const char *form = w->kind == WORD_STRING  ? "\"%s\""
				   : w->kind == WORD_GROUP ? "@%s"
							   : "%s";
		char want[200];
		snprintf(want, sizeof(want),
			 form[0] == '%'   ? "%s%s"
			 : form[0] == '@' ? "%s@%s"
					  : "%s\"%s\"",
			 "", w->text);
		cr_assert_str_eq(text, want);
		n_words++;
	}
}

Test(grammar_parse, the_place_of_a_word_is_its_text)
{
	struct parsed p =
	    parse_body("allow read write \"/a\" if-exists via out except \"/b\", \"/c\"\n"
		       "allow syscall @io, read with errno EPERM\n"
		       "limit memory 256MiB because \"why\"\n"
		       "require res.memory on linux\n"
		       "isolate pid, 5 KIND std/x\n");
	const struct ast_stmt *allow = nth_stmt(&p, 0), *call = nth_stmt(&p, 1);
	check_word(&p, allow->access->ops);
	check_word(&p, allow->access->objects->modifiers);
	check_word(&p, allow->access->objects->via);
	check_word(&p, allow->access->objects->except);
	check_word(&p, allow->access->objects->string);
	check_word(&p, call->access->names);
	check_word(&p, call->access->action->name);
	check_word(&p, call->access->action->detail);
	check_word(&p, nth_stmt(&p, 2)->value);
	check_word(&p, nth_stmt(&p, 2)->because);
	check_word(&p, nth_stmt(&p, 3)->words);
	check_word(&p, nth_stmt(&p, 3)->targets);
	check_word(&p, nth_stmt(&p, 4)->words);
	cr_assert_eq(n_words, 18, "%u", n_words);
	arena_free(p.arena);
}

/*
 * One slip inside a policy: one message, of that code, and the statements before and after are both
 * there.
 */
static const struct {
	const char *slip, *code;
} slips[] = {
    {"limit", "E0101"},
    {"limit pids", "E0101"},
    {"limit pids 5 6", "E0101"},
    {"allow", "E0101"},
    {"allow read \"/a\" \"/b\"", "E0101"},
    {"allow read {\n\"/a\",\n}", "E0101"},
    {"allow read {\n\"/a\" = \"/b\"\n}", "E0101"},
    {"allow read \"/a\" except {\n5\n}", "E0101"},
    {"allow read \"/a\" exept {\n\"/b\"\n}", "E0100"},
    {"allow read \"/a\" = {\n\"/b\"\n}", "E0101"},
    {"allow read \"/a\" except \"/b\", \"/c\"", "E0101"},
    {"allow read \"/a\" via x via y", "E0101"},
    {"allow read \"/a\" becuase \"b\"", "E0100"},
    {"allow read maching \"*\" under \"/\"", "E0100"},
    {"allow sycall read, write", "E0100"},
    {"deny syscall a where b = 1", "E0101"},
    {"deny syscall a where b", "E0101"},
    {"deny syscall a where (b == 1", "E0106"},
    {"deny syscall a where b in (1, 2", "E0106"},
    {"deny syscall a where b in 1", "E0101"},
    {"deny syscall a wit errno EPERM", "E0100"},
    {"requir (res.memory)", "E0100"},
    {"require res.memory onn linux", "E0100"},
    {"onn linux {\nallow net\n}", "E0100"},
    {"on linux\nallow net\n}", "E0101"},
    {"on linux\n{\nallow net\n}", "E0101"},
    {"on {\nallow net\n}", "E0101"},
    {"on 5 {\nallow net\n}", "E0101"},
    {"test {\nexpect deny net\n}", "E0101"},
    {"test \"t\" {\nexpct deny net\n}", "E0100"},
    {"test \"t\" {\ngiven x 5\n}", "E0101"},
    {"test \"t\" {\nallow net\n}", "E0101"},
    {" policy q {\nallow net\n}", "E0101"},
    {" param x: path", "E0101"},
    {"foo {\nbar\n}", "E0105"},
    {"foo = 3", "E0101"},
    {"use std/x(a \"b\")", "E0101"},
    {"use std/x(a: \"b\"", "E0106"},
    {"use Std/x", "E0101"},
    {"set env a = \"b\"", "E0101"},
    {"isolate pid,, net", "E0101"},
    {"about \"a\" \\ \"b\"", "E0107"},
    {"about \"a\";", "E0101"},
    {"about \"a\" // b", "E0101"},
    {"never deny net", "E0101"},
    {"final limit pids 5", "E0101"},
    {"}{", "E0101"},
};

Test(grammar_parse, one_slip_is_one_message_and_the_rest_is_kept)
{
	/* The last slip closes the policy itself, so nothing behind it can be kept. */
	size_t kept = sizeof(slips) / sizeof(*slips) - 1;
	for (size_t i = 0; i <= kept; i++) {
		char body[300];
		snprintf(body, sizeof(body), "targets linux\n%s\nentry \"/last\"", slips[i].slip);
		struct parsed p = parse_body(body);
		char *text = said(&p);
		const struct ast_stmt *s = nth_stmt(&p, 0);
		if (i == kept) {
			cr_assert_gt(diag_errors(p.diags), 0);
			free(text);
			arena_free(p.arena);
			continue;
		}
		cr_assert_eq(diag_errors(p.diags), 1, "%s: %s", slips[i].slip, text);
		cr_assert(strstr(text, slips[i].code), "%s: %s", slips[i].slip, text);
		cr_assert_eq(s->kind, STMT_TARGETS);
		while (s->next)
			s = s->next;
		cr_assert_eq(s->kind, STMT_ENTRY, "%s: %s", slips[i].slip, text);
		free(text);
		arena_free(p.arena);
	}
}

Test(grammar_parse, without_a_slip_there_is_no_message)
{
	struct parsed p = parse_body("targets linux\nentry \"/last\"");
	cr_assert_eq(diag_errors(p.diags), 0);
	cr_assert_not_null(nth_stmt(&p, 1));
	arena_free(p.arena);
}

/*
 * Any beginning of a good policy but the whole is refused: a torn file is never taken for a smaller
 * policy.
 */
Test(grammar_parse, a_policy_that_was_cut_off_is_refused)
{
	static const char whole[] =
	    "sbx 1\npolicy p {\n  allow read {\n    \"/a\" if-exists\n  }\n"
	    "  use x(a: \"b\")\n  test \"t\" {\n    expect deny net\n  }\n}\n";
	static const size_t head = sizeof("sbx 1\n") - 1, last = sizeof(whole) - 1;
	for (size_t n = 0; n <= last; n++) {
		struct parsed p = parse_bytes(whole, n);
		bool good = n == last || n == last - 1 || n == head || n == head - 1;
		char *text = said(&p);
		cr_assert_eq(diag_errors(p.diags) == 0, good, "%zu: %s", n, text);
		cr_assert_leq(diag_errors(p.diags), 2, "%zu: %s", n, text);
		free(text);
		arena_free(p.arena);
	}
}

static unsigned errors_of(struct buf *b, const char *code)
{
	struct parsed p = parse_bytes(buf_str(b), b->len);
	char *text = said(&p);
	unsigned n = diag_errors(p.diags);
	if (n)
		cr_assert(strstr(text, code), "%s", text);
	free(text);
	arena_free(p.arena);
	return n;
}

static unsigned nest(struct arena *a, unsigned blocks, unsigned parens)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\npolicy p {\n");
	for (unsigned i = 1; i < blocks; i++)
		buf_puts(&b, "on linux {\n");
	buf_puts(&b, "deny syscall a where ");
	for (unsigned i = 0; i < parens; i++)
		buf_puts(&b, "not (");
	buf_puts(&b, "b == 1");
	for (unsigned i = 0; i < parens; i++)
		buf_putc(&b, ')');
	for (unsigned i = 0; i < blocks; i++)
		buf_puts(&b, "\n}");
	return errors_of(&b, "E0109");
}

Test(grammar_parse, nesting_at_the_limit_and_one_more)
{
	struct arena *a = arena_new();
	cr_assert_eq(nest(a, SRC_MAX_NESTING, 0), 0);
	cr_assert_eq(nest(a, SRC_MAX_NESTING + 1, 0), 1);
	cr_assert_eq(nest(a, 1, SRC_MAX_NESTING - 1), 0);
	cr_assert_eq(nest(a, 1, SRC_MAX_NESTING), 1);
	arena_free(a);
}

static unsigned chain(struct arena *a, unsigned tests)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\npolicy p {\ndeny syscall a where b == 0");
	for (unsigned i = 1; i < tests; i++)
		buf_printf(&b, " and b != %u", i);
	buf_puts(&b, "\ndeny syscall c where d == 1\n}\n");
	return errors_of(&b, "E0109");
}

Test(grammar_parse, comparisons_at_the_limit_and_one_more)
{
	struct arena *a = arena_new();
	cr_assert_eq(chain(a, 1024), 0);
	cr_assert_eq(chain(a, 1025), 1);
	arena_free(a);
}

/*
 * Ten megabytes of one thing: within seconds (a quadratic step takes hours) and within a thousand
 * messages.
 */
static const struct {
	const char *head, *part;
	unsigned errors; /* 0: any number from 1 on */
} floods[] = {
    {"sbx 1\n", "{", 0},
    {"sbx 1\npolicy p {\n", "{\n", 0},
    {"sbx 1\npolicy p {\n", "on linux {\n", 1},
    {"sbx 1\npolicy p {\ndeny syscall a where ", "(", 0},
    {"sbx 1\npolicy p {\ndeny syscall a where ", "a == 1 and ", 0},
    {"sbx 1\n", "}\n", 0},
    {"sbx 1\n", "policy\n", 0},
    {"sbx 1\n", "\"", 0},
    {"sbx 1\n#", "x", 0},
    {"sbx 1\npolicy p {\nisolate ", "a ", 1},
    {"sbx 1\npolicy p {\nallow read \"/a\" ", "b ", 1},
    {"sbx 1\npolicy p {\nallow read \"/a\"", ", \"/b\"", 1},
    {"sbx 1\npolicy p {\n", "limitt = 3\n", 0},
    {"sbx 1\npolicy p {\n", "{} ", 0},
    {"", "\1", 0},
};

Test(grammar_parse, floods, .timeout = 120)
{
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof(floods) / sizeof(*floods); i++) {
		enum { SIZE = 10 * 1000 * 1000 };
		size_t head = strlen(floods[i].head), part = strlen(floods[i].part);
		char *text = malloc(SIZE);
		cr_assert_not_null(text);
		memcpy(text, floods[i].head, head);
		for (size_t at = head; at < SIZE; at++)
			text[at] = floods[i].part[(at - head) % part];
		clock_t start = clock();
		struct parsed p = parse_bytes(text, SIZE);
		double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
		unsigned n = diag_errors(p.diags);
		cr_assert_lt(seconds, 8.0, "flood %zu took %g s", i, seconds);
		cr_assert_leq(n, 1003, "flood %zu: %u errors", i, n);
		if (i == 8)
			cr_assert_eq(n, 0, "a comment is no fault");
		else
			cr_assert_geq(n, 1, "flood %zu", i);
		if (floods[i].errors)
			cr_assert_eq(n, floods[i].errors, "flood %zu: %u errors", i, n);
		free(text);
		arena_free(p.arena);
	}
	arena_free(a);
}

Test(grammar_parse, a_misspelt_header_still_has_its_policies)
{
	struct parsed p = parse_text("SBX 1\npolcy p {\n allow net\n}\n");
	cr_assert_eq(diag_errors(p.diags), 2);
	cr_assert_eq(p.ast->items->kind, ITEM_POLICY);
	cr_assert_str_eq(p.ast->items->name->text, "p");
	cr_assert_not_null(p.ast->items->block);
	arena_free(p.arena);
}

Test(grammar_parse, a_faulty_head_keeps_its_name_and_body)
{
	struct parsed p = parse_text("sbx 1\npolicy p verson \"1\" {\n allow net\n}\n");
	cr_assert_eq(diag_errors(p.diags), 1);
	cr_assert_str_eq(p.ast->items->name->text, "p");
	cr_assert_eq(p.ast->items->block->kind, STMT_ALLOW);
	arena_free(p.arena);
}
