/*
 * never_priv.h - what the parts share that find the points of a `never`: never_points.c, and never_paths.c for places and patterns.
 */
#ifndef SBX_NEVER_PRIV_H
#define SBX_NEVER_PRIV_H

#include "never.h"
#include "rule_tree.h"

struct points {
	struct arena *a;
	const struct meaning *m;
	const struct ir *ir;
	const struct ir_rule *never;
	const struct never_case *at;
	const struct ir_rule **met; /* the rules that may meet the never, in their order */
	unsigned n_met;
	struct request r;
	never_point_fn *fn;
	void *ctx;
	bool known, enough;
};

/* Is this an allow of the kind and the system that has one of the operations? */
bool points_allow(const struct points *p, const struct ir_rule *r, enum rule_kind kind, uint32_t ops);
/* Fills `met`; add_met is told of one rule, and order_met sorts them, each once. */
void points_find_met(struct points *p);
bool points_add_met(void *points, const struct rule_node *at);
void points_order_met(struct points *p);
/* The point, for each of the operations whose set holds it; a place that is a template. */
void points_give(struct points *p, const char *object, uint16_t port, uint32_t ops);
void points_give_place(struct points *p, const char *tmpl, uint32_t ops);
const char *points_expand(const struct points *p, const char *tmpl);

/* never_paths.c: the points of a path or a pattern. */
void path_points(struct points *p);

#endif
