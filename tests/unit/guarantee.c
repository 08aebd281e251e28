/*
 * guarantee.c - what a policy asks for without saying so, and that nothing required is dropped.
 */
#include "core_help.h"

/* Is the guarantee in the list for Linux, and at which level? */
static const struct guarantee *find(struct compile *c, enum cap cap)
{
	struct guarantees g = guarantees_check(c->arena, c->ir, c->diags);
	return guarantee_find(&g, TARGET_LINUX, cap);
}

#define LINUX "sbx 1\npolicy t {\n    targets linux\n    isolate none\n    entry \"/bin/true\"\n"

Test(guarantee, every_policy_scopes_what_it_can_read)
{
	struct compile c = core_resolve(LINUX "}\n");
	static const enum cap always[] = {CAP_ENV_SCRUB,    CAP_FS_READ_SCOPE, CAP_FS_WRITE_DENY,
					  CAP_PROC_NO_EXEC, CAP_NET_DISABLE,   CAP_SYSCALL_FILTER};
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++) {
		const struct guarantee *g = find(&c, always[i]);
		cr_assert_not_null(g, "%s", cap_name[always[i]]);
		cr_expect_eq(g->answer.level, LEVEL_ENFORCED, "%s", cap_name[always[i]]);
		cr_expect_not_null(g->keeper);
	}
	cr_expect_null(find(&c, CAP_FS_WRITE_SCOPE), "nothing is written, so nothing is scoped");
	cr_expect_eq(diag_errors(c.diags), 0u);
	arena_free(c.arena);
}

Test(guarantee, rules_change_what_is_asked_for)
{
	struct compile c =
	    core_resolve(LINUX "    allow write \"/x\"\n    allow connect tcp \"*:443\"\n"
			       "    allow read exec \"/bin\"\n}\n");
	cr_expect_not_null(find(&c, CAP_FS_WRITE_SCOPE));
	cr_expect_not_null(find(&c, CAP_NET_CONNECT_PORT));
	cr_expect_not_null(find(&c, CAP_FS_EXEC_SCOPE));
	cr_expect_null(find(&c, CAP_FS_WRITE_DENY));
	cr_expect_null(find(&c, CAP_NET_DISABLE));
	cr_expect_null(find(&c, CAP_PROC_NO_EXEC));
	arena_free(c.arena);
}

/* Signals that one line allows and another denies are denied, and that is promised: a kernel that cannot keep it is refused. */
Test(guarantee, a_denied_signal_is_promised)
{
	struct compile c = core_resolve(LINUX "    allow signal\n}\n");
	cr_expect_null(find(&c, CAP_SIGNAL_SCOPE));
	arena_free(c.arena);
	c = core_resolve(LINUX "    allow signal\n    deny signal\n}\n");
	const struct guarantee *g = find(&c, CAP_SIGNAL_SCOPE);
	cr_assert_not_null(g);
	cr_expect_str_eq(g->answer.mechanism, "landlock:6");
	arena_free(c.arena);
}

/* A guarantee nobody keeps is an error; `prefer` makes it a caveat that stays in the list. */
Test(guarantee, required_is_an_error_preferred_a_caveat)
{
	struct compile c = core_resolve(LINUX "    allow read \"/a\"\n    deny read \"/a/b\"\n}\n");
	find(&c, CAP_FS_READ_DENY);
	const char *text = core_messages(c.arena, c.diags, DIAG_GCC);
	cr_expect_eq(diag_errors(c.diags), 1u, "%s", text);
	cr_expect_not_null(strstr(text, "E0401"), "%s", text);
	arena_free(c.arena);
	c = core_resolve(LINUX "    allow read \"/a\"\n    deny read \"/a/b\"\n    prefer "
			       "fs.read.deny on linux because \"x\"\n}\n");
	const struct guarantee *g = find(&c, CAP_FS_READ_DENY);
	cr_expect_eq(diag_errors(c.diags), 0u, "%s", core_messages(c.arena, c.diags, DIAG_GCC));
	cr_assert(g && g->preferred && g->answer.level < LEVEL_ENFORCED && g->answer.note);
	arena_free(c.arena);
}

/* A call that truncates by path, opened by a line, leaves truncation to Landlock, which knows it since ABI 3. */
Test(guarantee, truncation_that_a_line_opens_needs_a_newer_landlock)
{
	static const struct {
		const char *line, *mechanism;
	} rows[] = {
	    {"", "landlock:1+seccomp"},
	    {"    allow syscall truncate because \"x\"\n", "landlock:3+seccomp"},
	    {"    allow syscall openat2 because \"x\"\n", "landlock:3+seccomp"},
	    {"    allow syscall @file-write because \"x\"\n", "landlock:1+seccomp"},
	    {"    allow syscall truncate, chmod because \"x\"\n    prefer fs.write.scope on linux because \"x\"\n", "landlock:3+seccomp"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct compile c = core_resolve(arena_printf(arena_new(), LINUX "    allow write \"/x\"\n%s}\n", rows[i].line));
		const struct guarantee *g = find(&c, CAP_FS_WRITE_SCOPE);
		cr_assert_not_null(g);
		cr_expect_str_eq(g->answer.mechanism, rows[i].mechanism, "%s", rows[i].line);
		cr_expect_eq(diag_errors(c.diags), 0u, "%s%s", rows[i].line, core_messages(c.arena, c.diags, DIAG_GCC));
		arena_free(c.arena);
	}
}

Test(guarantee, the_list_is_sorted_and_names_each_once)
{
	struct compile c =
	    core_resolve(CORE_HEAD "    allow write \"/x\"\n    allow connect tcp \"*:443\"\n}\n");
	struct guarantees g = guarantees_check(c.arena, c.ir, c.diags);
	cr_assert_gt(g.n, 4u);
	for (unsigned i = 1; i < g.n; i++)
		cr_expect(g.v[i - 1].target < g.v[i].target ||
			  (g.v[i - 1].target == g.v[i].target && g.v[i - 1].cap < g.v[i].cap));
	arena_free(c.arena);
}
