/*
 * lower_net.c - rules for the network. Seatbelt knows the local machine or any host, one port or
 * all of them, and Unix sockets by path. What it has no words for is an error at its place and
 * never a wider rule.
 */
#include <string.h>

#include "seatbelt.h"

enum { PORTS_MAX = 1024 }; /* of a range: one rule each */

static const struct {
	enum op op;
	const char *ops;  /* listen() asks network-inbound even where bind() was let through */
	const char *side; /* never (local ...) on network-outbound: it matches every connection */
	const char *proto;
	const char *domains;
} net_ops[] = {
    {OP_CONNECT_TCP, "network-outbound", "remote", "tcp",
     "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    {OP_CONNECT_UDP, "network-outbound", "remote", "udp",
     "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    {OP_LISTEN_TCP, "network-bind network-inbound", "local", "tcp",
     "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    {OP_LISTEN_UDP, "network-bind network-inbound", "local", "udp",
     "(socket-domain AF_INET) (socket-domain AF_INET6)"},
    {OP_CONNECT_UNIX, "network-outbound", NULL, NULL, "(socket-domain AF_UNIX)"},
    {OP_LISTEN_UNIX, "network-bind network-inbound", NULL, NULL, "(socket-domain AF_UNIX)"},
};

static struct loc loc_of(const struct ir_rule *r, enum op op)
{
	return r->origin[op] ? r->origin[op]->loc : (struct loc){0, 0};
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

static void emit_port(struct emit *e, const struct ir_rule *r, size_t row, const char *address)
{
	if (address)
		buf_printf(&e->out, "(%s %s (%s %s %s))\n", r->deny ? "deny" : "allow",
			   net_ops[row].ops, net_ops[row].side, net_ops[row].proto, address);
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

static void emit_endpoint(struct emit *e, const struct ir_rule *r, size_t row)
{
	struct loc at = loc_of(r, net_ops[row].op);
	struct arena *a = e->l->arena;

	if (r->deny && strcmp(r->object, "*") != 0 && !allows_straight(e->l->ir, net_ops[row].op))
		return; /* for the proxies: without one there is nothing that it takes away */
	if (!host_fits(e, r, at) || !ports_fit(e, r, at))
		return;
	if (r->port_var) {
		emit_port(e, r, row,
			  emit_text(e, at, arena_printf(a, "%s:", r->object),
				    arena_printf(a, "${%s}", r->port_var)));
		return;
	}
	if (r->port_lo == 0) {
		emit_port(e, r, row, arena_printf(a, "\"%s:*\"", r->object));
		return;
	}
	for (unsigned port = r->port_lo; port <= r->port_hi; port++)
		emit_port(e, r, row, arena_printf(a, "\"%s:%u\"", r->object, port));
}

/*
 * As every path of the language, a socket's covers what lies below it (nothing, once it is a
 * socket). A path filter on a network operation speaks of Unix sockets; the permissions of files do
 * not stop a connection.
 */
static void emit_socket(struct emit *e, const struct ir_rule *r, size_t row)
{
	struct loc at = loc_of(r, net_ops[row].op);
	const char *path;

	if (r->object[0] == '@') {
		refuse(e, at, "macOS has no abstract Unix sockets",
		       "name a path, or put the line into `on linux { }`");
		return;
	}
	path = emit_path(e, at, r->object);
	if (!path)
		return;
	buf_printf(&e->out, "(%s %s (subpath %s))\n", r->deny ? "deny" : "allow", net_ops[row].ops,
		   path);
	/* bind() makes the socket's file: that one kind of file, and only there. */
	if (net_ops[row].op == OP_LISTEN_UNIX && !r->deny)
		buf_printf(
		    &e->out,
		    "(allow file-write-create (require-all (subpath %s) (vnode-type SOCKET)))\n",
		    path);
}

static bool denies_all(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_NET && ir->rules[i].deny &&
		    seatbelt_governs(&ir->rules[i]) && (ir->rules[i].ops & OP_BIT(OP_NET)))
			return true;
	return false;
}

/* The allow needs no filter, so that it holds for every kind of socket; the denies of single ports
 * still win. */
static void emit_all_net(struct emit *e, const struct ir_rule *r)
{
	if (r->deny)
		buf_puts(
		    &e->out,
		    "(deny network-outbound (remote ip \"*:*\") (subpath \"/\"))\n"
		    "(deny network-bind network-inbound (local ip \"*:*\") (subpath \"/\"))\n");
	else if (!denies_all(e->l->ir))
		buf_puts(&e->out,
			 "(allow network-outbound network-inbound network-bind system-socket)\n");
	else
		buf_puts(&e->out, "; (nothing: a line of the policy denies all of the network)\n");
}

static void emit_net(struct emit *e, bool deny)
{
	const struct ir *ir = e->l->ir;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (r->kind != RULE_NET || r->deny != deny || !seatbelt_governs(r))
			continue;
		emit_origins(e, r);
		if (r->ops & OP_BIT(OP_NET))
			emit_all_net(e, r);
		for (size_t row = 0; row < sizeof(net_ops) / sizeof(net_ops[0]); row++) {
			if (!(r->ops & OP_BIT(net_ops[row].op)))
				continue;
			if (net_ops[row].proto)
				emit_endpoint(e, r, row);
			else
				emit_socket(e, r, row);
		}
	}
}

/* Whether making a socket is asked about at all differs between versions; the answer stands for
 * those that ask. */
static void emit_domains(struct emit *e)
{
	const struct ir *ir = e->l->ir;
	uint32_t used = 0;

	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_NET && !ir->rules[i].deny &&
		    seatbelt_governs(&ir->rules[i]))
			used |= ir->rules[i].ops;
	for (size_t row = 0; row < sizeof(net_ops) / sizeof(net_ops[0]); row++) {
		bool said = !(used & OP_BIT(net_ops[row].op));

		for (size_t i = 0; i < row && !said; i++)
			said = (used & OP_BIT(net_ops[i].op)) &&
			       strcmp(net_ops[i].domains, net_ops[row].domains) == 0;
		if (!said)
			buf_printf(&e->out, "(allow system-socket %s)\n", net_ops[row].domains);
	}
}

void seatbelt_emit_net_allows(struct emit *e)
{
	emit_domains(e);
	emit_net(e, false);
}

void seatbelt_emit_net_denies(struct emit *e)
{
	emit_net(e, true);
}
