/*
 * seatbelt_lower_random.c - thousands of random policies whose profile is judged by the model and by S1 itself; and damaged
 * profiles, which that notices.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "backends/seatbelt/sbpl_witness.h"
#include "seatbelt_ir.h"

#define READ_LIST (OP_BIT(OP_READ) | OP_BIT(OP_LIST))
#define WRITE     (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

static uint32_t rng_state;

static uint32_t rng(uint32_t n)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 17;
	rng_state ^= rng_state << 5;
	return rng_state % n;
}

static const struct ir_binding values[] = {
    {"v", "/w/a"}, {"s", "b"}, {"t", "/tmp"}, {"port", "443"}};
enum { N_VALUES = sizeof(values) / sizeof(values[0]) };

static const char *const templates[] = {"/",       "/w",       "/w/a",      "/w/a/b", "/w/b",
					"/w/ab",   "/wx",      "/tmp",      "/tmp/a", "/tmp/a/b",
					"/etc/x",  "/usr/lib", "${v}",      "${v}/b", "${v}/b/c",
					"/w/${s}", "/w/a${s}", "/w/${s}/c", "${t}/a", "/usr/lib/q"};
enum { N_TEMPLATES = sizeof(templates) / sizeof(templates[0]) };

static bool covers(const char *root, const char *path)
{
	size_t n = strlen(root);

	return n == 1 || (strncmp(root, path, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

/* S1, read from the page: some allow outside its holes, and no deny. */
static bool oracle_path(const struct test_policy *p, struct arena *a, enum op op, const char *path)
{
	bool allow = false;

	for (unsigned i = 0; i < p->ir.n_rules; i++) {
		const struct ir_rule *r = &p->rules[i];
		bool hit = r->kind == RULE_PATH && (r->ops & OP_BIT(op)) &&
			   covers(expand_template(a, &p->ir, r->object, values, N_VALUES), path);

		if (hit && r->deny)
			return false;
		for (unsigned h = 0; h < r->n_holes && hit; h++)
			hit = !covers(
			    expand_template(a, &p->ir, r->holes[h].path, values, N_VALUES), path);
		allow |= hit;
	}
	return allow;
}

static struct test_policy *random_paths(void)
{
	struct test_policy *p = policy_new();
	unsigned n = 1 + rng(7);

	for (unsigned i = 0; i < n; i++) {
		struct ir_rule *r =
		    policy_rule(p, RULE_PATH, rng(4) == 0, 1 + rng(SEATBELT_PATH_OPS),
				templates[rng(N_TEMPLATES)]);

		if (rng(3) == 0)
			r->ops = READ_LIST;
		for (unsigned h = rng(3); h > 0 && !r->deny; h--) {
			const char *hole = templates[1 + rng(N_TEMPLATES - 1)];

			if (!covers(hole, r->object)) /* E0306 */
				policy_hole(p, r, hole);
		}
	}
	return p;
}

/* Compares at the path, a child, a sibling that begins alike and each ancestor; returns how often
 * they differ. */
static unsigned differ(const struct test_policy *p, const void *m, const char *path)
{
	struct arena *scratch = arena_new();
	const char *near[] = {path,
			      arena_printf(scratch, "%s/_o", strcmp(path, "/") == 0 ? "" : path),
			      arena_printf(scratch, "%sz", path)};
	unsigned bad = 0;

	for (size_t i = 0; i < 3; i++) {
		for (int op = OP_READ; op <= OP_IOCTL; op++) {
			struct request r = {.target = TARGET_MACOS,
					    .op = (enum op)op,
					    .object = near[i],
					    .given = values,
					    .n_given = N_VALUES};
			bool stops = seatbelt_model_decide(m, scratch, &r).stops;
			bool allow = oracle_path(p, scratch, r.op, near[i]);
			const char *why;

			bad += stops == allow && !(!stops && seatbelt_baseline(&p->ir, &r, &why));
		}
	}
	arena_free(scratch);
	return bad;
}

static unsigned differ_everywhere(const struct test_policy *p, const void *m)
{
	struct arena *scratch = arena_new();
	unsigned bad = 0;

	for (size_t i = 0; i < N_TEMPLATES; i++)
		bad +=
		    differ(p, m, expand_template(scratch, &p->ir, templates[i], values, N_VALUES));
	arena_free(scratch);
	return bad;
}

Test(seatbelt_lower_random, random_paths_equal_the_meaning)
{
	rng_state = 20240607;
	for (unsigned i = 0; i < 3000; i++) {
		struct test_policy *p = random_paths();
		const char *text = policy_profile(p), *error = NULL;
		void *m = text ? model_of(p->arena, text, &error) : NULL;

		cr_assert(m, "policy %u: %s", i, error ? error : "not lowered");
		cr_assert_eq(differ_everywhere(p, m), 0, "policy %u:\n%s", i, text);
		arena_free(p->arena);
	}
}

/* No rule of the profile is without effect, and none opens a question that its word does not. */
Test(seatbelt_lower_random, random_profiles_are_whole)
{
	static const struct ir_param params[] = {
	    {.name = "s", .type = TYPE_STRING}, {.name = "t", .type = TYPE_PATH}, {.name = "v", .type = TYPE_PATH}};
	unsigned rules = 0;

	rng_state = 77;
	for (unsigned i = 0; i < 1500; i++) {
		struct test_policy *p = random_paths();
		const char *text, *error = NULL, *dead = NULL;
		const struct sbpl_profile *base;
		void *m;

		p->ir.params = params;
		p->ir.n_params = 3;
		text = policy_profile(p);
		m = text ? model_of(p->arena, text, &error) : NULL;
		cr_assert(m, "policy %u: %s", i, error ? error : "not lowered");
		cr_assert(seatbelt_facts(m, &p->lower, p->arena, &dead), "policy %u: %s:\n%s", i, dead, text);
		rules += seatbelt_model_open_profile(m, &base)->n_rules;
		arena_free(p->arena);
	}
	cr_expect_gt(rules, 60000u, "%u", rules);
}

static bool oracle_net(const struct test_policy *p, enum op op, const char *host, uint16_t port)
{
	bool allow = false;

	for (unsigned i = 0; i < p->ir.n_rules; i++) {
		const struct ir_rule *r = &p->rules[i];
		uint16_t lo = r->port_var ? 443 : r->port_lo, hi = r->port_var ? 443 : r->port_hi;
		bool hit = (r->ops & OP_BIT(OP_NET)) ||
			   ((r->ops & OP_BIT(op)) && lo <= port && port <= hi &&
			    (strcmp(r->object, "*") == 0 || strcmp(r->object, host) == 0));

		if (hit && r->deny)
			return false;
		allow |= hit;
	}
	return allow;
}

static struct test_policy *random_net(void)
{
	static const uint16_t ports[] = {1, 22, 443, 65535};
	struct test_policy *p = policy_new();

	for (unsigned n = 1 + rng(6); n > 0; n--) {
		bool deny = rng(3) == 0;
		uint32_t ops = OP_BIT(OP_CONNECT_TCP) << rng(6);
		struct ir_rule *r = policy_rule(p, RULE_NET, deny, ops, rng(3) ? "*" : "localhost");

		if (rng(10) == 0) {
			r->ops = OP_BIT(OP_NET);
			r->object = "*";
		} else if (ops & (OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX))) {
			r->object = rng(2) ? "/tmp/s" : "/var/run/s";
		} else if (rng(4) == 0) {
			r->port_var = "port";
			r->port_lo = r->port_hi = 0;
		} else if (rng(3)) {
			r->port_lo = ports[rng(4)];
			r->port_hi = r->port_lo == 22 ? 25 : r->port_lo;
		}
	}
	return p;
}

static void expect_net(const struct test_policy *p, const void *m, enum op op, const char *object,
		       uint16_t port)
{
	struct arena *scratch = arena_new();
	struct request r = {.target = TARGET_MACOS,
			    .op = op,
			    .object = object,
			    .port = port,
			    .given = values,
			    .n_given = N_VALUES};

	cr_assert_neq(seatbelt_model_decide(m, scratch, &r).stops, oracle_net(p, op, object, port),
		      "%s %s:%u\n%s", op_name[op], object, port, p->lower.artifacts[0].data);
	arena_free(scratch);
}

Test(seatbelt_lower_random, random_net_equals_the_meaning)
{
	static const uint16_t ports[] = {1, 2, 21, 22, 25, 26, 442, 443, 444, 65534, 65535};

	rng_state = 987654321;
	for (unsigned i = 0; i < 3000; i++) {
		struct test_policy *p = random_net();
		const char *text = policy_profile(p), *error = NULL;
		void *m = text ? model_of(p->arena, text, &error) : NULL;

		cr_assert(m, "policy %u: %s", i, error ? error : "not lowered");
		for (size_t k = 0; k < sizeof(ports) / sizeof(ports[0]); k++) {
			static const enum op ops[] = {OP_CONNECT_TCP, OP_CONNECT_UDP, OP_LISTEN_TCP,
						      OP_LISTEN_UDP};

			for (size_t o = 0; o < 4; o++) {
				expect_net(p, m, ops[o], "localhost", ports[k]);
				expect_net(p, m, ops[o], "192.0.2.1", ports[k]);
			}
		}
		for (enum op o = OP_CONNECT_UNIX; o <= OP_LISTEN_UNIX;
		     o = o == OP_CONNECT_UNIX ? OP_LISTEN_UNIX : OP_NET) {
			expect_net(p, m, o, "/tmp/s", 0);
			expect_net(p, m, o, "/var/run/s", 0);
			expect_net(p, m, o, "/var/run/z", 0);
		}
		expect_net(p, m, OP_NET, "*", 0);
		arena_free(p->arena);
	}
}

/* ---- the tests themselves: a damaged profile is noticed ---- */

static struct test_policy *carved(void)
{
	struct test_policy *p = policy_new();

	policy_hole(p, policy_rule(p, RULE_PATH, false, READ_LIST, "/w"), "/w/a");
	policy_rule(p, RULE_PATH, false, READ_LIST, "/w/a/b");
	policy_rule(p, RULE_PATH, false, WRITE, "/tmp");
	policy_rule(p, RULE_PATH, true, WRITE, "/tmp/a");
	policy_rule(p, RULE_PATH, true, READ_LIST, "/w/b");
	return p;
}

static bool noticed(const struct test_policy *p, const char *text)
{
	const char *error;
	void *m = model_of(p->arena, text, &error);

	return !m || differ_everywhere(p, m) > 0 ||
	       profile_allows_folder(text, SBPL_FILE_WRITE_UNLINK, "/private/tmp") ||
	       profile_allows_folder(text, SBPL_FILE_WRITE_CREATE, "/private/tmp");
}

Test(seatbelt_lower_random, dropped_rules_are_noticed)
{
	struct test_policy *p = carved();
	const char *text = policy_profile(p), *line = strstr(text, "; what the policy allows");
	unsigned dropped = 0;

	cr_expect(!noticed(p, text));
	for (; line; line = strchr(line + 1, '\n')) {
		const char *end = strchr(line + 1, '\n');

		if (!end || (line[1] != '(' && line[1] != '\t'))
			continue;
		dropped++;
		cr_expect(
		    noticed(p, arena_printf(p->arena, "%.*s%s", (int)(line - text), text, end)),
		    "without %.*s", (int)(end - line), line);
	}
	cr_expect_geq(dropped, 6);
	arena_free(p->arena);
}

Test(seatbelt_lower_random, changed_words_are_noticed)
{
	static const struct {
		const char *from, *to;
	} changes[] = {
	    {"(deny default)", "(allow default)"},
	    {"(deny file-read-data", "(deny file-read*"},
	    {"(allow file-read-data file-read-metadata", "(allow file-read-metadata"},
	    {"(require-not (subpath \"/w/a\"))", ""},
	    {"(subpath \"/private/tmp\")", "(subpath \"/tmp\")"},
	    {"(subpath \"/private/tmp\")", "(literal \"/private/tmp\")"},
	    {"(subpath \"/w/b\")", "(prefix \"/w/b\")"},
	    {"(subpath \"/w/a/b\")", "(subpath \"/w/a\")"},
	};
	struct test_policy *p = carved();
	const char *text = policy_profile(p);

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		const char *at = strstr(text, changes[i].from);

		cr_assert(at, "%s", changes[i].from);
		cr_expect(noticed(p, arena_printf(p->arena, "%.*s%s%s", (int)(at - text), text,
						  changes[i].to, at + strlen(changes[i].from))),
			  "%s", changes[i].from);
	}
	arena_free(p->arena);
}

Test(seatbelt_lower_random, denies_moved_up_are_noticed)
{
	struct test_policy *p = carved();
	const char *text = policy_profile(p), *allows = strstr(text, "; what the policy allows");
	const char *denies = strstr(text, "; what the policy denies");

	cr_assert(allows && denies);
	cr_expect(noticed(p, arena_printf(p->arena, "%.*s%s%.*s", (int)(allows - text), text,
					  denies, (int)(denies - allows), allows)));
	arena_free(p->arena);
}
