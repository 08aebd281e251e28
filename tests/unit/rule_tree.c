/*
 * rule_tree.c - whatever two rules both cover, each is found when the other is looked for: random rules of all kinds that have
 * an object, and a list of requests. And few are found that do not meet.
 */
#include "compiler/decide.h"
#include "compiler/rule_tree.h"
#include "compiler/str.h"
#include "core_help.h"

static uint64_t state = 7;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

#define ONE_OF(list) list[rnd(sizeof(list) / sizeof(list[0]))]

static const char *const paths[] = {"/", "/srv", "/srv/a", "/srv/a/b", "/srv/ab", "/srv-x", "/tmp/s", "${CWD}", "${CWD}/a", "${HOME}/a"};
static const char *const globs[] = {"*.key", "a*", "*b*"};
static const char *const hosts[] = {"*", "*.x", "*.a.x", "a.x", "b.a.x", "x", "192.0.2.1", "127.0.0.1", "localhost"};
static const char *const ports[] = {"*", "1", "22", "443", "${p}"};
static const char *const names[] = {"A", "AB", "A_*", "A*", "AB_*", "B", "A_B", "ABC*"};
static const char *const machs[] = {"org.a", "org.b", "org.a/x"};

static void random_line(struct buf *b)
{
	const char *verb = rnd(3) ? "allow" : "deny";
	switch (rnd(8)) {
	case 0:
	case 1:
		buf_printf(b, "    %s %s \"%s\"\n", verb, rnd(2) ? "read" : "write", ONE_OF(paths));
		break;
	case 2:
		buf_printf(b, "    %s read matching \"%s\" under \"%s\"\n", verb, ONE_OF(globs), ONE_OF(paths));
		break;
	case 3:
		buf_printf(b, "    %s %s tcp \"%s:%s\"\n", verb, rnd(3) ? "connect" : "listen", ONE_OF(hosts), ONE_OF(ports));
		break;
	case 4:
		buf_printf(b, "    allow connect tcp \"%s:%s\" via egress\n", ONE_OF(hosts), ports[rnd(4)]);
		break;
	case 5:
		buf_printf(b, "    %s connect unix \"%s\"\n", verb, ONE_OF(paths));
		break;
	case 6:
		buf_printf(b, "    %s env \"%s\"\n", verb, ONE_OF(names));
		break;
	default:
		if (rnd(4))
			buf_printf(b, "    %s mach \"%s\"\n", verb, ONE_OF(machs));
		else
			buf_printf(b, "    %s net\n", verb);
	}
}

static struct compile random_policy(void)
{
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\nproxy egress = unix \"/run/egress.sock\"\nparam p: port = 443 at load\npolicy t {\n    targets macos\n"
		     "    entry \"/bin/true\"\n    allow connect tcp \"*:1\" via egress\n    allow listen tcp \"*:${p}\"\n");
	for (unsigned n = 2 + rnd(12); n; n--)
		random_line(&b);
	buf_puts(&b, "}\n");
	struct compile c = core_resolve(buf_str(&b));
	arena_free(a);
	return c;
}

/* What rules may both cover. */
static const struct request universe[] = {
    {.op = OP_READ, .object = "/srv/a"}, {.op = OP_READ, .object = "/srv/a/b/c"}, {.op = OP_READ, .object = "/srv/x.key"},
    {.op = OP_READ, .object = "/srv/ab/a1"}, {.op = OP_MODIFY, .object = "/srv-x"}, {.op = OP_READ, .object = "/tmp/s"},
    {.op = OP_READ, .object = "/private/tmp/s/a"}, {.op = OP_READ, .object = "/home/user/a"}, {.op = OP_READ, .object = "/other"},
    {.op = OP_CONNECT_TCP, .object = "a.x", .port = 443}, {.op = OP_CONNECT_TCP, .object = "b.a.x", .port = 22},
    {.op = OP_CONNECT_TCP, .object = "c.b.a.x", .port = 1}, {.op = OP_CONNECT_TCP, .object = "x", .port = 443},
    {.op = OP_CONNECT_TCP, .object = "localhost", .port = 443}, {.op = OP_CONNECT_TCP, .object = "192.0.2.1", .port = 7},
    {.op = OP_LISTEN_TCP, .object = "127.0.0.1", .port = 443}, {.op = OP_LISTEN_TCP, .object = "other", .port = 22},
    {.op = OP_CONNECT_UNIX, .object = "/srv/a/b"}, {.op = OP_CONNECT_UNIX, .object = "/tmp/s"}, {.op = OP_CONNECT_UNIX, .object = "@x"},
    {.op = OP_ENV, .object = "A"}, {.op = OP_ENV, .object = "AB"}, {.op = OP_ENV, .object = "A_B"}, {.op = OP_ENV, .object = "ABCD"},
    {.op = OP_ENV, .object = "Z"}, {.op = OP_MACH, .object = "org.a"}, {.op = OP_MACH, .object = "org.a/x"},
};
enum { N_REQUESTS = sizeof(universe) / sizeof(universe[0]) };

static bool both_cover(const struct meaning *m, const struct ir_rule *x, const struct ir_rule *y)
{
	for (unsigned i = 0; i < N_REQUESTS; i++) {
		struct request r = universe[i];
		r.target = TARGET_MACOS;
		if (decide_covers(m, x, &r) && decide_covers(m, y, &r))
			return true;
	}
	return false;
}

struct search {
	const struct ir_rule *wanted;
	unsigned told;
};

static bool is_wanted(void *ctx, const struct rule_node *at)
{
	struct search *s = ctx;
	s->told++;
	return at->rule == s->wanted;
}

Test(rule_tree, what_meets_is_found)
{
	unsigned met = 0, apart = 0, found_apart = 0;
	for (unsigned trial = 0; trial < 1500; trial++) {
		struct compile c = random_policy();
		const struct ir *ir = c.ir;
		const struct meaning *m = meaning_new(c.arena, ir);
		const struct rule_tree *tree = rule_tree_new(c.arena, ir, ir->rules, ir->n_rules, TARGET_MACOS, NULL, 0);
		for (unsigned i = 0; i < ir->n_rules; i++)
			for (unsigned k = 0; k < ir->n_rules; k++) {
				struct search s = {.wanted = &ir->rules[k]};
				bool found = rule_tree_meeting(tree, &ir->rules[i], is_wanted, &s);
				if (both_cover(m, &ir->rules[i], &ir->rules[k])) {
					cr_assert(found, "%s meets %s", ir->rules[i].object, ir->rules[k].object);
					met++;
				} else {
					apart++;
					found_apart += found;
				}
			}
		arena_free(c.arena);
	}
	cr_expect(met > 5000 && apart > 5000, "%u meet, %u do not", met, apart);
	cr_expect(found_apart * 4 < apart, "%u of %u were found for nothing", found_apart, apart);
}

static unsigned told_for(const char *line, const char *wanted)
{
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	struct search s = {.told = 0};
	buf_puts(&b, "sbx 1\npolicy t {\n    targets linux\n    entry \"/bin/true\"\n");
	for (unsigned i = 1; i <= 500; i++)
		for (const char *c = line; *c; c++)
			*c == '#' ? buf_printf(&b, "%u", i) : buf_putc(&b, *c);
	buf_printf(&b, "    never %s}\n", wanted);
	struct compile c = core_resolve(buf_str(&b));
	cr_assert(c.ir && c.ir->n_rules >= 500 && c.ir->n_nevers == 1, "%s", core_messages(c.arena, c.diags, DIAG_GCC));
	const struct rule_tree *tree = rule_tree_new(c.arena, c.ir, c.ir->rules, c.ir->n_rules, TARGET_LINUX, NULL, 0);
	rule_tree_meeting(tree, &c.ir->nevers[0].rule, is_wanted, &s);
	arena_free(c.arena);
	arena_free(a);
	return s.told;
}

Test(rule_tree, few_are_told)
{
	cr_expect_eq(told_for("    allow read \"/srv/#\"\n", "allow read \"/srv/7\"\n"), 1u);
	cr_expect_eq(told_for("    allow connect tcp \"*:#\"\n", "allow connect tcp \"a.x:7\"\n"), 1u);
	cr_expect_eq(told_for("    allow connect tcp \"*:#\"\n", "allow connect tcp \"*:*\"\n"), 500u);
	cr_expect_eq(told_for("    deny connect tcp \"h#.x:443\"\n", "allow connect tcp \"h7.x:443\"\n"), 1u);
	cr_expect_eq(told_for("    deny connect tcp \"h#.x:443\"\n", "allow connect tcp \"*.x:443\"\n"), 500u);
	cr_expect_eq(told_for("    deny connect tcp \"h#.x:443\"\n", "allow connect tcp \"*.x:444\"\n"), 0u);
	cr_expect_eq(told_for("    allow connect unix \"/run/#\"\n", "allow connect unix \"/run/7\"\n"), 1u);
	cr_expect_eq(told_for("    allow env V#_X\n", "allow env \"V7*\"\n"), 11u);
}
