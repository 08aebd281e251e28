/*
 * rule_places.h - the places that rules name, on one system and with one set of load-time values, so that what is held
 * against all of them looks only at those that lie above or below its own.
 */
#ifndef SBX_RULE_PLACES_H
#define SBX_RULE_PLACES_H

#include "arena.h"
#include "ir.h"

struct rule_places;
/* Of these rules; the policy's params have the values that are given or assumed. */
struct rule_places *rule_places_new(struct arena *a, const struct ir *ir, const struct ir_rule *rules, unsigned n, enum target t,
				    const struct ir_binding *given, unsigned n_given);

/* One name of the place that a rule stands on (or, of a hole, is left out of it). */
struct rule_place {
	const char *root; /* first: sorted_first() */
	const struct ir_rule *rule;
};
typedef void rule_place_fn(void *ctx, const struct rule_place *at);
/* Those of rules at the path or above it; those of rules below it; those of exceptions below it. */
void rule_places_above(const struct rule_places *x, const char *path, rule_place_fn *fn, void *ctx);
void rule_places_below(const struct rule_places *x, const char *path, rule_place_fn *fn, void *ctx);
void rule_holes_below(const struct rule_places *x, const char *path, rule_place_fn *fn, void *ctx);

#endif
