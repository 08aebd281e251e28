/*
 * diff_net.c - compares the network: hosts, ports as intervals, and all of it at once; and signals, all or none.
 *
 * Between two neighbouring bounds of any rule a decision is the same for all ports, so one port of each interval is
 * asked about. Hosts are a tree: all, all below a domain, those that some rule on the interval names; what none names there
 * is decided like the domain above it. A host behind a proxy is asked about as a connection of the program's own, which is
 * what the proxy makes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "diff_priv.h"

enum { PORT_OPS = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) };

struct host {
	const char *name; /* not `*`: that is in every tree */
	unsigned lo, hi;
};

/* What differs alike on one interval or on several that follow each other. */
struct run {
	struct diff_entry e;
	const char *probe; /* a host of it */
};

struct net {
	struct differ *d;
	enum target t;
	unsigned *cuts, n_cuts; /* first ports of the intervals, ascending */
	struct host *hosts;     /* by lo */
	unsigned n_hosts, n_begun;
	const struct host **here; /* those that the interval is about */
	unsigned n_here;
	struct name_map named; /* every host, under the one name of those of this machine */
	struct run *runs;
	unsigned n_runs;
	struct name_map before, now; /* runs that reach the end of the interval before, of this one: run_key() -> number */
};

static bool speaks(const struct ir_rule *r, enum target t)
{
	return (r->kind == RULE_NET || r->kind == RULE_RELAY) && (r->targets & TARGET_BIT(t)) &&
	       (r->ops & (PORT_OPS | OP_BIT(OP_RELAY_TCP)));
}

/* ---- intervals ---- */

static void cut(struct net *n, unsigned port)
{
	ARENA_GROW(n->d->a, n->cuts, n->n_cuts);
	n->cuts[n->n_cuts++] = port;
}

static int by_number(const void *x, const void *y)
{
	unsigned a = *(const unsigned *)x, b = *(const unsigned *)y;
	return a < b ? -1 : a > b;
}

static void cut_ports(struct net *n)
{
	const struct ir *ir[] = {n->d->old.ir, n->d->now.ir};
	unsigned kept = 0;
	cut(n, 0);
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < ir[k]->n_rules; i++)
			if (speaks(&ir[k]->rules[i], n->t)) {
				cut(n, ir[k]->rules[i].port_lo);
				cut(n, ir[k]->rules[i].port_hi + 1u);
			}
	for (unsigned i = 0; i < n->d->n_port_vars; i++) {
		cut(n, n->d->port_vars[i].port);
		cut(n, n->d->port_vars[i].port + 1u);
	}
	qsort(n->cuts, n->n_cuts, sizeof(n->cuts[0]), by_number);
	for (unsigned i = 0; i < n->n_cuts; i++)
		if (n->cuts[i] <= 65535 && (i == 0 || n->cuts[i] != n->cuts[i - 1]))
			n->cuts[kept++] = n->cuts[i];
	n->n_cuts = kept;
}

/* ---- hosts ---- */

static const char *one_name(const char *host)
{
	return host_covers("localhost", host) ? "localhost" : host;
}

static int by_low(const void *x, const void *y)
{
	const struct host *a = x, *b = y;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

/* From the end, so that what lies below a domain follows its pattern (`*` sorts before all that a name may hold). */
static int by_domain(const void *x, const void *y)
{
	const char *a = *(const char *const *)x, *b = *(const char *const *)y;
	size_t n = strlen(a), m = strlen(b);
	while (n && m && a[n - 1] == b[m - 1]) {
		n--;
		m--;
	}
	if (!n || !m)
		return n < m ? -1 : n > m;
	return (unsigned char)a[n - 1] < (unsigned char)b[m - 1] ? -1 : 1;
}

static void find_hosts(struct net *n)
{
	const struct ir *ir[] = {n->d->old.ir, n->d->now.ir};
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < ir[k]->n_rules; i++) {
			const struct ir_rule *r = &ir[k]->rules[i];
			if (!speaks(r, n->t) || strcmp(r->object, "*") == 0)
				continue;
			const char *name = one_name(r->object);
			unsigned port = r->port_var ? differ_port(n->d, r->port_var) : 0;
			ARENA_GROW(n->d->a, n->hosts, n->n_hosts);
			n->hosts[n->n_hosts++] = (struct host){r->object, port ? port : r->port_lo, port ? port : r->port_hi};
			name_map_put(n->d->a, &n->named, name, strlen(name), 0);
		}
	if (n->n_hosts)
		qsort(n->hosts, n->n_hosts, sizeof(n->hosts[0]), by_low);
}

static bool is_named(const struct net *n, const char *host)
{
	return name_map_get(&n->named, one_name(host), strlen(one_name(host))) >= 0;
}

/* A host that this pattern covers and none below it names: an address for examples (RFC 5737), or a name. */
static const char *any_host(const struct net *n, const char *pattern)
{
	struct arena *a = n->d->a;
	bool all = strcmp(pattern, "*") == 0;
	for (unsigned i = 1;; i++) {
		const char *host = all ? arena_printf(a, i < 255 ? "192.0.2.%u" : "host%u.example", i)
				       : arena_printf(a, "www%u%s", i, pattern + 1);
		if (!is_named(n, host))
			return host;
	}
}

/* The hosts whose ports begin by `lo` and do not end before. */
static void come_to(struct net *n, unsigned lo)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < n->n_here; i++)
		if (n->here[i]->hi >= lo)
			n->here[kept++] = n->here[i];
	for (n->n_here = kept; n->n_begun < n->n_hosts && n->hosts[n->n_begun].lo <= lo; n->n_begun++) {
		if (n->hosts[n->n_begun].hi < lo)
			continue;
		ARENA_GROW(n->d->a, n->here, n->n_here);
		n->here[n->n_here++] = &n->hosts[n->n_begun];
	}
}

/* The first of several names of one host stands for it. */
static struct tree hosts_here(const struct net *n)
{
	struct tree tree = {.arena = n->d->a};
	const char **v = ARENA_ARRAY(n->d->a, n->n_here, const char *);
	struct name_map seen = {0};
	unsigned count = 0;
	for (unsigned i = 0; i < n->n_here; i++) {
		const char *name = one_name(n->here[i]->name);
		if (name_map_get(&seen, name, strlen(name)) >= 0)
			continue;
		name_map_put(n->d->a, &seen, name, strlen(name), 0);
		v[count++] = n->here[i]->name;
	}
	if (count)
		qsort(v, count, sizeof(v[0]), by_domain);
	int last = tree_add(&tree, -1, "*", any_host(n, "*"), "*");
	for (unsigned i = 0; i < count; i++) {
		while (!host_covers(tree.v[last].name, v[i]))
			last = tree.v[last].parent;
		last = tree_add(&tree, last, v[i], v[i][0] == '*' ? any_host(n, v[i]) : v[i], v[i]);
	}
	return tree;
}

/* ---- entries ---- */

/* ":443", ":1024-65535", ":*", ":${port}" */
static const char *port_suffix(const struct differ *d, unsigned lo, unsigned hi)
{
	const char *var = lo == hi ? differ_port_var(d, (uint16_t)lo) : NULL;
	if (var)
		return arena_printf(d->a, ":${%s}", var);
	if (lo == hi)
		return arena_printf(d->a, ":%u", lo);
	return lo == 0 && hi == 65535 ? ":*" : arena_printf(d->a, ":%u-%u", lo, hi);
}

static const char *run_key(struct arena *a, const struct diff_entry *e)
{
	return arena_printf(a, "%u %x %s\n%s", e->way, e->set.ops, e->set.root, e->but ? e->but : "");
}

/* Where the interval before ended in the same region, that one goes on. */
static void take_region(struct net *n, const struct tree *hosts, const struct region *r, unsigned lo, unsigned hi)
{
	struct run run = {.e = {.part = DIFF_ACCESS, .targets = TARGET_BIT(n->t)}, .probe = hosts->v[r->root].probe};
	tree_entry(hosts, r, "", &run.e);
	run.e.set.port_lo = (uint16_t)lo;
	const char *key = run_key(n->d->a, &run.e);
	long at = name_map_get(&n->before, key, strlen(key));
	if (at < 0) {
		at = (long)n->n_runs;
		ARENA_GROW(n->d->a, n->runs, n->n_runs);
		n->runs[n->n_runs++] = run;
	}
	n->runs[at].e.set.port_hi = (uint16_t)hi;
	name_map_put(n->d->a, &n->now, key, strlen(key), (unsigned)at);
}

/* A port of the interval that people know. */
static uint16_t example_port(const struct diff_entry *e)
{
	static const uint16_t known[] = {443, 80, 22, 53, 8080};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (e->set.port_lo <= known[i] && known[i] <= e->set.port_hi)
			return known[i];
	return e->set.port_lo ? e->set.port_lo : e->set.port_hi;
}

/* Of a plan: the proxy whose file names the host, unless a line lets the program connect there itself. */
static const char *via_of_plan(const struct differ *d, const struct side *s, const struct request *r)
{
	const char *via = "";
	for (unsigned i = 0; i < s->ir->n_rules; i++) {
		const struct ir_rule *rule = &s->ir->rules[i];
		if (rule->deny || !(rule->targets & TARGET_BIT(r->target)) || r->port < rule->port_lo || r->port > rule->port_hi)
			continue;
		if (rule->kind == RULE_NET && (rule->ops & OP_BIT(OP_CONNECT_TCP)) && host_covers(rule->object, r->object))
			return "";
		if (rule->kind == RULE_RELAY && host_covers(rule->object, r->object))
			via = arena_printf(d->a, " via %s", rule->via->name);
	}
	return via;
}

/* " via egress": the proxy that makes the connection, on the side where there is one. */
static const char *via_proxy(const struct differ *d, const struct side *s, const struct request *r)
{
	if (s->plan)
		return r->op == OP_CONNECT_TCP ? via_of_plan(d, s, r) : "";
	const struct ir_proxy *via = decide(s->k->meaning, r).via;
	return via ? arena_printf(d->a, " via %s", via->name) : "";
}

static void add_run(struct net *n, struct run *run)
{
	struct differ *d = n->d;
	struct diff_entry *e = &run->e;
	enum op op = (enum op)__builtin_ctz(e->set.ops);
	const char *host = run->probe, *suffix = port_suffix(d, e->set.port_lo, e->set.port_hi);
	uint16_t port = example_port(e);
	struct request old = side_request(&d->old, n->t, op, host, port), now = side_request(&d->now, n->t, op, host, port);
	struct request *example = ARENA_NEW(d->a, struct request);
	*example = now;
	bool gone = e->way == DIFF_SHRINKS;
	e->object = arena_printf(d->a, "%s%s%s", e->object, suffix,
				 via_proxy(d, differ_side(d, gone), gone ? &old : &now));
	if (strcmp(host, e->set.root) != 0 || e->set.port_lo != e->set.port_hi)
		e->example = arena_printf(d->a, "%s%s", host, port_suffix(d, port, port));
	e->set.examples = example;
	e->set.n_examples = 1;
	differ_add_access(d, e, &old, &now);
}

static void compare_ports(struct net *n)
{
	for (unsigned i = 0; i < n->n_cuts; i++) {
		unsigned lo = n->cuts[i], hi = i + 1 < n->n_cuts ? n->cuts[i + 1] - 1 : 65535, count;
		come_to(n, lo);
		struct tree hosts = hosts_here(n);
		tree_ask(n->d, &hosts, n->t, PORT_OPS, (uint16_t)lo);
		const struct region *r = tree_regions(&hosts, &count);
		for (unsigned k = 0; k < count; k++)
			take_region(n, &hosts, &r[k], lo, hi);
		n->before = n->now;
		n->now = (struct name_map){0};
	}
	for (unsigned i = 0; i < n->n_runs; i++)
		add_run(n, &n->runs[i]);
}

/* What is allowed as a whole or not: `net`, beside tcp, udp and Unix sockets, `signal` and `pty`. */
static void compare_whole(struct differ *d, enum target t, enum op op, const char *object, const char *shown)
{
	struct tree all = {.arena = d->a};
	unsigned n;
	tree_add(&all, -1, object, object, shown);
	tree_ask(d, &all, t, OP_BIT(op), 0);
	const struct region *r = tree_regions(&all, &n);
	for (unsigned i = 0; i < n; i++) {
		struct diff_entry e = {.part = DIFF_ACCESS, .targets = TARGET_BIT(t)};
		struct request old = side_request(&d->old, t, op, object, 0), now = side_request(&d->now, t, op, object, 0);
		struct request *example = ARENA_NEW(d->a, struct request);
		*example = now;
		tree_entry(&all, &r[i], "", &e);
		e.set.examples = example;
		e.set.n_examples = 1;
		differ_add_access(d, &e, &old, &now);
	}
}

void diff_net(struct differ *d, enum target t)
{
	struct net n = {.d = d, .t = t};
	compare_whole(d, t, OP_NET, "", "of every kind");
	compare_whole(d, t, OP_SIGNAL, "*", "to processes outside");
	compare_whole(d, t, OP_PTY, "*", "for new terminals");
	find_hosts(&n);
	cut_ports(&n);
	compare_ports(&n);
}
