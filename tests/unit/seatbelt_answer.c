/*
 * seatbelt_answer.c - how well guarantees are kept: every one is answered, and the gaps of Seatbelt
 * are told.
 */
#include <criterion/criterion.h>

#include "seatbelt_ir.h"

#define READ_LIST (OP_BIT(OP_READ) | OP_BIT(OP_LIST))
#define WRITE     (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

Test(seatbelt_answer, whole)
{
	struct test_policy *p = policy_new();

	for (int cap = 0; cap < CAP_COUNT; cap++) {
		struct answer x = seatbelt_answer(&p->ir, TARGET_MACOS, (enum cap)cap);

		cr_expect_eq(x.mechanism == NULL, x.level == LEVEL_ABSENT, "%s", cap_name[cap]);
		cr_expect(x.level == LEVEL_ABSENT || (x.note == NULL) == (x.level == LEVEL_ENFORCED), "%s",
			  cap_name[cap]);
	}
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_NET_DISABLE).level, LEVEL_ENFORCED);
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_RES_MEMORY).level, LEVEL_ABSENT);
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_ENV_SCRUB).level, LEVEL_ABSENT);
	arena_free(p->arena);
}

Test(seatbelt_answer, network_that_is_allowed_is_not_disabled)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_NET, false, OP_BIT(OP_CONNECT_TCP), "*");
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_NET_DISABLE).level, LEVEL_ABSENT);
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_NET_DISABLE).at, &p->origin);
	arena_free(p->arena);
}

/* A name decides on macOS, so what may be renamed away is not closed. */
Test(seatbelt_answer, renaming_around_a_deny)
{
	static const struct {
		const char *writable, *also, *denied;
		enum level level;
	} rows[] = {
	    {"/w", NULL, "/r/x", LEVEL_ENFORCED}, /* elsewhere */
	    {"/w", NULL, "/w/x", LEVEL_PARTIAL},  /* inside */
	    {"/w", NULL, "/w", LEVEL_ENFORCED},   /* the tree itself: no other name to give it */
	    {"/w", "/v", "/w", LEVEL_PARTIAL},    {"/w/x/y", NULL, "/w/x", LEVEL_ENFORCED},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct test_policy *p = policy_new();

		policy_rule(p, RULE_PATH, false, READ_LIST, "/");
		policy_rule(p, RULE_PATH, false, WRITE, rows[i].writable);
		if (rows[i].also)
			policy_rule(p, RULE_PATH, false, WRITE, rows[i].also);
		policy_rule(p, RULE_PATH, true, READ_LIST, rows[i].denied);
		cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_FS_READ_DENY).level, rows[i].level,
			     "row %zu", i);
		arena_free(p->arena);
	}
}

Test(seatbelt_answer, renaming_into_a_readable_tree)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_PATH, false, WRITE, "/drop");
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_FS_READ_SCOPE).level, LEVEL_ENFORCED);
	policy_rule(p, RULE_PATH, false, WRITE | READ_LIST, "/w");
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_FS_READ_SCOPE).level, LEVEL_PARTIAL);
	arena_free(p->arena);
}

Test(seatbelt_answer, terminals)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_PATH, false, OP_BIT(OP_IOCTL), "/dev/gpu0");
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_TTY_NO_INJECT).level, LEVEL_ENFORCED);
	policy_rule(p, RULE_PATH, false, OP_BIT(OP_IOCTL), "/dev/tty");
	cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_TTY_NO_INJECT).level, LEVEL_PARTIAL);
	arena_free(p->arena);
}
