/*
 * seatbelt_dead.c - rules of a profile that decide nothing are found, in any profile; and none stays in one of ours.
 */
#include "seatbelt_ir.h"

#include "backends/seatbelt/sbpl_witness.h"

#define READ_LIST (OP_BIT(OP_READ) | OP_BIT(OP_LIST))
#define WRITE     (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

static const struct sbpl_rule *dead_rule(struct arena *a, const struct sbpl_profile *p)
{
	bool *decides = ARENA_ARRAY(a, p->n_rules + 1u, bool);

	sbpl_deciding(a, p, decides);
	for (unsigned i = 0; i < p->n_rules; i++)
		if (!decides[i] && p->rules[i].at.line)
			return &p->rules[i];
	return NULL;
}

Test(seatbelt_dead, what_counts_as_dead)
{
	static const struct {
		const char *body;
		unsigned line; /* 0: none is dead */
	} rows[] = {
	    {"(allow file-read* (subpath \"/a\"))\n(deny file-read* (subpath \"/a/b\"))", 0},
	    {"(deny file-read* (subpath \"/a/b\"))\n(allow file-read* (subpath \"/a\"))", 2},
	    {"(allow file-read* (literal \"/a\"))\n(allow file-read* (literal \"/a\"))", 2},
	    {"(allow file-read* (literal \"/a\"))\n(allow file-read-data file-read-metadata (literal \"/a\"))", 0},
	    {"(allow file-read* (literal \"/a\"))\n(allow file-read-data file-read-metadata file-read-xattr (literal \"/a\"))", 2},
	    {"(allow file-read*)\n(deny file-read* (subpath \"/\"))", 2},
	    {"(allow network-outbound (remote tcp \"*:1\"))\n(allow network-outbound (remote ip \"*:*\"))", 2},
	    {"(allow network-outbound (remote tcp \"*:1\"))\n(allow network-outbound (remote udp \"*:*\"))", 0},
	    {"(allow network-outbound (remote tcp \"localhost:1\"))\n(deny network-outbound (remote tcp6 \"*:1\"))", 0},
	    {"(deny nvram*)\n(allow process-fork)", 0},
	    {"(allow mach-lookup (global-name \"a.b\"))\n(deny mach-lookup (global-name-prefix \"a.\"))", 2},
	    {"(allow file-read* (require-all (subpath \"/a\") (vnode-type DIRECTORY)))\n(allow file-read* (subpath \"/a\"))", 2},
	    {"(allow file-read* (subpath \"/a\"))\n(allow file-read* (require-all (subpath \"/a\") (vnode-type DIRECTORY)))", 0},
	    {"(allow file-read* (regex \"^/a/.*[.]x$\"))\n(deny file-read* (subpath \"/a/b\"))", 0},
	    {"(allow signal (target self))\n(allow signal)", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new();
		const char *error = NULL, *text = arena_printf(a, "(version 1)(deny default)\n%s", rows[i].body);
		const struct sexp *forms = sbpl_read(a, "t.sb", text, strlen(text), &error);
		const struct sbpl_profile *p = forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.n_given = 0}, &error) : NULL;
		const struct sbpl_rule *dead;

		cr_assert(p, "%s: %s", text, error);
		dead = dead_rule(a, p);
		cr_expect_eq(dead ? dead->at.line : 0, rows[i].line, "%s", rows[i].body);
		arena_free(a);
	}
}

/* ---- ours ---- */

/* Every kind of rule that a profile of ours can hold. */
static struct test_policy *of_all_kinds(void)
{
	static const struct ir_param params[] = {{.name = "dir", .type = TYPE_PATH}, {.name = "port", .type = TYPE_PORT}};
	struct test_policy *p = policy_new();

	p->ir.params = params;
	p->ir.n_params = 2;
	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST | WRITE, "/w"), "/w/a/b");
	policy_rule(p, RULE_PATH, true, WRITE, "/w/c/hooks");
	policy_rule(p, RULE_PATH, false, OP_BIT(OP_LIST), "${dir}/sub");
	policy_rule(p, RULE_GLOB, true, READ_LIST, "/w/g")->glob = "*.pem";
	policy_rule(p, RULE_GLOB, true, READ_LIST, "${dir}")->glob = ".env*";
	policy_rule(p, RULE_PATH, false, READ_LIST, "${HOME}/x");
	policy_rule(p, RULE_NET, false, OP_BIT(OP_CONNECT_TCP), "*")->port_var = "port";
	policy_rule(p, RULE_NET, false, OP_BIT(OP_LISTEN_UNIX), "/tmp/s");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_MACH), "com.x");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_IOKIT_OPEN), "com.y");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_IOKIT_READ), "z");
	policy_rule(p, RULE_MACOS, false, OP_BIT(OP_PTY), "*");
	policy_rule(p, RULE_SIGNAL, false, OP_BIT(OP_SIGNAL), "*");
	return p;
}

/* The next rule in the text, from its parenthesis to that which ends it; NULL: none is left. */
static const char *next_rule(struct arena *a, const char **at)
{
	const char *beg, *end;

	while (**at && **at != '(')
		*at += strcspn(*at, "\n") + (strchr(*at, '\n') != NULL);
	beg = *at;
	for (int depth = 0; **at && (depth > 0 || *at == beg); (*at)++)
		depth += **at == '(' ? 1 : **at == ')' ? -1 : 0;
	end = *at;
	*at += strcspn(*at, "\n");
	return end > beg ? arena_strndup(a, beg, (size_t)(end - beg)) : NULL;
}

/* Written once more at the end, a rule beats the first of its kind, which then decides nothing. */
Test(seatbelt_dead, a_rule_that_stands_twice_is_noticed)
{
	struct test_policy *p = of_all_kinds();
	const char *text = policy_profile(p), *at = strstr(text, "(deny default)"), *rule;
	unsigned n = 0;

	cr_assert(facts_hold(p, text));
	while ((rule = next_rule(p->arena, &at))) {
		cr_expect(!facts_hold(p, arena_printf(p->arena, "%s%s\n", text, rule)), "%s", rule);
		n++;
	}
	cr_expect_geq(n, 45u, "%u", n);
	arena_free(p->arena);
}

/* And so does what a later rule says otherwise, or an earlier one of the base says already. */
Test(seatbelt_dead, a_rule_that_is_beaten_is_noticed)
{
	static const char *const dead[] = {
	    "(deny file-read-data (subpath \"/w/z\"))\n(allow file-read-data (subpath \"/w/z\"))",
	    "(deny mach-lookup (global-name \"com.v\"))\n(allow mach-lookup (global-name \"com.v\"))",
	    "(deny network-outbound (remote tcp \"*:9\"))\n(allow network-outbound (remote tcp \"*:9\"))",
	    "(allow file-read* (regex \"^/w/q\"))\n(allow file-read-data file-read-metadata file-read-xattr (subpath \"/w\"))",
	    "(deny file-read-data (subpath (param \"dir\")))\n(allow file-read-data (subpath (param \"dir\")))",
	};

	for (size_t i = 0; i < sizeof(dead) / sizeof(dead[0]); i++) {
		struct test_policy *p = of_all_kinds();
		const char *difference = NULL, *error;
		void *m = model_of(p->arena, arena_printf(p->arena, "%s%s\n", policy_profile(p), dead[i]), &error);

		cr_assert(m, "%s", error);
		cr_expect(!seatbelt_rules_decide(m, &p->ir, p->arena, &difference), "%s", dead[i]);
		cr_expect(difference && strstr(difference, "decides nothing"), "%s", difference);
		arena_free(p->arena);
	}
}

/* A pattern all of whose places another line allows, but for a hole that is denied: policy 56,995 of seatbelt_random. */
Test(seatbelt_dead, a_pattern_beside_a_hole_that_is_denied)
{
	struct test_policy *p = policy_new();

	policy_rule(p, RULE_GLOB, false, READ_LIST | WRITE, "/a")->glob = "*.pem";
	policy_hole(p, policy_rule(p, RULE_PATH, false, OP_BIT(OP_CREATE), "/a"), "/a/b");
	cr_expect(facts_hold(p, policy_profile(p)));
	cr_expect(strstr(policy_profile(p), "(allow file-read-data file-read-metadata file-read-xattr"));
	policy_rule(p, RULE_PATH, true, WRITE, "/a/b");
	cr_expect(facts_hold(p, policy_profile(p)), "%s", policy_profile(p));
	arena_free(p->arena);
}

/* Nothing but values of the start: what is added is all that there is. */
static struct test_policy *on_values(void)
{
	static const struct ir_param params[] = {{.name = "dir", .type = TYPE_PATH}, {.name = "port", .type = TYPE_PORT}};
	struct test_policy *p = policy_new();

	p->ir.params = params;
	p->ir.n_params = 2;
	return p;
}

/* On values of the start and on patterns: beaten in this order, and each with something to decide in the other. */
Test(seatbelt_dead, a_rule_that_one_later_rule_covers_is_noticed)
{
	static const char *const pairs[][2] = {
	    {"(deny file-read-data (subpath (string-append (param \"dir\") \"/x\")))", "(allow file-read-data (subpath (param \"dir\")))"},
	    {"(deny file-write-data (literal (param \"HOME\")))", "(allow file-write-data (subpath (param \"HOME\")))"},
	    {"(deny file-read-data (path-ancestors (param \"dir\")))", "(allow file-read-data (subpath \"/\"))"},
	    {"(deny file-read-data (require-all (subpath (param \"dir\")) (require-not (subpath \"/q\"))))",
	     "(allow file-read-data (subpath (param \"dir\")))"},
	    {"(deny network-outbound (remote tcp (string-append \"*:\" (param \"port\"))))", "(allow network-outbound (remote tcp \"*:*\"))"},
	    {"(deny file-read-data (require-all (subpath (param \"dir\")) (regex \"/[^/]*[.]k($|/)\")))",
	     "(allow file-read-data (require-all (subpath (param \"dir\")) (regex \"/[^/]*k($|/)\")))"},
	    {"(deny file-read-data (require-all (subpath \"/q\") (regex \"^/q(/|/.*/)[^/]*k($|/)\")))", "(allow file-read-data (subpath \"/q\"))"},
	    {"(deny file-read-data (require-all (subpath \"/q\") (regex \"^/q(/|/.*/)a[^/]*k($|/)\")))",
	     "(allow file-read-data (require-all (subpath \"/q\") (regex \"^/q(/|/.*/)[^/]*k($|/)\")))"},
	    {"(deny file-read-data (regex \"^/q/.*[.]x$\"))", "(allow file-read-data (subpath \"/q\"))"},
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		for (int order = 0; order < 2; order++) {
			struct test_policy *p = on_values();
			const char *difference = NULL, *error;
			const char *text = arena_printf(p->arena, "%s%s\n%s\n", policy_profile(p), pairs[i][order], pairs[i][!order]);
			void *m = model_of(p->arena, text, &error);

			cr_assert(m, "%s", error);
			bool decide = seatbelt_rules_decide(m, &p->ir, p->arena, &difference);

			cr_expect_eq(decide, order == 1, "%s before %s: %s", pairs[i][order], pairs[i][!order], difference);
			arena_free(p->arena);
		}
}

/* What the shortest name of a pattern, or the nearest value, does not show. */
Test(seatbelt_dead, a_rule_that_decides_of_little_is_left_alone)
{
	static const char *const pairs[] = {
	    "(deny file-read-data (require-all (subpath \"/q\") (regex \"^/q(/|/.*/)[^/]*x($|/)\")))\n"
	    "(allow file-read-data (require-all (subpath \"/q\") (regex \"^/q(/|/.*/)x[^/]*($|/)\")))",
	    "(deny file-read-data (require-all (subpath \"/q\") (regex \"^/q(/|/.*/)[^/]*x($|/)\")))\n"
	    "(allow file-read-data (require-all (subpath \"/q\") (require-not (subpath \"/q/h\"))))",
	    "(deny file-read-data (subpath (param \"dir\")))\n"
	    "(allow file-read-data (require-all (subpath (param \"dir\")) (require-not (subpath \"/q/h\"))))",
	    "(deny file-read-data (literal \"/q\"))\n(allow file-read-data (require-all (subpath \"/q\") (require-not (subpath (param \"dir\")))))",
	    "(deny file-read-data (path-ancestors (param \"dir\")))\n"
	    "(allow file-read-data (require-all (subpath \"/\") (require-not (subpath \"/q\"))))",
	    "(deny file-read-data (subpath (string-append (param \"dir\") \"/a\")))\n"
	    "(allow file-read-data (require-all (subpath (string-append (param \"dir\") \"/a\")) (require-not (subpath \"/q/a/b\"))))",
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct test_policy *p = on_values();
		const char *difference = NULL, *error;
		void *m = model_of(p->arena, arena_printf(p->arena, "%s%s\n", policy_profile(p), pairs[i]), &error);

		cr_assert(m, "%s", error);
		bool decide = seatbelt_rules_decide(m, &p->ir, p->arena, &difference);

		cr_expect(decide, "%s: %s", pairs[i], difference);
		arena_free(p->arena);
	}
}
