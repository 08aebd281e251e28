/*
 * decide.c - S1 against an oracle that knows nothing of indexes: random rules, every request,
 * fixed seeds.
 */
#include "core_help.h"

#include <fnmatch.h>

#include "compiler/ir_build.h"
#include "compiler/str.h"

enum { ROUNDS = 300, MAX_RULES = 12 };

static uint32_t roll(uint32_t *state, uint32_t n)
{
	*state = *state * 1664525u + 1013904223u;
	return (*state >> 8) % n;
}

/* All paths of up to three components whose letters mislead. */
static unsigned all_paths(struct arena *a, const char **out)
{
	static const char *const names[] = {"a", "ab", "b"};
	unsigned n = 0;
	out[n++] = "/";
	for (unsigned i = 0; i < 3; i++) {
		out[n++] = arena_printf(a, "/%s", names[i]);
		for (unsigned j = 0; j < 3; j++) {
			out[n++] = arena_printf(a, "/%s/%s", names[i], names[j]);
			for (unsigned k = 0; k < 3; k++)
				out[n++] =
				    arena_printf(a, "/%s/%s/%s", names[i], names[j], names[k]);
		}
	}
	return n;
}

struct world {
	struct arena *arena;
	const char *paths[64];
	unsigned n_paths;
	struct ir ir;
	struct ir_rule rules[MAX_RULES];
	struct origin origin[MAX_RULES];
};

/* Below or equal, told by text alone: with a slash at both ends, one begins the other. */
static bool below(struct arena *a, const char *root, const char *path)
{
	const char *r = strcmp(root, "/") == 0 ? "/" : arena_printf(a, "%s/", root);
	const char *p = strcmp(path, "/") == 0 ? "/" : arena_printf(a, "%s/", path);
	return strncmp(r, p, strlen(r)) == 0;
}

static void random_rule(struct world *w, uint32_t *seed)
{
	static const uint32_t ops[] = {OP_BIT(OP_READ), OP_BIT(OP_READ) | OP_BIT(OP_LIST),
				       OP_BIT(OP_MODIFY),
				       OP_BIT(OP_READ) | OP_BIT(OP_MODIFY) | OP_BIT(OP_EXEC)};
	unsigned i = w->ir.n_rules++;
	struct ir_rule *r = &w->rules[i];
	*r = (struct ir_rule){.kind = RULE_PATH,
			      .deny = roll(seed, 3) == 0,
			      .ops = ops[roll(seed, 4)],
			      .targets = 1 + roll(seed, TARGETS_ALL),
			      .arches = ARCHES_ALL,
			      .object = w->paths[roll(seed, w->n_paths)]};
	struct ir_hole *holes = ARENA_ARRAY(w->arena, 3, struct ir_hole);
	r->n_holes = r->deny ? 0 : roll(seed, 3);
	for (unsigned k = 0; k < r->n_holes; k++)
		holes[k].path = w->paths[roll(seed, w->n_paths)];
	r->holes = holes;
	w->origin[i].loc = (struct loc){i + 1, i + 2};
	for (unsigned op = 0; op < OP_COUNT; op++)
		r->origin[op] = r->ops & OP_BIT(op) ? &w->origin[i] : NULL;
	static const char *const globs[] = {"a*", "*b", "ab", "*b*", "*a*b*"};
	if (roll(seed, 3) == 0) {
		r->kind = RULE_GLOB;
		r->glob = globs[roll(seed, 5)];
	}
}

/* Does a name below the folder fit? By fnmatch(3), name for name. */
static bool fits_below(struct arena *a, const struct ir_rule *r, const char *path)
{
	char *rest = arena_strdup(a, path + (r->object[1] ? strlen(r->object) : 0)), *more = NULL;
	bool fits = false;
	for (char *name = strtok_r(rest, "/", &more); name; name = strtok_r(NULL, "/", &more))
		fits |= fnmatch(r->glob, name, 0) == 0;
	return fits;
}

static bool rule_covers(struct arena *a, const struct ir_rule *r, const struct request *q)
{
	if (!(r->ops & OP_BIT(q->op)) || !(r->targets & TARGET_BIT(q->target)) ||
	    !below(a, r->object, q->object) || (r->glob && !fits_below(a, r, q->object)))
		return false;
	for (unsigned k = 0; k < r->n_holes; k++)
		if (below(a, r->holes[k].path, q->object))
			return false;
	return true;
}

static bool oracle(const struct world *w, const struct request *q)
{
	bool allow = false;
	for (unsigned i = 0; i < w->ir.n_rules; i++) {
		bool covers = rule_covers(w->arena, &w->rules[i], q);
		if (covers && w->rules[i].deny)
			return false;
		allow |= covers;
	}
	return allow;
}

/* The line that is named decided: it covers the request and says what was decided. */
static void check_line(const struct world *w, const struct request *q, const struct decision *d)
{
	bool found = !d->by;
	for (unsigned i = 0; i < w->ir.n_rules; i++)
		found |= d->by == &w->origin[i] && rule_covers(w->arena, &w->rules[i], q) &&
			 w->rules[i].deny == !d->allow;
	cr_assert(found, "the line named for %s %s did not decide", op_name[q->op], q->object);
	cr_assert_eq(d->allow, !d->reason, "a reason is given if and only if it is denied");
	cr_assert(!d->allow || d->by);
}

Test(decide, paths_like_the_oracle)
{
	static const enum op ops[] = {OP_READ, OP_LIST, OP_MODIFY, OP_EXEC};
	unsigned long allowed = 0, denied = 0;
	for (uint32_t seed = 1; seed <= ROUNDS; seed++) {
		uint32_t state = seed;
		struct world w = {.arena = arena_new()};
		w.n_paths = all_paths(w.arena, w.paths);
		w.ir.targets = TARGETS_ALL;
		w.ir.rules = w.rules;
		for (unsigned n = 1 + roll(&state, MAX_RULES); n; n--)
			random_rule(&w, &state);
		const struct meaning *m = meaning_new(w.arena, &w.ir);
		for (unsigned i = 0; i < w.n_paths * 4u * TARGET_COUNT; i++) {
			struct request q = {.object = w.paths[i % w.n_paths],
					    .op = ops[i / w.n_paths % 4],
					    .target = (enum target)(i / w.n_paths / 4)};
			struct decision d = decide(m, &q);
			cr_assert_eq(d.allow, oracle(&w, &q), "seed %u: %s %s", seed, op_name[q.op],
				     q.object);
			check_line(&w, &q, &d);
			allowed += d.allow;
			denied += !d.allow;
		}
		arena_free(w.arena);
	}
	cr_expect(allowed > 1000 && denied > 1000, "both answers were given: %lu, %lu", allowed,
		  denied);
}

Test(decide, path_covers_goes_by_components)
{
	static const struct {
		const char *root, *path;
		bool covers;
	} table[] = {{"/", "/", true},     {"/", "/a", true},          {"/a", "/a", true},
		     {"/a", "/a/b", true}, {"/a", "/ab", false},       {"/a/b", "/a", false},
		     {"/a", "/", false},   {"/a/b", "/a/bc/d", false}, {"/a.", "/a", false},
		     {"/A", "/a", false}};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		cr_expect_eq(path_covers(table[i].root, table[i].path), table[i].covers, "%s %s",
			     table[i].root, table[i].path);
}

static bool ask_net(struct compile *c, enum op op, const char *host, unsigned port)
{
	struct request q = {
	    .target = TARGET_LINUX, .op = op, .object = host, .port = (uint16_t)port};
	return decide(meaning_new(c->arena, c->ir), &q).allow;
}

Test(decide, ports_and_their_neighbours)
{
	struct compile c = core_resolve(
	    CORE_HEAD "    allow connect tcp \"*:443\"\n    allow listen tcp \"*:0\"\n}\n");
	cr_expect(ask_net(&c, OP_CONNECT_TCP, "192.0.2.1", 443));
	cr_expect_not(ask_net(&c, OP_CONNECT_TCP, "192.0.2.1", 442));
	cr_expect_not(ask_net(&c, OP_CONNECT_TCP, "192.0.2.1", 444));
	cr_expect_not(ask_net(&c, OP_CONNECT_TCP, "192.0.2.1", 443 + 1024));
	cr_expect_not(ask_net(&c, OP_CONNECT_UDP, "192.0.2.1", 443));
	cr_expect_not(ask_net(&c, OP_LISTEN_TCP, "192.0.2.1", 443));
	arena_free(c.arena);
}

static bool ask_env(struct compile *c, const char *name)
{
	struct request q = {.target = TARGET_LINUX, .op = OP_ENV, .object = name};
	return decide(meaning_new(c->arena, c->ir), &q).allow;
}

Test(decide, names_of_variables)
{
	struct compile c =
	    core_resolve(CORE_HEAD "    allow env LANG, \"LC_*\"\n    deny env LC_SECRET\n"
				   "    set env PATH = \"/bin\"\n}\n");
	cr_expect(ask_env(&c, "LANG"));
	cr_expect(ask_env(&c, "LC_ALL"));
	cr_expect(ask_env(&c, "LC_"));
	cr_expect(ask_env(&c, "PATH"), "what is set by the policy is there");
	cr_expect_not(ask_env(&c, "LC"));
	cr_expect_not(ask_env(&c, "LANGUAGE"));
	cr_expect_not(ask_env(&c, "LC_SECRET"), "deny wins over a prefix");
	cr_expect_not(ask_env(&c, "LD_PRELOAD"));
}

Test(decide, names_of_what_loads_code_pass_only_in_full)
{
	struct compile c = core_resolve(CORE_HEAD "    allow env \"L*\", \"DYLD*\", \"G*\", LD_DEBUG\n}\n");
	cr_expect(ask_env(&c, "LANG"));
	cr_expect(ask_env(&c, "LD"));
	cr_expect(ask_env(&c, "DYLDX"));
	cr_expect(ask_env(&c, "GLIBC_TUNABLES_"));
	cr_expect(ask_env(&c, "LD_DEBUG"), "it is named");
	cr_expect_not(ask_env(&c, "LD_"));
	cr_expect_not(ask_env(&c, "LD_PRELOAD"));
	cr_expect_not(ask_env(&c, "DYLD_INSERT_LIBRARIES"));
	cr_expect_not(ask_env(&c, "GLIBC_TUNABLES"));
	arena_free(c.arena);
}

/* Two sets of values, one policy: each decision uses the values of its own request. */
Test(decide, load_time_values)
{
	struct compile c = core_resolve(
	    "sbx 1\nparam dir: path at load\n"
	    "policy t {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n"
	    "    allow read \"${dir}/in\"\n    deny read \"${HOME}\"\n}\n");
	const struct meaning *m = meaning_new(c.arena, c.ir);
	static const struct ir_binding one[] = {{"dir", "/one"}},
				       two[] = {{"dir", "/two"}, {"HOME", "/two/in/home"}},
				       up[] = {{"dir", "/.."}}, root[] = {{"dir", "/"}};
	static const struct {
		const char *path;
		const struct ir_binding *given;
		unsigned n;
		bool allow;
	} table[] = {{"/one/in/x", one, 1, true},   {"/two/in/x", one, 1, false},
		     {"/two/in/x", two, 2, true},   {"/two/in/home", two, 2, false},
		     {"/one/in", two, 2, false},    {"/in", up, 1, false},
		     {"/../in", up, 1, false},      {"/in/x", root, 1, true},
		     {"/one/in/x", NULL, 0, false}, {"/one/inner", one, 1, false}};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct request q = {.target = TARGET_LINUX,
				    .op = OP_READ,
				    .object = table[i].path,
				    .given = table[i].given,
				    .n_given = table[i].n};
		cr_expect_eq(decide(m, &q).allow, table[i].allow, "%s", table[i].path);
	}
	arena_free(c.arena);
}

Test(decide, expand_template)
{
	struct compile c = core_resolve(
	    "sbx 1\nparam dir: path at load\nparam n: string = \"x\" at load\n"
	    "policy t {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n"
	    "    allow read \"${dir}\"\n    allow read \"/v/${n}\"\n}\n");
	static const struct {
		const char *tmpl, *dir, *want;
	} table[] = {{"${dir}/a", "/d", "/d/a"},
		     {"${dir}/a", "/", "/a"},
		     {"${dir}", "/", "/"},
		     {"${dir}/a", "/d/..", NULL},
		     {"${dir}/a", "/d/", NULL},
		     {"${dir}/a", "//d", NULL},
		     {"${HOME}/a", "/d", "/home/user/a"},
		     {"\\${dir}", "/d", "${dir}"},
		     {"/v/${n}", "/d", "/v/x"},
		     {"x${dir}", "/d/..", "x/d/.."},
		     {"/a\\x0ab", "/d", "/a\nb"}};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct ir_binding given = {"dir", table[i].dir};
		const char *got = expand_template(c.arena, c.ir, table[i].tmpl, &given, 1);
		cr_expect(table[i].want ? got && strcmp(got, table[i].want) == 0 : !got,
			  "%s with %s gives %s", table[i].tmpl, table[i].dir,
			  got ? got : "nothing");
	}
	cr_expect_str_eq(assume_value(c.ir, "HOME"), "/home/user");
	cr_expect_str_eq(assume_value(c.ir, "n"), "x");
	cr_expect_str_neq(assume_value(c.ir, "dir"), "/");
	cr_expect_eq(assume_value(c.ir, "dir")[0], '/');
	arena_free(c.arena);
}
