/*
 * launch_lower.c - the lines of launch.conf, and what its reader makes of them.
 */
#include "backends/launch/launch.h"
#include "lower_ir.h"

#define HEAD   "sbx-launch 1 " TEST_PLAN_ID "\n"
#define TOP    HEAD "policy p -\ntarget linux\narch x86_64 aarch64\nisolate none\n"
#define VIEW   HEAD "policy p -\ntarget linux\narch x86_64\nisolate user mount uts\n"
#define LIMITS "rlimit nofile 1024\nrlimit core 0\n"
#define BOTTOM LIMITS "session new\nend\n"

static const char *lower_text(struct policy *p)
{
	p->n_artifacts = 0;
	cr_assert(lower_with(p, &launch_backend));
	return artifact_text(p, "launch.conf");
}

static const void *reopen(struct policy *p)
{
	const char *error = NULL;
	const void *m = launch_backend.model_open(p->arena, p->artifacts, p->n_artifacts, &error);
	cr_assert_not_null(m, "%s", error);
	return m;
}

static bool env_passes(const void *m, const char *name)
{
	struct request r = {.target = TARGET_LINUX, .op = OP_ENV, .object = name};
	return !launch_backend.model_decide(m, NULL, &r).stops;
}

static struct ir_rule *env_rule(struct policy *p, bool deny, const char *name)
{
	return add_rule(p, deny, RULE_ENV, OPS(ENV), name);
}

static void env_set(struct policy *p, const char *name, const char *value)
{
	ARENA_GROW(p->arena, p->sets, p->ir.n_env_set);
	p->sets[p->ir.n_env_set++] =
	    (struct ir_env_set){name, value, TARGET_BIT(TARGET_LINUX), line_origin(p, 50)};
	p->ir.env_set = p->sets;
}

/* An entry and no other program: the derived filter then has an exec descriptor. */
static void set_entry(struct policy *p)
{
	p->ir.entry = "/usr/bin/my tool";
	p->ir.entry_origin = line_origin(p, 7);
}

Test(launch_lower, a_small_policy_whole)
{
	struct policy p = policy_new();
	p.ir.version = "1.2 beta";
	set_entry(&p);
	cr_expect_str_eq(lower_text(&p), HEAD
			 "policy test 1.2\\x20beta\ntarget linux\narch x86_64 aarch64\n"
			 "isolate none\nentry p.sbx:7 /usr/bin/my tool\nexec-fd 1024\n" BOTTOM);
	reopen(&p);
	allow_path(&p, OPS(READ) | OPS(EXEC), "/usr");
	cr_expect_eq(count_lines(lower_text(&p), "exec-fd"), 0);
	policy_free(&p);
}

Test(launch_lower, isolation_in_the_order_of_the_table)
{
	struct policy p = policy_new();
	p.ir.isolate = (1u << ISOLATE_NET) | (1u << ISOLATE_USER) | (1u << ISOLATE_CGROUP);
	set_entry(&p);
	EXPECT_LINE(lower_text(&p), "isolate user net cgroup");
	reopen(&p);
	cr_expect_str_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_NS_ISOLATE).mechanism, "namespace");
	cr_expect_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_FS_HIDE).level, LEVEL_ABSENT);
	policy_free(&p);
}

Test(launch_lower, what_the_program_finds_around_it)
{
	struct policy p = policy_new();
	const struct ir_place places[] = {
	    {PLACE_MOUNT, "/srv/data", "/data store", 0, NULL, line_origin(&p, 5)},
	    {PLACE_MOUNT, "/srv/out", "/out", 0, NULL, line_origin(&p, 6)},
	    {PLACE_SCRATCH, "/tmp", NULL, 1 << 20, NULL, line_origin(&p, 7)},
	};
	p.ir.isolate = ISOLATE_BIT(ISOLATE_COUNT) - 1;
	p.ir.choice[TARGET_LINUX][CHOICE_ROOT].value = ROOT_PRIVATE;
	p.ir.choice[TARGET_LINUX][CHOICE_TERMINAL].value = TERMINAL_INHERIT;
	p.ir.around.places = places;
	p.ir.around.n_places = 3;
	p.ir.around.directory[TARGET_LINUX].path = "/tmp";
	p.ir.around.discard_size = 65536;
	p.ir.around.directory[TARGET_LINUX].origin = line_origin(&p, 8);
	set_entry(&p);
	allow_path(&p, READ_OPS, "/srv/data");
	allow_path(&p, READ_OPS | WRITE_OPS, "/srv/out");
	allow_path(&p, READ_OPS | WRITE_OPS, "/tmp");
	allow_path(&p, READ_OPS | WRITE_OPS, "/work")->flags = RULE_DISCARD;
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "root private");
	EXPECT_LINE(text, "directory p.sbx:8 /tmp");
	EXPECT_LINE(text, "mount ro /data\\x20store p.sbx:5 /srv/data");
	EXPECT_LINE(text, "mount rw /out p.sbx:6 /srv/out");
	EXPECT_LINE(text, "scratch 1048576 p.sbx:7 /tmp");
	EXPECT_LINE(text, "discard 65536 p.sbx:4 /work");
	EXPECT_LINE(text, "terminal inherit");
	reopen(&p);
	cr_expect_str_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_FS_HIDE).mechanism, "namespace");
	cr_expect_str_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_FS_WRITE_EPHEMERAL).mechanism, "namespace");
	cr_expect_str_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_SIGNAL_SCOPE).mechanism, "namespace");
	policy_free(&p);
}

Test(launch_lower, params)
{
	struct policy p = policy_new();
	const struct ir_param params[] = {
	    {.name = "a", .type = TYPE_PATH},
	    {.name = "b", .type = TYPE_STRING, .value = "x y\\$"},
	    {.name = "c", .type = TYPE_STRING, .value = ""},
	};
	p.ir.params = params;
	p.ir.n_params = 3;
	set_entry(&p);
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "param a path required");
	EXPECT_LINE(text, "param b string default x y\\$");
	EXPECT_LINE(text, "param c string default");
	reopen(&p);
	policy_free(&p);
}

Test(launch_lower, guarantees)
{
	struct policy p = policy_new();
	const struct origin *o = line_origin(&p, 12);
	struct guarantee g[] = {
	    {CAP_ENV_SCRUB,
	     TARGET_LINUX,
	     false,
	     {.level = LEVEL_ENFORCED, .mechanism = "launch"},
	     NULL,
	     NULL},
	    {CAP_FS_READ_SCOPE,
	     TARGET_LINUX,
	     false,
	     {.level = LEVEL_ENFORCED, .mechanism = "landlock:1"},
	     NULL,
	     o},
	    {CAP_NET_LISTEN_PORT,
	     TARGET_LINUX,
	     true,
	     {.level = LEVEL_PARTIAL, .mechanism = "landlock:4", .note = "x"},
	     NULL,
	     o},
	    {CAP_RES_MEMORY,
	     TARGET_LINUX,
	     true,
	     {.level = LEVEL_ENFORCED, .mechanism = "cgroup:memory"},
	     NULL,
	     o},
	    {CAP_MACH_RESTRICT,
	     TARGET_MACOS,
	     false,
	     {.level = LEVEL_ENFORCED, .mechanism = "seatbelt"},
	     NULL,
	     o},
	};
	p.guarantees = g;
	p.n_guarantees = 5;
	set_entry(&p);
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "guarantee env.scrub required launch p.sbx:4000");
	EXPECT_LINE(text, "guarantee fs.read.scope required landlock:1 p.sbx:12");
	EXPECT_LINE(text, "guarantee net.listen.port preferred none p.sbx:12");
	EXPECT_LINE(text, "guarantee res.memory preferred cgroup:memory p.sbx:12");
	cr_expect_eq(count_lines(text, "guarantee"), 4);
	reopen(&p);
	policy_free(&p);
}

Test(launch_lower, names_of_what_loads_code_pass_only_in_full)
{
	struct policy p = policy_new();
	set_entry(&p);
	env_rule(&p, false, "L*");
	env_rule(&p, false, "GLIBC_*");
	env_rule(&p, false, "DYLD_NAMED");
	lower_text(&p);
	const void *m = reopen(&p);
	static const char *const in[] = {"LANG", "LD", "GLIBC_TUNABLES_", "DYLD_NAMED"};
	static const char *const out[] = {"LD_", "LD_PRELOAD", "GLIBC_TUNABLES", "DYLD_OTHER"};
	for (unsigned i = 0; i < 4; i++) {
		cr_expect(env_passes(m, in[i]), "%s", in[i]);
		cr_expect_not(env_passes(m, out[i]), "%s", out[i]);
	}
	policy_free(&p);
}

Test(launch_lower, environment)
{
	struct policy p = policy_new();
	set_entry(&p);
	env_rule(&p, false, "PATH");
	env_rule(&p, false, "PATH");
	env_rule(&p, false, "LC_*");
	env_rule(&p, false, "SECRET");
	env_rule(&p, false, "AWS_KEY");
	env_rule(&p, true, "SECRET");
	env_rule(&p, true, "AWS_*");
	env_rule(&p, true, "LC_MINE");
	env_rule(&p, true, "NOBODY_ASKED");
	env_set(&p, "LANG", "C.UTF-8 ${HOME}");
	env_set(&p, "EMPTY", "");
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "env-allow LC_*");
	EXPECT_LINE(text, "env-allow PATH");
	EXPECT_LINE(text, "env-set LANG C.UTF-8 ${HOME}");
	EXPECT_LINE(text, "env-set EMPTY");
	cr_expect_eq(count_lines(text, "env-allow"), 2);
	EXPECT_LINE(text, "env-deny LC_MINE");
	cr_expect_eq(count_lines(text, "env-deny"), 1);
	const void *m = reopen(&p);
	static const char *const in[] = {"PATH", "LC_ALL", "LC_", "LANG", "EMPTY"};
	static const char *const out[] = {"SECRET", "AWS_KEY", "LC", "PATHX", "LD_PRELOAD", "LC_MINE"};
	for (unsigned i = 0; i < 5; i++)
		cr_expect(env_passes(m, in[i]), "%s", in[i]);
	for (unsigned i = 0; i < 6; i++)
		cr_expect_not(env_passes(m, out[i]), "%s", out[i]);
	policy_free(&p);
}

Test(launch_lower, what_is_denied_is_not_set)
{
	struct policy p = policy_new();
	set_entry(&p);
	env_rule(&p, true, "LANG");
	env_set(&p, "LANG", "C");
	cr_expect_not(lower_with(&p, &launch_backend));
	cr_expect(diag_seen(p.diags, DIAG_CONFLICT, line_loc(&p, 50)));
	policy_free(&p);
}

Test(launch_lower, limits_at_the_edges)
{
	const uint64_t huge = (uint64_t)INT64_MAX + 1;
	const struct {
		enum limit limit;
		uint64_t value;
		const char *line; /* NULL: refused */
	} rows[] = {
	    {LIMIT_OPEN_FILES, 2, NULL},
	    {LIMIT_OPEN_FILES, 3, "rlimit nofile 3"},
	    {LIMIT_OPEN_FILES, 1048575, "rlimit nofile 1048575"},
	    {LIMIT_OPEN_FILES, 1048576, NULL},
	    {LIMIT_CORE, INT64_MAX, "rlimit core 9223372036854775807"},
	    {LIMIT_CORE, huge, NULL},
	    {LIMIT_FILE_SIZE, 0, "rlimit fsize 0"},
	    {LIMIT_FILE_SIZE, huge, NULL},
	    {LIMIT_CPU_TIME, 0, NULL},
	    {LIMIT_CPU_TIME, 1, "rlimit cpu 1"},
	    {LIMIT_CPU_TIME, 1000, "rlimit cpu 1"},
	    {LIMIT_CPU_TIME, 1001, "rlimit cpu 2"},
	    {LIMIT_CPU_TIME, INT32_MAX * UINT64_C(1000), "rlimit cpu 2147483647"},
	    {LIMIT_CPU_TIME, INT32_MAX * UINT64_C(1000) + 1, NULL},
	    {LIMIT_CPU_TIME, UINT64_MAX, NULL},
	    {LIMIT_STACK, 16383, NULL},
	    {LIMIT_STACK, 16384, "rlimit stack 16384"},
	    {LIMIT_STACK, huge, NULL},
	    {LIMIT_ADDRESS_SPACE, 4095, NULL},
	    {LIMIT_ADDRESS_SPACE, 4096, "rlimit as 4096"},
	    {LIMIT_ADDRESS_SPACE, huge, NULL},
	    {LIMIT_LOCKED_MEMORY, 0, "rlimit memlock 0"},
	    {LIMIT_LOCKED_MEMORY, huge, NULL},
	    {LIMIT_PROCESSES, 0, NULL},
	    {LIMIT_PROCESSES, 1, "rlimit nproc 1"},
	    {LIMIT_PROCESSES, INT32_MAX, "rlimit nproc 2147483647"},
	    {LIMIT_PROCESSES, (uint64_t)INT32_MAX + 1, NULL},
	};
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct policy p = policy_new();
		set_entry(&p);
		set_limit(&p, rows[i].limit, rows[i].value);
		cr_expect_eq(lower_with(&p, &launch_backend), rows[i].line != NULL, "row %u", i);
		struct loc at = p.ir.limit[TARGET_LINUX][rows[i].limit].origin->loc;
		cr_expect_eq(diag_seen(p.diags, DIAG_BAD_VALUE, at), !rows[i].line);
		if (rows[i].line) {
			EXPECT_LINE(artifact_text(&p, "launch.conf"), rows[i].line);
			reopen(&p);
		}
		policy_free(&p);
	}
}

Test(launch_lower, the_exec_descriptor_lies_beyond_the_limit)
{
	struct policy p = policy_new();
	set_entry(&p);
	set_limit(&p, LIMIT_OPEN_FILES, 77);
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "exec-fd 77");
	EXPECT_LINE(text, "rlimit nofile 77");
	policy_free(&p);
}

Test(launch_lower, memory_falls_back_to_the_address_space)
{
	struct policy p = policy_new();
	struct launch_number v;
	set_entry(&p);
	set_limit(&p, LIMIT_MEMORY, 1 << 20);
	cr_expect_eq(count_lines(lower_text(&p), "rlimit-fallback"), 0);
	prefer(&p, CAP_RES_MEMORY);
	EXPECT_LINE(lower_text(&p), "rlimit-fallback as 1048576 res.memory");
	cr_expect(launch_model_rlimit(reopen(&p), "as", true, &v));
	cr_expect_eq(v.value, 1 << 20);
	set_limit(&p, LIMIT_ADDRESS_SPACE, (1 << 20) + 1);
	EXPECT_LINE(lower_text(&p), "rlimit-fallback as 1048576 res.memory");
	set_limit(&p, LIMIT_ADDRESS_SPACE, 1 << 20);
	cr_expect_eq(count_lines(lower_text(&p), "rlimit-fallback"), 0);
	set_limit(&p, LIMIT_ADDRESS_SPACE, 1 << 19);
	cr_expect_eq(count_lines(lower_text(&p), "rlimit-fallback"), 0);
	policy_free(&p);
}

Test(launch_lower, answers)
{
	struct policy p = policy_new();
	cr_expect_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_ENV_SCRUB).level, LEVEL_ENFORCED);
	cr_expect_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_RES_CPU_TIME).level, LEVEL_ABSENT);
	set_limit(&p, LIMIT_CPU_TIME, 5000);
	cr_expect_str_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_RES_CPU_TIME).mechanism, "rlimit");
	cr_expect_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_NS_ISOLATE).level, LEVEL_ABSENT);
	policy_free(&p);
}

Test(launch_lower, malformed_files_are_refused)
{
	static const char *const bad[] = {
	    "",
	    HEAD,
	    TOP,
	    TOP BOTTOM "\n",
	    TOP LIMITS "end\n",
	    TOP LIMITS "session old\nend\n",
	    HEAD "policy p\ntarget linux\narch x86_64\nisolate none\n" BOTTOM,
	    HEAD "policy p -\ntarget macos\narch x86_64\nisolate none\n" BOTTOM,
	    HEAD "policy p -\ntarget linux\narch\nisolate none\n" BOTTOM,
	    HEAD "policy p -\ntarget linux\narch aarch64 x86_64\nisolate none\n" BOTTOM,
	    HEAD "policy p -\ntarget linux\narch mips\nisolate none\n" BOTTOM,
	    HEAD "policy p -\ntarget linux\narch x86_64\nisolate net user\n" BOTTOM,
	    HEAD "policy p -\ntarget linux\narch x86_64\nisolate none net\n" BOTTOM,
	    HEAD "policy p -\ntarget linux\narch x86_64\n" BOTTOM,
	    VIEW "root host\n" BOTTOM,
	    TOP "root private\n" BOTTOM,
	    TOP "scratch 4096 p:1 /tmp\n" BOTTOM,
	    TOP "hostname box\n" BOTTOM,
	    TOP "user 1000\n" BOTTOM,
	    VIEW "user 1000\nhostname box\n" BOTTOM,
	    VIEW "user 4294967295\n" BOTTOM,
	    VIEW "user nobody\n" BOTTOM,
	    VIEW "mount p:1 /data /srv\n" BOTTOM,
	    VIEW "mount ro /da\\x21ta p:1 /srv\n" BOTTOM,
	    VIEW "mount ro /data p:1\n" BOTTOM,
	    VIEW "scratch 4095 p:1 /tmp\n" BOTTOM,
	    VIEW "scratch 4096 p:1 /tmp\nmount ro /data p:1 /srv\n" BOTTOM,
	    VIEW "discard 4096 p:1\n" BOTTOM,
	    VIEW "discard p:1 /w\n" BOTTOM,
	    VIEW "discard 4095 p:1 /w\n" BOTTOM,
	    VIEW "directory /work\n" BOTTOM,
	    TOP LIMITS "stdin inherit\nsession new\nend\n",
	    TOP LIMITS "stdin null\nstdin null\nsession new\nend\n",
	    TOP LIMITS "terminal none\nsession new\nend\n",
	    TOP LIMITS "observe some\nsession new\nend\n",
	    TOP LIMITS "observe all\nterminal new\nsession new\nend\n",
	    TOP "param x thing required\n" BOTTOM,
	    TOP "param x path wanted\n" BOTTOM,
	    TOP "param x path default ${y}\n" BOTTOM,
	    TOP "param x path default \\q\n" BOTTOM,
	    TOP "range x 1 2 p:1\n" BOTTOM,
	    TOP "param x count required\nrange x 2 1 p:1\n" BOTTOM,
	    TOP "param x count required\nrange x 1 2\n" BOTTOM,
	    TOP "param x count required\nrange x 1 2 p:1\nrange x 1 2 p:1\n" BOTTOM,
	    /* no range, another type, an unknown name, a range that reaches beyond what the line takes */
	    TOP "param x count required\nrlimit nofile ${x}\nsession new\nend\n",
	    TOP "param x size required\nrange x 3 9 p:1\nrlimit nofile ${x}\nsession new\nend\n",
	    TOP "param x count required\nrange x 3 9 p:1\nrlimit nofile ${y}\nsession new\nend\n",
	    TOP "param x count required\nrange x 3 9 p:1\nrlimit nofile {x}\nsession new\nend\n",
	    TOP "param x count required\nrange x 3 9 p:1\nentry p:1 /x\nexec-fd 8\nrlimit nofile ${x}\nsession new\nend\n",
	    TOP "param x duration required\nrange x 0 9 p:1\n" LIMITS "wall ${x} p:1\nsession new\nend\n",
	    VIEW "param x size required\nrange x 4095 8192 p:1\nscratch ${x} p:1 /tmp\n" LIMITS "session new\nend\n",
	    VIEW "param x count required\nrange x 0 4294967295 p:1\nuser ${x}\n" LIMITS "session new\nend\n",
	    TOP "guarantee no.such required launch p:1\n" BOTTOM,
	    TOP "guarantee env.scrub wished launch p:1\n" BOTTOM,
	    TOP "guarantee env.scrub required none p:1\n" BOTTOM,
	    TOP "guarantee env.scrub required launch+ p:1\n" BOTTOM,
	    TOP "guarantee env.scrub required magic p:1\n" BOTTOM,
	    TOP "guarantee env.scrub required landlock:0 p:1\n" BOTTOM,
	    TOP "guarantee env.scrub required launch\n" BOTTOM,
	    TOP "exec-fd 1024\n" BOTTOM,
	    TOP "entry p:1 /x\nexec-fd 1023\n" BOTTOM,
	    TOP "entry p:1 /x\nentry p:1 /x\n" BOTTOM,
	    TOP "entry p:1\n" BOTTOM,
	    TOP "env-set A x\nenv-allow B\n" BOTTOM,
	    TOP "env-deny B\nenv-allow A\n" BOTTOM,
	    TOP "env-deny\n" BOTTOM,
	    TOP "env-set A* x\n" BOTTOM,
	    TOP "env-allow\n" BOTTOM,
	    TOP "rlimit nofile 1024\nrlimit nofile 1024\nsession new\nend\n",
	    TOP "rlimit nofile 01024\nsession new\nend\n",
	    TOP "rlimit nofile 1k\nsession new\nend\n",
	    TOP "rlimit nice 5\n" BOTTOM,
	    TOP LIMITS "rlimit-fallback as 5\nsession new\nend\n",
	    TOP BOTTOM "end\n",
	    "sbx-launch 2 " TEST_PLAN_ID "\npolicy p -\n",
	};
	struct arena *a = arena_new();
	const char *error = NULL;
	cr_expect_not_null(
	    open_text(a, &launch_backend, "launch.conf",
		      TOP "param x path default /a b\\x7f\nguarantee env.scrub required "
			  "launch+landlock:11+cgroup:memory p:1\nentry p:1 ${x}\nexec-fd 1024\n"
			  "env-allow A\nenv-allow B*\nenv-deny B_1\nenv-set C ${x}\nenv-set D\n" LIMITS
			  "rlimit-fallback as 5 res.memory\nsession new\nend\n",
		      &error));
	cr_expect_not_null(
	    open_text(a, &launch_backend, "launch.conf",
		      TOP "param x count required\nrange x 3 9 p:1\nentry p:1 /x\nexec-fd 9\nrlimit nofile ${x}\nsession new\nend\n",
		      &error),
	    "%s", error);
	cr_expect_not_null(
	    open_text(a, &launch_backend, "launch.conf",
		      VIEW "root private\nhostname box\nuser 0\ndirectory p:1 /a b\n"
			   "mount ro /da\\x20ta/${HOME}\\$ p:1 /srv/a b\nscratch 4096 p:1 /tmp\n"
			   "discard 4096 p:1 /w\n" LIMITS
			   "stdin null\nterminal inherit\nobserve denied\nsession new\nend\n",
		      &error),
	    "%s", error);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		error = NULL;
		cr_expect_null(open_text(a, &launch_backend, "launch.conf", bad[i], &error),
			       "accepted: %s", bad[i]);
		cr_expect_not_null(error);
	}
	arena_free(a);
}

/* Every number that a param may hold, beside the range that keeps its values where the plan was proved. */
Test(launch_lower, numbers_that_are_given_at_the_start)
{
	struct policy p = policy_new();
	const struct ir_param params[] = {
	    {"files", TYPE_NUMBER, "64", NULL, {0, 0}},
	    {"time", TYPE_DURATION, NULL, NULL, {0, 0}},
	    {"unused", TYPE_NUMBER, NULL, NULL, {0, 0}},
	};
	struct ir_limit *limit = p.ir.limit[TARGET_LINUX];
	p.ir.params = params;
	p.ir.n_params = 3;
	set_limit(&p, LIMIT_OPEN_FILES, 100);
	set_limit(&p, LIMIT_CPU_TIME, 90000);
	set_limit(&p, LIMIT_WALL, 60000);
	limit[LIMIT_OPEN_FILES].param = "files";
	limit[LIMIT_CPU_TIME].param = limit[LIMIT_WALL].param = "time";
	const char *text = lower_text(&p);
	EXPECT_LINE(text, "rlimit nofile ${files}");
	EXPECT_LINE(text, "rlimit cpu ${time}");
	cr_expect_not_null(strstr(text, "\nrange files 3 100 p.sbx:"));
	cr_expect_not_null(strstr(text, "\nrange time 1 60000 p.sbx:"));
	cr_expect_not_null(strstr(text, "\nwall ${time} p.sbx:"));
	cr_expect_eq(count_lines(text, "range"), 2);
	const struct launch_read *read = launch_model_read(reopen(&p));
	cr_expect_eq(read->n_ranges, 2);
	cr_expect_str_eq(read->wall.param, "time");
	policy_free(&p);
}

Test(launch_lower, calls_that_are_handed_over)
{
	struct policy p = policy_new();
	cr_expect_eq(count_lines(lower_text(&p), "notify"), 0);
	policy_free(&p);
	p = policy_new();
	struct ir_rule *r = add_rule(&p, true, RULE_SYSCALL, OP_BIT(OP_SYSCALL), "umask");
	r->action = (struct sys_action){.act = ACT_NOTIFY};
	add_rule(&p, true, RULE_SYSCALL, OP_BIT(OP_SYSCALL), "getpriority")->action = r->action;
	const char *text = lower_text(&p);
	cr_expect_eq(count_lines(text, "notify"), 1);
	cr_expect_not_null(strstr(text, "\nnotify report p.sbx:1\n"));
	cr_expect_not_null(((const struct launch_read *)launch_model_read(reopen(&p)))->notify_where);
	policy_free(&p);
}

Test(launch_lower, limits_that_the_supervisor_keeps)
{
	struct policy p = policy_new();
	set_limit(&p, LIMIT_WALL, 1500);
	set_limit(&p, LIMIT_OUTPUT, 0);
	const char *text = lower_text(&p);
	cr_expect_eq(count_lines(text, "wall"), 1);
	cr_expect_eq(count_lines(text, "output"), 1);
	const struct launch_read *read = launch_model_read(reopen(&p));
	cr_expect(read->wall.value == 1500 && read->wall_where);
	cr_expect(read->output.value == 0 && read->output_where);
	cr_expect_str_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_RES_WALL).mechanism,
			 "supervisor+cgroup:kill");
	p.ir.isolate = 1u << ISOLATE_PID;
	cr_expect_str_eq(launch_backend.answer(&p.ir, TARGET_LINUX, CAP_RES_OUTPUT).mechanism,
			 "supervisor+namespace");
	set_limit(&p, LIMIT_WALL, 0);
	p.n_artifacts = 0;
	cr_expect_not(lower_with(&p, &launch_backend));
	policy_free(&p);
}

/* ---- launch-macos.conf ---- */

#define ON_MACOS HEAD "policy test -\ntarget macos\n"

static const char *macos_text(struct policy *p)
{
	p->n_artifacts = 0;
	p->ir.targets = TARGETS_ALL;
	for (unsigned i = 0; i < p->ir.n_rules; i++)
		p->rules[i].targets = TARGETS_ALL;
	cr_assert(lower_with(p, &launch_macos_backend));
	return artifact_text(p, "launch-macos.conf");
}

static const void *macos_model(struct policy *p)
{
	const char *error = NULL;
	const void *m = launch_macos_backend.model_open(p->arena, p->artifacts, p->n_artifacts, &error);
	cr_assert_not_null(m, "%s", error);
	return m;
}

Test(launch_macos, what_linux_alone_has_is_not_written)
{
	struct policy p = policy_new();
	p.ir.isolate = ISOLATE_BIT(ISOLATE_COUNT) - 1;
	p.ir.choice[TARGET_LINUX][CHOICE_ROOT].value = ROOT_PRIVATE;
	p.ir.choice[TARGET_LINUX][CHOICE_STDIN].value = STDIN_NULL;
	set_entry(&p);
	set_limit(&p, LIMIT_WALL, 5000);
	cr_expect_str_eq(macos_text(&p), ON_MACOS "entry p.sbx:7 /usr/bin/my tool\n" BOTTOM);
	macos_model(&p);
	policy_free(&p);
}

Test(launch_macos, stdin_and_directory_of_its_own)
{
	struct policy p = policy_new();
	p.ir.choice[TARGET_LINUX][CHOICE_TERMINAL].value = TERMINAL_INHERIT;
	p.ir.choice[TARGET_MACOS][CHOICE_STDIN].value = STDIN_NULL;
	p.ir.choice[TARGET_MACOS][CHOICE_BASELINE].value = BASELINE_SYSTEM;
	p.ir.around.directory[TARGET_LINUX] = (struct ir_directory){"/linux", line_origin(&p, 8)};
	p.ir.around.directory[TARGET_MACOS] = (struct ir_directory){"/a b", line_origin(&p, 9)};
	cr_expect_str_eq(macos_text(&p), ON_MACOS "directory p.sbx:9 /a b\n" LIMITS "stdin null\nsession new\nend\n");
	macos_model(&p);
	policy_free(&p);
}

Test(launch_macos, limits_of_its_own)
{
	struct policy p = policy_new();
	const struct origin *o = line_origin(&p, 9);
	p.ir.limit[TARGET_MACOS][LIMIT_WALL] = (struct ir_limit){.set = true, .value = 5000, .origin = o};
	p.ir.limit[TARGET_MACOS][LIMIT_CPU_TIME] = (struct ir_limit){.set = true, .value = 1500, .origin = o};
	p.ir.limit[TARGET_MACOS][LIMIT_PROCESSES] = (struct ir_limit){.set = true, .value = 7, .origin = o};
	p.ir.limit[TARGET_MACOS][LIMIT_ADDRESS_SPACE] = (struct ir_limit){.set = true, .value = 1 << 20, .origin = o};
	p.ir.limit[TARGET_MACOS][LIMIT_OUTPUT] = (struct ir_limit){.set = true, .value = 7, .origin = o};
	cr_expect_str_eq(macos_text(&p), ON_MACOS LIMITS "rlimit cpu 2\nwall 5000 p.sbx:9\nsession new\nend\n");
	macos_model(&p);
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_CPU_TIME).level, LEVEL_ENFORCED);
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_WALL).level, LEVEL_PARTIAL);
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_PROCESSES).level, LEVEL_ABSENT);
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_ADDRESS_SPACE).level, LEVEL_ABSENT);
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_OUTPUT).level, LEVEL_ABSENT);
	policy_free(&p);
}

/* Where it may make no process, there is nothing that could live on. */
Test(launch_macos, the_time_of_one_process_is_kept_whole)
{
	struct policy p = policy_new();
	struct ir_limit *limits = p.ir.limit[TARGET_MACOS];
	const struct origin *o = line_origin(&p, 9);
	limits[LIMIT_WALL] = (struct ir_limit){.set = true, .value = 5000, .origin = o};
	limits[LIMIT_PROCESSES] = (struct ir_limit){.set = true, .value = 1, .origin = o};
	struct answer a = launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_WALL);
	cr_expect_eq(a.level, LEVEL_ENFORCED);
	cr_expect_str_eq(a.mechanism, "supervisor+seatbelt");
	limits[LIMIT_PROCESSES].param = "many";
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_WALL).level, LEVEL_PARTIAL);
	limits[LIMIT_PROCESSES] = (struct ir_limit){.set = true, .value = 2, .origin = o};
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_WALL).level, LEVEL_PARTIAL);
	limits[LIMIT_PIDS] = (struct ir_limit){.set = true, .value = 1, .origin = o};
	cr_expect_eq(launch_macos_backend.answer(&p.ir, TARGET_MACOS, CAP_RES_WALL).level, LEVEL_ENFORCED);
	policy_free(&p);
}

Test(launch_macos, places_that_have_to_be_there)
{
	struct policy p = policy_new();
	allow_path(&p, READ_OPS, "/a b");
	allow_path(&p, READ_OPS, "/if")->flags = RULE_IF_EXISTS;
	allow_path(&p, READ_OPS, "/made")->flags = RULE_NOFOLLOW;
	allow_path(&p, WRITE_OPS, "/made")->flags = RULE_MAKE_DIR;
	deny_path(&p, READ_OPS, "/denied");
	cr_expect_str_eq(macos_text(&p), ON_MACOS "need error p.sbx:1 /a b\nneed make p.sbx:4 /made\n" BOTTOM);
	macos_model(&p);
	policy_free(&p);
}

Test(launch_macos, environment_is_judged)
{
	struct policy p = policy_new();
	env_rule(&p, false, "LANG");
	env_rule(&p, false, "LC_*");
	macos_text(&p);
	const void *m = macos_model(&p);
	cr_expect(env_passes(m, "LANG") && env_passes(m, "LC_ALL"));
	cr_expect_not(env_passes(m, "PATH"));
	policy_free(&p);
}
