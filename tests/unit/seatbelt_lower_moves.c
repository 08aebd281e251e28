/*
 * seatbelt_lower_moves.c - names that must not change: folders above closed places, second names for files.
 */
#include "seatbelt_ir.h"

#define READ_LIST (OP_BIT(OP_READ) | OP_BIT(OP_LIST))
#define WRITE     (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

static bool file(const char *text, enum sbpl_op op, const char *path)
{
	return profile_allows(text, (struct sbpl_query){.op = op, .path = path, .vnode = "REGULAR-FILE"});
}

Test(seatbelt_lower_moves, folders_above_closed_places_keep_their_names)
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

Test(seatbelt_lower_moves, no_guard_where_nothing_can_be_renamed)
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

Test(seatbelt_lower_moves, values_may_put_a_writable_place_above)
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
Test(seatbelt_lower_moves, values_may_lie_in_a_writable_place)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "/srv");
	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST, "${dir}"), "${dir}/x/keys");
	cr_expect_not_null(strstr(policy_profile(p), "(deny file-write-unlink (require-all (literal (string-append (param \"dir\") "
						     "\"/x\")) (vnode-type DIRECTORY)))\n"));
	arena_free(p->arena);
}

/* The rules that keep folders' names, each of which the facts miss when it is lost. */
static unsigned guards_missed(struct test_policy *p)
{
	const char *text = policy_profile(p), *end, *at;
	unsigned n = 0;

	cr_assert(facts_hold(p, text));
	for (at = text; (end = strchr(at, '\n')); at = end + 1) {
		const char *line = arena_strndup(p->arena, at, (size_t)(end - at));

		if (!strstr(line, "(vnode-type DIRECTORY)"))
			continue;
		n++;
		cr_expect(!facts_hold(p, arena_printf(p->arena, "%.*s%s", (int)(at - text), text, end + 1)), "%s", line);
	}
	return n;
}

Test(seatbelt_lower_moves, a_folder_that_could_be_renamed_is_noticed)
{
	struct test_policy *p = policy_new();

	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "/w"), "/w/a/b");
	policy_rule(p, RULE_PATH, true, WRITE, "/w/c/hooks");
	policy_rule(p, RULE_PATH, true, READ_LIST | OP_BIT(OP_DELETE), "/w/r/secret");
	policy_rule(p, RULE_GLOB, true, READ_LIST, "/w/g/in")->glob = "*.pem";
	cr_expect_geq(guards_missed(p), 9u);
	arena_free(p->arena);
}

/* Also one that only other values need than those that are assumed: a value inside of another, either way round. */
Test(seatbelt_lower_moves, other_values_are_tried)
{
	static const struct ir_param params[] = {{.name = "d", .type = TYPE_PATH}, {.name = "e", .type = TYPE_PATH}};

	for (unsigned i = 0; i < 2; i++) {
		struct test_policy *p = policy_new();

		p->ir.params = params;
		p->ir.n_params = 2;
		policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, i ? "${d}" : "${e}");
		policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST, i ? "${e}" : "${d}"), i ? "${e}/x/keys" : "${d}/x/keys");
		cr_expect_eq(guards_missed(p), 3u);
		arena_free(p->arena);
	}
}

Test(seatbelt_lower_moves, hard_links)
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
