/*
 * The comparison of policies against brute force: random pairs over a bounded universe of paths, ports, names and calls.
 * Nothing that differs may be missing, nothing that is named may be the same, every example must differ.
 *
 * DIFF_PAIRS=N asks for N pairs, DIFF_FROM=M for those from number M on; `make proof-long` takes 100,000.
 */
#include "compiler/diff_priv.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/cond.h"
#include "compiler/syscalls.h"

static uint64_t seed;

static unsigned dice(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

#define PICK(list) ((list)[dice(sizeof(list) / sizeof((list)[0]))])

static const char *const places[] = {"/",	"/a",	     "/a/b",	  "/a/b/c",	   "/ab",	  "/a/d.txt",
				     "/home",	"${HOME}",   "${HOME}/a", "${HOME}/a/b",   "${p}",	  "${p}/b",
				     "/tmp",	"/tmp/a",    "/private",  "/private/tmp/a", "${TMPDIR}/a", "/a/example",
				     "/etc/\\$x", "/home/user", "/a/b/example", "/run"};
static const char *const hosts[] = {"*", "*.d.example", "x.d.example", "*.x.d.example", "y.x.d.example", "127.0.0.1", "localhost", "192.0.2.1"};
static const char *const names[] = {"A", "A*", "AB", "AB*", "ABC", "B", "*", "AEXAMPLE", "LC_*", "LC_ALL"};
static const char *const abstracts[] = {"@a", "@b", "@EXAMPLE"};
static const char *const calls[] = {"personality", "ptrace", "kcmp", "mmap"};

/* ---- random policies ---- */

struct policy {
	struct compile k;
	struct ir ir;
	struct ir_rule *rules;
	struct ir_env_set set[2];
};

static const struct origin *some_origin(struct arena *a, const struct src_file *f, unsigned line)
{
	struct origin *o = ARENA_NEW(a, struct origin);
	o->loc = (struct loc){f->base + line * 2, f->base + line * 2 + 1};
	return o;
}

static struct ir_rule *add_rule(struct arena *a, struct policy *p, const struct src_file *f, enum rule_kind kind, uint32_t ops, const char *object)
{
	ARENA_GROW(a, p->rules, p->ir.n_rules);
	struct ir_rule *r = &p->rules[p->ir.n_rules++];
	*r = (struct ir_rule){.kind = kind, .ops = ops, .object = object, .port_hi = 65535, .arches = ARCHES_ALL, .deny = dice(4) == 0};
	r->targets = dice(3) ? TARGETS_ALL : TARGET_BIT(dice(TARGET_COUNT));
	r->action = r->deny ? (struct sys_action){ACT_ERRNO, EPERM} : (struct sys_action){ACT_ALLOW, 0};
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (ops & OP_BIT(op))
			r->origin[op] = some_origin(a, f, p->ir.n_rules);
	p->ir.rules = p->rules;
	return r;
}

static void random_path(struct arena *a, struct policy *p, const struct src_file *f)
{
	static const uint32_t ops[] = {OP_BIT(OP_READ) | OP_BIT(OP_LIST), OP_BIT(OP_LIST), OP_BIT(OP_MODIFY),
				       OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE), OP_BIT(OP_READ) | OP_BIT(OP_EXEC)};
	struct ir_rule *r = add_rule(a, p, f, RULE_PATH, PICK(ops), PICK(places));
	if (r->deny || dice(2))
		return;
	struct ir_hole *holes = ARENA_ARRAY(a, 2, struct ir_hole);
	r->n_holes = 1 + dice(2);
	for (unsigned i = 0; i < r->n_holes; i++)
		holes[i] = (struct ir_hole){.path = PICK(places), .loc = some_origin(a, f, 40 + i)->loc};
	r->holes = holes;
}

static void random_net(struct arena *a, struct policy *p, const struct src_file *f)
{
	static const enum op ops[] = {OP_CONNECT_TCP, OP_CONNECT_TCP, OP_LISTEN_TCP, OP_CONNECT_UDP};
	struct ir_rule *r = add_rule(a, p, f, RULE_NET, OP_BIT(PICK(ops)), PICK(hosts));
	unsigned lo = dice(6), hi = lo + dice(3);
	if (dice(8) == 0) {
		*r = (struct ir_rule){.kind = RULE_NET, .ops = OP_BIT(OP_NET), .object = "", .port_hi = 65535, .deny = r->deny, .targets = r->targets, .arches = ARCHES_ALL};
		r->origin[OP_NET] = some_origin(a, f, p->ir.n_rules);
	} else if (dice(6) == 0) {
		r->port_var = "port";
	} else if (dice(6)) {
		r->port_lo = (uint16_t)lo;
		r->port_hi = (uint16_t)hi;
	}
}

static void random_unix(struct arena *a, struct policy *p, const struct src_file *f)
{
	uint32_t op = dice(2) ? OP_BIT(OP_CONNECT_UNIX) : OP_BIT(OP_LISTEN_UNIX);
	add_rule(a, p, f, RULE_NET, op, dice(3) ? PICK(places) : PICK(abstracts));
}

static const struct sys_cond *random_cond(struct arena *a)
{
	struct sys_cond *c = ARENA_NEW(a, struct sys_cond);
	struct sys_conj *v = ARENA_ARRAY(a, 2, struct sys_conj);
	unsigned n = 1 + dice(2);
	for (unsigned i = 0; i < n; i++) {
		unsigned m = 1 + dice(2);
		struct sys_test *t = ARENA_ARRAY(a, m, struct sys_test);
		for (unsigned k = 0; k < m; k++)
			t[k] = dice(3) ? (struct sys_test){(uint8_t)dice(2), 32, (enum sys_cmp)dice(6), UINT32_MAX, dice(8)}
				       : (struct sys_test){(uint8_t)dice(2), 32, dice(2) ? SYS_EQ : SYS_NE, 6, dice(4) * 2};
		v[i] = (struct sys_conj){t, m};
	}
	*c = (struct sys_cond){v, n};
	return cond_canonical(a, c);
}

static void random_call(struct arena *a, struct policy *p, const struct src_file *f)
{
	static const struct sys_action denials[] = {{ACT_ERRNO, EPERM}, {ACT_ERRNO, ENOSYS}, {ACT_KILL_PROCESS, 0}};
	struct ir_rule *r = add_rule(a, p, f, RULE_SYSCALL, OP_BIT(OP_SYSCALL), PICK(calls));
	r->targets = TARGET_BIT(TARGET_LINUX);
	r->cond = dice(3) ? random_cond(a) : NULL;
	r->arches = dice(3) ? ARCHES_ALL : ARCH_BIT(dice(ARCH_COUNT));
	if (r->deny)
		r->action = PICK(denials);
	else if (dice(4) == 0)
		r->action.act = ACT_LOG;
}

static const uint32_t macos_ops[] = {
    OP_BIT(OP_MACH),	   OP_BIT(OP_SHM_READ),
    OP_BIT(OP_SHM_WRITE),  OP_BIT(OP_SHM_READ) | OP_BIT(OP_SHM_WRITE),
    OP_BIT(OP_SEM),	   OP_BIT(OP_SYSV),
    OP_BIT(OP_IOKIT_OPEN), OP_BIT(OP_IOKIT_READ),
    OP_BIT(OP_IOKIT_WRITE), OP_BIT(OP_PREFERENCE_READ) | OP_BIT(OP_PREFERENCE_WRITE),
    OP_BIT(OP_SYSCTL_WRITE), OP_BIT(OP_PTY),
};

static void random_name(struct arena *a, struct policy *p, const struct src_file *f)
{
	if (dice(3)) {
		add_rule(a, p, f, RULE_ENV, OP_BIT(OP_ENV), PICK(names));
	} else {
		uint32_t ops = PICK(macos_ops);
		const char *name = ops == OP_BIT(OP_PTY) ? "*" : dice(2) ? "com.example.a" : "com.example.b";
		struct ir_rule *r = add_rule(a, p, f, RULE_MACOS, ops, name);
		r->targets = TARGET_BIT(TARGET_MACOS);
	}
}

static void random_signal(struct arena *a, struct policy *p, const struct src_file *f)
{
	if (dice(4) == 0)
		add_rule(a, p, f, RULE_SIGNAL, OP_BIT(OP_SIGNAL), "*");
}

static void (*const kinds[])(struct arena *, struct policy *, const struct src_file *) = {random_path, random_path, random_net,
											    random_unix, random_call, random_name, random_signal};

/* Starts from `like`, when there is one: pairs that share most of their rules are the ones reviewers see. */
static void random_policy(struct arena *a, struct policy *p, const struct policy *like)
{
	static struct ir_param params[2];
	const struct src_file *f;
	static const char text[] = "x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\n";
	*p = (struct policy){.k = {.arena = a}};
	p->k.src = src_new(a);
	cr_assert_eq(src_add(p->k.src, "p.sbx", text, sizeof(text) - 1, &f), SRC_OK);
	params[0] = (struct ir_param){.name = "p", .type = TYPE_PATH};
	params[1] = (struct ir_param){.name = "port", .type = TYPE_PORT, .value = "4"};
	p->ir = (struct ir){.name = "p", .version = "", .about = "", .edition = 1, .targets = TARGETS_ALL, .params = params, .n_params = 2};
	if (dice(4) == 0) {
		p->ir.entry = "/a/b";
		p->ir.entry_origin = some_origin(a, f, 1);
	}
	p->set[0] = (struct ir_env_set){.name = "B", .value = "1", .targets = TARGETS_ALL, .origin = some_origin(a, f, 2)};
	p->ir.env_set = p->set;
	p->ir.n_env_set = dice(2);
	for (unsigned i = 0; like && i < like->ir.n_rules; i++)
		if (dice(6)) {
			ARENA_GROW(a, p->rules, p->ir.n_rules);
			p->rules[p->ir.n_rules++] = like->ir.rules[i];
			p->ir.rules = p->rules;
		}
	for (unsigned n = dice(like ? 3 : 10); n > 0; n--)
		PICK(kinds)(a, p, f);
	p->ir.arches = dice(5) ? ARCHES_USUAL : dice(2) ? ARCHES_ALL : ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_I386);
	p->k.ir = &p->ir;
	p->k.meaning = meaning_new(a, &p->ir);
}

/* ---- what the comparison says of one request ---- */

static bool stopped(const struct diff_set *s, bool (*covers)(const char *, const char *), const char *object)
{
	for (unsigned i = 0; i < s->n_stops; i++)
		if (covers(s->stops[i], object))
			return true;
	return false;
}

static bool name_covers(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);
	return n && pattern[n - 1] == '*' ? strncmp(pattern, name, n - 1) == 0 : strcmp(pattern, name) == 0;
}

static bool says(const struct diff *d, const struct request *r, enum diff_way way)
{
	bool is_path = r->op <= OP_IOCTL || ((r->op == OP_CONNECT_UNIX || r->op == OP_LISTEN_UNIX) && r->object[0] == '/');
	bool is_port = r->op == OP_CONNECT_TCP || r->op == OP_CONNECT_UDP || r->op == OP_LISTEN_TCP || r->op == OP_LISTEN_UDP;
	bool (*covers)(const char *, const char *) = is_path ? path_covers : is_port ? host_covers : name_covers;
	struct arena *a = arena_new();
	const char *object = is_path ? place_name(a, r->target, r->object) : r->object;
	bool found = false;
	for (unsigned i = 0; i < d->n && !found; i++) {
		const struct diff_entry *e = &d->v[i];
		const struct diff_set *s = e->set_on[r->target];
		if (e->part != DIFF_ACCESS || e->way != way || !s || !(s->ops & OP_BIT(r->op)) ||
		    !(e->targets & TARGET_BIT(r->target)) || is_path != (s->root[0] == '/'))
			continue;
		if (is_port && (r->port < s->port_lo || r->port > s->port_hi))
			continue;
		found = covers(s->root, object) && !stopped(s, covers, object);
	}
	arena_free(a);
	return found;
}

static unsigned long n_asked, n_differ;

static void ask(const struct differ *x, const struct diff *d, const struct request *was, const struct request *is)
{
	bool before = decide(x->old.k->meaning, was).allow, after = decide(x->now.k->meaning, is).allow;
	n_asked++;
	n_differ += before != after;
	if (getenv("DIFF_SHOW") && (says(d, is, DIFF_GROWS) != (after && !before) || says(d, is, DIFF_SHRINKS) != (before && !after))) {
		ir_print(x->old.ir, x->old.k->src, stderr);
		fputs("---\n", stderr);
		ir_print(x->now.ir, x->now.k->src, stderr);
		diff_print(d, stderr, false);
	}
	cr_assert_eq(says(d, is, DIFF_GROWS), after && !before, "%s %s:%u on %s: before %d, after %d", op_name[is->op], is->object,
		     is->port, target_name[is->target], before, after);
	cr_assert_eq(says(d, is, DIFF_SHRINKS), before && !after, "%s %s:%u on %s: before %d, after %d", op_name[is->op], is->object,
		     is->port, target_name[is->target], before, after);
}

static void ask_name(const struct differ *x, const struct diff *d, enum target t, enum op op, const char *object, unsigned port)
{
	struct request was = side_request(&x->old, t, op, object, (uint16_t)port), is = side_request(&x->now, t, op, object, (uint16_t)port);
	ask(x, d, &was, &is);
}

static void ask_place(const struct differ *x, const struct diff *d, enum target t, const char *path)
{
	for (unsigned op = OP_READ; op <= OP_IOCTL; op++)
		ask_name(x, d, t, (enum op)op, path, 0);
	ask_name(x, d, t, OP_CONNECT_UNIX, path, 0);
	ask_name(x, d, t, OP_LISTEN_UNIX, path, 0);
}

static void ask_places(const struct differ *x, const struct diff *d, enum target t)
{
	static const char *const below[] = {"", "/x", "/example", "/a", "/b/c", "_"};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = side_place(x->a, &x->now, t, places[i]);
		for (size_t k = 0; path && k < sizeof(below) / sizeof(below[0]); k++) {
			if (strcmp(path, "/") == 0 && below[k][0] != '/')
				continue;
			ask_place(x, d, t, arena_printf(x->a, "%s%s", strcmp(path, "/") == 0 ? "" : path, below[k]));
		}
	}
	ask_place(x, d, t, "/");
}

static void ask_net(const struct differ *x, const struct diff *d, enum target t)
{
	static const char *const more[] = {"z.d.example", "z.x.d.example", "d.example", "198.51.100.7", "[::1]"};
	static const unsigned ports[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 443, 64998, 64999, 65000, 65001, 65535};
	static const enum op ops[] = {OP_CONNECT_TCP, OP_CONNECT_UDP, OP_LISTEN_TCP, OP_LISTEN_UDP};
	for (size_t i = 0; i < 4; i++)
		for (size_t p = 0; p < sizeof(ports) / sizeof(ports[0]); p++) {
			for (size_t h = 0; h < sizeof(hosts) / sizeof(hosts[0]); h++)
				if (hosts[h][0] != '*')
					ask_name(x, d, t, ops[i], hosts[h], ports[p]);
			for (size_t h = 0; h < sizeof(more) / sizeof(more[0]); h++)
				ask_name(x, d, t, ops[i], more[h], ports[p]);
		}
	ask_name(x, d, t, OP_NET, "", 0);
	ask_name(x, d, t, OP_SIGNAL, "*", 0);
}

static void ask_names(const struct differ *x, const struct diff *d, enum target t)
{
	static const char *const env[] = {"A", "AB", "ABC", "ABX", "AX", "B", "C", "AEXAMPLE", "EXAMPLE", "LC_X", "LC_ALL", "L"};
	static const char *const sockets[] = {"@a", "@b", "@c", "@EXAMPLE"};
	for (size_t i = 0; i < sizeof(env) / sizeof(env[0]); i++)
		ask_name(x, d, t, OP_ENV, env[i], 0);
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		ask_name(x, d, t, OP_CONNECT_UNIX, sockets[i], 0);
		ask_name(x, d, t, OP_LISTEN_UNIX, sockets[i], 0);
	}
	if (t != TARGET_MACOS)
		return;
	for (enum op op = 0; op < OP_COUNT; op++) {
		bool macos = op == OP_MACH || (op >= OP_SHM_READ && op < OP_PTY);
		for (const char *name = "abc"; macos && *name; name++)
			ask_name(x, d, t, op, arena_printf(x->a, "com.example.%c", *name), 0);
	}
	ask_name(x, d, t, OP_PTY, "*", 0);
}

/* ---- system calls ---- */

static enum diff_way way_of(struct sys_action a, struct sys_action b, bool *same)
{
	bool x = a.act == ACT_ALLOW || a.act == ACT_LOG, y = b.act == ACT_ALLOW || b.act == ACT_LOG;
	*same = a.act == b.act && (x || a.data == b.data);
	return x == y ? DIFF_OTHER : y ? DIFF_GROWS : DIFF_SHRINKS;
}

static bool says_call(const struct diff *d, enum arch arch, uint32_t nr, enum diff_way way)
{
	for (unsigned i = 0; i < d->n; i++)
		for (unsigned k = 0; d->v[i].part == DIFF_ACCESS && !d->v[i].set.root && d->v[i].way == way && k < d->v[i].set.n_examples; k++)
			if (d->v[i].set.examples[k].arch == arch && d->v[i].set.examples[k].nr == nr)
				return true;
	return false;
}

static bool says_abi(const struct diff *d, enum arch arch)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->v[i].part == DIFF_ACCESS && strncmp(d->v[i].object, "every call of ", 14) == 0 &&
		    strcmp(d->v[i].object + 14, arch_name[arch]) == 0)
			return true;
	return false;
}

static void ask_call(const struct differ *x, const struct diff *d, enum arch arch, uint32_t nr)
{
	static const uint64_t values[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 0x100000002, UINT32_MAX, UINT64_MAX};
	enum { N = sizeof(values) / sizeof(values[0]) };
	struct request r = {.target = TARGET_LINUX, .op = OP_SYSCALL, .arch = arch, .nr = nr};
	bool told = (x->old.ir->arches ^ x->now.ir->arches) & ARCH_BIT(arch); /* the ABI as a whole */
	for (unsigned i = 0; i < N * N; i++) {
		bool same;
		r.args[0] = values[i % N];
		r.args[1] = values[i / N];
		enum diff_way way = way_of(decide(x->old.k->meaning, &r).action, decide(x->now.k->meaning, &r).action, &same);
		n_asked++;
		n_differ += !same;
		cr_assert(same || says_call(d, arch, nr, way) || (told && says_abi(d, arch)), "call %u on %s differs and is not named", nr, arch_name[arch]);
	}
}

/* Every call that is named does differ as it is said: a false difference would have no such example. */
static void ask_examples(const struct differ *x, const struct diff *d)
{
	for (unsigned i = 0; i < d->n; i++)
		for (unsigned k = 0; k < d->v[i].set.n_examples; k++) {
			struct request was = d->v[i].set.examples[k], is = was;
			bool same;
			was.given = x->old.given[was.target];
			is.given = x->now.given[is.target];
			was.n_given = x->old.n_given;
			is.n_given = x->now.n_given;
			struct decision a = decide(x->old.k->meaning, &was), b = decide(x->now.k->meaning, &is);
			enum diff_way way = a.allow == b.allow ? DIFF_OTHER : b.allow ? DIFF_GROWS : DIFF_SHRINKS;
			if (is.op == OP_SYSCALL)
				way = way_of(a.action, b.action, &same);
			else
				same = a.allow == b.allow;
			cr_assert(!same && way == d->v[i].way, "the example of `%s %s` does not differ", d->v[i].what, d->v[i].object);
		}
}

static void ask_calls(const struct differ *x, const struct diff *d)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		for (unsigned a = 0; a < ARCH_COUNT; a++)
			if (syscall_by_name(calls[i])->nr[a] != SYSCALL_NONE)
				ask_call(x, d, (enum arch)a, (uint32_t)syscall_by_name(calls[i])->nr[a]);
}

static void try_pair(uint64_t from)
{
	struct arena *a = arena_new();
	struct policy old, now;
	struct differ x = {.a = a};
	seed = from * 0x9e3779b97f4a7c15u + 1;
	random_policy(a, &old, NULL);
	random_policy(a, &now, dice(5) ? &old : NULL);
	const struct diff *d = diff_policies(a, &old.k, &now.k);
	differ_open(&x, &old.k, &now.k);
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		ask_places(&x, d, (enum target)t);
		ask_net(&x, d, (enum target)t);
		ask_names(&x, d, (enum target)t);
	}
	ask_calls(&x, d);
	ask_examples(&x, d);
	arena_free(a);
}

Test(diff, random_pairs_against_brute_force, .timeout = 3600)
{
	const char *many = getenv("DIFF_PAIRS");
	const char *from = getenv("DIFF_FROM");
	unsigned long n = many ? strtoul(many, NULL, 10) : 400, first = from ? strtoul(from, NULL, 10) : 0;
	for (unsigned long i = first; i < first + n; i++)
		try_pair(i);
	printf("random pairs %lu requests %lu differ %lu\n", n, n_asked, n_differ);
	cr_expect_gt(n_differ, 0u);
}

Test(diff, version_steps)
{
	static const struct {
		const char *old, *now;
		bool grows, shrinks;
		const char *needs; /* NULL: nothing */
	} cases[] = {
	    {"1.2.3", "2.0.0", true, true, NULL},
	    {"1.2.3", "1.3.0", true, false, "the version takes a minor step; grown access needs 2.0.0"},
	    {"1.2.3", "1.2.4", true, false, "the version takes a patch; grown access needs 2.0.0"},
	    {"1.2.3", "1.2.3", true, false, "the version stays; grown access needs 2.0.0"},
	    {"1.2.3", "1.3.0", false, true, NULL},
	    {"1.2.3", "1.2.4", false, true, "the version takes a patch; shrunk access needs 1.3.0"},
	    {"1.2.3", "1.2.3", false, false, NULL},
	    {"1.2.3", "1.2.2", false, false, "the version goes back"},
	    {"1", "2", true, false, NULL},
	    {"1.9", "1.10", false, true, NULL},
	    {"", "", true, true, NULL},
	    {"blue", "blue", true, false, "the version is not MAJOR.MINOR.PATCH, and did not change"},
	    {"blue", "red", true, false, NULL},
	    {"blue", "blue", false, false, NULL},
	    {"1.2.3", "", true, false, NULL},
	    {"1.2.3.4", "1.2.3.4", false, true, "the version is not MAJOR.MINOR.PATCH, and did not change"},
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = diff_version_needs(a, cases[i].old, cases[i].now, cases[i].grows, cases[i].shrinks);
		cr_expect_str_eq(got ? got : "nothing", cases[i].needs ? cases[i].needs : "nothing", "%s -> %s", cases[i].old, cases[i].now);
	}
	arena_free(a);
}
