/*
 * diff_net.c - compares the network: hosts, ports as intervals, and all of it at once; and signals, all or none.
 *
 * Between two neighbouring bounds of any rule a decision is the same for all ports, so one port of each interval is
 * asked about. Hosts are a tree: all, all below a domain, those that are named. A host behind a proxy is asked about as
 * a connection of the program's own, which is what the proxy makes of it.
 */
#include <stdlib.h>
#include <string.h>

#include "diff_priv.h"

enum { PORT_OPS = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) };

struct net {
	struct differ *d;
	enum target t;
	unsigned *cuts, n_cuts; /* first ports of the intervals, ascending */
	struct tree hosts;
	struct diff_entry *open; /* entries that reach up to the interval before */
	unsigned n_open;
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

struct hosts {
	struct arena *arena;
	const char **v;
	unsigned n;
};

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

/* Is it there, under this name or another of the same host? */
static bool has_host(const struct hosts *l, const char *host)
{
	for (unsigned i = 0; i < l->n; i++)
		if (strcmp(l->v[i], host) == 0 || (host_covers(l->v[i], host) && host_covers(host, l->v[i])))
			return true;
	return false;
}

/* A host that this pattern covers and none below it names: an address for examples (RFC 5737), or a name. */
static const char *any_host(struct arena *a, const struct hosts *l, const char *pattern)
{
	bool all = strcmp(pattern, "*") == 0;
	for (unsigned i = 1;; i++) {
		const char *host = all ? arena_printf(a, i < 255 ? "192.0.2.%u" : "host%u.example", i)
				       : arena_printf(a, "www%u%s", i, pattern + 1);
		if (!has_host(l, host))
			return host;
	}
}

static void add_hosts(struct net *n)
{
	const struct ir *ir[] = {n->d->old.ir, n->d->now.ir};
	struct hosts l = {.arena = n->d->a};
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < ir[k]->n_rules; i++) {
			const char *host = ir[k]->rules[i].object;
			if (!speaks(&ir[k]->rules[i], n->t) || strcmp(host, "*") == 0 || has_host(&l, host))
				continue;
			ARENA_GROW(l.arena, l.v, l.n);
			l.v[l.n++] = host;
		}
	if (l.n)
		qsort(l.v, l.n, sizeof(l.v[0]), by_domain);
	int last = tree_add(&n->hosts, -1, "*", any_host(l.arena, &l, "*"), "*");
	for (unsigned i = 0; i < l.n; i++) {
		while (!host_covers(n->hosts.v[last].name, l.v[i]))
			last = n->hosts.v[last].parent;
		const char *probe = l.v[i][0] == '*' ? any_host(l.arena, &l, l.v[i]) : l.v[i];
		last = tree_add(&n->hosts, last, l.v[i], probe, l.v[i]);
	}
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

/* The interval before ended in the same region: it goes on. */
static bool goes_on(struct net *n, const struct diff_entry *e)
{
	for (unsigned i = 0; i < n->n_open; i++) {
		struct diff_entry *o = &n->open[i];
		bool same = o->way == e->way && o->set.ops == e->set.ops && strcmp(o->set.root, e->set.root) == 0 &&
			    o->set.port_hi + 1u == e->set.port_lo &&
			    strcmp(o->but ? o->but : "", e->but ? e->but : "") == 0;
		if (!same)
			continue;
		o->set.port_hi = e->set.port_hi;
		return true;
	}
	return false;
}

static void take_region(struct net *n, const struct region *r, unsigned lo, unsigned hi)
{
	struct diff_entry e = {.part = DIFF_ACCESS, .targets = TARGET_BIT(n->t)};
	tree_entry(&n->hosts, r, "", &e);
	e.set.port_lo = (uint16_t)lo;
	e.set.port_hi = (uint16_t)hi;
	if (goes_on(n, &e))
		return;
	ARENA_GROW(n->d->a, n->open, n->n_open);
	n->open[n->n_open++] = e;
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

static const char *probe_of(const struct net *n, const char *host)
{
	for (unsigned i = 0; i < n->hosts.n; i++)
		if (strcmp(n->hosts.v[i].name, host) == 0)
			return n->hosts.v[i].probe;
	return host;
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
	const struct origin *by = decide(s->k->meaning, r).by;
	for (unsigned i = 0; i < s->ir->n_rules; i++)
		if (by && s->ir->rules[i].via && s->ir->rules[i].origin[OP_RELAY_TCP] == by)
			return arena_printf(d->a, " via %s", s->ir->rules[i].via->name);
	return "";
}

static void close_entry(struct net *n, struct diff_entry *e)
{
	struct differ *d = n->d;
	enum op op = (enum op)__builtin_ctz(e->set.ops);
	const char *host = probe_of(n, e->set.root), *suffix = port_suffix(d, e->set.port_lo, e->set.port_hi);
	uint16_t port = example_port(e);
	struct request old = side_request(&d->old, n->t, op, host, port), now = side_request(&d->now, n->t, op, host, port);
	struct request *example = ARENA_NEW(d->a, struct request);
	*example = now;
	bool gone = e->way == DIFF_SHRINKS;
	e->object = arena_printf(d->a, "%s%s%s", e->object, suffix,
				 via_proxy(d, differ_side(d, gone), gone ? &old : &now));
	if (host != e->set.root || (e->set.port_lo != e->set.port_hi))
		e->example = arena_printf(d->a, "%s%s", host, port_suffix(d, port, port));
	e->set.examples = example;
	e->set.n_examples = 1;
	differ_add_access(d, e, &old, &now);
}

static void compare_ports(struct net *n)
{
	for (unsigned i = 0; i < n->n_cuts; i++) {
		unsigned lo = n->cuts[i], hi = i + 1 < n->n_cuts ? n->cuts[i + 1] - 1 : 65535, count;
		tree_ask(n->d, &n->hosts, n->t, PORT_OPS, (uint16_t)lo);
		const struct region *r = tree_regions(&n->hosts, &count);
		for (unsigned k = 0; k < count; k++)
			take_region(n, &r[k], lo, hi);
	}
	for (unsigned i = 0; i < n->n_open; i++)
		close_entry(n, &n->open[i]);
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
	struct net n = {.d = d, .t = t, .hosts = {.arena = d->a}};
	compare_whole(d, t, OP_NET, "", "of every kind");
	compare_whole(d, t, OP_SIGNAL, "*", "to processes outside");
	compare_whole(d, t, OP_PTY, "*", "for new terminals");
	add_hosts(&n);
	cut_ports(&n);
	compare_ports(&n);
}
