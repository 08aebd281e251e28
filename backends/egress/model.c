/*
 * model.c - what proxies do that keep to egress.yaml, read from its bytes; and the facts of the file.
 */
#include "egress.h"

#include <string.h>

#include "../../compiler/str.h"

struct model {
	const struct egress_file *file; /* NULL: the plan has none, so there is no proxy */
};

void *egress_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error)
{
	struct model *m = ARENA_NEW(a, struct model);
	m->file = NULL;
	for (unsigned i = 0; i < n; i++)
		if (strcmp(v[i].name, EGRESS_FILE) == 0 && !(m->file = egress_read(a, v[i].data, v[i].size, error)))
			return NULL;
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

/* `*.NAME` holds for everything that ends in .NAME and has something before it. */
static bool matches(const char *host, const char *name)
{
	size_t n = strlen(host), len = strlen(name);
	if (n == 1 && host[0] == '*')
		return true;
	if (n > 2 && host[0] == '*' && host[1] == '.')
		return strcmp(host, name) == 0 || (len > n - 1 && memcmp(name + len - (n - 1), host + 1, n - 1) == 0);
	return n == len && memcmp(host, name, n) == 0;
}

static bool this_machine(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], host) == 0)
			return true;
	return false;
}

static bool speaks_of(const struct egress_rule *rule, const struct request *r)
{
	bool host = matches(rule->host, r->object) || (this_machine(rule->host) && this_machine(r->object));
	return host && rule->port_lo <= r->port && r->port <= rule->port_hi;
}

/* A deny wins over every allow, whichever stands first. */
static bool connects(const struct egress_proxy *p, const struct request *r)
{
	bool allowed = false;
	for (unsigned i = 0; i < p->n_rules; i++) {
		if (!speaks_of(&p->rules[i], r))
			continue;
		if (p->rules[i].deny)
			return false;
		allowed = true;
	}
	return allowed;
}

bool egress_model_relay(const void *model, const struct request *r, struct relay *endpoint)
{
	const struct egress_file *f = ((const struct model *)model)->file;
	for (unsigned i = 0; f && r->op == OP_CONNECT_TCP && i < f->n_proxies; i++) {
		if (strcmp(f->proxies[i].target, target_name[r->target]) != 0 || !connects(&f->proxies[i], r))
			continue;
		*endpoint = f->proxies[i].endpoint;
		return true;
	}
	return false;
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

static bool expect_rules(struct facts *f, enum target t, const struct ir_proxy *p, const struct egress_proxy *has)
{
	const struct ir *ir = f->what->ir;
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		if (!egress_is_rule(&ir->rules[i], t, p))
			continue;
		if (n == has->n_rules || !rule_stands_for(f, &ir->rules[i], &has->rules[n]))
			return same(f, arena_printf(f->a, "rule %u of proxy %s", n + 1, p->name),
				    n < has->n_rules ? has->rules[n].host : NULL,
				    arena_printf(f->a, "%s, at its line", ir->rules[i].object));
		n++;
	}
	return n == has->n_rules || same(f, arena_printf(f->a, "a rule of proxy %s", p->name), has->rules[n].host, NULL);
}

static bool expect_proxy(struct facts *f, enum target t, const struct ir_proxy *p, const struct egress_proxy *has)
{
	const char *fact = arena_printf(f->a, "proxy %s", p->name);
	const char *port = p->port_var ? arena_printf(f->a, "${%s}", p->port_var) : arena_printf(f->a, "%u", p->port);
	return same(f, fact, op_name[has->endpoint.op], op_name[p->op]) &&
	       same(f, fact, has->endpoint.object, p->object) &&
	       same(f, fact, has->endpoint.port, p->op == OP_CONNECT_TCP ? port : NULL) &&
	       same(f, fact, has->at, src_where(f->what->src, f->a, p->loc)) && expect_rules(f, t, p, has);
}

static const struct egress_proxy *file_proxy(const struct egress_file *file, enum target t, const char *name)
{
	for (unsigned i = 0; file && i < file->n_proxies; i++)
		if (strcmp(file->proxies[i].target, target_name[t]) == 0 && strcmp(file->proxies[i].name, name) == 0)
			return &file->proxies[i];
	return NULL;
}

/* Does an earlier rule go through the same proxy on this system? */
static bool seen_before(const struct ir *ir, unsigned i, enum target t)
{
	for (unsigned k = 0; k < i; k++)
		if (ir->rules[k].kind == RULE_RELAY && (ir->rules[k].targets & TARGET_BIT(t)) &&
		    strcmp(ir->rules[k].via->name, ir->rules[i].via->name) == 0)
			return true;
	return false;
}

bool egress_facts(const void *model, const struct lower *what, struct arena *a, const char **difference)
{
	const struct egress_file *file = ((const struct model *)model)->file;
	struct facts f = {what, a, difference};
	const struct ir *ir = what->ir;
	unsigned n = 0;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned i = 0; i < ir->n_rules; i++) {
			const struct ir_rule *r = &ir->rules[i];
			if (r->kind != RULE_RELAY || !(r->targets & TARGET_BIT(t)) || seen_before(ir, i, (enum target)t))
				continue;
			const struct egress_proxy *has = file_proxy(file, (enum target)t, r->via->name);
			if (!has)
				return same(&f, "a proxy", NULL, r->via->name);
			if (!expect_proxy(&f, (enum target)t, r->via, has))
				return false;
			n++;
		}
	if (file && !same(&f, "the policy's name", file->policy, ir->name))
		return false;
	return n == (file ? file->n_proxies : 0) || same(&f, "proxies", "more", "fewer");
}
