/*
 * never.h - `never allow A`: the allowed set must not meet A, in the meaning, in the guarantees, in the artifacts.
 */
#ifndef SBX_NEVER_H
#define SBX_NEVER_H

#include "validate.h"

/* One system, and one set of load-time values, that each `never` is held against. */
struct never_case {
	struct arena *arena;
	const struct meaning *meaning;
	enum target target;
	const struct ir_binding *given;
	unsigned n_given;
	const struct rule_tree *tree;
	const struct denied_names *denied;
	const char *fresh_label;  /* of a host: no line names it */
	const char *example_host; /* or NULL: a deny names it */
};
struct never_case never_case_new(struct arena *a, const struct meaning *m, enum target t, const struct ir_binding *given,
				 unsigned n_given);

/*
 * Gives `fn` requests of the set of `n`. The allowed set of the policy meets the set only if it holds one of them: rules
 * are subtrees of places, prefixes of names, intervals of ports, cases of calls, and the deepest point of two that overlap
 * is a point of every overlap. False when the conditions of a system call have too many cases to tell. `fn` returns true when
 * it has seen enough.
 */
typedef bool never_point_fn(void *ctx, const struct request *r);
bool never_points(const struct never_case *at, const struct ir_never *n, never_point_fn *fn, void *ctx);

/* Reports each line that allows what must never be (E0501). False when there was one. */
bool never_check(struct arena *a, const struct meaning *m, struct diags *d);
/* Reports each guarantee that one rests on and a `prefer` makes optional (E0505). False when there was one. */
bool never_check_kept(const struct ir *ir, const struct guarantees *g, struct diags *d);
/* Reports what an artifact lets through nevertheless (E0505). */
void never_check_artifacts(struct validator *v);
/* Would a start with these values allow what must never be? Returns the line, or NULL. */
const struct origin *never_broken(struct arena *a, const struct meaning *m, const struct ir_binding *given, unsigned n_given);

#endif
