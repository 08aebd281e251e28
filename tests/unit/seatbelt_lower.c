/*
 * seatbelt_lower.c - policies to profiles: each word of the language, the base, quoting of every byte, refusals at their
 * place. Random ones are in seatbelt_lower_random.c.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

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

static bool facts_hold(struct test_policy *p, const char *text)
{
	const char *error, *difference = NULL;
	void *m = model_of(p->arena, text, &error);

	cr_assert(m, "%s", error);
	return seatbelt_facts(m, &p->lower, p->arena, &difference);
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

/* ---- names that must not change ---- */

static bool file(const char *text, enum sbpl_op op, const char *path)
{
	return profile_allows(text, (struct sbpl_query){.op = op, .path = path, .vnode = "REGULAR-FILE"});
}

Test(seatbelt_lower, folders_above_closed_places_keep_their_names)
{
	struct test_policy *p = policy_new();
	const char *text;

	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "/w"), "/w/a/b");
	policy_rule(p, RULE_PATH, true, WRITE, "/w/c/hooks");
	policy_rule(p, RULE_PATH, true, READ_LIST | OP_BIT(OP_DELETE), "/w/r/secret");
	text = policy_profile(p);
	cr_expect(profile_allows_folder(text, SBPL_FILE_WRITE_UNLINK, "/w/free"), "the control");
	cr_expect(profile_allows_folder(text, SBPL_FILE_WRITE_CREATE, "/w/free"), "the control");
	for (size_t i = 0; i < 4; i++) {
		static const char *const above[] = {"/w", "/w/a", "/w/c", "/w/r"};

		cr_expect(!profile_allows_folder(text, SBPL_FILE_WRITE_UNLINK, above[i]), "%s", above[i]);
		cr_expect(i == 0 || file(text, SBPL_FILE_WRITE_UNLINK, above[i]), "%s", above[i]);
	}
	cr_expect(!profile_allows_folder(text, SBPL_FILE_WRITE_CREATE, "/w/c"), "hooks could be made elsewhere and moved in");
	cr_expect(profile_allows_folder(text, SBPL_FILE_WRITE_CREATE, "/w/r"), "nothing is closed for writing there");
	cr_expect(file(text, SBPL_FILE_WRITE_CREATE, "/w/c"));
	arena_free(p->arena);
}

Test(seatbelt_lower, no_guard_where_nothing_can_be_renamed)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_PATH, false, READ_LIST, "/w");
	policy_rule(p, RULE_PATH, true, READ_LIST, "/w/a/b");
	policy_rule(p, RULE_PATH, false, OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE), "/w");
	cr_expect_null(strstr(policy_profile(p), "keep their names"));
	policy_rule(p, RULE_PATH, false, OP_BIT(OP_DELETE), "/w");
	cr_expect_not_null(strstr(policy_profile(p), "keep their names"));
	arena_free(p->arena);
}

Test(seatbelt_lower, values_may_put_a_writable_place_above)
{
	struct test_policy *p = policy_new();
	const char *text;

	policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "${dir}");
	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST, "${HOME}"), "${HOME}/.ssh/keys");
	text = policy_profile(p);
	cr_expect_not_null(strstr(text, "(deny file-write-unlink (require-all (path-ancestors (param \"HOME\")) "
					"(vnode-type DIRECTORY)))\n"));
	cr_expect_not_null(strstr(text, "(deny file-write-unlink (require-all (literal (string-append (param \"HOME\") "
					"\"/.ssh\")) (vnode-type DIRECTORY)))\n"));
	arena_free(p->arena);
}

/* And put the closed place into a writable one, below which its folders would have no name of the policy's. */
Test(seatbelt_lower, values_may_lie_in_a_writable_place)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "/srv");
	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST, "${dir}"), "${dir}/x/keys");
	cr_expect_not_null(strstr(policy_profile(p), "(deny file-write-unlink (require-all (literal (string-append (param \"dir\") "
						     "\"/x\")) (vnode-type DIRECTORY)))\n"));
	arena_free(p->arena);
}

/* No rule that keeps a folder's name can be lost without the facts telling. */
Test(seatbelt_lower, a_folder_that_could_be_renamed_is_noticed)
{
	struct test_policy *p = policy_new();
	const char *text, *end, *at;
	unsigned n = 0;

	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "/w"), "/w/a/b");
	policy_rule(p, RULE_PATH, true, WRITE, "/w/c/hooks");
	policy_rule(p, RULE_PATH, true, READ_LIST | OP_BIT(OP_DELETE), "/w/r/secret");
	policy_rule(p, RULE_GLOB, true, READ_LIST, "/w/g/in")->glob = "*.pem";
	text = policy_profile(p);
	cr_assert(facts_hold(p, text));
	for (at = text; (end = strchr(at, '\n')); at = end + 1) {
		const char *line = arena_strndup(p->arena, at, (size_t)(end - at));

		if (!strstr(line, "(vnode-type DIRECTORY)"))
			continue;
		n++;
		cr_expect(!facts_hold(p, arena_printf(p->arena, "%.*s%s", (int)(at - text), text, end + 1)), "%s", line);
	}
	cr_expect_geq(n, 9u, "%u", n);
	arena_free(p->arena);
}

Test(seatbelt_lower, hard_links)
{
	struct test_policy *p = policy_new();
	const char *text;

	policy_rule(p, RULE_PATH, false, READ_LIST, "/r");
	policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "/w");
	policy_rule(p, RULE_PATH, true, OP_BIT(OP_MODIFY), "/w/a");
	policy_rule(p, RULE_PATH, true, OP_BIT(OP_READ), "/w/b");
	text = policy_profile(p);
	cr_expect(file(text, SBPL_FILE_LINK, "/w/x"), "the control");
	cr_expect(!file(text, SBPL_FILE_LINK, "/r/x"), "it could be changed under a name in /w");
	cr_expect(!file(text, SBPL_FILE_LINK, "/w/a"));
	cr_expect(!file(text, SBPL_FILE_LINK, "/w/b/x"));
	cr_expect(!file(text, SBPL_FILE_LINK, "/private/etc/passwd"));
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

/* ---- text ---- */

static const char *literal(struct arena *a, const char *bytes, size_t n)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\\' || c == '$')
			buf_printf(&b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(&b, "\\x%02x", c);
		else
			buf_putc(&b, (char)c);
	}
	return buf_str(&b);
}

Test(seatbelt_lower, every_byte)
{
	for (int c = 1; c < 256; c++) {
		struct test_policy *p = policy_new();
		char path[] = {'/', 'w', '/', (char)c, 'x', '\0'},
		     other[] = {'/', 'w', '/', 'x', '\0'};
		bool control = c < 0x20 || c == 0x7f;
		const char *text, *error = NULL;
		void *m;

		if (c == '/') {
			arena_free(p->arena);
			continue;
		}
		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), literal(p->arena, path, 5));
		text = policy_profile(p);
		cr_expect_eq(text == NULL, control, "byte %d", c);
		cr_expect_eq(diag_errors(p->diags) > 0, control, "byte %d", c);
		m = text ? model_of(p->arena, text, &error) : NULL;
		cr_expect(control || m, "byte %d: %s", c, error ? error : "");
		if (m) {
			cr_expect(passes(m, OP_READ, path), "byte %d", c);
			cr_expect(!passes(m, OP_READ, other), "byte %d", c);
		}
		arena_free(p->arena);
	}
}

Test(seatbelt_lower, no_way_out_of_the_quotes)
{
	static const char *const paths[] = {"/w\")(allow default)(deny default \"",
					    "/w\\",
					    "/w\\\")",
					    "/w;x",
					    "/w' (b)",
					    "/w\\\\\"",
					    "/w #t"};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct test_policy *p = policy_new();
		const char *error = NULL;
		void *m;

		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ),
			    literal(p->arena, paths[i], strlen(paths[i])));
		m = model_of(p->arena, policy_profile(p), &error);
		cr_assert(m, "%s: %s", paths[i], error);
		cr_expect(passes(m, OP_READ, paths[i]), "%s", paths[i]);
		cr_expect(!passes(m, OP_READ, "/w"), "%s", paths[i]);
		cr_expect(!passes(m, OP_READ, "/etc/passwd"), "%s", paths[i]);
		arena_free(p->arena);
	}
}

Test(seatbelt_lower, path_length_at_the_limits)
{
	static const int lengths[] = {899, 900, 901, 1023, 1024};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct test_policy *p = policy_new();
		const char *path = arena_printf(p->arena, "/%0*d", lengths[i] - 1, 7),
			   *error = NULL;
		void *m;

		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), path);
		cr_expect_eq(policy_profile(p) != NULL, lengths[i] <= 1023, "%d", lengths[i]);
		m = p->lower.n_artifacts ? model_of(p->arena, p->lower.artifacts[0].data, &error)
					 : NULL;
		cr_expect_eq(m != NULL, lengths[i] <= 1023, "%d: %s", lengths[i],
			     error ? error : "");
		cr_expect(!m || passes(m, OP_READ, path));
		arena_free(p->arena);
	}
}

Test(seatbelt_lower, links_of_the_root)
{
	static const struct {
		const char *rule, *yes, *no;
	} rows[] = {
	    {"/tmp", "/private/tmp/x", "/private/tmpx"},
	    {"/tmp/a", "/tmp/a", "/tmp/b"},
	    {"/private/var/a", "/var/a/x", "/var/b"},
	    {"/etc/hosts", "/private/etc/hosts", "/etc/host"},
	    {"/tmpx", "/tmpx", "/private/tmpx"},
	    {"/home/ann", "/home/ann/x", "/home/bob"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct test_policy *p = policy_new();
		const char *error = NULL;
		void *m;

		policy_rule(p, RULE_PATH, false, OP_BIT(OP_READ), rows[i].rule);
		m = model_of(p->arena, policy_profile(p), &error);
		cr_assert(m, "%s", error);
		cr_expect(passes(m, OP_READ, rows[i].yes), "%s", rows[i].rule);
		cr_expect(!passes(m, OP_READ, rows[i].no), "%s", rows[i].rule);
		arena_free(p->arena);
	}
}

/* ---- refusals ---- */

static void refused(enum rule_kind kind, enum op op, const char *object, uint16_t lo, uint16_t hi,
		    enum diag_id id)
{
	struct test_policy *p = policy_new();
	struct ir_rule *r = policy_rule(p, kind, false, OP_BIT(op), object);

	r->port_lo = lo;
	r->port_hi = hi;
	cr_expect_null(policy_profile(p), "%s", object);
	cr_expect(diag_seen(p->diags, id, p->origin.loc), "%s", object);
	arena_free(p->arena);
}

Test(seatbelt_lower, refusals)
{
	refused(RULE_NET, OP_CONNECT_TCP, "example.org", 443, 443, DIAG_HOST_NAME);
	refused(RULE_NET, OP_CONNECT_TCP, "10.0.0.1", 443, 443, DIAG_HOST_NAME);
	refused(RULE_NET, OP_CONNECT_TCP, "127.0.0.1", 443, 443, DIAG_HOST_NAME);
	refused(RULE_NET, OP_CONNECT_TCP, "*", 0, 0, DIAG_NO_EXPRESSION);
	refused(RULE_NET, OP_LISTEN_TCP, "*", 1, 1025, DIAG_NO_EXPRESSION);
	refused(RULE_NET, OP_CONNECT_UNIX, "@abstract", 0, 65535, DIAG_NO_EXPRESSION);
	refused(RULE_SYSCALL, OP_SYSCALL, "ptrace", 0, 65535, DIAG_NO_EXPRESSION);
	refused(RULE_PATH, OP_READ, "/t${x}/y", 0, 65535, DIAG_NO_EXPRESSION);
	refused(RULE_PATH, OP_READ, "/${x}", 0, 65535, DIAG_NO_EXPRESSION);
}

Test(seatbelt_lower, another_target_is_left_alone)
{
	struct test_policy *p = policy_new();
	struct ir_rule *r = policy_rule(p, RULE_NET, false, OP_BIT(OP_CONNECT_TCP), "example.org");

	r->targets = TARGET_BIT(TARGET_LINUX);
	cr_expect_not_null(policy_profile(p));
	p->ir.targets = TARGET_BIT(TARGET_LINUX);
	p->lower.n_artifacts = 0;
	cr_expect(seatbelt_lower(&p->lower));
	cr_expect_eq(p->lower.n_artifacts, 0);
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

/* ---- what only macOS has ---- */

Test(seatbelt_lower, mach)
{
	struct test_policy *p = policy_new();
	const char *error;
	void *m;

	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_MACH), "com.apple.trustd");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_MACH), "com.apple.logd");
	policy_rule(p, RULE_MACOS, true, OP_BIT(OP_MACH), "com.apple.logd");
	m = model_of(p->arena, policy_profile(p), &error);
	cr_assert(m, "%s", error);
	cr_expect(passes(m, OP_MACH, "com.apple.trustd"));
	cr_expect(!passes(m, OP_MACH, "com.apple.trustd.agent"));
	cr_expect(!passes(m, OP_MACH, "com.apple.logd"));
	cr_expect(passes(m, OP_ENV, "HOME"), "not Seatbelt's");
	arena_free(p->arena);
}

/* Each word opens what its name says, and no other word of the same name; a deny takes one operation. */
Test(seatbelt_lower, names_of_macos)
{
	static const enum op ops[] = {OP_SHM_READ,  OP_SHM_WRITE,    OP_SEM,	       OP_IOKIT_OPEN,  OP_IOKIT_READ,
				      OP_IOKIT_WRITE, OP_PREFERENCE_READ, OP_PREFERENCE_WRITE, OP_SYSCTL_WRITE, OP_MACH};
	enum { N = sizeof(ops) / sizeof(ops[0]) };

	for (size_t i = 0; i < N; i++) {
		struct test_policy *p = policy_new();
		const char *error;
		void *m;

		policy_rule(p, RULE_MACOS, false, OP_BIT(ops[i]), "a$b\\c\"d");
		policy_rule(p, RULE_MACOS, false, OP_BIT(ops[i]), "x");
		policy_rule(p, RULE_MACOS, true, OP_BIT(ops[i]), "x");
		m = model_of(p->arena, policy_profile(p), &error);
		cr_assert(m, "%s", error);
		for (size_t k = 0; k < N; k++)
			cr_expect_eq(passes(m, ops[k], "a$b\\c\"d"), i == k, "%s opens %s", op_name[ops[i]], op_name[ops[k]]);
		cr_expect(!passes(m, ops[i], "a$b") && !passes(m, ops[i], "a$b\\c\"d2") && !passes(m, ops[i], "x"));
		cr_expect(!passes(m, OP_PTY, "*") && !passes(m, OP_SYSV, "shm"));
		arena_free(p->arena);
	}
}

Test(seatbelt_lower, whole_words_of_macos)
{
	struct test_policy *p = policy_new();
	const char *error;
	void *m;

	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_PTY), "*");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_SYSV), "msg");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_SYSV), "sem");
	policy_rule(p, RULE_MACOS, true, OP_BIT(OP_SYSV), "sem");
	m = model_of(p->arena, policy_profile(p), &error);
	cr_assert(m, "%s", error);
	cr_expect(passes(m, OP_PTY, "*") && passes(m, OP_SYSV, "msg"));
	cr_expect(!passes(m, OP_SYSV, "shm") && !passes(m, OP_SYSV, "sem"));
	arena_free(p->arena);
}

/* A name that no string of a profile holds is refused at its line. */
Test(seatbelt_lower, names_that_cannot_be_written)
{
	static char longest[1000];
	const char *const bad[] = {"a\nb", "\x7f", longest};

	memset(longest, 'n', sizeof(longest) - 1);
	for (size_t i = 0; i < 3; i++) {
		struct test_policy *p = policy_new();

		policy_rule(p, RULE_MACOS, false, OP_BIT(OP_SEM), bad[i]);
		cr_expect_null(policy_profile(p));
		cr_expect(diag_seen(p->diags, DIAG_NO_EXPRESSION, p->origin.loc), "%zu", i);
		arena_free(p->arena);
	}
}
