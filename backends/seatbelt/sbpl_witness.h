/*
 * sbpl_witness.h - where to look at profiles. Filters are constant between the places they name, so profiles that answer
 * alike at all of these questions differ nowhere that a path, a name, a port or one fact alone decides. A pattern is
 * represented by examples, so between patterns this is a sample.
 */
#ifndef SBX_SEATBELT_SBPL_WITNESS_H
#define SBX_SEATBELT_SBPL_WITNESS_H

#include "sbpl.h"

/* The name of whatever no rule speaks of. */
#define SBPL_ANY "example"

/* The questions about one operation that the rules of these profiles give rise to, in a fixed order. */
unsigned sbpl_witness(struct arena *a, const struct sbpl_profile *const *profiles, unsigned n, enum sbpl_op op,
		      struct sbpl_query **out);
/* The operation whose rules, or own default, are the first to be asked about `op`. */
enum sbpl_op sbpl_list_of(const struct sbpl_profile *p, enum sbpl_op op);
/* A rule from this line on (1: any) that decides nothing at any of its questions; NULL when all do. Rules on patterns and open values are let be. */
const struct sbpl_rule *sbpl_dead_rule(struct arena *a, const struct sbpl_profile *p, unsigned from);

struct request;
/* model.c: the profile of a model with the values of this request; NULL when it does not load with them. */
const struct sbpl_profile *seatbelt_model_profile(const void *model, const struct request *r);

#endif
