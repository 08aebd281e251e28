/*
 * compose_brute.c - policies that extend, drop and swear, against a list of all paths: random bases and children are
 * resolved from text, and every path of a bounded tree is judged once by decide() and once by S1 and S10 spelled out here
 * over the lines as they were written. A `never` is broken exactly when a path of its set is allowed; an allow is dead
 * exactly when none of its paths is.
 *
 * COMPOSE_RUNS says how many policies; the default takes a few seconds, `make proof-long` asks for 100,000.
 */
#include "compiler/never.h"
#include "compiler/lint.h"
#include "compiler/str.h"
#include "core_help.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_LINES = 12, MAX_HOLES = 3, DEPTH = 4, NAMES = 3, MAX_PATHS = 512, N_OPS = 3 };

/* The operations of the trial, as words. */
static const char *const words[N_OPS] = {"list", "modify", "delete"};
static const enum op ops[N_OPS] = {OP_LIST, OP_MODIFY, OP_DELETE};

struct line {
	enum { ALLOW, DENY, NEVER, DROP_A, DROP_D } verb;
	bool final, child;
	unsigned ops; /* bits of words */
	char path[64];
	char holes[MAX_HOLES][128];
	unsigned n_holes;
	unsigned number; /* of the line in its file */
};

static uint64_t state;

static unsigned rnd(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static void random_path(char *out, size_t size, unsigned min, unsigned max)
{
	unsigned depth = min + rnd(max - min + 1);
	size_t n = 0;
	for (unsigned i = 0; i < depth; i++)
		n += (size_t)snprintf(out + n, size - n, "/%c", 'a' + (int)rnd(NAMES - 1));
	if (!depth)
		snprintf(out, size, "/");
}

static bool covers(const char *root, const char *path)
{
	size_t n = strlen(root);
	return n == 1 || (strncmp(root, path, n) == 0 && (path[n] == 0 || path[n] == '/'));
}

/* ---- a policy, as lines and as text ---- */

struct trial {
	struct line v[3 * MAX_LINES];
	unsigned n;
};

static void random_rule(struct line *l, bool child)
{
	*l = (struct line){.verb = rnd(3) ? ALLOW : DENY, .child = child, .ops = 1 + rnd((1u << N_OPS) - 1)};
	random_path(l->path, sizeof(l->path), 0, DEPTH - 1);
	l->n_holes = l->verb == ALLOW && !rnd(2) ? rnd(MAX_HOLES) : 0;
	for (unsigned i = 0; i < l->n_holes; i++) {
		char below[32];
		random_path(below, sizeof(below), 1, 2);
		snprintf(l->holes[i], sizeof(l->holes[i]), "%s%s", l->path[1] ? l->path : "", below);
	}
}

/* Some line of the base that is still whole, taken away by the child as it stands, or some of its operations. */
static bool random_drop(struct trial *t, struct line *l)
{
	const struct line *base = &t->v[rnd(t->n)];
	if (base->child || base->verb > DENY || base->final)
		return false;
	for (unsigned i = 0; i < t->n; i++)
		if (strcmp(t->v[i].path, base->path) == 0 && (t->v[i].final || t->v[i].verb >= DROP_A))
			return false; /* one drop a place, and none of what stays */
	*l = (struct line){.verb = base->verb == ALLOW ? DROP_A : DROP_D, .child = true, .ops = base->ops};
	if (rnd(2) && (base->ops & (base->ops - 1)))
		l->ops &= base->ops - 1;
	memcpy(l->path, base->path, sizeof(l->path));
	return true;
}

static void random_trial(struct trial *t)
{
	t->n = 0;
	unsigned base = 1 + rnd(5), child = rnd(5), drops = rnd(3), nevers = 1 + rnd(3);
	for (unsigned i = 0; i < base; i++)
		random_rule(&t->v[t->n++], false);
	for (unsigned i = 0; i < drops; i++)
		if (random_drop(t, &t->v[t->n]))
			t->n++;
	for (unsigned i = 0; i < child; i++)
		random_rule(&t->v[t->n++], true);
	for (unsigned i = 0; i < nevers; i++) {
		struct line *l = &t->v[t->n++];
		random_rule(l, rnd(2));
		l->verb = NEVER;
		l->n_holes = 0;
	}
}

static void put_line(struct buf *b, struct line *l)
{
	static const char *const verbs[] = {"allow", "deny", "never allow", "drop allow", "drop deny"};
	buf_puts(b, verbs[l->verb]);
	for (unsigned i = 0; i < N_OPS; i++)
		if (l->ops & (1u << i))
			buf_printf(b, " %s", words[i]);
	buf_printf(b, " \"%s\"", l->path);
	if (l->n_holes) {
		buf_puts(b, " except {");
		for (unsigned i = 0; i < l->n_holes; i++)
			buf_printf(b, "%s\"%s\"", i ? ", " : " ", l->holes[i]);
		buf_puts(b, " }");
	}
	buf_puts(b, l->verb == DROP_D ? " because \"x\"\n" : "\n");
}

static void put_policy(struct buf *b, struct trial *t, bool child, const char *base_file)
{
	unsigned number = child ? 5 : 3;
	buf_puts(b, "sbx 1\n");
	if (child)
		buf_printf(b, "import \"%s\"\npolicy c extends b {\nentry \"/z\"\n", base_file);
	else
		buf_puts(b, "policy b {\n");
	buf_puts(b, "targets linux\n");
	for (unsigned i = 0; i < t->n; i++) {
		if (t->v[i].child != child)
			continue;
		t->v[i].number = ++number;
		put_line(b, &t->v[i]);
	}
	buf_puts(b, "}\n");
}

/* ---- what it means, spelled out ---- */

static unsigned left_ops(const struct trial *t, const struct line *l)
{
	unsigned left = l->ops;
	for (unsigned i = 0; i < t->n; i++) {
		const struct line *d = &t->v[i];
		if (l->verb <= DENY && !l->child && d->verb == (l->verb == ALLOW ? DROP_A : DROP_D) && strcmp(d->path, l->path) == 0)
			left &= ~d->ops;
	}
	return left;
}

static bool line_covers(const struct trial *t, const struct line *l, unsigned op, const char *path)
{
	if (!(left_ops(t, l) & (1u << op)) || !covers(l->path, path))
		return false;
	for (unsigned i = 0; i < l->n_holes; i++)
		if (covers(l->holes[i], path))
			return false;
	return true;
}

static bool brute_allowed(const struct trial *t, unsigned op, const char *path)
{
	bool allow = false;
	for (unsigned i = 0; i < t->n; i++) {
		if (t->v[i].verb > DENY || !line_covers(t, &t->v[i], op, path))
			continue;
		if (t->v[i].verb == DENY)
			return false;
		allow = true;
	}
	return allow;
}

/* All paths down to one step below what a line can name, over the names of the lines and one that is in none. */
static unsigned all_paths(char (*out)[64], unsigned n, const char *at, unsigned depth)
{
	snprintf(out[n++], 64, "%s", at[0] ? at : "/");
	for (unsigned i = 0; depth < DEPTH + 2 && i < NAMES; i++) {
		char next[64];
		snprintf(next, sizeof(next), "%s/%c", at, 'a' + (int)i);
		if (i == NAMES - 1 && depth && at[strlen(at) - 1] == next[strlen(next) - 1])
			continue; /* below a fresh name all is alike */
		n = all_paths(out, n, next, depth + 1);
	}
	return n;
}

/* ---- the trial ---- */

static char paths[4096][64];
static unsigned n_paths;
static unsigned broken, kept, dead, alive;

static struct compile resolve_trial(struct trial *t, const char *dir, struct arena *a)
{
	struct buf base = buf_new(a), child = buf_new(a);
	char file[256];
	snprintf(file, sizeof(file), "%s/b.sbx", dir);
	put_policy(&base, t, false, NULL);
	put_policy(&child, t, true, file);
	FILE *f = fopen(file, "w");
	cr_assert(f && fputs(buf_str(&base), f) >= 0 && fclose(f) == 0);
	struct compile c = {.arena = a, .opt = &core_options};
	const struct src_file *src;
	c.src = src_new(a);
	c.diags = diags_new(a, c.src);
	cr_assert_eq(src_add(c.src, "t.sbx", child.data, child.len, &src), SRC_OK);
	c.ir = resolve_policy(&c, parse_source(a, c.diags, src));
	if (diag_errors(c.diags))
		diags_print(c.diags, stderr, DIAG_GCC, false);
	cr_assert(c.ir && diag_errors(c.diags) == 0, "%s---\n%s", buf_str(&base), buf_str(&child));
	return c;
}

static void check_decisions(const struct trial *t, const struct meaning *m)
{
	for (unsigned i = 0; i < n_paths; i++)
		for (unsigned k = 0; k < N_OPS; k++) {
			struct request r = {.target = TARGET_LINUX, .op = ops[k], .object = paths[i]};
			cr_assert_eq(decide(m, &r).allow, brute_allowed(t, k, paths[i]), "%s %s", words[k], paths[i]);
		}
}

/* The nevers of one line and kind, by place of the line: was any reported? */
static void check_nevers(const struct trial *t, const struct compile *c, const struct meaning *m)
{
	struct diags *d = diags_new(c->arena, c->src);
	bool any = false;
	for (unsigned i = 0; i < t->n; i++)
		for (unsigned p = 0; t->v[i].verb == NEVER && p < n_paths; p++)
			for (unsigned k = 0; k < N_OPS; k++)
				any |= line_covers(t, &t->v[i], k, paths[p]) && brute_allowed(t, k, paths[p]);
	cr_assert_eq(never_check(c->arena, m, d), !any);
	cr_assert_eq(diag_errors(d) != 0, any);
	cr_assert_eq(never_broken(c->arena, m, NULL, 0) != NULL, any);
	any ? broken++ : kept++;
}

static bool says_dead(const struct compile *c, struct diags *d, const struct line *l)
{
	for (unsigned i = 0; i < c->ir->n_rules; i++) {
		const struct ir_rule *r = &c->ir->rules[i];
		struct src_pos pos;
		const struct origin *o = r->origin[__builtin_ctz(r->ops)];
		if (!r->deny && r->kind == RULE_PATH && src_locate(c->src, o->loc.beg, &pos) && pos.line == l->number &&
		    (o->level == 0) == l->child)
			return diag_seen(d, DIAG_DEAD_ALLOW, o->loc);
	}
	return false;
}

/* Only lines that no other line repeats: two lines with one object are one rule, named once. */
static bool alone(const struct trial *t, const struct line *l)
{
	for (unsigned i = 0; i < t->n; i++)
		if (&t->v[i] != l && t->v[i].verb == ALLOW && strcmp(t->v[i].path, l->path) == 0)
			return false;
	return true;
}

static void check_dead(const struct trial *t, const struct compile *c)
{
	struct diags *d = diags_new(c->arena, c->src);
	lint_policy(c->arena, meaning_new(c->arena, c->ir), c->src, d);
	for (unsigned i = 0; i < t->n; i++) {
		const struct line *l = &t->v[i];
		bool gives = false;
		if (l->verb != ALLOW || !left_ops(t, l) || !alone(t, l))
			continue;
		for (unsigned p = 0; p < n_paths; p++)
			for (unsigned k = 0; k < N_OPS; k++)
				gives |= line_covers(t, l, k, paths[p]) && brute_allowed(t, k, paths[p]);
		cr_assert_eq(says_dead(c, d, l), !gives, "line %u of the %s", l->number, l->child ? "child" : "base");
		gives ? alive++ : dead++;
	}
}

Test(compose_brute, decisions_nevers_and_dead_lines_are_exact)
{
	char dir[] = "/tmp/sbx-compose-XXXXXX", file[64];
	const char *env = getenv("COMPOSE_RUNS");
	unsigned runs = env ? (unsigned)atoi(env) : 3000;
	cr_assert(mkdtemp(dir) != NULL);
	n_paths = all_paths(paths, 0, "", 0);
	for (unsigned i = 0; i < runs; i++) {
		struct arena *a = arena_new();
		struct trial t;
		state = i + 1;
		rnd(1);
		random_trial(&t);
		struct compile c = resolve_trial(&t, dir, a);
		const struct meaning *m = meaning_new(a, c.ir);
		check_decisions(&t, m);
		check_nevers(&t, &c, m);
		check_dead(&t, &c);
		arena_free(a);
	}
	snprintf(file, sizeof(file), "%s/b.sbx", dir);
	unlink(file);
	rmdir(dir);
	/* both answers occur often, or the comparison would show nothing */
	cr_expect(broken > runs / 10 && kept > runs / 10, "%u broken, %u kept", broken, kept);
	cr_expect(dead > runs / 20 && alive > runs / 10, "%u dead, %u alive", dead, alive);
	fprintf(stderr, "%u policies: %u broken, %u kept; %u dead lines, %u alive\n", runs, broken, kept, dead, alive);
}
