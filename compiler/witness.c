/*
 * witness.c - makes the witness requests of a policy.
 */
#include "witness.h"

#include <stdlib.h>
#include <string.h>

#include "macos_word.h"
#include "net_index.h"
#include "str.h"
#include "syscalls.h"

struct witness {
	const struct ir *ir;
	struct arena *a;
	struct request r;
	witness_fn *fn;
	void *ctx;
	const char **paths;
	unsigned n_paths;
	const char *last; /* the place whose ancestors were added last */
	uint16_t *ports;
	unsigned n_ports;
	const struct net_index *net;
};

/* ---- paths ---- */

static void add_path(struct witness *w, const char *path)
{
	ARENA_GROW(w->a, w->paths, w->n_paths);
	w->paths[w->n_paths++] = path;
}

/* How much of the path, in whole components, is the same in the one before: neighbours in the order of the rules share it. */
static size_t known_part(const struct witness *w, const char *path)
{
	size_t known = 0;
	for (size_t i = 0; w->last; i++) {
		bool end = !path[i] || path[i] == '/', last_end = !w->last[i] || w->last[i] == '/';
		if (end && last_end)
			known = i;
		if (path[i] != w->last[i] || !path[i])
			break;
	}
	return known;
}

/* The place, its ancestors, a fresh child of each, and a sibling whose name begins alike. */
static void add_cell(struct witness *w, const char *tmpl)
{
	const char *path = expand_template(w->a, w->ir, tmpl, NULL, 0);
	if (!path || path[0] != '/')
		return;
	size_t len = strlen(path), known = known_part(w, path);
	if (len > 1)
		add_path(w, arena_printf(w->a, "%s_", path));
	for (size_t n = len; n > known; n--) {
		if (n != len && path[n] != '/')
			continue;
		if (n == 1 && len == 1)
			break;
		add_path(w, arena_strndup(w->a, path, n));
		add_path(w, arena_printf(w->a, "%.*s/_other", (int)n, path));
	}
	w->last = path;
}

/* The pattern with something in place of each star. */
static const char *name_for(struct witness *w, const char *glob, const char *star)
{
	struct buf b = buf_new(w->a);
	for (; *glob; glob++)
		if (*glob == '*')
			buf_puts(&b, star);
		else
			buf_putc(&b, *glob);
	return buf_str(&b);
}

/* Names that fit, at some depths and with something below; names that almost do. */
static void add_pattern(struct witness *w, const struct ir_rule *r)
{
	static const char *const around[] = {"%s", "a/%s", "a/b/%s", "%s/a", "%s_", "_%s", "a/%s_/b"};
	static const char *const stars[] = {"", "x", "x.y"};
	add_cell(w, r->object);
	for (size_t s = 0; s < sizeof(stars) / sizeof(stars[0]); s++)
		for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
			const char *name = name_for(w, r->glob, stars[s]), *at = strchr(around[i], '%');
			if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || !*name)
				continue;
			const char *place = arena_printf(w->a, "%s/%.*s%s%s", r->object[1] ? r->object : "", (int)(at - around[i]),
							 around[i], name, at + 2);
			const char *path = expand_template(w->a, w->ir, place, NULL, 0);
			if (path && path[0] == '/')
				add_path(w, path);
		}
}

static void path_witnesses(struct witness *w)
{
	add_path(w, "/");
	add_path(w, "/_other");
	if (w->ir->entry)
		add_cell(w, w->ir->entry);
	for (unsigned i = 0; i < w->ir->n_rules; i++) {
		const struct ir_rule *r = &w->ir->rules[i];
		if (r->kind == RULE_GLOB)
			add_pattern(w, r);
		if (r->kind != RULE_PATH)
			continue;
		add_cell(w, r->object);
		for (unsigned k = 0; k < r->n_holes; k++)
			add_cell(w, r->holes[k].path);
	}
	qsort(w->paths, w->n_paths, sizeof(*w->paths), cmp_strp);
	for (unsigned i = 0; i < w->n_paths; i++) {
		if (i && strcmp(w->paths[i - 1], w->paths[i]) == 0)
			continue;
		w->r.object = w->paths[i];
		for (unsigned op = OP_READ; op <= OP_IOCTL; op++) {
			w->r.op = (enum op)op;
			w->fn(w->ctx, &w->r);
		}
	}
}

/* ---- network ---- */

static void ask_net(struct witness *w, const char *host, uint16_t port, bool tcp_only)
{
	static const enum op ops[] = {OP_CONNECT_TCP, OP_CONNECT_UDP, OP_LISTEN_TCP, OP_LISTEN_UDP};
	w->r.object = host;
	w->r.port = port;
	for (size_t i = 0; i < (tcp_only ? 1 : sizeof(ops) / sizeof(ops[0])); i++) {
		w->r.op = ops[i];
		w->fn(w->ctx, &w->r);
	}
}

static int port_cmp(const void *x, const void *y)
{
	return *(const uint16_t *)x - *(const uint16_t *)y;
}

struct ports {
	struct arena *a;
	uint16_t *v;
	unsigned n;
};

static void add_port(struct ports *p, uint16_t port)
{
	ARENA_GROW(p->a, p->v, p->n);
	p->v[p->n++] = port;
}

/* Both ends and their neighbours. */
static void add_ports(void *ctx, unsigned i, const struct ir_rule *r)
{
	(void)i;
	add_port(ctx, r->port_lo);
	add_port(ctx, r->port_hi);
	add_port(ctx, (uint16_t)(r->port_lo - 1));
	add_port(ctx, (uint16_t)(r->port_hi + 1));
}

/* Sorted, each once, without 0. */
static void sort_ports(struct ports *p)
{
	unsigned n = 0;
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), port_cmp);
	for (unsigned i = 0; i < p->n; i++)
		if (p->v[i] != 0 && (n == 0 || p->v[i] != p->v[n - 1]))
			p->v[n++] = p->v[i];
	p->n = n;
}

static void ask_ports(struct witness *w, const char *host, const struct ports *p, bool tcp_only)
{
	for (unsigned i = 0; i < p->n; i++)
		ask_net(w, host, p->v[i], tcp_only && i > 0);
}

/* Every port that a rule names: for hosts that none does. */
static void ask_any_host(struct witness *w)
{
	static const char *const hosts[] = {"192.0.2.1", "localhost", "127.0.0.1"};
	struct ports p = {.a = w->a};
	add_port(&p, 1);
	add_port(&p, UINT16_MAX);
	for (unsigned i = 0; i < w->ir->n_rules; i++)
		if (w->ir->rules[i].kind == RULE_NET || w->ir->rules[i].kind == RULE_RELAY)
			add_ports(&p, i, &w->ir->rules[i]);
	sort_ports(&p);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		ask_ports(w, hosts[i], &p, false);
}

/*
 * A host differs from any host only at the ports of rules that name it. `pattern`: what it was made from, whose ports must
 * not be its own where it only looks alike. tcp_only: proxies make no other connections, so one port tells of these.
 */
static void ask_one_host(struct witness *w, const char *host, const char *pattern, bool tcp_only)
{
	struct ports p = {.a = w->a};
	add_port(&p, 1);
	add_port(&p, UINT16_MAX);
	net_index_host(w->net, host, add_ports, &p);
	if (strcmp(host, pattern) != 0)
		net_index_host(w->net, pattern, add_ports, &p);
	sort_ports(&p);
	ask_ports(w, host, &p, tcp_only);
}

static void ask_unix(struct witness *w, const char *name)
{
	w->r.port = 0;
	w->r.object = name;
	w->r.op = OP_CONNECT_UNIX;
	w->fn(w->ctx, &w->r);
	w->r.op = OP_LISTEN_UNIX;
	w->fn(w->ctx, &w->r);
}

/* A host behind a proxy, or a pattern: names that are covered, and names that only look alike. */
static void ask_host(struct witness *w, const char *pattern)
{
	static const char *const around[] = {"%s", "a.%s", "a.b.%s", "a%s", "%s.a"};
	bool below = strncmp(pattern, "*.", 2) == 0;
	const char *name = strcmp(pattern, "*") == 0 ? "host.example" : pattern + (below ? 2 : 0);
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		const char *at = strchr(around[i], '%');
		ask_one_host(w, arena_printf(w->a, "%.*s%s%s", (int)(at - around[i]), around[i], name, at + 2), pattern, true);
	}
}

/* Rules are sorted by object: is it the first of its pattern? */
static bool first_of_host(const struct ir *ir, unsigned i)
{
	return i == 0 || ir->rules[i - 1].kind != ir->rules[i].kind || strcmp(ir->rules[i - 1].object, ir->rules[i].object) != 0;
}

static void net_witnesses(struct witness *w)
{
	w->net = net_index_new(w->a, w->ir);
	ask_any_host(w);
	ask_unix(w, "/_other");
	ask_unix(w, "@_other");
	for (unsigned i = 0; i < w->ir->n_rules; i++) {
		const struct ir_rule *r = &w->ir->rules[i];
		if (r->kind == RULE_RELAY && first_of_host(w->ir, i))
			ask_host(w, r->object);
		if (r->kind != RULE_NET || strcmp(r->object, "*") == 0)
			continue;
		const char *name = expand_template(w->a, w->ir, r->object, NULL, 0);
		bool is_unix = r->ops & (OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX));
		if (name && is_unix) {
			ask_unix(w, name);
			ask_unix(w, arena_printf(w->a, "%s_", name));
		} else if (name && first_of_host(w->ir, i)) {
			ask_one_host(w, name, name, false);
		}
	}
}

/* ---- names ---- */

static void env_witnesses(struct witness *w)
{
	static const char *const others[] = {"PATH", "LD_PRELOAD", "_OTHER"};
	w->r.op = OP_ENV;
	for (unsigned i = 0; i < 3; i++) {
		w->r.object = others[i];
		w->fn(w->ctx, &w->r);
	}
	for (unsigned i = 0; i < w->ir->n_rules; i++) {
		const struct ir_rule *r = &w->ir->rules[i];
		if (r->kind != RULE_ENV)
			continue;
		size_t len = strlen(r->object);
		bool prefix = len && r->object[len - 1] == '*';
		w->r.object = prefix ? arena_printf(w->a, "%.*sX", (int)len - 1, r->object) : r->object;
		w->fn(w->ctx, &w->r);
		w->r.object = arena_printf(w->a, "%.*s_X", (int)(prefix ? len - 1 : len), r->object);
		w->fn(w->ctx, &w->r);
	}
}

/*
 * Of what only macOS has: each name for the operations of its rule and for the one that comes next in the list, which a
 * rule must not open along; and a name that no rule says.
 */
static void macos_witnesses(struct witness *w)
{
	for (enum op op = 0; op < OP_COUNT; op++) {
		uint32_t before = op == OP_MACH ? OP_BIT(OP_PTY) : op == OP_SHM_READ ? OP_BIT(OP_MACH) : OP_BIT(op) >> 1;
		if (!macos_family_of(op))
			continue;
		bool whole = macos_word_whole(OP_BIT(op));
		w->r.op = op;
		w->r.object = "com.example.other";
		for (unsigned i = 0; i < n_macos_words; i++) {
			if (macos_words[i].op != op)
				continue;
			w->r.object = whole ? macos_words[i].object : w->r.object;
			w->fn(w->ctx, &w->r);
		}
		for (unsigned i = 0; !whole && i < w->ir->n_rules; i++) {
			const struct ir_rule *r = &w->ir->rules[i];
			if (r->kind != RULE_MACOS || !(r->ops & (OP_BIT(op) | before)))
				continue;
			w->r.object = r->object;
			w->fn(w->ctx, &w->r);
			w->r.object = arena_printf(w->a, "%s_X", r->object);
			w->fn(w->ctx, &w->r);
		}
	}
}

/* Rules on signals name nobody: there is one question. */
static void ask_signal(struct witness *w)
{
	w->r.op = OP_SIGNAL;
	w->r.object = "*";
	w->fn(w->ctx, &w->r);
}

/* ---- system calls ---- */

enum { X32_BIT = 0x40000000, LOW_NUMBERS = 600 /* past the last of every table proper */ };

static void ask_call(struct witness *w, uint32_t nr)
{
	static const uint64_t fill[] = {0, 1, UINT32_MAX, UINT64_MAX};
	w->r.nr = nr;
	for (size_t k = 0; k < sizeof(fill) / sizeof(fill[0]); k++) {
		for (unsigned i = 0; i < 6; i++)
			w->r.args[i] = fill[k];
		w->fn(w->ctx, &w->r);
	}
}

/* Every number that an ABI has, what lies beside it, and where filters like to split the numbers. */
static void abi_witnesses(struct witness *w, enum arch arch)
{
	unsigned n;
	const struct syscall_number *v = syscall_numbers(arch, &n);
	w->r.arch = arch;
	for (uint32_t nr = 0; nr < LOW_NUMBERS; nr++)
		ask_call(w, nr);
	for (uint32_t nr = 0; nr < LOW_NUMBERS; nr++)
		ask_call(w, X32_BIT + nr);
	for (unsigned i = 0; i < n; i++)
		for (uint32_t nr = v[i].nr - 1; v[i].nr >= LOW_NUMBERS && nr != v[i].nr + 2; nr++)
			ask_call(w, nr);
	for (unsigned bit = 10; bit < 32; bit++) {
		ask_call(w, (1u << bit) - 1);
		ask_call(w, 1u << bit);
	}
	ask_call(w, (3u << 30) - 1);
	ask_call(w, 3u << 30);
	ask_call(w, UINT32_MAX - 1);
	ask_call(w, UINT32_MAX);
}

/* Also the ABIs of a machine that the policy does not let in: the same filter has to refuse them. */
static void syscall_witnesses(struct witness *w)
{
	w->r.op = OP_SYSCALL;
	w->r.object = NULL;
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if (w->ir->arches & ARCH_BIT(arch_machine[a]))
			abi_witnesses(w, (enum arch)a);
}

void witness_all(const struct ir *ir, enum target t, witness_fn *fn, void *ctx)
{
	struct witness w = {.ir = ir, .a = arena_new(), .fn = fn, .ctx = ctx, .r = {.target = t}};
	path_witnesses(&w);
	net_witnesses(&w);
	env_witnesses(&w);
	ask_signal(&w);
	if (t == TARGET_MACOS)
		macos_witnesses(&w);
	if (t == TARGET_LINUX)
		syscall_witnesses(&w);
	arena_free(w.a);
}
