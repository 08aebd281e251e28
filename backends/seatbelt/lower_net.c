/*
 * lower_net.c - rules for the network. Seatbelt knows the local machine or any host, one port or
 * all of them, and Unix sockets by path. What it has no words for is an error at its place and
 * never a wider rule.
 */
#include <string.h>

#include "net.h"

enum { PORTS_MAX = 1024 }; /* of a range: one rule each */

static const struct {
	const char *ops;  /* listen() asks network-inbound even where bind() was let through */
	const char *side; /* never (local ...) on network-outbound: it matches every connection */
	const char *proto;
	const char *domains;
} net_ops[NET_KINDS] = {
    [NET_TCP_OUT] = {"network-outbound", "remote", "tcp", "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    [NET_UDP_OUT] = {"network-outbound", "remote", "udp", "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    [NET_TCP_IN] = {"network-bind network-inbound", "local", "tcp", "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    [NET_UDP_IN] = {"network-bind network-inbound", "local", "udp", "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    [NET_UNIX_OUT] = {"network-outbound", NULL, NULL, "(socket-domain AF_UNIX)"},
    [NET_UNIX_IN] = {"network-bind network-inbound", NULL, NULL, "(socket-domain AF_UNIX)"},
};

static struct loc loc_of(const struct ir_rule *r, enum op op)
{
	return r->origin[op] ? r->origin[op]->object : (struct loc){0, 0};
}

static void refuse(struct emit *e, struct loc at, const char *message, const char *help)
{
	struct diag_rec *d = diag(e->l->diags, DIAG_NO_EXPRESSION, at, "%s", message);

	diag_help(d, "%s", help);
	e->failed = true;
}

static bool host_fits(struct emit *e, const struct ir_rule *r, struct loc at)
{
	struct diag_rec *d;

	if (strcmp(r->object, "*") == 0 || strcmp(r->object, "localhost") == 0)
		return true;
	e->failed = true;
	if (diag_seen(e->l->diags, DIAG_HOST_NAME, at))
		return false;
	d = diag(e->l->diags, DIAG_HOST_NAME, at,
		 "macOS tells the local machine from all others, and no more");
	diag_label(d, "this host cannot be told apart");
	if (strcmp(r->object, "127.0.0.1") == 0 || strcmp(r->object, "[::1]") == 0 ||
	    strcmp(r->object, "::1") == 0)
		diag_help(d, "write \"localhost:PORT\" (this would allow both 127.0.0.1 and ::1)");
	else
		diag_help(d, "send it through a proxy on localhost, or mean any host: \"*:PORT\"");
	return false;
}

static bool ports_fit(struct emit *e, const struct ir_rule *r, struct loc at)
{
	if (r->port_var || (r->port_lo == 0 && r->port_hi == 65535))
		return true;
	if (r->port_lo == 0)
		refuse(e, at, "port 0 has no meaning on macOS",
		       "name a port from 1 to 65535, or * for all");
	else if (r->port_hi - r->port_lo >= PORTS_MAX)
		refuse(e, at, "macOS takes one port a rule, and this range is too long for that",
		       "name the ports, or * for all");
	else
		return true;
	return false;
}

/* May the program itself connect, or listen, anywhere but at a proxy? */
static bool allows_straight(const struct ir *ir, enum op op)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (!r->deny && seatbelt_governs(r) && (r->ops & (OP_BIT(op) | OP_BIT(OP_NET))) &&
		    !(r->flags & RULE_PROXY))
			return true;
	}
	return false;
}

/* What is being written: the rules of one effect. */
struct net_out {
	struct emit *e;
	const struct net *net;
	const struct paths *paths;
	struct net_set *said[NET_UNIX_OUT];
};

/* The address as an expression of SBPL; NULL after a diagnostic. */
static const char *address(struct emit *e, const struct ir_rule *r, struct loc at, const struct net_end *x)
{
	struct arena *a = e->l->arena;

	switch (x->which) {
	case END_VAR:
		return emit_text(e, at, arena_printf(a, "%s:", r->object), arena_printf(a, "${%s}", x->var));
	case END_ALL:
		return arena_printf(a, "\"%s:*\"", r->object);
	case END_PORT:
		return arena_printf(a, "\"%s:%u\"", r->object, x->port);
	}
	return NULL;
}

static void emit_endpoint(struct net_out *o, const struct ir_rule *r, enum net_kind k)
{
	struct emit *e = o->e;
	struct loc at = loc_of(r, net_op[k]);

	if (r->deny && strcmp(r->object, "*") != 0 && !allows_straight(e->l->ir, net_op[k]))
		return; /* for the proxies: without one there is nothing that it takes away */
	if (!host_fits(e, r, at) || !ports_fit(e, r, at))
		return;
	for (unsigned i = 0; i < net_ends(r); i++) {
		struct net_end x = net_end(r, i);
		bool counts = r->deny ? net_deny_counts(o->net, k, &x) : net_allow_counts(o->net, k, &x);
		const char *to = address(e, r, at, &x);

		if (counts && to && !net_again(o->said[k], &x))
			buf_printf(&e->out, "(%s %s (%s %s %s))\n", r->deny ? "deny" : "allow", net_ops[k].ops, net_ops[k].side,
				   net_ops[k].proto, to);
	}
}

/*
 * As every path of the language, a socket's covers what lies below it (nothing, once it is a
 * socket). A path filter on a network operation speaks of Unix sockets; the permissions of files do
 * not stop a connection.
 */
static void emit_socket(struct net_out *o, const struct ir_rule *r, enum net_kind k)
{
	struct emit *e = o->e;
	struct loc at = loc_of(r, net_op[k]);
	const char *path;

	if (r->object[0] == '@') {
		refuse(e, at, "macOS has no abstract Unix sockets",
		       "name a path, or put the line into `on linux { }`");
		return;
	}
	path = emit_path(e, at, r->object);
	if (!path || !net_socket_counts(o->net, k, r))
		return;
	if (r->deny || !o->net->allow_all)
		buf_printf(&e->out, "(%s %s (subpath %s))\n", r->deny ? "deny" : "allow", net_ops[k].ops, path);
	/* bind() makes the socket's file: that one kind of file, and only there. */
	if (k == NET_UNIX_IN && !r->deny && !(paths_settled(e->l->arena, o->paths, path_real(e->l->arena, r->object)) & ATOM_BIT(ATOM_CREATE)))
		buf_printf(&e->out, "(allow file-write-create (require-all (subpath %s) (vnode-type SOCKET)))\n", path);
}

/* The allow needs no filter, so that it holds for every kind of socket; the denies of single ports
 * still win. */
static void emit_all_net(struct net_out *o, const struct ir_rule *r)
{
	if (!r->deny && o->net->allow_all)
		buf_puts(&o->e->out, "(allow network-outbound network-inbound network-bind system-socket)\n");
	if (r->deny && o->net->on_system) /* else nothing of it is open */
		buf_puts(
		    &o->e->out,
		    "(deny network-outbound (remote ip \"*:*\") (subpath \"/\"))\n"
		    "(deny network-bind network-inbound (local ip \"*:*\") (subpath \"/\"))\n");
}

static void emit_rule(struct net_out *o, const struct ir_rule *r)
{
	struct buf *out = &o->e->out;
	size_t before = out->len, head;

	emit_origins(o->e, r);
	head = out->len;
	if (r->ops & OP_BIT(OP_NET))
		emit_all_net(o, r);
	for (unsigned k = 0; k < NET_KINDS; k++) {
		if (!(r->ops & OP_BIT(net_op[k])))
			continue;
		if (net_ops[k].proto)
			emit_endpoint(o, r, k);
		else
			emit_socket(o, r, k);
	}
	if (out->len == head)
		out->len = before;
}

static void emit_net(struct emit *e, const struct net *net, const struct paths *paths, bool deny)
{
	const struct ir *ir = e->l->ir;
	struct net_out o = {.e = e, .net = net, .paths = paths};

	for (unsigned k = 0; k < NET_UNIX_OUT; k++)
		o.said[k] = ARENA_NEW(e->l->arena, struct net_set);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_NET && ir->rules[i].deny == deny && seatbelt_governs(&ir->rules[i]))
			emit_rule(&o, &ir->rules[i]);
}

/* Whether making a socket is asked about at all differs between versions; the answer stands for
 * those that ask. */
static void emit_domains(struct emit *e, const struct net *n)
{
	const char *said = "";

	for (unsigned k = 0; k < NET_KINDS && !n->allow_all; k++) {
		if (!net_allows_some(n, k) || strcmp(said, net_ops[k].domains) == 0)
			continue;
		if (!*said)
			buf_puts(&e->out, "; sockets of the kinds that the lines below speak of; not every version asks about them\n");
		said = net_ops[k].domains;
		buf_printf(&e->out, "(allow system-socket %s)\n", said);
	}
}

void seatbelt_emit_net_allows(struct emit *e, const struct net *n, const struct paths *p)
{
	emit_domains(e, n);
	emit_net(e, n, p, false);
}

void seatbelt_emit_net_denies(struct emit *e, const struct net *n, const struct paths *p)
{
	emit_net(e, n, p, true);
}
