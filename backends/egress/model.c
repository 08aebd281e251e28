/*
 * model.c - what proxies do that keep to egress.yaml, read from its bytes; and the facts of the file.
 */
#include "egress.h"

#include <stdlib.h>
#include <string.h>

#include "../../compiler/str.h"

/* A rule of the file in a list sorted by host and first port. */
struct line {
	const struct egress_rule *rule;
	unsigned proxy;
	uint16_t reach; /* the last port of this line and of all before it of the same host */
	unsigned wide;	/* how many lines end with the nearest before it of the same host that has several ports; 0: there is none */
};

struct model {
	const struct egress_file *file; /* NULL: the plan has none, so there is no proxy */
	struct line *lines;
	unsigned n;
};

static int cmp_lines(const void *x, const void *y)
{
	const struct line *a = x, *b = y;
	int c = strcmp(a->rule->host, b->rule->host);
	if (c == 0)
		c = a->rule->port_lo - b->rule->port_lo;
	return c ? c : (a->rule > b->rule) - (a->rule < b->rule);
}

static void sort_lines(struct arena *a, struct model *m)
{
	const struct egress_file *f = m->file;
	unsigned n = 0;
	for (unsigned p = 0; p < f->n_proxies; p++)
		n += f->proxies[p].n_rules;
	m->lines = ARENA_ARRAY(a, n + 1u, struct line);
	for (unsigned p = 0; p < f->n_proxies; p++)
		for (unsigned i = 0; i < f->proxies[p].n_rules; i++)
			m->lines[m->n++] = (struct line){.rule = &f->proxies[p].rules[i], .proxy = p, .reach = f->proxies[p].rules[i].port_hi};
	if (n)
		qsort(m->lines, n, sizeof(*m->lines), cmp_lines);
	for (unsigned i = 1; i < n; i++) {
		const struct line *before = &m->lines[i - 1];
		if (strcmp(before->rule->host, m->lines[i].rule->host) != 0)
			continue;
		if (before->reach > m->lines[i].reach)
			m->lines[i].reach = before->reach;
		m->lines[i].wide = before->rule->port_lo < before->rule->port_hi ? i : before->wide;
	}
}

void *egress_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	struct model *m = ARENA_NEW(a, struct model);
	*m = (struct model){.file = NULL};
	for (unsigned i = 0; i < n; i++)
		if (strcmp(v[i].name, EGRESS_FILE) == 0 && !(m->file = egress_read(a, v[i].data, v[i].size, error)))
			return NULL;
	if (m->file)
		sort_lines(a, m);
	return m;
}

/* The system does not enforce the file: it stops nothing. */
struct model_verdict egress_model_decide(const void *model, struct arena *scratch, const struct request *r)
{
	(void)model;
	(void)scratch;
	(void)r;
	return (struct model_verdict){.action = {.act = ACT_ALLOW}};
}

/* The lines of a host that hold for a port; it stops where none before can reach it. */
struct found {
	const struct model *m;
	const struct request *r;
	unsigned *allowed, *denied; /* numbers of proxies */
	unsigned n_allowed, n_denied;
	struct arena *a;
};

static void find_lines(struct found *f, const char *host)
{
	const struct model *m = f->m;
	unsigned lo = 0, hi = m->n;
	while (lo < hi) { /* the first that is after the host and the port */
		unsigned mid = lo + (hi - lo) / 2;
		int c = strcmp(m->lines[mid].rule->host, host);
		if (c < 0 || (c == 0 && m->lines[mid].rule->port_lo <= f->r->port))
			lo = mid + 1;
		else
			hi = mid;
	}
	/* Those of this very port stand last, and of those before them only such with several ports can hold for it. */
	for (unsigned n = lo; n > 0 && strcmp(m->lines[n - 1].rule->host, host) == 0 && m->lines[n - 1].reach >= f->r->port;) {
		const struct line *l = &m->lines[n - 1];
		n = l->rule->port_lo == f->r->port ? n - 1 : l->wide;
		if (l->rule->port_hi < f->r->port || strcmp(m->file->proxies[l->proxy].target, target_name[f->r->target]) != 0)
			continue;
		unsigned **list = l->rule->deny ? &f->denied : &f->allowed, *count = l->rule->deny ? &f->n_denied : &f->n_allowed;
		ARENA_GROW(f->a, *list, *count);
		(*list)[(*count)++] = l->proxy;
	}
}

/* Everything the file can call this host: `*`, its name, `*.NAME` for each name that it ends in; this machine has three. */
static void find_host(struct found *f, const char *host)
{
	static const char *const machine[] = {"localhost", "127.0.0.1", "[::1]"};
	bool here = false;
	find_lines(f, "*");
	for (size_t i = 0; i < sizeof(machine) / sizeof(machine[0]); i++)
		here |= strcmp(machine[i], host) == 0;
	for (size_t i = 0; here && i < sizeof(machine) / sizeof(machine[0]); i++)
		find_lines(f, machine[i]);
	if (!here && strcmp(host, "*") != 0)
		find_lines(f, host);
	for (const char *dot = *host ? strchr(host + 1, '.') : NULL; dot; dot = strchr(dot + 1, '.'))
		if (!(host[0] == '*' && dot == host + 1)) /* a pattern names itself */
			find_lines(f, arena_printf(f->a, "*%s", dot));
}

static int cmp_number(const void *x, const void *y)
{
	unsigned a = *(const unsigned *)x, b = *(const unsigned *)y;
	return (a > b) - (a < b);
}

/* The first proxy that allows it and does not deny it: a deny wins over every allow, whichever stands first. */
bool egress_model_relay(const void *model, const struct request *r, struct relay *endpoint)
{
	struct found f = {.m = model, .r = r};
	bool made = false;
	if (!f.m->file || r->op != OP_CONNECT_TCP)
		return false;
	f.a = arena_new();
	find_host(&f, r->object);
	if (f.n_allowed)
		qsort(f.allowed, f.n_allowed, sizeof(*f.allowed), cmp_number);
	if (f.n_denied)
		qsort(f.denied, f.n_denied, sizeof(*f.denied), cmp_number);
	for (unsigned i = 0, d = 0; i < f.n_allowed && !made; i++) {
		while (d < f.n_denied && f.denied[d] < f.allowed[i])
			d++;
		made = d == f.n_denied || f.denied[d] != f.allowed[i];
		if (made)
			*endpoint = f.m->file->proxies[f.allowed[i]].endpoint;
	}
	arena_free(f.a);
	return made;
}

/* ---- facts: names, places and reasons, and that no proxy is missing or too many ---- */

struct facts {
	const struct lower *what;
	struct arena *a;
	const char **difference;
};

static bool same(struct facts *f, const char *fact, const char *has, const char *want)
{
	if ((!has && !want) || (has && want && strcmp(has, want) == 0))
		return true;
	*f->difference = arena_printf(f->a, "%s: the file says %s, the policy %s", fact, has ? has : "nothing",
				      want ? want : "nothing");
	return false;
}

/* A rule of the policy that this line of the file could come from. */
static bool rule_stands_for(struct facts *f, const struct ir_rule *r, const struct egress_rule *has)
{
	const struct origin *o = r->origin[egress_op(r)];
	return r->deny == has->deny && strcmp(r->object, has->host) == 0 && r->port_lo == has->port_lo &&
	       r->port_hi == has->port_hi && o && strcmp(src_where(f->what->src, f->a, o->loc), has->at) == 0 &&
	       strcmp(o->because ? o->because : "", has->because ? has->because : "") == 0;
}

/* The denies, then the relays from `first` to `end`. */
static bool expect_rules(struct facts *f, const struct egress_rules *e, unsigned first, unsigned end,
			 const struct egress_proxy *has)
{
	unsigned n = e->n_denies + (end - first);
	const char *name = e->relays[first]->via->name;
	for (unsigned i = 0; i < n; i++) {
		const struct ir_rule *r = i < e->n_denies ? e->denies[i] : e->relays[first + i - e->n_denies];
		if (i == has->n_rules || !rule_stands_for(f, r, &has->rules[i]))
			return same(f, arena_printf(f->a, "rule %u of proxy %s", i + 1, name),
				    i < has->n_rules ? has->rules[i].host : NULL,
				    arena_printf(f->a, "%s, at its line", r->object));
	}
	return n == has->n_rules || same(f, arena_printf(f->a, "a rule of proxy %s", name), has->rules[n].host, NULL);
}

static bool expect_proxy(struct facts *f, const struct ir_proxy *p, const struct egress_proxy *has)
{
	const char *fact = arena_printf(f->a, "proxy %s", p->name);
	const char *port = p->port_var ? arena_printf(f->a, "${%s}", p->port_var) : arena_printf(f->a, "%u", p->port);
	return same(f, fact, op_name[has->endpoint.op], op_name[p->op]) &&
	       same(f, fact, has->endpoint.object, p->object) &&
	       same(f, fact, has->endpoint.port, p->op == OP_CONNECT_TCP ? port : NULL) &&
	       same(f, fact, has->at, src_where(f->what->src, f->a, p->loc));
}

/* The proxies of a system in their order, from the proxy *n of the file on. */
static bool expect_target(struct facts *f, const struct egress_file *file, enum target t, unsigned *n)
{
	struct egress_rules e = egress_rules_of(f->a, f->what->ir, t);
	for (unsigned i = 0, end = 0; i < e.n_relays; i = end, ++*n) {
		const struct ir_proxy *p = e.relays[i]->via;
		const struct egress_proxy *has = file && *n < file->n_proxies ? &file->proxies[*n] : NULL;
		if (!has || strcmp(has->target, target_name[t]) != 0 || strcmp(has->name, p->name) != 0)
			return same(f, "a proxy", has ? has->name : NULL, p->name);
		while (end < e.n_relays && strcmp(e.relays[end]->via->name, p->name) == 0)
			end++;
		if (!expect_proxy(f, p, has) || !expect_rules(f, &e, i, end, has))
			return false;
	}
	return true;
}

bool egress_facts(const void *model, const struct lower *what, struct arena *a, const char **difference)
{
	const struct egress_file *file = ((const struct model *)model)->file;
	struct facts f = {what, a, difference};
	unsigned n = 0;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (!expect_target(&f, file, (enum target)t, &n))
			return false;
	if (file && !same(&f, "the policy's name", file->policy, what->ir->name))
		return false;
	return n == (file ? file->n_proxies : 0) || same(&f, "proxies", "more", "fewer");
}
