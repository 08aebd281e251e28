/*
 * net_index.h - the net and relay rules of a policy by what a request can name of them, so that a question looks at the few
 * that may cover it. It decides nothing: every rule that could cover the request is among those it names.
 */
#ifndef SBX_NET_INDEX_H
#define SBX_NET_INDEX_H

#include "arena.h"
#include "ir.h"

struct net_index;
struct request;

struct net_index *net_index_new(struct arena *a, const struct ir *ir);
/*
 * Calls fn with each rule that may cover the request, in no order; i: its place among ir->rules. Returns how many that were.
 */
typedef void net_index_fn(void *ctx, unsigned i, const struct ir_rule *r);
unsigned net_index_visit(const struct net_index *x, const struct request *r, net_index_fn *fn, void *ctx);
/* Calls fn with each rule of a port or ports that names the host, whatever the port: all but those of every host. */
void net_index_host(const struct net_index *x, const char *host, net_index_fn *fn, void *ctx);

#endif
