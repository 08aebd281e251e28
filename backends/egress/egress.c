/*
 * egress.c - the back end for what proxies do: hosts, which no kernel can check.
 */
#include "egress.h"

static struct answer silent(void)
{
	return (struct answer){.level = LEVEL_ABSENT};
}

/* The proxies that lines of the policy use on this system: the operations that reach them. */
static uint32_t proxy_ops(const struct ir *ir, enum target t)
{
	uint32_t ops = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_RELAY && (ir->rules[i].targets & TARGET_BIT(t)))
			ops |= OP_BIT(ir->rules[i].via->op);
	return ops;
}

/* What the system must keep is that nobody else is reached past the proxy. */
static struct answer answer_hosts(const struct ir *ir, enum target t)
{
	uint32_t ops = proxy_ops(ir, t);
	if (!ops)
		return silent();
	struct answer a = {
	    .level = LEVEL_DELEGATED,
	    .mechanism = "seccomp",
	    .note = "holds only while the proxy keeps to egress.yaml",
	};
	if (t == TARGET_MACOS)
		a.mechanism = "seatbelt";
	else if (ir_allows_any(ir, t, OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP)))
		a.mechanism = "landlock:4+seccomp";
	if (t == TARGET_LINUX && (ops & OP_BIT(OP_CONNECT_TCP)))
		a.note = "holds only while the proxy keeps to egress.yaml, and Landlock knows ports and not hosts: the "
			 "port of the proxy can be reached on every host; a proxy on a Unix socket closes that";
	return a;
}

static struct answer egress_answer(const struct ir *ir, enum target t, enum cap cap)
{
	return cap == CAP_NET_CONNECT_HOST ? answer_hosts(ir, t) : silent();
}

const struct backend egress_backend = {
    .name = "egress",
    .about = "which hosts and ports proxies connect to for the program, for the proxies to keep",
    .targets = TARGETS_ALL,
    .answer = egress_answer,
    .lower = egress_lower,
    .model_open = egress_model_open,
    .model_decide = egress_model_decide,
    .relay = egress_model_relay,
    .facts = egress_facts,
};
