/*
 * landlock_tree.c - denies and holes: what is dropped, what the loader asserts, what Landlock
 * cannot keep.
 */
#include "lower_ir.h"

static enum level level_of(const struct policy *p, enum cap cap)
{
	return landlock_backend.answer(&p->ir, TARGET_LINUX, cap).level;
}

static const char *lower_text(struct policy *p)
{
	cr_assert(lower_with(p, &landlock_backend));
	return artifact_text(p, "landlock.conf");
}

static void expect_carve(struct policy *p, enum cap cap, unsigned line)
{
	struct answer answer = landlock_backend.answer(&p->ir, TARGET_LINUX, cap);
	cr_expect_eq(answer.level, LEVEL_ABSENT);
	cr_expect_not_null(answer.note);
	cr_assert_not_null(answer.at);
	cr_expect_eq(answer.at->loc.beg, line_loc(p, line).beg);
	cr_expect_not(lower_with(p, &landlock_backend));
	cr_expect(diag_seen(p->diags, DIAG_NOT_KEPT, line_loc(p, line)));
}

Test(landlock_tree, a_deny_elsewhere_is_asserted)
{
	struct policy p = policy_new();
	allow_path(&p, READ_OPS, "/usr");
	deny_path(&p, READ_OPS | WRITE_OPS, "/etc/shadow");
	cr_expect_eq(level_of(&p, CAP_FS_READ_DENY), LEVEL_ENFORCED);
	EXPECT_LINE(lower_text(&p),
		    "assert write_file,read_file,read_dir,remove_dir,remove_file,make_dir,make_reg,"
		    "make_fifo,make_sym,truncate p.sbx:2 /etc/shadow");
	policy_free(&p);
}

Test(landlock_tree, a_deny_inside_an_allow_cannot_be_kept)
{
	struct policy p = policy_new();
	allow_path(&p, READ_OPS, "/etc");
	deny_path(&p, READ_OPS, "/etc/shadow");
	expect_carve(&p, CAP_FS_READ_DENY, 2);
	cr_expect_eq(level_of(&p, CAP_FS_WRITE_DENY_PATH), LEVEL_ENFORCED);
	policy_free(&p);
}

Test(landlock_tree, each_operation_has_its_own_guarantee)
{
	static const struct {
		uint32_t ops;
		enum cap cap;
	} rows[] = {
	    {OPS(READ), CAP_FS_READ_DENY},         {OPS(LIST), CAP_FS_READ_DENY},
	    {OPS(MODIFY), CAP_FS_WRITE_DENY_PATH}, {OPS(CREATE), CAP_FS_WRITE_DENY_PATH},
	    {OPS(DELETE), CAP_FS_WRITE_DENY_PATH}, {OPS(EXEC), CAP_FS_EXEC_DENY},
	    {OPS(IOCTL), CAP_FS_IOCTL_SCOPE},
	};
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy p = policy_new();
		allow_path(&p, rows[i].ops, "/a");
		cr_expect_eq(level_of(&p, rows[i].cap), LEVEL_ENFORCED, "row %u", i);
		deny_path(&p, rows[i].ops, "/a/b");
		expect_carve(&p, rows[i].cap, 2);
		policy_free(&p);
	}
}

Test(landlock_tree, a_preferred_guarantee_leaves_the_allow_wider)
{
	struct policy p = policy_new();
	allow_path(&p, READ_OPS, "/etc");
	deny_path(&p, READ_OPS, "/etc/shadow");
	prefer(&p, CAP_FS_READ_DENY);
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "path error follow read_file,read_dir p.sbx:1 /etc");
	cr_expect_eq(count_lines(text, "assert"), 0);
	policy_free(&p);
}

Test(landlock_tree, a_deny_of_another_operation_is_harmless)
{
	struct policy p = policy_new();
	allow_path(&p, READ_OPS, "/etc");
	deny_path(&p, OPS(MODIFY), "/etc/shadow");
	EXPECT_LINE(lower_text(&p), "assert write_file,truncate p.sbx:2 /etc/shadow");
	policy_free(&p);
}

Test(landlock_tree, an_allow_below_a_deny_gives_nothing)
{
	struct policy p = policy_new();
	deny_path(&p, READ_OPS, "/a");
	allow_path(&p, READ_OPS | OPS(MODIFY), "/a/b");
	allow_path(&p, READ_OPS, "/a");
	allow_path(&p, READ_OPS, "/ab");
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "path error follow write_file,truncate p.sbx:2 /a/b");
	EXPECT_LINE(text, "path error follow read_file,read_dir p.sbx:4 /ab");
	EXPECT_LINE(text, "assert read_file,read_dir p.sbx:1 /a");
	cr_expect_eq(count_lines(text, "path"), 2);
	policy_free(&p);
}

Test(landlock_tree, a_hole_cannot_be_kept)
{
	struct policy p = policy_new();
	allow_path(&p, READ_OPS, "/x");
	struct ir_rule *r = allow_path(&p, READ_OPS, "/srv");
	add_hole(&p, r, "/srv/.git");
	expect_carve(&p, CAP_FS_READ_DENY, 2);
	policy_free(&p);
}

Test(landlock_tree, a_hole_that_is_given_again_is_none)
{
	struct policy p = policy_new();
	add_hole(&p, allow_path(&p, READ_OPS, "/srv"), "/srv/.git");
	allow_path(&p, READ_OPS, "/srv/.git");
	const char *text = lower_text(&p);
	cr_expect_eq(level_of(&p, CAP_FS_READ_DENY), LEVEL_ENFORCED);
	cr_expect_eq(count_lines(text, "assert"), 0);
	cr_expect_eq(count_lines(text, "path"), 2);
	policy_free(&p);
}

Test(landlock_tree, a_hole_with_an_opening_inside_cannot_be_kept)
{
	struct policy p = policy_new();
	add_hole(&p, allow_path(&p, READ_OPS, "/home/a"), "/home/a/.ssh");
	allow_path(&p, READ_OPS, "/home/a/.ssh/known_hosts");
	expect_carve(&p, CAP_FS_READ_DENY, 1);
	policy_free(&p);
}

Test(landlock_tree, the_hole_of_a_dead_allow_is_nothing)
{
	struct policy p = policy_new();
	add_hole(&p, allow_path(&p, READ_OPS, "/a/b"), "/a/b/c");
	deny_path(&p, READ_OPS, "/a");
	const char *text = lower_text(&p);
	cr_expect_eq(count_lines(text, "path"), 0);
	cr_expect_eq(count_lines(text, "assert"), 1);
	policy_free(&p);
}

Test(landlock_tree, variables_are_compared_by_name_and_by_what_is_assumed)
{
	struct policy p = policy_new();
	allow_path(&p, READ_OPS, "${HOME}");
	deny_path(&p, READ_OPS, "/var/lib/x");
	EXPECT_LINE(lower_text(&p), "assert read_file,read_dir p.sbx:2 /var/lib/x");
	policy_free(&p);

	p = policy_new();
	allow_path(&p, READ_OPS, "${HOME}");
	deny_path(&p, READ_OPS, "${HOME}/.ssh");
	expect_carve(&p, CAP_FS_READ_DENY, 2);
	policy_free(&p);

	p = policy_new();
	allow_path(&p, READ_OPS, "/home");
	deny_path(&p, READ_OPS, "${HOME}/.ssh");
	expect_carve(&p, CAP_FS_READ_DENY, 2);
	policy_free(&p);

	p = policy_new();
	allow_path(&p, READ_OPS, "/");
	deny_path(&p, READ_OPS, "${HOME}/.ssh");
	expect_carve(&p, CAP_FS_READ_DENY, 2);
	policy_free(&p);
}

Test(landlock_tree, a_deny_over_the_entry_cannot_be_kept)
{
	struct policy p = policy_new();
	p.ir.entry = "/opt/bin/tool";
	p.ir.entry_origin = line_origin(&p, 9);
	deny_path(&p, READ_OPS, "/opt");
	expect_carve(&p, CAP_FS_READ_DENY, 1);
	policy_free(&p);
}

Test(landlock_tree, denied_unix_sockets)
{
	struct policy p = policy_new();
	add_rule(&p, false, RULE_NET, OPS(CONNECT_UNIX), "/run/app");
	add_rule(&p, true, RULE_NET, OPS(CONNECT_UNIX), "/run/other");
	EXPECT_LINE(lower_text(&p), "assert resolve_unix p.sbx:2 /run/other");
	add_rule(&p, true, RULE_NET, OPS(CONNECT_UNIX), "/run/app/admin");
	expect_carve(&p, CAP_UNIX_PATH, 3);
	policy_free(&p);
}

Test(landlock_tree, a_thousand_rules_are_quick)
{
	struct policy p = policy_new();
	for (unsigned i = 0; i < 3000; i++)
		allow_path(&p, READ_OPS | OPS(EXEC),
			   arena_printf(p.arena, "/d%u/e%u/f%u", i % 7, i % 31, i));
	for (unsigned i = 0; i < 900; i++)
		deny_path(&p, WRITE_OPS, arena_printf(p.arena, "/d%u/e%u/f%u/x", i % 7, i % 31, i));
	const char *text = lower_text(&p);
	cr_expect_eq(count_lines(text, "path"), 3000);
	cr_expect_eq(count_lines(text, "assert"), 900);
	policy_free(&p);
}
