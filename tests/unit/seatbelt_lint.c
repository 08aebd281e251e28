/*
 * seatbelt_lint.c - each mistake that a profile of ours must never hold is noticed, and its correct
 * form is not.
 */
#include <criterion/criterion.h>

#include "seatbelt_ir.h"

static const char *lint(struct arena *a, const char *body)
{
	const char *error = NULL;

	return model_of(a, arena_printf(a, "(version 1)(deny default)%s", body), &error) ? NULL
											 : error;
}

static const struct {
	const char *bad, *good;
} pairs[] = {
    {"(allow file-read-data (literal \"x\"))", "(allow file-read-data (literal \"/x\"))"},
    {"(allow file-read-data (subpath \"/x/\"))", "(allow file-read-data (subpath \"/x\"))"},
    {"(allow file-read-data (subpath \"/x//y\"))", "(allow file-read-data (subpath \"/\"))"},
    {"(allow file-read-data (subpath \"/x/../y\"))", "(allow file-read-data (subpath \"/x/..y\"))"},
    {"(allow file-read-data (subpath \"/x/.\"))", "(allow file-read-data (subpath \"/x/.y\"))"},
    {"(allow file-read-data (subpath \"/tmp/x\"))",
     "(allow file-read-data (subpath \"/private/tmp/x\"))"},
    {"(deny file-read-data (subpath \"/var\"))", "(deny file-read-data (subpath \"/variable\"))"},
    {"(allow file-read-data (literal \"/etc\"))", "(allow file-read-metadata (literal \"/etc\"))"},
    {"(allow file-read-data (require-not (subpath \"/etc\")))",
     "(allow file-read-data (require-not (subpath \"/e\")))"},
    {"(allow file-read-data (subpath \"/a\\nb\"))", "(allow file-read-data (subpath \"/a b\"))"},
    {"(allow network-outbound (local ip))", "(allow network-outbound (remote ip))"},
    {"(allow network-inbound (remote ip))", "(allow network-inbound (local ip))"},
    {"(deny file-read* (subpath \"/x\"))", "(deny file-read-data (subpath \"/x\"))"},
    {"(deny network* (remote ip))", "(deny network-outbound (remote ip))"},
    {"(allow file-read-data)", "(allow process-fork)"},
    {"(allow default)", ""},
    {"(deny file-clone)", "(if (defined? 'file-clone) (deny file-clone))"},
    {"(if (defined? 'nvram*) (deny file-clone))", "(if (defined? 'nvram*) (deny nvram*))"},
    {"(allow file-read-data (regex \"(\"))", "(allow file-read-data (regex \"^/x/(a|b)$\"))"},
    {"(allow file-read-data (regex \"a{9}\"))", "(allow file-read-data (regex \"a+\"))"},
    {"(allow file-read-data (regex \"(a)\\\\1\"))", "(allow file-read-data (regex \"(a)\\\\.\"))"},
};

Test(seatbelt_lint, mistakes)
{
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const char *error = lint(a, pairs[i].good);

		cr_expect(lint(a, pairs[i].bad), "%s", pairs[i].bad);
		cr_expect_null(error, "%s: %s", pairs[i].good, error ? error : "");
	}
	arena_free(a);
}

Test(seatbelt_lint, string_length_at_the_limit)
{
	struct arena *a = arena_new();

	for (int n = SBPL_MAX_STRING; n <= SBPL_MAX_STRING + 1; n++) {
		const char *path = arena_printf(a, "/%0*d", n - 1, 7);
		const char *error =
		    lint(a, arena_printf(a, "(allow file-read-data (literal \"%s\"))", path));

		cr_expect_eq(error == NULL, n == SBPL_MAX_STRING, "%d: %s", n, error ? error : "");
	}
	arena_free(a);
}

Test(seatbelt_lint, default_must_be_said)
{
	struct arena *a = arena_new();
	const char *error;

	cr_expect_null(model_of(a, "(version 1)(allow file-read-data (literal \"/x\"))", &error));
	cr_expect_null(model_of(a, "(deny default)(version 1)", &error));
	cr_expect_null(seatbelt_model_open(a, NULL, 0, &error));
	cr_expect_not_null(model_of(a, "(version 1)(deny default)", &error));
	arena_free(a);
}
