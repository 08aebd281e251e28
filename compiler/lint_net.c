/*
 * lint_net.c - the network: every host, port 22, the ports of the system.
 */
#include <string.h>

#include "lint_priv.h"

enum { PORT_SSH = 22, LOW_PORTS = 1024 };

static void wide_connect(const struct lint *l, const struct ir_rule *r)
{
	const struct origin *at =
	    lint_line(r, OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_RELAY_TCP) | OP_BIT(OP_NET));
	bool every = strcmp(r->object, "*") == 0 || (r->ops & OP_BIT(OP_NET));
	bool ssh = !r->port_var && r->port_lo <= PORT_SSH && PORT_SSH <= r->port_hi;
	if (!lint_asks(l, at) || (r->flags & RULE_PROXY) || (!every && !ssh))
		return;
	struct diag_rec *rec = diag(l->diags, DIAG_WIDE_CONNECT, at->loc, "%s can be reached%s",
				    every ? "every host" : "port 22, where a shell answers,",
				    r->kind == RULE_RELAY ? " through the proxy" : "");
	diag_help(rec, "say why: add `because \"...\"`");
}

static void low_port(const struct lint *l, const struct ir_rule *r)
{
	const struct origin *at = lint_line(r, OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP));
	if (!lint_asks(l, at) || r->port_var || r->port_lo >= LOW_PORTS)
		return;
	struct diag_rec *rec = diag(l->diags, DIAG_LOW_PORT, at->loc, "ports below 1024 belong to the system's services");
	diag_help(rec, "listen on a higher port, or say why: add `because \"...\"`");
}

/* bind() makes the file of a socket. Where nothing is said of files there it may; a line that denies it wins. */
static void unmade_socket(const struct lint *l, const struct ir_rule *r)
{
	const struct origin *at = lint_line(r, OP_BIT(OP_LISTEN_UNIX));
	const char *path = lint_blames(l, at) && r->object[0] != '@' ? lint_path(l, r->object) : NULL;
	for (unsigned t = 0; path && t < TARGET_COUNT; t++) {
		const struct request make = {.target = (enum target)t, .op = OP_CREATE, .object = path};
		if (!(r->targets & l->ir->targets & TARGET_BIT(t)))
			continue;
		struct decision d = decide(l->meaning, &make);
		if (d.allow || !d.by)
			continue;
		struct diag_rec *rec = diag(l->diags, DIAG_SOCKET_UNMADE, at->loc, "this socket cannot be made, so nothing can listen on it");
		diag_second(rec, d.by->loc, "making its file is denied here");
		diag_help(rec, "listen in a folder of its own, or deny less: `deny modify`, `deny delete`, a narrower path");
		return;
	}
}

void lint_net(const struct lint *l)
{
	for (unsigned i = 0; i < l->ir->n_rules; i++) {
		const struct ir_rule *r = &l->ir->rules[i];
		if (r->deny)
			continue;
		if (r->kind == RULE_NET || r->kind == RULE_RELAY)
			wide_connect(l, r);
		if (r->kind == RULE_NET)
			low_port(l, r);
		if (r->kind == RULE_NET)
			unmade_socket(l, r);
	}
}
