/*
 * witness.h - the finite set of requests at which a policy and its artifacts are compared.
 *
 * For subtree rules the decision is constant on a finite set of cells. The witness points are each path a policy
 * names, each ancestor of such a path, a fresh child of each and a sibling that only shares its letters; every port a
 * rule names and its neighbours; every system call number of every machine; every name of a variable or service.
 */
#ifndef SBX_WITNESS_H
#define SBX_WITNESS_H

#include "decide.h"

typedef void witness_fn(void *ctx, const struct request *r);

/* Calls fn for each witness request of the target. Requests are valid during the call only. */
void witness_all(const struct ir *ir, enum target t, witness_fn *fn, void *ctx);

#endif
