/*
 * denied_patterns.c - a deny of a pattern: Landlock cannot take what fits out of an allowed tree, and a mount can, for what is
 * there when the program starts.
 *
 * The mount has to take all that the deny does, wherever a match may lie: what is given anywhere in the policy counts.
 * Reading goes only with everything else, so there it may take more than the deny; the answer says so.
 */
#include <string.h>

#include "landlock.h"

enum {
	WRITE_OPS = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
};

static uint32_t given_ops(const struct ir *ir)
{
	uint32_t ops = ir->entry ? OP_BIT(OP_READ) | OP_BIT(OP_EXEC) : 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ll_rule_is(&ir->rules[i], false, LL_PATH_OPS))
			ops |= ir->rules[i].ops & LL_PATH_OPS;
	return ops;
}

/* What a match loses by the mount. */
static uint32_t masked_ops(unsigned how)
{
	if (how & LL_COVER_HIDE)
		return LL_PATH_OPS;
	return (how & LL_COVER_RO ? WRITE_OPS : 0) | (how & LL_COVER_NOEXEC ? OP_BIT(OP_EXEC) : 0);
}

static bool is_denied_pattern(const struct ir_rule *r)
{
	return r->kind == RULE_GLOB && ll_rule_is(r, true, LL_PATH_OPS);
}

unsigned ll_mask_how(const struct ir *ir, const struct ir_rule *r)
{
	uint32_t taken = is_denied_pattern(r) ? r->ops & given_ops(ir) : 0;
	if (!(ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT)))
		return 0;
	if (taken & ~(uint32_t)(WRITE_OPS | OP_BIT(OP_EXEC)))
		return LL_COVER_HIDE;
	return (taken & WRITE_OPS ? LL_COVER_RO : 0) | (taken & OP_BIT(OP_EXEC) ? LL_COVER_NOEXEC : 0);
}

static bool fits(const struct ir *ir, struct arena *a, const struct ir_rule *r, const struct request *q)
{
	const char *root = expand_template(a, ir, r->object, q->given, q->n_given);
	return root && path_covers(root, q->object) && ll_pattern_fits(r->glob, root, q->object);
}

bool ll_pattern_is_open(const struct ir *ir, const struct ir_rule *r)
{
	return is_denied_pattern(r) && !ll_mask_how(ir, r);
}

bool landlock_narrower(const struct ir *ir, const struct request *q, const char **why)
{
	bool found = false;
	if (!(OP_BIT(q->op) & LL_PATH_OPS))
		return false;
	struct arena *a = arena_new();
	for (unsigned i = 0; i < ir->n_rules && !found; i++)
		found = (masked_ops(ll_mask_how(ir, &ir->rules[i])) & OP_BIT(q->op)) && fits(ir, a, &ir->rules[i], q);
	arena_free(a);
	*why = "what a denied pattern fits is hidden whole";
	return found;
}

/* What is given in the folder or somewhere below it, with the values that are assumed. */
static uint32_t given_near(const struct ir *ir, const struct ir_rule *near)
{
	struct arena *a = arena_new();
	const char *folder = expand_template(a, ir, near->object, NULL, 0);
	uint32_t ops = 0;
	for (unsigned i = 0; i < ir->n_rules && folder; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *place = ll_rule_is(r, false, LL_PATH_OPS) ? expand_template(a, ir, r->object, NULL, 0) : NULL;
		if (place && (path_covers(place, folder) || path_covers(folder, place)))
			ops |= r->ops & LL_PATH_OPS;
	}
	arena_free(a);
	return ops;
}

/* Does a mount take more from what fits than the deny does? */
static bool takes_more(const struct ir *ir, const struct ir_rule *r)
{
	return masked_ops(ll_mask_how(ir, r)) & given_near(ir, r) & ~r->ops;
}

static const struct ir_rule *find_denied(const struct ir *ir, bool (*test)(const struct ir *ir, const struct ir_rule *r))
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (is_denied_pattern(&ir->rules[i]) && (ir->rules[i].ops & given_ops(ir)) && test(ir, &ir->rules[i]))
			return &ir->rules[i];
	return NULL;
}

static bool stays_open(const struct ir *ir, const struct ir_rule *r) { return !ll_mask_how(ir, r); }
static bool is_masked(const struct ir *ir, const struct ir_rule *r) { return ll_mask_how(ir, r); }

struct answer ll_answer_patterns(const struct ir *ir)
{
	const struct ir_rule *open = find_denied(ir, stays_open), *more = find_denied(ir, takes_more);
	struct answer partly = {.level = LEVEL_PARTIAL, .mechanism = "landlock:1"};
	if (open)
		return (struct answer){
		    .level = LEVEL_ABSENT,
		    .note = "Landlock cannot take what a pattern fits out of an allowed tree; with `isolate mount` it is "
			    "hidden when the program starts",
		    .help = "allow the places that are needed, one by one, instead of the tree above them",
		    .at = open->origin[__builtin_ctz(open->ops)],
		};
	partly.note = "Landlock has no patterns: what fits is found when the program starts, and what is made later is not "
		      "allowed";
	if (!find_denied(ir, is_masked))
		return partly;
	partly.mechanism = "landlock:1+namespace";
	partly.note = more ? "what a denied pattern fits is hidden whole, for writing and starting too, when the program starts; what is "
			     "made or renamed later is not"
			   : "what a denied pattern fits is covered by a mount when the program starts; what is made or renamed later is not";
	if (more) {
		partly.at = more->origin[__builtin_ctz(more->ops)];
		partly.help = "deny it whole: `deny read write exec matching`, as far as they are allowed there";
	}
	return partly;
}
