/*
 * seatbelt_lower_names.c - what only macOS has: each word opens what its name says, and nothing beside it.
 */
#include "seatbelt_ir.h"

Test(seatbelt_lower_names, mach)
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
Test(seatbelt_lower_names, names_of_macos)
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

Test(seatbelt_lower_names, whole_words_of_macos)
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
Test(seatbelt_lower_names, names_that_cannot_be_written)
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
