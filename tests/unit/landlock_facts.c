/*
 * landlock_facts.c - the facts of a policy are worked out twice, by the lowering and by facts(), and
 * agree on policies made at random; a difference is named with both values.
 */
#include "lower_ir.h"

static const char *const places[] = {
    "/",         "/a",        "/a/b",        "/a/b/c",    "/ab",  "/home/user", "/home/user/x",
    "${HOME}",   "${HOME}/x", "${HOME}/x/y", "${TMPDIR}", "/tmp", "/tmp/a",     "/a/${UID}",
    "/a/1000/b", "/d e",
};
enum { N_PLACES = sizeof(places) / sizeof(places[0]) };

static unsigned roll(uint64_t *seed, unsigned n)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((*seed >> 33) % n);
}

static bool lies_below(const char *root, const char *path)
{
	size_t n = strlen(root);
	return n > 1 && strncmp(root, path, n) == 0 && path[n] == '/';
}

static void add_place(struct policy *p, uint64_t *seed)
{
	static const uint32_t flags[] = {
	    0, 0, RULE_IF_EXISTS, RULE_MAKE_DIR, RULE_NOFOLLOW, RULE_IF_EXISTS | RULE_NOFOLLOW};
	uint32_t ops = OPS(READ);
	for (unsigned n = roll(seed, 3); n; n--)
		ops |= OP_BIT(roll(seed, OP_IOCTL + 1));
	bool deny = roll(seed, 3) == 0;
	struct ir_rule *r = add_rule(p, deny, RULE_PATH, ops, places[roll(seed, N_PLACES)]);
	if (deny)
		return;
	r->flags = flags[roll(seed, 6)];
	const char *hole = places[roll(seed, N_PLACES)];
	if (roll(seed, 3) == 0 && lies_below(r->object, hole))
		add_hole(p, r, hole);
}

static void add_other(struct policy *p, uint64_t *seed)
{
	static const uint32_t net[] = {OPS(CONNECT_TCP), OPS(LISTEN_TCP), OPS(CONNECT_UDP),
				       OPS(LISTEN_UDP), OPS(CONNECT_TCP) | OPS(LISTEN_UDP)};
	bool deny = roll(seed, 4) == 0;
	unsigned kind = roll(seed, 8);
	if (kind == 0) {
		add_rule(p, deny, RULE_NET, OPS(NET), "*");
	} else if (kind < 3) {
		add_rule(p, deny, RULE_NET, OPS(CONNECT_UNIX), places[roll(seed, N_PLACES)]);
	} else {
		struct ir_rule *r = add_rule(p, deny, RULE_NET, net[roll(seed, 5)], "*");
		if (roll(seed, 4) == 0)
			return;
		r->port_lo = (uint16_t)roll(seed, 6);
		r->port_hi = (uint16_t)(r->port_lo + roll(seed, 2));
		if (roll(seed, 5) == 0 && !deny) {
			r->port_var = "port";
			r->port_lo = r->port_hi = 0;
		}
	}
}

static struct policy random_policy(uint64_t *seed)
{
	static const struct ir_param param = {.name = "port", .type = TYPE_PORT, .value = "7"};
	struct policy p = policy_new();
	/* what cannot be kept is left to the loader's asserts here, not refused */
	prefer(&p, CAP_FS_READ_DENY);
	prefer(&p, CAP_FS_WRITE_DENY_PATH);
	prefer(&p, CAP_FS_EXEC_DENY);
	prefer(&p, CAP_FS_IOCTL_SCOPE);
	prefer(&p, CAP_UNIX_PATH);
	p.ir.params = &param;
	p.ir.n_params = 1;
	if (roll(seed, 2)) {
		p.ir.entry = "/a/b/program";
		p.ir.entry_origin = line_origin(&p, 2000);
	}
	for (unsigned n = 1 + roll(seed, 7); n; n--)
		add_place(&p, seed);
	for (unsigned n = roll(seed, 4); n; n--)
		add_other(&p, seed);
	return p;
}

static bool facts_hold(struct policy *p, const char **difference)
{
	struct lower what = {.arena = p->arena, .ir = &p->ir, .src = p->src};
	const char *error = NULL;
	*difference = NULL;
	void *m = landlock_backend.model_open(p->arena, p->artifacts, p->n_artifacts, &error);
	cr_assert_not_null(m, "%s", error);
	return landlock_backend.facts(m, &what, p->arena, difference);
}

Test(landlock_facts, two_ways_to_the_same_lines)
{
	uint64_t seed = 41;
	unsigned compared = 0, asserts = 0, ports = 0;
	for (unsigned n = 0; n < 6000; n++) {
		uint64_t start = seed;
		const char *difference;
		struct policy p = random_policy(&seed);
		if (lower_with(&p, &landlock_backend)) {
			const char *text = artifact_text(&p, "landlock.conf");
			cr_assert(facts_hold(&p, &difference), "seed %llu: %s\n%s",
				  (unsigned long long)start, difference, text);
			compared++;
			asserts += count_lines(text, "assert") > 0;
			ports += count_lines(text, "port") > 0;
		}
		policy_free(&p);
	}
	cr_expect(compared > 1500 && asserts > 300 && ports > 300, "%u, %u, %u", compared, asserts,
		  ports);
}

static void differs(const char *old, const char *new, const char *message)
{
	struct policy p = policy_new();
	const char *difference;
	struct ir_rule *r = allow_path(&p, READ_OPS, "/srv/in");
	r->flags = RULE_IF_EXISTS;
	allow_path(&p, WRITE_OPS, "/srv/out");
	deny_path(&p, READ_OPS, "/etc");
	add_port(&p, false, OP_CONNECT_TCP, 443, 443);
	add_rule(&p, false, RULE_GLOB, READ_OPS, "/opt")->glob = "*.so";
	add_rule(&p, true, RULE_GLOB, READ_OPS, "/srv")->glob = "*.key";
	add_rule(&p, true, RULE_GLOB, WRITE_OPS | OPS(EXEC), "/srv")->glob = "*.lock";
	p.ir.isolate = ISOLATE_BIT(ISOLATE_USER) | ISOLATE_BIT(ISOLATE_MOUNT);
	cr_assert(lower_with(&p, &landlock_backend));
	cr_expect(facts_hold(&p, &difference), "%s", difference);
	const char *text = artifact_text(&p, "landlock.conf"), *at = strstr(text, old);
	cr_assert_not_null(at, "no `%s` in:\n%s", old, text);
	p.artifacts[0].data =
	    arena_printf(p.arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	p.artifacts[0].size = strlen(p.artifacts[0].data);
	cr_expect_not(facts_hold(&p, &difference), "%s: %s passed", old, new);
	cr_expect(difference && strstr(difference, message), "`%s` is not in: %s", message,
		  difference);
	policy_free(&p);
}

Test(landlock_facts, a_difference_is_named)
{
	differs("path skip", "path error",
		"path /srv/in is `error follow`, the policy says `skip follow`");
	differs("skip follow", "skip nofollow", "is `skip nofollow`");
	differs(" make_char", "", "`handle-fs` is `execute write_file");
	differs(" bind_udp", "", "`handle-net` is `bind_tcp connect_tcp connect_send_udp`");
	differs(" signal", "", "`scope` is `abstract_unix_socket`, the policy says");
	differs("p.sbx:1 ", "p.sbx:2 ", "the line of path /srv/in is `p.sbx:2`");
	differs("port connect_tcp 443 p.sbx:4\n", "",
		"port 443 is not there, the policy says `connect_tcp`");
	differs("glob read_file,read_dir p.sbx:5 *.so /opt\n", "", "a glob line is not there, the policy says `*.so under /opt`");
	differs("*.so /opt", "*.s* /opt", "*.so under /opt");
	differs("*.so /opt", "*.so /op", "*.so under /opt");
	differs("glob read_file,read_dir p.sbx:5", "glob read_file,read_dir p.sbx:1", "*.so under /opt");
	differs("glob read_file,read_dir", "glob read_file", "*.so under /opt");
	differs("*.so /opt\n", "*.so /opt\nglob read_file p.sbx:5 *.x /opt\n", "glob lines is `more`");
	differs("cover-glob hide p.sbx:6 *.key /srv\n", "", "a cover-glob line is not there, the policy says `*.key under /srv`");
	differs("cover-glob hide", "cover-glob ro", "*.key under /srv");
	differs("p.sbx:6 *.key", "p.sbx:1 *.key", "*.key under /srv");
	differs("*.key /srv\n", "*.key /srv\ncover-glob ro p.sbx:6 *.x /srv\n", "cover-glob lines is `more`");
	differs("cover-glob ro p.sbx:7 *.lock /srv\n", "", "*.lock under /srv");
	differs("cover-glob ro", "cover-glob ro,noexec", "*.lock under /srv");
	differs("assert read_file,read_dir p.sbx:3 /etc\n", "",
		"a line `assert` is not there, the policy says `/etc`");
}

/* Every socket is reached then, and RESOLVE_UNIX is not handled: a line that gave it was no file of ours. */
Test(landlock_facts, a_socket_beside_all_of_the_network)
{
	struct policy p = policy_new();
	const char *difference;
	add_rule(&p, false, RULE_NET, OPS(NET), "*");
	add_rule(&p, false, RULE_NET, OPS(CONNECT_UNIX), "/run/socket");
	allow_path(&p, READ_OPS, "/run/socket");
	cr_assert(lower_with(&p, &landlock_backend));
	cr_expect(facts_hold(&p, &difference), "%s", difference);
	EXPECT_LINE(artifact_text(&p, "landlock.conf"),
		    "path error follow read_file,read_dir p.sbx:3 /run/socket");
	policy_free(&p);
}
