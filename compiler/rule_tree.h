/*
 * rule_tree.h - the sets of rules as the subtrees of one tree, on one system and with one set of load-time values, so that what
 * is held against all rules looks only at those that lie above or below its own: two subtrees meet in the deeper of their roots.
 *
 * A key is the way from the root of a kind: a place is its path; a host its labels from the last to the first, behind its port;
 * a name with a star at its end its letters. The tree leaves out what cannot meet, and whether the rest does is asked of them.
 */
#ifndef SBX_RULE_TREE_H
#define SBX_RULE_TREE_H

#include "arena.h"
#include "ir.h"

struct rule_tree;
/* Of these rules; the policy's params have the values that are given or assumed. */
struct rule_tree *rule_tree_new(struct arena *a, const struct ir *ir, const struct ir_rule *rules, unsigned n, enum target t,
				const struct ir_binding *given, unsigned n_given);

struct rule_node {
	const char *key; /* first: sorted_first() */
	const struct ir_rule *rule;
};
/* The path of a node that is a place. */
const char *rule_node_path(const struct rule_node *at);

/* Told until it returns true, which then is the result. */
typedef bool rule_node_fn(void *ctx, const struct rule_node *at);
/* Rules whose sets may meet that of the rule, in no order; one of several kinds of network perhaps more than once. */
bool rule_tree_meeting(const struct rule_tree *x, const struct ir_rule *r, rule_node_fn *fn, void *ctx);
/* Those at the key or above it; below it; at it or below it; the places of exceptions likewise (`rule`: of which one). */
bool rule_tree_above(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx);
bool rule_tree_below(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx);
bool rule_tree_within(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx);
bool rule_holes_above(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx);
bool rule_holes_below(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx);
bool rule_holes_within(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx);

/* Keys of a place, concrete and with its one name; of a socket there; of a variable or PREFIX*. */
const char *rule_key_path(struct arena *a, const char *path);
const char *rule_key_socket(struct arena *a, const char *path);
const char *rule_key_env(struct arena *a, const char *pattern);

#endif
