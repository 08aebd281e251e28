/*
 * net_index.c - decide() looks at few of the rules of the network: its answers, and the lines it names, are those of a loop
 * over all of them, for random policies and requests.
 */
#include "core_help.h"

#include "compiler/decide.h"
#include "compiler/str.h"

enum { POLICIES = 1500, RULES = 24, REQUESTS = 60 };

static uint64_t seed = 88172645463325252u;

static unsigned below(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

static const char *const sockets[] = {"/run", "/run/a", "/run/a/b", "/run/ab", "/run/${dir}", "${where}", "${where}/s", "@a", "@ab"};
static const char *const asked[] = {"/run", "/run/a", "/run/a/b", "/run/a/b/c", "/run/ab", "/run/x/s", "/srv/w", "/srv/w/s",
				    "/srv", "/", "@a", "@ab", "@a/b"};
static const char *const ports[] = {"0", "1", "80", "443", "65535", "*", "${port}"};
static const uint16_t asked_ports[] = {0, 1, 2, 80, 443, 8080, 65535};
static const struct ir_binding given[] = {{"dir", "x"}, {"where", "/srv/w"}, {"port", "8080"}};

static const char *random_policy(struct arena *a)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\nparam dir: string at load\nparam where: path at load\nparam port: port at load\n" 
		     "policy t {\n    targets linux, macos\n    entry \"/bin/true\"\n    isolate none\n");
	for (unsigned i = below(RULES); i; i--) {
		const char *verb = below(4) ? "allow" : "deny", *op = below(2) ? "connect" : "listen";
		const char *on = below(4) ? NULL : below(2) ? "linux" : "macos";
		buf_printf(&b, "    %s%s%s%s %s ", on ? "on " : "", on ? on : "", on ? " { " : "", verb, op);
		if (below(2))
			buf_printf(&b, "unix \"%s\"", sockets[below(sizeof(sockets) / sizeof(sockets[0]))]);
		else
			buf_printf(&b, "%s \"*:%s\"", below(2) ? "tcp" : "udp", ports[below(sizeof(ports) / sizeof(ports[0]))]);
		buf_puts(&b, on ? " }\n" : "\n");
	}
	if (below(8) == 0)
		buf_puts(&b, "    allow net\n");
	buf_puts(&b, "}\n");
	return buf_str(&b);
}

static bool covers(struct arena *a, const struct ir *ir, const struct ir_rule *rule, const struct request *r)
{
	bool is_unix = r->op == OP_CONNECT_UNIX || r->op == OP_LISTEN_UNIX;
	if (rule->kind != RULE_NET || !(rule->targets & TARGET_BIT(r->target)))
		return false;
	if (rule->ops & OP_BIT(OP_NET))
		return true;
	if (!(rule->ops & OP_BIT(r->op)))
		return false;
	if (is_unix && (r->object[0] == '@' || rule->object[0] == '@'))
		return strcmp(rule->object, r->object) == 0;
	if (is_unix) {
		const char *root = expand_template(a, ir, rule->object, r->given, r->n_given);
		return root && path_covers(root, r->object);
	}
	uint16_t lo = rule->port_var ? 8080 : rule->port_lo, hi = rule->port_var ? 8080 : rule->port_hi;
	return lo <= r->port && r->port <= hi;
}

/* The first deny that covers it, else the first allow. */
static const struct ir_rule *by_loop(struct arena *a, const struct ir *ir, const struct request *r)
{
	const struct ir_rule *allow = NULL;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		if (!covers(a, ir, &ir->rules[i], r))
			continue;
		if (ir->rules[i].deny)
			return &ir->rules[i];
		allow = allow ? allow : &ir->rules[i];
	}
	return allow;
}

static void compare(struct arena *a, const struct meaning *m, const struct request *r, const char *text)
{
	const struct ir_rule *want = by_loop(a, meaning_ir(m), r);
	struct decision got = decide(m, r);
	cr_assert_eq(got.allow, want && !want->deny, "op %u on %s port %u in\n%s", r->op, r->object, r->port, text);
	if (!want) {
		cr_assert_null(got.by, "%s", text);
		return;
	}
	const struct origin *by = want->origin[want->ops & OP_BIT(OP_NET) ? OP_NET : r->op];
	cr_assert(got.by && got.by->loc.beg == by->loc.beg, "another line decides op %u on %s port %u in\n%s", r->op, r->object,
		  r->port, text);
}

Test(net_index, the_answers_of_a_loop_over_all_rules)
{
	static const enum op ops[] = {OP_CONNECT_TCP, OP_CONNECT_UDP, OP_LISTEN_TCP, OP_LISTEN_UDP, OP_CONNECT_UNIX, OP_LISTEN_UNIX};
	unsigned allowed = 0, denied = 0;
	for (unsigned p = 0; p < POLICIES; p++) {
		struct arena *a = arena_new();
		const char *text = random_policy(a);
		struct compile c = core_resolve(text);
		const struct meaning *m = meaning_new(c.arena, c.ir);
		for (unsigned i = 0; i < REQUESTS; i++) {
			enum op op = ops[below(6)];
			bool is_unix = op == OP_CONNECT_UNIX || op == OP_LISTEN_UNIX;
			struct request r = {.target = (enum target)below(TARGET_COUNT), .op = op, .given = given, .n_given = 3};
			r.object = is_unix ? asked[below(sizeof(asked) / sizeof(asked[0]))] : "192.0.2.1";
			r.port = is_unix ? 0 : asked_ports[below(sizeof(asked_ports) / sizeof(asked_ports[0]))];
			compare(a, m, &r, text);
			decide(m, &r).allow ? allowed++ : denied++;
		}
		arena_free(c.arena);
		arena_free(a);
	}
	cr_expect(allowed > 5000 && denied > 5000, "%u allowed, %u denied: the test says little", allowed, denied);
}

/* ---- hosts behind a proxy ---- */

static const char *const hosts[] = {"a.example", "b.a.example", "*.a.example", "*.example", "example", "*", "localhost", "127.0.0.1", "192.0.2.7"};
static const char *const asked_hosts[] = {"a.example", "b.a.example", "c.b.a.example", "ba.example", "example", ".example", "x.example",
					  "localhost", "[::1]", "127.0.0.1", "192.0.2.7", "192.0.2.8", "*.a.example", "*"};

static const char *random_relays(struct arena *a)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\nproxy p = unix \"/run/p\"\nproxy q = unix \"/run/q\"\n"
		     "policy t {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n");
	for (unsigned i = 1 + below(RULES); i; i--) {
		const char *host = hosts[below(sizeof(hosts) / sizeof(hosts[0]))];
		const char *port = ports[below(sizeof(ports) / sizeof(ports[0]) - 1)];
		if (below(4))
			buf_printf(&b, "    allow connect tcp \"%s:%s\" via %s\n", host, port, below(2) ? "p" : "q");
		else
			buf_printf(&b, "    deny connect tcp \"%s:%s\"\n", host, port);
	}
	buf_puts(&b, "    allow connect tcp \"a.example:1\" via p\n    allow connect tcp \"a.example:1\" via q\n}\n");
	return buf_str(&b);
}

static bool names(const char *pattern, const char *host)
{
	static const char *const machine[] = {"localhost", "127.0.0.1", "[::1]"};
	bool p = false, h = false;
	size_t n = strlen(host), below_dot = strlen(pattern) - 1;
	for (size_t i = 0; i < 3; i++) {
		p |= strcmp(pattern, machine[i]) == 0;
		h |= strcmp(host, machine[i]) == 0;
	}
	return (p && h) || strcmp(pattern, "*") == 0 || strcmp(pattern, host) == 0 ||
	       (strncmp(pattern, "*.", 2) == 0 && n > below_dot && strcmp(host + n - below_dot, pattern + 1) == 0);
}

static bool relayed(const struct ir *ir, const struct request *r)
{
	bool allow = false;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *rule = &ir->rules[i];
		if ((rule->kind != RULE_RELAY && (rule->kind != RULE_NET || !(rule->ops & OP_BIT(OP_CONNECT_TCP)))) ||
		    !names(rule->object, r->object) || r->port < rule->port_lo || r->port > rule->port_hi)
			continue;
		if (rule->deny)
			return false;
		allow = true;
	}
	return allow;
}

Test(net_index, hosts_as_a_loop_over_all_rules_finds_them)
{
	unsigned allowed = 0, denied = 0;
	for (unsigned p = 0; p < POLICIES; p++) {
		struct arena *a = arena_new();
		const char *text = random_relays(a);
		struct compile c = core_resolve(text);
		const struct meaning *m = meaning_new(c.arena, c.ir);
		for (unsigned i = 0; i < REQUESTS; i++) {
			struct request r = {.target = TARGET_LINUX, .op = OP_CONNECT_TCP};
			r.object = asked_hosts[below(sizeof(asked_hosts) / sizeof(asked_hosts[0]))];
			r.port = asked_ports[1 + below(sizeof(asked_ports) / sizeof(asked_ports[0]) - 1)];
			bool want = relayed(c.ir, &r), got = decide(m, &r).allow;
			cr_assert_eq(got, want, "%s:%u in\n%s", r.object, r.port, text);
			got ? allowed++ : denied++;
		}
		arena_free(c.arena);
		arena_free(a);
	}
	cr_expect(allowed > 5000 && denied > 5000, "%u allowed, %u denied: the test says little", allowed, denied);
}
