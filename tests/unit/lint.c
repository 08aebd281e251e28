/*
 * lint.c - warnings: what is dead is said, what lives is not.
 */
#include "core_help.h"

#include "compiler/lint.h"

static unsigned dead_allows(const char *lines)
{
	char text[2048];
	snprintf(text, sizeof(text), "%s%s}\n", CORE_HEAD, lines);
	struct compile c = core_resolve(text);
	lint_policy(c.arena, meaning_new(c.arena, c.ir), c.src, c.diags);
	unsigned n = 0;
	for (const char *m = core_messages(c.arena, c.diags, DIAG_GCC); (m = strstr(m, "[W103 ")); m++)
		n++;
	arena_free(c.arena);
	return n;
}

Test(lint, an_allow_below_a_deny_is_dead)
{
	cr_expect_eq(dead_allows("    deny read \"/srv\"\n    allow read \"/srv/a\"\n"), 1);
	cr_expect_eq(dead_allows("    deny read \"/srv/a\"\n    allow read \"/srv/a\"\n"), 1);
	cr_expect_eq(dead_allows("    deny list \"/srv\"\n    deny read \"/srv/a\"\n    allow read \"/srv/a/b\"\n"), 1);
}

Test(lint, an_allow_that_still_gives_something_lives)
{
	cr_expect_eq(dead_allows("    deny read \"/srv/a\"\n    allow read \"/srv\"\n"), 0);
	cr_expect_eq(dead_allows("    deny read \"/srv\"\n    allow read \"/srv2\"\n"), 0);
	cr_expect_eq(dead_allows("    deny read \"/srv\"\n    allow read write \"/srv/a\"\n"), 0);
	cr_expect_eq(dead_allows("    on linux {\n        deny read \"/srv\"\n    }\n    allow read \"/srv/a\"\n"), 0);
}

Test(lint, the_list_has_every_warning)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	lint_list(out);
	fclose(out);
	for (unsigned i = 0; i < DIAG_COUNT; i++) {
		const struct diag_info *info = diag_info((enum diag_id)i);
		if (info->severity == SEV_WARNING)
			cr_expect_not_null(strstr(text, info->code), "%s has no line in lint.def", info->code);
	}
	free(text);
}
