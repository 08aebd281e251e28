/*
 * facts_ports.c - the port lines: exactly the ports that the policy gives to the rights that are
 * handled, each line under a rule that says so.
 */
#include <string.h>

#include "../../compiler/name_map.h"
#include "../../compiler/str.h"
#include "facts.h"

static const struct port_op {
	enum op op;
	uint32_t right;
} port_ops[] = {
    {OP_LISTEN_TCP, LL_NET_BIND_TCP},
    {OP_CONNECT_TCP, LL_NET_CONNECT_TCP},
    {OP_LISTEN_UDP, LL_NET_BIND_UDP},
    {OP_CONNECT_UDP, LL_NET_CONNECT_SEND_UDP},
};
enum { N_PORT_OPS = sizeof(port_ops) / sizeof(port_ops[0]) };

static bool every_port(const struct ir_rule *r)
{
	return !r->port_var && r->port_lo == 0 && r->port_hi == UINT16_MAX;
}

/* The rights that a rule gives or takes, of those that are handled. */
static uint32_t rights_of(const struct facts *f, const struct ir_rule *r, bool deny)
{
	uint32_t rights = 0;
	for (unsigned i = 0; i < N_PORT_OPS; i++)
		if (facts_rule(r, deny, OP_BIT(port_ops[i].op)))
			rights |= port_ops[i].right;
	bool any_host = strcmp(r->object, "*") == 0 || (r->flags & RULE_PROXY);
	return any_host ? rights & f->m->net : 0;
}

/* What a deny of every port leaves. */
static uint32_t closed_rights(const struct facts *f)
{
	const struct ir *ir = f->what->ir;
	uint32_t closed = f->closed_net ? f->m->net : 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (every_port(&ir->rules[i]))
			closed |= rights_of(f, &ir->rules[i], true);
	return closed;
}

/* A datagram socket that sends is bound to a port that the kernel picks: 0, says Landlock. */
static bool sends(const struct facts *f, uint32_t closed)
{
	const struct ir *ir = f->what->ir;
	bool any = false;
	for (unsigned i = 0; i < ir->n_rules; i++)
		any |= facts_rule(&ir->rules[i], false, OP_BIT(OP_CONNECT_UDP));
	return any && !f->closed_net && !(closed & LL_NET_CONNECT_SEND_UDP);
}

static void mark(uint8_t *ports, const struct ir_rule *r, uint32_t rights, bool give)
{
	for (unsigned p = r->port_lo; rights && p <= r->port_hi; p++)
		ports[p] = (uint8_t)(give ? ports[p] | rights : ports[p] & ~rights);
}

static bool expect_numbers(struct facts *f, uint32_t closed)
{
	const struct ir *ir = f->what->ir;
	uint8_t *want = ARENA_ARRAY(f->a, UINT16_MAX + 1u, uint8_t);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (!ir->rules[i].port_var && !every_port(&ir->rules[i]))
			mark(want, &ir->rules[i], rights_of(f, &ir->rules[i], false) & ~closed,
			     true);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (!ir->rules[i].port_var)
			mark(want, &ir->rules[i], rights_of(f, &ir->rules[i], true), false);
	if (sends(f, closed))
		want[0] |= (uint8_t)(f->m->net & LL_NET_BIND_UDP);
	for (unsigned p = 0; p <= UINT16_MAX; p++)
		if (want[p] != f->m->port_rights[p])
			return facts_differ(f, arena_printf(f->a, "port %u", p),
					    facts_net_text(f->a, f->m->port_rights[p]),
					    facts_net_text(f->a, want[p]));
	return true;
}

static uint32_t wanted_for(const struct facts *f, const char *var, uint32_t closed)
{
	const struct ir *ir = f->what->ir;
	uint32_t rights = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].port_var && strcmp(ir->rules[i].port_var, var) == 0)
			rights |= rights_of(f, &ir->rules[i], false) & ~closed;
	return rights;
}

static uint32_t given_to(const struct facts *f, const char *var, unsigned *lines)
{
	uint32_t rights = 0;
	*lines = 0;
	for (unsigned i = 0; i < f->m->port_vars.n; i++) {
		if (strcmp(f->m->port_vars.v[i].tmpl, var) != 0)
			continue;
		rights |= f->m->port_vars.v[i].rights;
		++*lines;
	}
	return rights;
}

static bool expect_var(struct facts *f, const char *var, uint32_t closed)
{
	unsigned lines;
	uint32_t has = given_to(f, var, &lines), want = wanted_for(f, var, closed);
	const char *fact = arena_printf(f->a, "port ${%s}", var);
	if (lines > 1)
		return facts_differ(f, fact, "given twice", "one line");
	return has == want ||
	       facts_differ(f, fact, facts_net_text(f->a, has), facts_net_text(f->a, want));
}

static bool expect_vars(struct facts *f, uint32_t closed)
{
	const struct ir *ir = f->what->ir;
	for (unsigned i = 0; i < ir->n_params; i++)
		if (!expect_var(f, ir->params[i].name, closed))
			return false;
	for (unsigned i = 0; i < f->m->port_vars.n; i++)
		if (!expect_var(f, f->m->port_vars.v[i].tmpl, closed))
			return false;
	return true;
}

/* Does the rule give one of the rights on the port of the line? */
static bool gives_port(const struct ir_rule *r, const struct model_line *line,
		       const struct port_op *o)
{
	uint64_t port;
	bool number = parse_u64(line->tmpl, strlen(line->tmpl), UINT16_MAX, &port);
	if (!facts_rule(r, false, OP_BIT(o->op)))
		return false;
	if (number && port == 0 && o->op == OP_CONNECT_UDP && (line->rights & LL_NET_BIND_UDP))
		return true;
	if (!(line->rights & o->right))
		return false;
	if (r->port_var)
		return !number && strlen(line->tmpl) == strlen(r->port_var) + 3 &&
		       strncmp(line->tmpl + 2, r->port_var, strlen(r->port_var)) == 0;
	return number && port >= r->port_lo && port <= r->port_hi;
}

/* The rules on the network: those of one port by its number, the others (of several, of a value) in a list of their own. */
enum { OTHER_PORTS = UINT16_MAX + 1 };
struct port_rules {
	unsigned *first; /* of each port, one more than the number of the rule; 0: none */
	unsigned *next;
};

static struct port_rules rules_by_port(const struct facts *f)
{
	const struct ir *ir = f->what->ir;
	struct port_rules by = {ARENA_ARRAY(f->a, OTHER_PORTS + 1u, unsigned), ARENA_ARRAY(f->a, ir->n_rules + 1u, unsigned)};
	for (unsigned i = ir->n_rules; i-- > 0;) {
		const struct ir_rule *r = &ir->rules[i];
		unsigned port = r->port_var || r->port_lo != r->port_hi ? OTHER_PORTS : r->port_lo;
		if (r->kind != RULE_NET)
			continue;
		by.next[i] = by.first[port];
		by.first[port] = i + 1;
	}
	return by;
}

static bool one_gives(const struct facts *f, const struct port_rules *by, unsigned port, const struct model_line *line)
{
	for (unsigned i = by->first[port]; i; i = by->next[i - 1]) {
		const struct ir_rule *r = &f->what->ir->rules[i - 1];
		for (unsigned k = 0; k < N_PORT_OPS; k++)
			if (gives_port(r, line, &port_ops[k]) && fact_where(f->what, line->where, r->origin[port_ops[k].op]))
				return true;
	}
	return false;
}

static bool names_a_rule(const struct facts *f, const struct port_rules *by, const struct model_line *line)
{
	uint64_t port;
	bool number = parse_u64(line->tmpl, strlen(line->tmpl), UINT16_MAX, &port);
	if ((number && one_gives(f, by, (unsigned)port, line)) || one_gives(f, by, OTHER_PORTS, line))
		return true;
	/* Port 0 is of every rule that sends datagrams (gives_port). */
	for (unsigned p = 1; number && port == 0 && p < OTHER_PORTS; p++)
		if (one_gives(f, by, p, line))
			return true;
	return false;
}

/* ---- what no port line may give at the start ---- */

/* The rights that a `never` refuses on the port of its own; the one of senders of datagrams is no port. */
static uint32_t refused_rights(const struct facts *f, const struct ir_rule *r)
{
	uint32_t rights = 0;
	if (r->kind != RULE_NET || (!r->port_var && r->port_lo != r->port_hi))
		return 0;
	for (unsigned i = 0; i < N_PORT_OPS; i++)
		if (facts_rule(r, false, OP_BIT(port_ops[i].op)))
			rights |= port_ops[i].right;
	if (!r->port_var && !r->port_lo)
		rights &= ~(uint32_t)LL_NET_BIND_UDP;
	return rights & f->m->net;
}

/* A line by all that it says, as one text. */
static const char *refusal(const struct facts *f, uint32_t rights, const char *port, const char *where)
{
	return arena_printf(f->a, "%x %s %s", rights, port, where);
}

/* Each `never` has its line, and no line is without one. */
static bool expect_refused(struct facts *f)
{
	const struct ir *ir = f->what->ir;
	const struct model_lines *lines = &f->m->assert_ports;
	struct name_map said = {0};
	unsigned n = 0;
	for (unsigned i = 0; i < lines->n; i++) {
		const struct model_line *l = &lines->v[i];
		const char *text = refusal(f, l->rights, l->tmpl, fact_text(f->a, l->where));
		name_map_put(f->a, &said, text, strlen(text), i);
	}
	for (unsigned i = 0; i < ir->n_nevers; i++) {
		const struct ir_never *v = &ir->nevers[i];
		const uint32_t want = refused_rights(f, &v->rule);
		if (!want)
			continue;
		const char *port = v->rule.port_var ? arena_printf(f->a, "${%s}", v->rule.port_var)
						    : arena_printf(f->a, "%u", v->rule.port_lo);
		const char *text = refusal(f, want, port, fact_place(f->what, v->origin->loc));
		if (name_map_get(&said, text, strlen(text)) < 0)
			return facts_differ(f, "`assert-port`", NULL, v->rule.object);
		n++;
	}
	return n == lines->n || facts_differ(f, "the number of `assert-port` lines", arena_printf(f->a, "%u", lines->n),
					     arena_printf(f->a, "%u", n));
}

bool facts_ports(struct facts *f)
{
	uint32_t closed = closed_rights(f);
	struct port_rules by = rules_by_port(f);
	if (!expect_numbers(f, closed) || !expect_vars(f, closed))
		return false;
	for (unsigned i = 0; i < f->m->ports.n; i++)
		if (!names_a_rule(f, &by, &f->m->ports.v[i]))
			return facts_differ(
			    f, arena_printf(f->a, "the line of port %s", f->m->ports.v[i].tmpl),
			    f->m->ports.v[i].where, "another line");
	return expect_refused(f);
}
