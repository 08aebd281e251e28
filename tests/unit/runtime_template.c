/*
 * runtime_template.c - templates, params, built-ins.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "../../runtime/builtin.h"
#include "../../runtime/template.h"

struct fixture {
	struct param params[3];
	struct pool pool;
	struct vars vars;
	struct fault fault;
	char out[PLAN_MAX_PATH + 1];
};

static void fixture_open(struct fixture *x)
{
	memset(x, 0, sizeof(*x));
	x->params[0] = (struct param){.name = span_of("dir"), .type = VALUE_PATH, .value = "/d"};
	x->params[1] = (struct param){.name = span_of("s"), .type = VALUE_STRING, .value = "x y"};
	x->params[2] = (struct param){.name = span_of("port"), .type = VALUE_PORT, .value = "80"};
	cr_assert(pool_open(&x->pool, 1 << 20));
	x->vars = (struct vars){
	    .params = x->params, .n_params = 3, .pool = &x->pool, .passwd = "/etc/passwd"};
}

static const char *expand(struct fixture *x, const char *tmpl, enum template_use use)
{
	struct span where = span_of("t.sbx:1");

	if (template_wrong(span_of(tmpl), &x->vars))
		return "WRONG";
	return template_expand(span_of(tmpl), use, &x->vars, where, x->out, &x->fault) ? x->out
										       : "FAULT";
}

Test(runtime_template, text)
{
	struct fixture x;

	fixture_open(&x);
	cr_expect_str_eq(expand(&x, "a b", TEMPLATE_TEXT), "a b");
	cr_expect_str_eq(expand(&x, "\\$\\\\\\x0a\\x7f", TEMPLATE_TEXT), "$\\\n\x7f");
	cr_expect_str_eq(expand(&x, "${dir}:${s}:${port}", TEMPLATE_TEXT), "/d:x y:80");
	cr_expect_str_eq(expand(&x, "${TMPDIR}", TEMPLATE_TEXT), "/tmp");
}

Test(runtime_template, paths)
{
	struct fixture x;

	fixture_open(&x);
	cr_expect_str_eq(expand(&x, "/", TEMPLATE_PATH), "/");
	cr_expect_str_eq(expand(&x, "${dir}/${s}.${port}", TEMPLATE_PATH), "/d/x y.80");
	x.params[0].value = "/";
	cr_expect_str_eq(expand(&x, "${dir}/a", TEMPLATE_PATH), "/a");
	cr_expect_str_eq(expand(&x, "${dir}", TEMPLATE_PATH), "/");
	x.params[1].value = "a/b";
	cr_expect_str_eq(expand(&x, "/${s}", TEMPLATE_PATH), "FAULT");
	cr_expect_str_eq(expand(&x, "/${s}", TEMPLATE_TEXT), "/a/b");
	x.params[1].value = "..";
	cr_expect_str_eq(expand(&x, "/a/${s}", TEMPLATE_PATH), "FAULT");
	x.params[1].value = "";
	cr_expect_str_eq(expand(&x, "/a/${s}", TEMPLATE_PATH), "FAULT");
	cr_expect_eq(x.fault.id, ERR_EXPAND);
}

Test(runtime_template, not_canonical)
{
	static const char *const wrong[] = {
	    "$",     "$a",    "${}",  "${nobody}", "${dir", "\\", "\\n",     "\\x41",
	    "\\x0A", "\\x00", "\\x7", "\x01",      "\x7f",  "a$", "${PATH}", "\\x80"};
	struct fixture x;

	fixture_open(&x);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_expect_str_eq(expand(&x, wrong[i], TEMPLATE_TEXT), "WRONG", "%s", wrong[i]);
}

Test(runtime_template, too_long)
{
	char tmpl[PLAN_MAX_PATH + 2];
	struct fixture x;

	fixture_open(&x);
	memset(tmpl, 'a', sizeof(tmpl));
	tmpl[0] = '/';
	tmpl[PLAN_MAX_PATH + 1] = 0;
	cr_expect_str_eq(expand(&x, tmpl, TEMPLATE_PATH), "FAULT");
	tmpl[PLAN_MAX_PATH] = 0;
	cr_expect_str_eq(expand(&x, tmpl, TEMPLATE_PATH), tmpl);
}

Test(runtime_template, canonical_paths)
{
	static const char *const good[] = {"/", "/a", "/a/b", "/...", "/.a", "/a../b", "/ "};
	static const char *const bad[] = {"",   "a",   "//",     "/a/",  "/a//b",
					  "/.", "/..", "/a/./b", "/a/.."};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect(path_canonical(good[i]), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect(!path_canonical(bad[i]), "%s", bad[i]);
}

Test(runtime_params, types)
{
	static const struct {
		enum value_type type;
		const char *value;
		bool fits;
	} rows[] = {
	    {VALUE_PATH, "/a", true},
	    {VALUE_PATH, "a", false},
	    {VALUE_PORT, "0", true},
	    {VALUE_PORT, "65535", true},
	    {VALUE_PORT, "65536", false},
	    {VALUE_PORT, "080", false},
	    {VALUE_PORT, "", false},
	    {VALUE_COUNT, "18446744073709551615", true},
	    {VALUE_COUNT, "18446744073709551616", false},
	    {VALUE_COUNT, "1k", false},
	    {VALUE_SIZE, "64MiB", true},
	    {VALUE_SIZE, "64", false},
	    {VALUE_SIZE, "64MB", false},
	    {VALUE_SIZE, "16777216TiB", false},
	    {VALUE_SIZE, "MiB", false},
	    {VALUE_DURATION, "5min", true},
	    {VALUE_DURATION, "5m", false},
	    {VALUE_PERCENT, "50%", true},
	    {VALUE_PERCENT, "50", false},
	    {VALUE_STRING, "", true},
	};
	uint64_t n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(value_fits(rows[i].type, rows[i].value, &n), rows[i].fits, "%s",
			     rows[i].value);
}

Test(runtime_params, set_and_default)
{
	struct fixture x;
	const struct assignment sets[] = {{span_of("dir"), "/other"}, {span_of("nobody"), "1"}};

	fixture_open(&x);
	x.params[0].value = x.params[1].value = NULL;
	x.params[1].fallback = span_of("a\\$b");
	cr_assert(params_set(&x.vars, sets, 1, &x.fault));
	cr_expect_str_eq(x.params[0].value, "/other");
	cr_expect_str_eq(x.params[1].value, "a$b");
	cr_assert(!params_set(&x.vars, sets, 1, &x.fault));
	cr_expect_eq(x.fault.id, ERR_SET_VALUE); /* a second time */
	cr_assert(!params_set(&x.vars, sets + 1, 1, &x.fault));
	cr_expect_eq(x.fault.id, ERR_SET_UNKNOWN);
	x.params[0].value = NULL;
	cr_assert(!params_set(&x.vars, NULL, 0, &x.fault));
	cr_expect_eq(x.fault.id, ERR_SET_MISSING);
}

Test(runtime_builtin, passwd)
{
	struct span file = span_of("root:x:0:0:r:/root:/bin/sh\n"
				   "bad:line\n"
				   "neg:x:-1:0::/neg:\n"
				   "ann:x:1000:1000:Ann,,,:/home/ann:/bin/sh\n"
				   "two:x:1000:1000::/home/two:/bin/sh\n"
				   "end:x:7:7::/end");
	struct span home;

	cr_assert(passwd_home(file, 1000, &home));
	cr_expect(span_is(home, "/home/ann"));
	cr_assert(passwd_home(file, 7, &home));
	cr_expect(span_is(home, "/end"));
	cr_expect(!passwd_home(file, 8, &home));
	cr_expect(!passwd_home(span_of(""), 0, &home));
	cr_expect(!passwd_home(span_of("\n"), 0, &home));
}

Test(runtime_builtin, names)
{
	cr_expect_eq(builtin_find(span_of("HOME")), BUILTIN_HOME);
	cr_expect_eq(builtin_find(span_of("home")), BUILTIN_COUNT);
	cr_expect_eq(builtin_find(span_of("PATH")), BUILTIN_COUNT);
}

Test(runtime_params, a_value_has_4095_bytes)
{
	static char text[PLAN_MAX_VALUE + 2];
	static const enum value_type types[] = {VALUE_STRING, VALUE_PATH};
	uint64_t n;

	for (size_t i = 0; i < 2; i++) {
		memset(text, 'a', sizeof(text) - 1);
		text[0] = '/';
		text[PLAN_MAX_VALUE] = '\0';
		cr_expect(value_fits(types[i], text, &n));
		text[PLAN_MAX_VALUE] = 'a';
		cr_expect(!value_fits(types[i], text, &n));
	}
}
