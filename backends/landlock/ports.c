/*
 * ports.c - which ports each right of the network is given.
 *
 * Landlock lists the ports that are allowed, by number, and knows no hosts. A deny is taken out of
 * the list; what a list cannot say is an error at its line. A right that nothing limits is not
 * handled.
 */
#include <string.h>

#include "landlock.h"

enum { PORTS = 65536, PORTS_MAX_RANGE = 1024 };

struct net_op {
	enum op op;
	uint32_t right;
	const char *words;
};

/* In the order of PLAN_NET_RIGHTS: index i is bit i. */
static const struct net_op net_ops[] = {
    {OP_LISTEN_TCP, LL_NET_BIND_TCP, "listen tcp"},
    {OP_CONNECT_TCP, LL_NET_CONNECT_TCP, "connect tcp"},
    {OP_LISTEN_UDP, LL_NET_BIND_UDP, "listen udp"},
    {OP_CONNECT_UDP, LL_NET_CONNECT_SEND_UDP, "connect udp"},
};
enum {
	N_NET_OPS = sizeof(net_ops) / sizeof(net_ops[0]),
	BIND_UDP_INDEX = 2,
	CONNECT_UDP_INDEX = 3
};

struct ports {
	struct lower *l;
	struct ll_port *fixed;
	struct ll_port_var *vars;
	unsigned n_vars;
	bool open[N_NET_OPS], given[N_NET_OPS];
	bool ok;
};

static bool any_port(const struct ir_rule *r)
{
	return !r->port_var && r->port_lo == 0 && r->port_hi == PORTS - 1;
}

static struct diag_rec *refuse(struct ports *p, enum diag_id id, const struct ir_rule *r,
			       enum op op, const char *what)
{
	p->ok = false;
	return diag(p->l->diags, id, r->origin[op]->object, "%s", what);
}

/* As the policy has it. */
static const char *endpoint(struct arena *a, const struct ir_rule *r)
{
	if (r->port_var)
		return arena_printf(a, "%s:${%s}", r->object, r->port_var);
	return any_port(r) ? arena_printf(a, "%s:*", r->object) : arena_printf(a, "%s:%u", r->object, r->port_lo);
}

static void refuse_host(struct ports *p, const struct ir_rule *r, const struct net_op *o)
{
	const char *said = endpoint(p->l->arena, r);
	struct diag_rec *d = diag(p->l->diags, DIAG_HOST_NAME, diag_string_in(p->l->diags, r->origin[o->op]->loc, said),
				  "the kernel cannot check host names and addresses");
	p->ok = false;
	diag_note(d, "Landlock and seccomp see ports; this line would mean \"any host\". "
		     "A proxy can check hosts");
	if (!r->deny && o->op == OP_CONNECT_TCP)
		diag_help(d, "send it through a proxy: `proxy NAME = unix \"/run/...\"` above the policy, and "
			     "`\"%s\" via NAME`", said);
	if (r->deny)
		diag_help(d,
			  "leave the line out, or deny the port for every host: "
			  "`deny %s \"*:PORT\"`",
			  o->words);
	else if (r->port_var)
		diag_help(
		    d,
		    "or mean it: `allow %s \"*:${%s}\"` (this would allow every host on that port)",
		    o->words, r->port_var);
	else if (any_port(r))
		diag_help(d,
			  "or mean it: `allow %s \"*:*\"` (this would allow every host and port)",
			  o->words);
	else
		diag_help(
		    d, "or mean it: `allow %s \"*:%u\"` (this would allow every host on port %u)",
		    o->words, r->port_lo, r->port_lo);
}

static void give_var(struct ports *p, const struct ir_rule *r, unsigned i)
{
	struct ll_port_var *v = NULL;
	for (unsigned k = 0; k < p->n_vars && !v; k++)
		if (strcmp(p->vars[k].name, r->port_var) == 0)
			v = &p->vars[k];
	if (!v) {
		ARENA_GROW(p->l->arena, p->vars, p->n_vars);
		v = &p->vars[p->n_vars++];
		*v = (struct ll_port_var){.name = r->port_var};
	}
	v->port.rights |= net_ops[i].right;
	if (!v->port.origin[i])
		v->port.origin[i] = r->origin[net_ops[i].op];
}

static void give_fixed(struct ports *p, unsigned port, unsigned i, const struct origin *origin)
{
	if (!p->fixed)
		p->fixed = ARENA_ARRAY(p->l->arena, PORTS, struct ll_port);
	p->fixed[port].rights |= net_ops[i].right;
	if (!p->fixed[port].origin[i])
		p->fixed[port].origin[i] = origin;
}

static void give(struct ports *p, const struct ir_rule *r, unsigned i)
{
	const struct net_op *o = &net_ops[i];
	bool to_proxy = r->flags & RULE_PROXY; /* its port, on every host: answer.c says so */
	if (strcmp(r->object, "*") != 0 && !to_proxy) {
		refuse_host(p, r, o);
		return;
	}
	p->given[i] |= !to_proxy;
	if (any_port(r)) {
		p->open[i] = true;
	} else if (r->port_var) {
		give_var(p, r, i);
	} else if (r->port_hi - r->port_lo >= PORTS_MAX_RANGE) {
		refuse(p, DIAG_NO_EXPRESSION, r, o->op,
		       "Landlock lists ports one by one, and this range has more than 1024");
	} else if (o->op == OP_LISTEN_UDP && r->port_lo == 0) {
		/*
		 * Sending binds to port 0 too, so the right to do so says nothing about listening.
		 */
		refuse(p, DIAG_NO_EXPRESSION, r, o->op,
		       "port 0 is the port that the kernel picks; `listen udp` needs a port of its "
		       "own");
	} else {
		for (unsigned port = r->port_lo; port <= r->port_hi; port++)
			give_fixed(p, port, i, r->origin[o->op]);
	}
}

static bool has_var(const struct ports *p, uint32_t right)
{
	for (unsigned k = 0; k < p->n_vars; k++)
		if (p->vars[k].port.rights & right)
			return true;
	return false;
}

static void take_all(struct ports *p, unsigned i)
{
	p->open[i] = p->given[i] = false;
	for (unsigned port = 0; p->fixed && port < PORTS; port++)
		p->fixed[port].rights &= ~net_ops[i].right;
	for (unsigned k = 0; k < p->n_vars; k++)
		p->vars[k].port.rights &= ~net_ops[i].right;
}

static void take(struct ports *p, const struct ir_rule *r, unsigned i)
{
	const struct net_op *o = &net_ops[i];
	if (strcmp(r->object, "*") != 0) {
		if (p->given[i])
			refuse_host(p, r, o);
	} else if (any_port(r)) {
		take_all(p, i);
	} else if (p->open[i]) {
		diag_help(
		    refuse(p, DIAG_NO_EXPRESSION, r, o->op,
			   "Landlock lists the ports that are allowed and cannot leave one out"),
		    "allow the ports that are needed instead of all of them");
	} else if (has_var(p, o->right) || (r->port_var && p->given[i])) {
		refuse(p, DIAG_NO_EXPRESSION, r, o->op,
		       "a port that is known only at load may be the denied one, and Landlock "
		       "cannot tell");
	} else {
		for (unsigned port = r->port_lo; p->fixed && port <= r->port_hi; port++)
			p->fixed[port].rights &= ~o->right;
	}
}

static void each_rule(struct ports *p, bool deny,
		      void (*act)(struct ports *, const struct ir_rule *, unsigned))
{
	const struct ir *ir = p->l->ir;
	for (unsigned r = 0; r < ir->n_rules; r++)
		for (unsigned i = 0; i < N_NET_OPS; i++)
			if (ll_rule_is(&ir->rules[r], deny, OP_BIT(net_ops[i].op)))
				act(p, &ir->rules[r], i);
}

/*
 * A datagram socket that sends is bound by the kernel to a port of its choice: port 0 in Landlock's
 * words.
 */
static void give_ports_to_send(struct ports *p)
{
	const struct ir *ir = p->l->ir;
	if (!p->given[CONNECT_UDP_INDEX] || p->open[BIND_UDP_INDEX])
		return;
	for (unsigned r = 0; r < ir->n_rules; r++)
		if (ll_rule_is(&ir->rules[r], false, OP_BIT(OP_CONNECT_UDP))) {
			give_fixed(p, 0, BIND_UDP_INDEX, ir->rules[r].origin[OP_CONNECT_UDP]);
			return;
		}
}

bool ll_net_build(struct lower *l, struct ll_net_set *out)
{
	struct ports p = {.l = l, .ok = true};
	bool open = ll_open_net(l->ir) != NULL, closed = false;
	for (unsigned r = 0; r < l->ir->n_rules; r++)
		closed |= ll_rule_is(&l->ir->rules[r], true, OP_BIT(OP_NET));
	each_rule(&p, false, give);
	for (unsigned i = 0; open && i < N_NET_OPS; i++)
		p.open[i] = p.given[i] = true;
	for (unsigned i = 0; closed && i < N_NET_OPS; i++)
		take_all(&p, i);
	each_rule(&p, true, take);
	give_ports_to_send(&p);
	uint32_t handled = 0;
	for (unsigned i = 0; i < N_NET_OPS; i++)
		if (p.open[i])
			for (unsigned port = 0; p.fixed && port < PORTS; port++)
				p.fixed[port].rights &= ~net_ops[i].right;
		else
			handled |= net_ops[i].right;
	for (unsigned k = 0; k < p.n_vars; k++)
		p.vars[k].port.rights &= handled;
	*out = (struct ll_net_set){handled, p.fixed, p.vars, p.n_vars};
	return p.ok;
}
