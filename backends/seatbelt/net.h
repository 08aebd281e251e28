/*
 * net.h - what a policy says of the network of macOS, so that lines without effect can be left out.
 */
#ifndef SBX_SEATBELT_NET_H
#define SBX_SEATBELT_NET_H

#include "paths.h"

/* TCP and UDP, out and in; Unix sockets, out and in: the kinds of rules that the lowering writes. */
enum net_kind { NET_TCP_OUT, NET_UDP_OUT, NET_TCP_IN, NET_UDP_IN, NET_UNIX_OUT, NET_UNIX_IN, NET_KINDS };
extern const enum op net_op[NET_KINDS];

/* What macOS can tell apart: the machine itself or any host; one port, all, or one that the start gives. */
struct net_end {
	bool near;
	enum { END_PORT, END_ALL, END_VAR } which;
	uint16_t port;
	const char *var;
};

/* Ports of one side (the machine itself, or any host). */
struct net_ports {
	bool all, some;
	uint8_t bit[65536 / 8];
	const char **vars;
	unsigned n_vars;
};
struct net_set {
	struct net_ports any, near;
};

struct net {
	struct arena *arena;
	bool on_system; /* the profile of the system stands below: it may open anything */
	const struct origin *allow_all, *deny_all; /* `net`; a denied allow of all counts for nothing */
	struct net_set *allow[NET_UNIX_OUT], *deny[NET_UNIX_OUT]; /* allows: less those that a deny takes whole */
	struct path_lines unix_allow[2], unix_deny[2];		   /* out, in */
};

struct net *net_collect(struct emit *e);
/* How many ends the rule has (a range has one for each port); and end number i. */
unsigned net_ends(const struct ir_rule *r);
struct net_end net_end(const struct ir_rule *r, unsigned i);
/* Does this allow, or deny, of the kind change anything, beside the policy's other lines? */
bool net_allow_counts(const struct net *n, enum net_kind k, const struct net_end *x);
bool net_deny_counts(const struct net *n, enum net_kind k, const struct net_end *x);
bool net_socket_counts(const struct net *n, enum net_kind k, const struct ir_rule *r);
/* Is anything of this kind allowed by a line of its own? */
bool net_allows_some(const struct net *n, enum net_kind k);
/* False the first time that it is asked about the end. */
bool net_again(struct net_set *said, const struct net_end *x);

#endif
