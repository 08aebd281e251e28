/*
 * net_index.h - the net and relay rules of a policy by what a request can name of them, so that a question looks at the few
 * that may cover it. It decides nothing: every rule that could cover the request is among those it names.
 */
#ifndef SBX_NET_INDEX_H
#define SBX_NET_INDEX_H

#include "arena.h"
#include "ir.h"

struct net_index;

struct net_index *net_index_new(struct arena *a, const struct ir *ir);
/*
 * Calls fn with each rule that may cover the operation on this object and port, in no order; i: its place among ir->rules.
 * Returns how many that were.
 */
typedef void net_index_fn(void *ctx, unsigned i, const struct ir_rule *r);
unsigned net_index_visit(const struct net_index *x, enum op op, const char *object, uint16_t port, net_index_fn *fn, void *ctx);

#endif
