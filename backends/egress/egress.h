/*
 * egress.h - egress.yaml: which hosts and ports each proxy may connect to for the program. The proxies keep to it, not
 * the system: what the system keeps is that there is no other way out.
 */
#ifndef SBX_EGRESS_H
#define SBX_EGRESS_H

#include "../backend.h"

#define EGRESS_FILE    "egress.yaml"
#define EGRESS_VERSION 1

/* ---- as read back from the bytes ---- */

struct egress_rule {
	bool deny;
	const char *host; /* a name, an address, `*`, or `*.NAME` */
	uint16_t port_lo, port_hi;
	const char *at, *because; /* because: NULL when not written */
};

struct egress_proxy {
	const char *target, *name, *at;
	struct relay endpoint;
	struct egress_rule *rules;
	unsigned n_rules;
};

struct egress_file {
	const char *id, *policy;
	struct egress_proxy *proxies;
	unsigned n_proxies;
};

/* NULL with *error set when the bytes are no such file. Strict: keys in their order, nothing more. */
struct egress_file *egress_read(struct arena *a, const char *bytes, size_t size, const char **error);

/*
 * The rules that the proxies of a target keep: those of each proxy together, proxies by name; and the denies, which every
 * proxy keeps. All else in the order of the policy.
 */
struct egress_rules {
	const struct ir_rule **relays, **denies;
	unsigned n_relays, n_denies;
};
struct egress_rules egress_rules_of(struct arena *a, const struct ir *ir, enum target t);
/* The operation whose line says so. */
enum op egress_op(const struct ir_rule *r);

bool egress_lower(struct lower *l);
void *egress_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error);
struct model_verdict egress_model_decide(const void *model, struct arena *scratch, const struct request *r);
bool egress_model_relay(const void *model, const struct request *r, struct relay *endpoint);
bool egress_facts(const void *model, const struct lower *what, struct arena *a, const char **difference);

#endif
