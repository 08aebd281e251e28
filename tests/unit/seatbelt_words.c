/*
 * seatbelt_words.c - the questions that no request is put as: one that is opened or closed by itself is noticed, and so is an
 * operation that no word of a policy means.
 */
#include "seatbelt_ir.h"

#define READ_LIST (OP_BIT(OP_READ) | OP_BIT(OP_LIST))
#define WRITE     (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

static struct test_policy *of_many_words(void)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_PATH, false, READ_LIST | WRITE | OP_BIT(OP_EXEC), "/w");
	policy_rule(p, RULE_NET, false, OP_BIT(OP_LISTEN_TCP), "*")->port_lo = 7;
	p->rules[1].port_hi = 7;
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_SHM_READ) | OP_BIT(OP_SHM_WRITE), "s");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_SEM), "s");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_IOKIT_OPEN), "D");
	return p;
}

static void added(struct test_policy *p, const char *rule, bool noticed)
{
	const char *difference = NULL, *error, *text = arena_printf(p->arena, "%s%s\n", policy_profile(p), rule);
	void *m = model_of(p->arena, text, &error);

	cr_assert(m, "%s: %s", rule, error);
	cr_expect_neq(seatbelt_facts(m, &p->lower, p->arena, &difference), noticed, "%s: %s", rule, difference ? difference : "not noticed");
}

static const struct {
	const char *op, *object, *elsewhere; /* what the policy opens; what it does not */
} single[] = {
    {"file-read-xattr", "subpath \"/w", "subpath \"/z"},
    {"file-write-flags", "subpath \"/w", "subpath \"/z"},
    {"file-write-mode", "subpath \"/w", "subpath \"/z"},
    {"file-write-owner", "subpath \"/w", "subpath \"/z"},
    {"file-write-times", "subpath \"/w", "subpath \"/z"},
    {"file-write-xattr", "subpath \"/w", "subpath \"/z"},
    {"file-write-data", "subpath \"/w", "subpath \"/z"},
    {"file-map-executable", "subpath \"/w", "subpath \"/z"},
    {"process-exec*", "subpath \"/w", "subpath \"/z"},
    {"network-bind", "local tcp \"*:7", "local tcp \"*:9"},
    {"ipc-posix-shm-write-create", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"ipc-posix-shm-write-data", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"ipc-posix-shm-write-unlink", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"ipc-posix-sem-create", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"ipc-posix-sem-open", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"ipc-posix-sem-post", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"ipc-posix-sem-unlink", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"ipc-posix-sem-wait", "ipc-posix-name \"s", "ipc-posix-name \"t"},
    {"iokit-open-service", "iokit-registry-entry-class \"D", "iokit-registry-entry-class \"E"},
    {"iokit-open-user-client", "iokit-user-client-class \"D", "iokit-user-client-class \"E"},
};

/* The same place closed, and another opened, for one question alone. */
Test(seatbelt_words, a_question_of_its_own_is_noticed)
{
	struct test_policy *p = of_many_words();

	added(p, "", false);
	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		for (unsigned opens = 0; opens < 2; opens++)
			added(p,
			      arena_printf(p->arena, "(if (defined? '%s) (%s %s (%s\")))", single[i].op, opens ? "allow" : "deny",
					   single[i].op, opens ? single[i].elsewhere : single[i].object),
			      true);
	}
	added(p, "(deny network-inbound (local tcp \"*:7\"))", true); /* opened, it is asked about as listening */
	arena_free(p->arena);
}

/* A second name needs both to be read and to be changed; a policy that gives it less may. */
Test(seatbelt_words, second_names)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_PATH, false, READ_LIST, "/r");
	policy_rule(p, RULE_PATH, false, WRITE, "/w");
	added(p, "", false);
	added(p, "(allow file-link (subpath \"/r\"))", true);
	added(p, "(allow file-link (subpath \"/w\"))", true);
	arena_free(p->arena);
}

/* What a rule opens for one kind of file alone, or shows beside what the policy names. */
Test(seatbelt_words, kinds_of_files_and_what_is_there)
{
	struct test_policy *p = of_many_words();

	policy_rule(p, RULE_NET, false, OP_BIT(OP_LISTEN_UNIX), "/s");
	policy_rule(p, RULE_PATH, false, READ_LIST, "${HOME}/x/y");
	added(p, "", false);
	added(p, "(allow file-write-create (require-all (subpath \"/z\") (vnode-type DIRECTORY)))", true);
	added(p, "(allow file-write-create (require-all (subpath \"/z\") (vnode-type SOCKET)))", true);
	added(p, "(allow file-write-unlink (require-all (subpath \"/z\") (vnode-type SYMLINK)))", true);
	added(p, "(allow file-write-data (require-all (subpath \"/z\") (vnode-type CHARACTER-DEVICE)))", true);
	added(p, "(allow file-read-metadata (subpath \"/z\"))", true);
	added(p, "(allow file-read-metadata (literal \"/z\"))", true);
	added(p, "(allow file-read-metadata (subpath \"/System/Volumes/Data/home/user/x\"))", true);
	arena_free(p->arena);
}

Test(seatbelt_words, what_no_word_means)
{
	static const char *const rules[] = {
	    "(allow file-mknod (subpath \"/w\"))",
	    "(if (defined? 'file-write-acl) (allow file-write-acl (subpath \"/w\")))",
	    "(allow file-write-setugid (subpath \"/w\"))",
	    "(allow file-write* (subpath \"/w\"))",
	    "(allow file-read* (subpath \"/w\"))",
	    "(allow mach-register (global-name \"x\"))",
	    "(allow mach-priv-task-port (target self))",
	    "(allow sysctl-read (sysctl-name \"x\"))",
	    "(allow ipc-posix* (ipc-posix-name \"s\"))",
	};
	struct test_policy *p = of_many_words();

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		added(p, rules[i], true);
	arena_free(p->arena);
}
