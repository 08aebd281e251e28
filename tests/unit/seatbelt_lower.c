/*
 * seatbelt_lower.c - policies to profiles: the base, the words for places, what is not written, the header. Text, names
 * that must not change and what only macOS has are in the files beside; random policies in seatbelt_lower_random.c.
 */
#include "backends/seatbelt/sbpl_witness.h"
#include "compiler/guarantee.h"
#include "seatbelt_ir.h"

#define READ_LIST (OP_BIT(OP_READ) | OP_BIT(OP_LIST))
#define WRITE     (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

/* ---- the base ---- */

static const struct {
	struct sbpl_query q;
	bool allow;
} base[] = {
    {{.op = SBPL_FILE_READ_DATA, .path = "/", .vnode = "DIRECTORY"}, true},
    {{.op = SBPL_FILE_READ_DATA, .path = "/Users", .vnode = "DIRECTORY"}, false},
    {{.op = SBPL_FILE_READ_DATA, .path = "/usr/lib/libSystem.B.dylib"}, true},
    {{.op = SBPL_FILE_READ_DATA, .path = "/usr/libexec/x"}, false},
    {{.op = SBPL_FILE_READ_DATA, .path = "/System/Volumes/Data/Users/ann/x"}, false},
    {{.op = SBPL_FILE_READ_DATA,
      .path = "/System/Volumes/Preboot/Cryptexes/OS/System/Library/dyld/c"},
     true},
    {{.op = SBPL_FILE_READ_METADATA, .path = "/etc"}, true},
    {{.op = SBPL_FILE_READ_METADATA, .path = "/etc/passwd"}, false},
    {{.op = SBPL_FILE_READ_METADATA, .path = "/tmp"}, true},
    {{.op = SBPL_FILE_READ_METADATA, .path = "/var"}, true},
    {{.op = SBPL_FILE_MAP_EXECUTABLE, .path = "/usr/lib/x.dylib"}, true},
    {{.op = SBPL_FILE_MAP_EXECUTABLE, .path = "/private/tmp/x.dylib"}, false},
    {{.op = SBPL_FILE_CLONE, .path = "/x"}, false},
    {{.op = SBPL_SYSCTL_READ, .name = "hw.ncpu"}, true},
    {{.op = SBPL_SYSCTL_WRITE, .name = "hw.ncpu"}, false},
    {{.op = SBPL_PROCESS_FORK}, true},
    {{.op = SBPL_PROCESS_EXEC, .path = "/bin/sh"}, false},
    {{.op = SBPL_PROCESS_INFO_PIDINFO, .target = "self"}, true},
    {{.op = SBPL_PROCESS_INFO_PIDINFO, .target = "others"}, false},
    {{.op = SBPL_SIGNAL, .target = "same-sandbox"}, true},
    {{.op = SBPL_SIGNAL, .target = "others"}, false},
    {{.op = SBPL_NVRAM}, false},
    {{.op = SBPL_IOKIT_GET_PROPERTIES}, false},
    {{.op = SBPL_MACH_LOOKUP, .name = "com.apple.trustd"}, false},
    {{.op = SBPL_SYSTEM_SOCKET, .domain = "AF_INET"}, false},
    {{.op = SBPL_NETWORK_OUTBOUND, .path = "/private/var/run/mDNSResponder"}, false},
    {{.op = SBPL_FILE_WRITE_DATA, .path = "/dev/null"}, false},
};

Test(seatbelt_lower, base)
{
	struct test_policy *p = policy_new();
	const char *text = policy_profile(p);

	for (size_t i = 0; i < sizeof(base) / sizeof(base[0]); i++)
		cr_expect_eq(profile_allows(text, base[i].q), base[i].allow, "row %zu", i);
	arena_free(p->arena);
}

/* Whatever macOS allows below (deny default) is closed by name, or the profile says why it is not. */
Test(seatbelt_lower, every_own_default_is_answered)
{
	struct test_policy *p = policy_new();
	const char *text = policy_profile(p);
	unsigned closed = 0, open = 0;

	for (int op = 0; op < SBPL_OP_COUNT; op++) {
		struct sbpl_query q = {.op = (enum sbpl_op)op, .path = "/example", .target = "others"};
		bool said = strstr(text, arena_printf(p->arena, "\n; %s ", sbpl_ops[op].name)) != NULL;

		if (sbpl_ops[op].own != OWN_ALLOW)
			continue;
		cr_expect_neq(profile_allows(text, q), !said, "%s", sbpl_ops[op].name);
		*(said ? &open : &closed) += 1;
	}
	cr_expect(closed >= 9 && open >= 15, "%u closed, %u open", closed, open);
	arena_free(p->arena);
}

/* With the profile of the system nothing of our own base is said, and nothing of the policy left out for it. */
Test(seatbelt_lower, baseline_of_the_system)
{
	struct test_policy *p = policy_new();
	const char *text, *error;
	void *m;

	p->ir.choice[TARGET_MACOS][CHOICE_BASELINE] = (struct ir_choice){BASELINE_SYSTEM, &p->origin};
	policy_rule(p, RULE_PATH, false, READ_LIST, "/usr/lib/x");
	policy_rule(p, RULE_PATH, true, READ_LIST, "/nowhere");
	text = policy_profile(p);
	cr_expect_not_null(strstr(text, "\n(import \"system.sb\")\n"));
	cr_expect_null(strstr(text, "(subpath \"/usr/lib\")"));
	cr_expect_not_null(strstr(text, "(subpath \"/usr/lib/x\")"));
	cr_expect_not_null(strstr(text, "(subpath \"/nowhere\")"), "system.sb may open it");
	cr_expect_not_null(strstr(text, "(allow process-fork)"));
	cr_expect_not_null(strstr(text, "(deny nvram*)"));
	m = model_of(p->arena, text, &error);
	cr_assert(m, "%s", error);
	cr_expect(passes(m, OP_READ, "/usr/lib/x/y") && !passes(m, OP_READ, "/usr/lib/z"));
	cr_expect_null(model_of(p->arena, "(version 1)\n(deny default)\n(import \"other.sb\")\n", &error));
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_MACH_RESTRICT).level, LEVEL_PARTIAL);
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_FS_READ_DENY).level, LEVEL_ENFORCED);
	arena_free(p->arena);
}

/* Whether the program may make processes and code no request asks about: the facts tell one profile from the other. */
Test(seatbelt_lower, what_a_policy_closes_without_a_rule)
{
	struct test_policy *open = policy_new(), *closed = policy_new();
	struct guarantee wx = {.cap = CAP_EXEC_WX, .target = TARGET_MACOS, .origin = &closed->origin};
	struct ir_want want = {.cap = CAP_EXEC_WX, .targets = TARGET_BIT(TARGET_MACOS), .prefer = true};
	const char *texts[2];

	closed->ir.limit[TARGET_MACOS][LIMIT_PROCESSES] = (struct ir_limit){.set = true, .value = 1, .origin = &closed->origin};
	closed->ir.wants = &want;
	closed->ir.n_wants = 1;
	closed->lower.guarantees = &wx;
	closed->lower.n_guarantees = 1;
	texts[0] = policy_profile(open);
	texts[1] = policy_profile(closed);
	cr_expect(strstr(texts[0], "(allow process-fork)") && strstr(texts[0], "\n; dynamic-code-generation"));
	cr_expect(strstr(texts[1], "(deny process-fork)") && strstr(texts[1], "(deny dynamic-code-generation)"));
	cr_expect(!strstr(texts[1], "(allow process-fork)") && !strstr(texts[1], "\n; dynamic-code-generation"));
	cr_expect(facts_hold(open, texts[0]) && facts_hold(closed, texts[1]));
	cr_expect(!facts_hold(open, texts[1]) && !facts_hold(closed, texts[0]));
	cr_expect_eq(seatbelt_answer(&closed->ir, TARGET_MACOS, CAP_RES_PROCESSES).level, LEVEL_ENFORCED);
	cr_expect_eq(seatbelt_answer(&open->ir, TARGET_MACOS, CAP_RES_PROCESSES).level, LEVEL_ABSENT);
	cr_expect_eq(seatbelt_answer(&closed->ir, TARGET_MACOS, CAP_EXEC_WX).level, LEVEL_PARTIAL);
	closed->ir.limit[TARGET_MACOS][LIMIT_PIDS] = (struct ir_limit){.set = true, .value = 1};
	cr_expect_eq(seatbelt_answer(&closed->ir, TARGET_MACOS, CAP_RES_PIDS).level, LEVEL_PARTIAL);
	closed->ir.limit[TARGET_MACOS][LIMIT_PIDS].value = 2;
	cr_expect_eq(seatbelt_answer(&closed->ir, TARGET_MACOS, CAP_RES_PIDS).level, LEVEL_ABSENT);
	arena_free(open->arena);
	arena_free(closed->arena);
}

Test(seatbelt_lower, a_deny_beats_the_base)
{
	struct test_policy *p = policy_new();
	const char *error;
	void *m;

	policy_rule(p, RULE_PATH, true, READ_LIST, "/usr/lib/secret");
	m = model_of(p->arena, policy_profile(p), &error);
	cr_assert(m, "%s", error);
	cr_expect(passes(m, OP_READ, "/usr/lib/x"));
	cr_expect(!passes(m, OP_READ, "/usr/lib/secret/x"));
	cr_expect(!passes(m, OP_LIST, "/usr/lib/secret"));
	arena_free(p->arena);
}

Test(seatbelt_lower, entry_starts)
{
	struct test_policy *p = policy_new();
	struct request r = {.target = TARGET_MACOS, .op = OP_EXEC, .object = "/usr/bin/python3"};
	const char *error, *why = NULL;
	void *m;

	p->ir.entry = "/usr/bin/python3";
	p->ir.entry_origin = &p->origin;
	m = model_of(p->arena, policy_profile(p), &error);
	cr_assert(m, "%s", error);
	cr_expect(passes(m, OP_EXEC, "/usr/bin/python3"));
	cr_expect(passes(m, OP_READ, "/usr/bin/python3"));
	cr_expect(!passes(m, OP_EXEC, "/usr/bin/perl"));
	cr_expect(seatbelt_baseline(&p->ir, &r, &why));
	cr_expect_not_null(why);
	r.object = "/usr/bin/perl";
	cr_expect(!seatbelt_baseline(&p->ir, &r, &why));
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_PROC_NO_EXEC).level, LEVEL_PARTIAL);
	arena_free(p->arena);
}

Test(seatbelt_lower, metadata_of_ancestors)
{
	struct test_policy *p = policy_new();
	const char *text;

	policy_rule(p, RULE_PATH, false, READ_LIST, "/tmp/a/b");
	text = policy_profile(p);
	cr_expect(profile_allows(
	    text, (struct sbpl_query){.op = SBPL_FILE_READ_METADATA, .path = "/private/tmp/a"}));
	cr_expect(profile_allows(
	    text, (struct sbpl_query){.op = SBPL_FILE_READ_METADATA, .path = "/private/tmp"}));
	cr_expect(!profile_allows(
	    text, (struct sbpl_query){.op = SBPL_FILE_READ_METADATA, .path = "/private/tmp/c"}));
	cr_expect(
	    !profile_allows(text, (struct sbpl_query){.op = SBPL_FILE_READ_DATA, .path = "/private/tmp/a"}));
	arena_free(p->arena);
}

Test(seatbelt_lower, setuid_bits_and_lists_stay_closed)
{
	struct test_policy *p = policy_new();
	const char *text;

	policy_rule(p, RULE_PATH, false, WRITE, "/w");
	text = policy_profile(p);
	cr_expect(profile_allows(text, (struct sbpl_query){.op = SBPL_FILE_WRITE_MODE, .path = "/w/x"}));
	cr_expect(!profile_allows(text, (struct sbpl_query){.op = SBPL_FILE_WRITE_SETUGID, .path = "/w/x"}));
	cr_expect(!profile_allows(text, (struct sbpl_query){.op = SBPL_FILE_WRITE_ACL, .path = "/w/x"}));
	arena_free(p->arena);
}

/* ---- what is not written ---- */

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

Test(seatbelt_lower, no_rule_without_effect)
{
	struct test_policy *p = policy_new();
	const char *text;

	policy_rule(p, RULE_PATH, false, READ_LIST, "/usr/lib/x");                /* the base has it */
	policy_rule(p, RULE_PATH, false, READ_LIST, "/a");
	policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), "/a/b");                /* the line above has it */
	policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ) | OP_BIT(OP_EXEC), "/a/c"); /* but not exec */
	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST, "/h"), "/h/b");
	policy_rule(p, RULE_PATH, false, READ_LIST, "/h/b/c");                    /* in the hole */
	policy_rule(p, RULE_PATH, false, READ_LIST, "/h/d");                      /* beside it: nothing new */
	policy_rule(p, RULE_PATH, false, READ_LIST, "/a/d/e");
	policy_rule(p, RULE_PATH, true, READ_LIST, "/a/d");                       /* takes all of the last */
	policy_rule(p, RULE_PATH, true, READ_LIST, "/a/d/f");                     /* says it again */
	policy_rule(p, RULE_PATH, true, READ_LIST, "/nowhere");                   /* takes nothing */
	policy_rule(p, RULE_PATH, true, WRITE, "/a");                             /* nor this */
	text = policy_profile(p);
	for (size_t i = 0; i < 6; i++) {
		static const char *const gone[] = {"\"/usr/lib/x\"", "\"/a/b\"", "\"/h/d\"", "\"/a/d/e\"",
						   "\"/a/d/f\"", "\"/nowhere\""};

		cr_expect_eq(count(text, gone[i]), 0, "%s", gone[i]);
	}
	cr_expect_eq(count(text, "(allow process-exec* file-map-executable (subpath \"/a/c\"))"), 1);
	cr_expect_eq(count(text, "(subpath \"/h/b/c\")"), 1);
	cr_expect_eq(count(text, "(deny "), 1 + count(policy_profile(policy_new()), "(deny "));
	arena_free(p->arena);
}

Test(seatbelt_lower, values_keep_what_only_they_decide)
{
	struct test_policy *p = policy_new();
	const char *text;

	policy_rule(p, RULE_PATH, false, READ_LIST, "${dir}");
	policy_rule(p, RULE_PATH, false, READ_LIST, "${dir}/a");
	policy_rule(p, RULE_PATH, false, READ_LIST, "${other}/a");
	policy_rule(p, RULE_PATH, true, READ_LIST | WRITE, "/nowhere");
	text = policy_profile(p);
	cr_expect_eq(count(text, "(subpath (param \"dir\"))"), 1);
	cr_expect_eq(count(text, "(string-append (param \"dir\") \"/a\")"), 0);
	cr_expect_eq(count(text, "(subpath (string-append (param \"other\") \"/a\"))"), 1);
	cr_expect_eq(count(text, "(deny file-read-data file-read-metadata file-read-xattr (subpath \"/nowhere\"))"), 1);
	arena_free(p->arena);
}

/* ---- the header ---- */

Test(seatbelt_lower, header_shows_the_command)
{
	struct test_policy *p = policy_new();
	struct ir_env_set set[] = {{"LANG", "C.UTF-8", TARGETS_ALL, NULL},
				   {"HOME", "${workdir}", TARGETS_ALL, NULL}};
	const char *text;

	policy_rule(p, RULE_PATH, false, READ_LIST, "${workdir}/a b");
	policy_rule(p, RULE_ENV, false, OP_BIT(OP_ENV), "PATH");
	policy_rule(p, RULE_ENV, false, OP_BIT(OP_ENV), "LC_*");
	p->ir.entry = "/opt/it's \\x0a";
	p->ir.entry_origin = &p->origin;
	cr_expect_null(policy_profile(p), "a newline in the path of the entry");
	p->ir.entry = "/opt/it's";
	policy_rule(p, RULE_PATH, false, READ_LIST, "${my-dir}");
	p->ir.env_set = set;
	p->ir.n_env_set = 2;
	text = policy_profile(p);
	cr_assert_not_null(text);
	cr_expect_not_null(
	    strstr(text, "sandbox-exec -D my-dir=\"${my__dir:?}\" -D workdir=\"${workdir:?}\" -f "
			 "seatbelt.sb '/opt/it'\\''s' ARG...)"));
	cr_expect_not_null(strstr(text, "${PATH+PATH=\"$PATH\"}"));
	cr_expect_not_null(strstr(text, "HOME=\"${workdir:?}\""));
	cr_expect_not_null(strstr(text, "match: LC_*"));
	cr_expect_not_null(strstr(text, "; policy.sbx:2 because a \"reason\"?(allow default)\n"));
	cr_expect_null(strstr(text, "\n(allow default)"), "a reason stays inside its comment");
	arena_free(p->arena);
}

/* ---- values that a request leaves out ---- */

Test(seatbelt_lower, assumed_values)
{
	struct test_policy *p = policy_new();
	struct ir_param params[] = {{.name = "dir", .type = TYPE_PATH},
				    {.name = "kept", .type = TYPE_PATH, .value = "/srv/a b}\""},
				    {.name = "port", .type = TYPE_PORT},
				    {.name = "web", .type = TYPE_PORT, .value = "8080"}};
	const char *error, *text;
	struct ir_rule *r;
	void *m;

	p->ir.params = params;
	p->ir.n_params = 4;
	policy_rule(p, RULE_PATH, false, READ_LIST, "${HOME}/x");
	policy_rule(p, RULE_PATH, false, READ_LIST, "${dir}/x");
	policy_rule(p, RULE_PATH, false, READ_LIST, "${kept}/x");
	r = policy_rule(p, RULE_NET, false, OP_BIT(OP_LISTEN_TCP), "*");
	r->port_var = "port";
	r = policy_rule(p, RULE_NET, false, OP_BIT(OP_LISTEN_UDP), "*");
	r->port_var = "web";
	text = policy_profile(p);
	cr_expect_not_null(
	    strstr(text, "\n; param dir path\n; param kept path default /srv/a b}\"\n"));
	cr_expect_not_null(strstr(text, " -D kept=\"${kept:-/srv/a b\\}\\\"}\" "));
	m = model_of(p->arena, text, &error);
	cr_assert(m, "%s", error);
	cr_expect(passes(m, OP_READ, "/home/user/x"));
	cr_expect(!passes(m, OP_READ, "/home/user/y"));
	cr_expect(passes(m, OP_READ, expand_template(p->arena, &p->ir, "${dir}/x/1", NULL, 0)));
	cr_expect(passes(m, OP_READ, "/srv/a b}\"/x"));
	for (uint16_t port = 8079; port <= 8081; port++) {
		struct request q = {.target = TARGET_MACOS, .object = "192.0.2.1", .port = port};

		q.op = OP_LISTEN_UDP;
		cr_expect_eq(seatbelt_model_decide(m, p->arena, &q).stops, port != 8080);
		q.op = OP_LISTEN_TCP;
		cr_expect(seatbelt_model_decide(m, p->arena, &q).stops);
	}
	arena_free(p->arena);
}

/* Two spellings are two names: nothing folds here, and the profile says that a volume may. */
Test(seatbelt_lower, upper_and_lower_case)
{
	struct test_policy *p = policy_new();
	const char *error, *text;
	void *m;

	policy_rule(p, RULE_PATH, false, READ_LIST, "/Users/x");
	cr_expect_null(strstr(policy_profile(p), "letter for letter"), "nothing is closed");
	policy_rule(p, RULE_PATH, true, READ_LIST, "/Users/x/Secret");
	text = policy_profile(p);
	cr_expect_not_null(strstr(text, "letter for letter"));
	m = model_of(p->arena, text, &error);
	cr_assert(m, "%s", error);
	cr_expect(!passes(m, OP_READ, "/Users/x/Secret/a"));
	cr_expect(passes(m, OP_READ, "/Users/x/SECRET/a"), "another name of the policy, whatever the volume makes of it");
	cr_expect(!passes(m, OP_READ, "/users/x/a"), "an allow opens one spelling");
	cr_expect(passes(m, OP_READ, "/Users/x/Secret\xcc\x81"), "so is one with an accent");
	arena_free(p->arena);
}
