/*
 * landlock_lower.c - which line of landlock.conf each rule becomes.
 */
#include "lower_ir.h"

static const char *lower_text(struct policy *p)
{
	cr_assert(lower_with(p, &landlock_backend));
	return artifact_text(p, "landlock.conf");
}

static void expect_refused(struct policy *p, enum diag_id id, unsigned line)
{
	cr_expect_not(lower_with(p, &landlock_backend));
	cr_expect(diag_seen(p->diags, id, line_loc(p, line)), "%s at line %u", diag_info(id)->slug,
		  line);
	cr_expect_null(artifact_text(p, "landlock.conf"));
}

Test(landlock_lower, an_empty_policy_handles_everything)
{
	struct policy p = policy_new();
	cr_expect_str_eq(lower_text(&p),
			 "sbx-landlock 1 " TEST_PLAN_ID "\n"
			 "handle-fs execute write_file read_file read_dir remove_dir remove_file "
			 "make_char make_dir "
			 "make_reg make_sock make_fifo make_block make_sym refer truncate "
			 "ioctl_dev resolve_unix\n"
			 "handle-net bind_tcp connect_tcp bind_udp connect_send_udp\n"
			 "scope abstract_unix_socket signal\n"
			 "end\n");
	policy_free(&p);
}

Test(landlock_lower, each_operation_has_its_rights)
{
	static const struct {
		uint32_t ops;
		const char *rights;
	} rows[] = {
	    {OPS(READ), "read_file"},
	    {OPS(LIST), "read_dir"},
	    {OPS(MODIFY), "write_file,truncate"},
	    {OPS(CREATE), "make_dir,make_reg,make_fifo,make_sym,refer"},
	    {OPS(DELETE), "remove_dir,remove_file,refer"},
	    {OPS(EXEC) | OPS(READ), "execute,read_file"},
	    {OPS(IOCTL), "ioctl_dev"},
	};
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy p = policy_new();
		allow_path(&p, rows[i].ops, "/x");
		const char *text = lower_text(&p);
		EXPECT_LINE(
		    text, arena_printf(p.arena, "path error follow %s p.sbx:1 /x", rows[i].rights));
		cr_expect_eq(count_lines(text, "path"), 1);
		policy_free(&p);
	}
}

Test(landlock_lower, rules_of_one_place_become_one_line)
{
	struct policy p = policy_new();
	allow_path(&p, OPS(MODIFY), "/x");
	allow_path(&p, OPS(READ), "/x");
	allow_path(&p, OPS(LIST), "/x")->flags = RULE_IF_EXISTS;
	allow_path(&p, OPS(LIST), "/y")->flags = RULE_MAKE_DIR;
	allow_path(&p, OPS(READ), "/z")->flags = RULE_NOFOLLOW;
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "path error follow write_file,read_file,truncate p.sbx:2 /x");
	EXPECT_LINE(text, "path skip follow read_dir p.sbx:3 /x");
	EXPECT_LINE(text, "path make follow read_dir p.sbx:4 /y");
	EXPECT_LINE(text, "path error nofollow read_file p.sbx:5 /z");
	cr_expect_eq(count_lines(text, "path"), 4);
	policy_free(&p);
}

Test(landlock_lower, rules_of_other_targets_are_not_for_linux)
{
	struct policy p = policy_new();
	allow_path(&p, OPS(READ), "/linux");
	allow_path(&p, OPS(READ), "/macos")->targets = TARGET_BIT(TARGET_MACOS);
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "path error follow read_file p.sbx:1 /linux");
	cr_expect_eq(count_lines(text, "path"), 1);
	policy_free(&p);
}

Test(landlock_lower, the_entry_is_read_and_started)
{
	struct policy p = policy_new();
	p.ir.entry = "/usr/bin/tool";
	p.ir.entry_origin = line_origin(&p, 7);
	EXPECT_LINE(lower_text(&p), "entry execute,read_file p.sbx:7 /usr/bin/tool");
	policy_free(&p);
}

Test(landlock_lower, what_is_started_must_be_readable)
{
	struct policy p = policy_new();
	allow_path(&p, OPS(READ), "/usr");
	allow_path(&p, OPS(EXEC), "/usr/bin");
	lower_text(&p);
	p.n_artifacts = 0;
	allow_path(&p, OPS(EXEC), "/opt/tool");
	expect_refused(&p, DIAG_EXEC_UNREADABLE, 3);
	policy_free(&p);
}

Test(landlock_lower, ports_are_listed_one_by_one)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_TCP, 443, 443);
	add_port(&p, false, OP_LISTEN_TCP, 443, 443);
	add_port(&p, false, OP_CONNECT_TCP, 8000, 8002);
	add_port(&p, false, OP_LISTEN_TCP, 0, 0)->port_var = "port";
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "port bind_tcp,connect_tcp 443 p.sbx:2");
	EXPECT_LINE(text, "port connect_tcp 8000 p.sbx:3");
	EXPECT_LINE(text, "port connect_tcp 8002 p.sbx:3");
	EXPECT_LINE(text, "port bind_tcp ${port} p.sbx:4");
	cr_expect_eq(count_lines(text, "port"), 5);
	policy_free(&p);
}

Test(landlock_lower, every_port_is_not_handled)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_TCP, 443, 443);
	add_port(&p, false, OP_CONNECT_TCP, 0, 65535);
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "handle-net bind_tcp bind_udp connect_send_udp");
	cr_expect_eq(count_lines(text, "port"), 0);
	policy_free(&p);
}

Test(landlock_lower, all_of_the_network)
{
	struct policy p = policy_new();
	add_rule(&p, false, RULE_NET, OPS(NET), "*");
	allow_path(&p, OPS(CREATE), "/x");
	const char *text = lower_text(&p);
	cr_expect_eq(count_lines(text, "handle-net"), 0);
	cr_expect_null(strstr(text, "resolve_unix"));
	EXPECT_LINE(text, "scope signal");
	EXPECT_LINE(
	    text,
	    "path error follow make_dir,make_reg,make_sock,make_fifo,make_sym,refer p.sbx:2 /x");
	add_rule(&p, true, RULE_NET, OPS(NET), "*");
	p.n_artifacts = 0;
	text = lower_text(&p);
	EXPECT_LINE(text, "handle-net bind_tcp connect_tcp bind_udp connect_send_udp");
	EXPECT_LINE(text, "scope abstract_unix_socket signal");
	policy_free(&p);
}

Test(landlock_lower, datagrams_need_a_port_that_the_kernel_picks)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_UDP, 53, 53);
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "port connect_send_udp 53 p.sbx:1");
	EXPECT_LINE(text, "port bind_udp 0 p.sbx:1");
	add_port(&p, false, OP_LISTEN_UDP, 0, 0);
	p.n_artifacts = 0;
	expect_refused(&p, DIAG_NO_EXPRESSION, 2);
	policy_free(&p);
}

Test(landlock_lower, denied_ports_are_taken_out)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_TCP, 20, 24);
	add_port(&p, true, OP_CONNECT_TCP, 22, 22);
	const char *text = lower_text(&p);
	cr_expect_eq(count_lines(text, "port"), 4);
	cr_expect_null(strstr(text, "connect_tcp 22 "));
	policy_free(&p);
}

Test(landlock_lower, a_port_cannot_be_taken_out_of_all)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_TCP, 0, 65535);
	add_port(&p, true, OP_CONNECT_TCP, 22, 22);
	expect_refused(&p, DIAG_NO_EXPRESSION, 2);
	policy_free(&p);
}

Test(landlock_lower, a_denied_port_may_be_a_port_of_load_time)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_TCP, 0, 0)->port_var = "port";
	add_port(&p, true, OP_CONNECT_TCP, 22, 22);
	expect_refused(&p, DIAG_NO_EXPRESSION, 2);
	policy_free(&p);
}

Test(landlock_lower, hosts_are_refused)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_TCP, 443, 443)->object = "api.example.org";
	expect_refused(&p, DIAG_HOST_NAME, 1);
	policy_free(&p);
}

Test(landlock_lower, ranges_have_an_end)
{
	struct policy p = policy_new();
	add_port(&p, false, OP_CONNECT_TCP, 1, 1024);
	cr_expect_eq(count_lines(lower_text(&p), "port"), 1024);
	p.n_artifacts = 0;
	add_port(&p, false, OP_CONNECT_TCP, 2000, 3024);
	expect_refused(&p, DIAG_NO_EXPRESSION, 2);
	policy_free(&p);
}

Test(landlock_lower, unix_sockets)
{
	struct policy p = policy_new();
	add_rule(&p, false, RULE_NET, OPS(CONNECT_UNIX), "/run/s");
	EXPECT_LINE(lower_text(&p), "path error follow resolve_unix p.sbx:1 /run/s");
	p.n_artifacts = 0;
	add_rule(&p, false, RULE_NET, OPS(CONNECT_UNIX), "@s");
	expect_refused(&p, DIAG_NO_EXPRESSION, 2);
	policy_free(&p);
}

Test(landlock_lower, what_is_not_supported_is_refused)
{
	struct policy p = policy_new();
	add_rule(&p, false, RULE_NET, OPS(LISTEN_UNIX), "/run/s");
	allow_path(&p, OPS(READ), "/x")->arches = ARCH_BIT(ARCH_X86_64);
	cr_expect_not(lower_with(&p, &landlock_backend));
	cr_expect(diag_seen(p.diags, DIAG_NO_EXPRESSION, line_loc(&p, 1)));
	cr_expect(diag_seen(p.diags, DIAG_NO_EXPRESSION, line_loc(&p, 2)));
	policy_free(&p);
}

Test(landlock_lower, a_line_longer_than_a_plan_holds_is_refused)
{
	struct policy p = policy_new();
	char *path = arena_alloc(p.arena, 17000);
	memset(path, 'a', 16999);
	path[0] = '/';
	allow_path(&p, OPS(READ), path);
	expect_refused(&p, DIAG_TOO_LARGE, 1);
	policy_free(&p);
}
