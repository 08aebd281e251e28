/*
 * ir_build.h - collects facts in any order and makes the canonical IR of them.
 */
#ifndef SBX_IR_BUILD_H
#define SBX_IR_BUILD_H

#include "arena.h"
#include "ir.h"

struct ir_build {
	struct arena *arena;
	struct ir ir; /* scalar fields are set directly; the vectors below are sorted into it at the end */
	struct ir_rule *rules;
	unsigned n_rules;
	struct ir_base *bases;
	unsigned n_bases;
	struct ir_drop *drops;
	unsigned n_drops;
	struct ir_twice *twice;
	unsigned n_twice;
	struct ir_never *nevers;
	unsigned n_nevers;
	struct ir_env_set *env_set;
	unsigned n_env_set;
	struct ir_param *params;
	unsigned n_params;
	struct ir_want *wants;
	unsigned n_wants;
	struct ir_build_limit {
		enum target target;
		enum limit limit;
		struct ir_limit is;
	} *limits; /* each as written; folded at the end */
	unsigned n_limits;
	struct ir_test *tests;
	unsigned n_tests;
	struct ir_place *places;
	unsigned n_places;
};

struct ir_build *ir_build_new(struct arena *a);
/* `o` becomes the origin of every op of the rule. */
void ir_build_rule(struct ir_build *b, const struct ir_rule *rule, const struct origin *o);
void ir_build_base(struct ir_build *b, const struct ir_base *base);
void ir_build_drop(struct ir_build *b, const struct ir_drop *d);
void ir_build_never(struct ir_build *b, const struct ir_rule *rule, const struct origin *o);
void ir_build_env_set(struct ir_build *b, const struct ir_env_set *e);
void ir_build_param(struct ir_build *b, const struct ir_param *p);
void ir_build_want(struct ir_build *b, const struct ir_want *w);
void ir_build_place(struct ir_build *b, const struct ir_place *p);
void ir_build_test(struct ir_build *b, const struct ir_test *t);
/* The tightest of two limits with one name wins: the least number, and below it what a param holds. */
void ir_build_limit(struct ir_build *b, enum target t, enum limit l, uint64_t value, const char *param,
		    const struct origin *o);

/* Do both speak of the same object: everything of a rule but verb, operations, systems, machines, holes and how it is found? */
bool ir_same_object(const struct ir_rule *a, const struct ir_rule *b);

/* Cuts rules to the policy's targets, sorts, merges what is equal. The builder must not be used afterwards. */
const struct ir *ir_build_finish(struct ir_build *b);

#endif
