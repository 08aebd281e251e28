/*
 * runtime_conf.c - the strict line reader: one canonical file passes, each way of being wrong is
 * refused.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "../../runtime/conf.h"

#define ID "0123456789abcdef0123456789abcdef"

static bool any(void *ctx, struct line *l)
{
	struct span rest;

	(void)ctx;
	return line_done(l) || line_rest(l, &rest);
}

static bool number(void *ctx, struct line *l)
{
	uint64_t n;

	(void)ctx;
	return line_number(l, 100, &n) && line_end(l);
}

static const char words[] = ONCE "one\0" MAYBE "maybe\0" MANY "many\0";
static line_reader *const readers[] = {number, any, any};

static enum err run_as(const char *text, size_t size, char *id)
{
	struct fault f;
	struct conf c = {.file = "t.conf", .kind = "test", .data = text, .size = size, .fault = &f};

	return conf_run(&c, words, readers, NULL, id) ? ERR_COUNT : f.id;
}

static enum err run_text(const char *text)
{
	char id[PLAN_ID_LEN + 1] = "";

	return run_as(text, strlen(text), id);
}

#define HEAD "sbx-test 1 " ID "\n"

Test(runtime_conf, canonical)
{
	cr_assert_eq(run_text(HEAD "one 7\nend\n"), ERR_COUNT);
	cr_assert_eq(run_text(HEAD "one 0\nmaybe x\nmany a\nmany \xc3\xa9 b\nend\n"), ERR_COUNT);
	cr_assert_eq(run_text(HEAD "one 0\nmany a\nmany\nmany b c\nend\n"), ERR_COUNT);
}

Test(runtime_conf, malformed)
{
	static const char *const texts[] = {
	    "",
	    HEAD,
	    "sbx-test 1 " ID "\r\none 7\nend\n",
	    HEAD "one 7\nend",
	    HEAD "one 7\nend\n\n",
	    HEAD "one 7\nend\nmany a\n",
	    HEAD "one 7\nend \n",
	    HEAD "one 7\n\nend\n",
	    HEAD " one 7\nend\n",
	    HEAD "one  7\nend\n",
	    HEAD "one 7 \nend\n",
	    HEAD "one\t7\nend\n",
	    HEAD "one 07\nend\n",
	    HEAD "one +7\nend\n",
	    HEAD "one -1\nend\n",
	    HEAD "one 101\nend\n",
	    HEAD "one 18446744073709551617\nend\n",
	    HEAD "one 7 8\nend\n",
	    HEAD "one\nend\n",
	    HEAD "end\n",
	    HEAD "many a\nend\n",
	    HEAD "one 7\none 7\nend\n",
	    HEAD "one 7\nmaybe x\nmaybe x\nend\n",
	    HEAD "one 7\nmany a\nmaybe x\nend\n",
	    HEAD "one 7\nother x\nend\n",
	    HEAD "one 7\nmany a\nmany \nend\n",
	    HEAD "one 7\nmany a\nmanyb c\nend\n",
	    HEAD "one 7\nmany a\nman b\nend\n",
	    HEAD "one 7\nmany\nmany \nend\n",
	    HEAD "# one\none 7\nend\n",
	    HEAD "one 7\nmany \x7f\nend\n",
	    HEAD "one 7\nmany \x01\nend\n",
	    HEAD "one 7\nmany \xff\nend\n",
	    HEAD "one 7\nmany \xc0\xaf\nend\n",
	    HEAD "one 7\nmany \xed\xa0\x80\nend\n",
	    HEAD "one 7\nmany \xf4\x90\x80\x80\nend\n",
	    HEAD "one 7\nmany \xc3\nend\n",
	    "sbx-other 1 " ID "\none 7\nend\n",
	    "sbx-tes 1 " ID "\none 7\nend\n",
	    "sbx-test 0 " ID "\none 7\nend\n",
	    "sbx-test 1\none 7\nend\n",
	    "sbx-test 1 " ID "0\none 7\nend\n",
	    "sbx-test 1 0123456789ABCDEF0123456789abcdef\none 7\nend\n",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		cr_expect_eq(run_text(texts[i]), ERR_SYNTAX, "text %zu", i);
}

Test(runtime_conf, version_and_id)
{
	char id[PLAN_ID_LEN + 1] = "ffffffffffffffffffffffffffffffff";
	const char *text = HEAD "one 7\nend\n";

	cr_assert_eq(run_text("sbx-test 2 " ID "\none 7\nend\n"), ERR_VERSION);
	cr_assert_eq(run_as(text, strlen(text), id), ERR_MIXED);
	memcpy(id, ID, sizeof(id));
	cr_assert_eq(run_as(text, strlen(text), id), ERR_COUNT);
}

Test(runtime_conf, nul_byte)
{
	char id[PLAN_ID_LEN + 1] = "";
	const char text[] = HEAD "one 7\nmany a\0b\nend\n";

	cr_assert_eq(run_as(text, sizeof(text) - 1, id), ERR_SYNTAX);
}

static enum err run_line_of(size_t len)
{
	static char text[PLAN_MAX_LINE + 256];
	char *p = text + sprintf(text, HEAD "one 7\nmany ");

	memset(p, 'x', len - 5);
	strcpy(p + len - 5, "\nend\n");
	return run_text(text);
}

Test(runtime_conf, longest_line)
{
	cr_assert_eq(run_line_of(PLAN_MAX_LINE), ERR_COUNT);
	cr_assert_eq(run_line_of(PLAN_MAX_LINE + 1), ERR_SYNTAX);
}
