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

/* ---- renaming, over random policies ---- */

static uint64_t state;

static unsigned roll(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static const char *some_place(void)
{
	static const char *const places[] = {"/", "/w", "/w/x", "/w/x/y", "/w0", "/w-", "/tmp", "/private/tmp/x", "/v"};

	return places[roll(sizeof(places) / sizeof(places[0]))];
}

/* Does the rule, or the one place it names, take in this one? macOS has two names for some. */
static bool holds(struct arena *a, const char *root, const char *place)
{
	return path_covers(place_name(a, TARGET_MACOS, root), place_name(a, TARGET_MACOS, place));
}

static bool may_delete(struct test_policy *p, const struct ir_rule *r, const char *place)
{
	for (unsigned i = 0; i < r->n_holes; i++)
		if (holds(p->arena, r->holes[i].path, place))
			return false;
	for (unsigned i = 0; i < p->ir.n_rules; i++)
		if (p->rules[i].deny && p->rules[i].kind == RULE_PATH && (p->rules[i].ops & OP_BIT(OP_DELETE)) &&
		    holds(p->arena, p->rules[i].object, place))
			return false;
	return true;
}

/* By the words: something in the closed place may be removed, and something made outside of it. */
static bool moves_out(struct test_policy *p, const char *closed)
{
	bool removed = false, made = false;

	for (unsigned i = 0; i < p->ir.n_rules; i++) {
		const struct ir_rule *r = &p->rules[i];

		if (r->deny || r->kind != RULE_PATH)
			continue;
		if (r->ops & OP_BIT(OP_DELETE)) {
			removed |= holds(p->arena, r->object, closed) && may_delete(p, r, closed);
			removed |= holds(p->arena, closed, r->object) && may_delete(p, r, r->object);
		}
		made |= (r->ops & OP_BIT(OP_CREATE)) && !holds(p->arena, closed, r->object);
	}
	return removed && made;
}

static bool open_by_name(struct test_policy *p, uint32_t ops)
{
	for (unsigned i = 0; i < p->ir.n_rules; i++) {
		const struct ir_rule *r = &p->rules[i];

		if (r->kind != RULE_PATH || !(r->ops & ops))
			continue;
		if (r->deny && moves_out(p, r->object))
			return true;
		for (unsigned h = 0; h < r->n_holes && !r->deny; h++)
			if (moves_out(p, r->holes[h].path))
				return true;
	}
	return false;
}

static struct test_policy *random_places(void)
{
	static const uint32_t ops[] = {READ_LIST, WRITE, READ_LIST | WRITE, OP_BIT(OP_CREATE), OP_BIT(OP_DELETE),
				       READ_LIST | OP_BIT(OP_DELETE)};
	struct test_policy *p = policy_new();

	for (unsigned n = 1 + roll(7); n > 0; n--) {
		bool glob = roll(8) == 0, deny = roll(5) < 2;
		struct ir_rule *r = policy_rule(p, glob ? RULE_GLOB : RULE_PATH, deny, ops[roll(6)], some_place());

		r->glob = glob ? "*.pem" : NULL;
		for (unsigned h = roll(3); h > 0 && !deny && !glob; h--)
			policy_hole(p, r, some_place());
	}
	return p;
}

Test(seatbelt_answer, renaming_in_random_policies_is_told_by_the_words)
{
	unsigned open = 0, n = 20000;

	for (unsigned i = 0; i < n; i++) {
		state = 31 + 7919 * (uint64_t)i;
		struct test_policy *p = random_places();
		bool want = open_by_name(p, READ_LIST);

		cr_expect_eq(seatbelt_answer(&p->ir, TARGET_MACOS, CAP_FS_READ_DENY).level == LEVEL_PARTIAL, want, "policy %u", i);
		open += want;
		arena_free(p->arena);
	}
	cr_expect(open > n / 10 && open < n / 10 * 9, "%u of %u are open", open, n);
}
