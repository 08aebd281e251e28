/*
 * lint.c - warnings: what is dead is said, what lives is not.
 */
#include "core_help.h"

#include "compiler/lint.h"

static unsigned warnings(const char *lines)
{
	char text[2048];
	snprintf(text, sizeof(text), "%s%s}\n", CORE_HEAD, lines);
	struct compile c = core_resolve(text);
	unsigned before = diag_warnings(c.diags);
	lint_policy(c.arena, c.ir, c.diags);
	unsigned n = diag_warnings(c.diags) - before;
	arena_free(c.arena);
	return n;
}

Test(lint, an_allow_below_a_deny_is_dead)
{
	cr_expect_eq(warnings("    deny read \"/srv\"\n    allow read \"/srv/a\"\n"), 1);
	cr_expect_eq(warnings("    deny read \"/srv/a\"\n    allow read \"/srv/a\"\n"), 1);
	cr_expect_eq(warnings("    deny list \"/srv\"\n    deny read \"/srv/a\"\n    allow read \"/srv/a/b\"\n"), 1);
}

Test(lint, an_allow_that_still_gives_something_lives)
{
	cr_expect_eq(warnings("    deny read \"/srv/a\"\n    allow read \"/srv\"\n"), 0);
	cr_expect_eq(warnings("    deny read \"/srv\"\n    allow read \"/srv2\"\n"), 0);
	cr_expect_eq(warnings("    deny read \"/srv\"\n    allow read write \"/srv/a\"\n"), 0);
	cr_expect_eq(warnings("    on linux {\n        deny read \"/srv\"\n    }\n    allow read \"/srv/a\"\n"), 0);
}
