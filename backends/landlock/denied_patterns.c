/*
 * denied_patterns.c - a deny of a pattern: Landlock cannot take what fits out of an allowed tree, and a mount can, for what is
 * there when the program starts.
 *
 * The mount has to take all that the deny does, wherever a match may lie: what is given anywhere in the policy counts.
 * Reading goes only with everything else, so there it may take more than the deny; the answer says so.
 */
#include <string.h>

#include "../../compiler/needles.h"
#include "places.h"

enum {
	WRITE_OPS = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
};

struct ll_masking ll_masking_of(const struct ir *ir)
{
	struct ll_masking m = {.mounts = ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT)};
	m.given = ir->entry ? OP_BIT(OP_READ) | OP_BIT(OP_EXEC) : 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ll_rule_is(&ir->rules[i], false, LL_PATH_OPS))
			m.given |= ir->rules[i].ops & LL_PATH_OPS;
	return m;
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

unsigned ll_mask_how(struct ll_masking m, const struct ir_rule *r)
{
	uint32_t taken = is_denied_pattern(r) ? r->ops & m.given : 0;
	if (!m.mounts)
		return 0;
	if (taken & ~(uint32_t)(WRITE_OPS | OP_BIT(OP_EXEC)))
		return LL_COVER_HIDE;
	return (taken & WRITE_OPS ? LL_COVER_RO : 0) | (taken & OP_BIT(OP_EXEC) ? LL_COVER_NOEXEC : 0);
}

bool ll_pattern_is_open(struct ll_masking m, const struct ir_rule *r)
{
	return is_denied_pattern(r) && !ll_mask_how(m, r);
}

/* ---- what a mount takes that the policy allows ---- */

/* The denied patterns that a mount covers, by what stands in the paths they fit. */
struct ll_masks {
	struct needles *find;
	struct ll_masking masking;
};

static const struct ll_masks *masks_new(struct arena *a, const struct ir *ir)
{
	struct ll_masks *x = ARENA_NEW(a, struct ll_masks);
	*x = (struct ll_masks){needles_new(a), ll_masking_of(ir)};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool plain = !r->object[strcspn(r->object, "$\\")];
		if (ll_mask_how(x->masking, r))
			needles_add_pattern(x->find, i, r->glob, plain ? r->object : NULL);
	}
	needles_make(x->find);
	return x;
}

struct masked {
	const struct ll_masks *masks;
	const struct ir *ir;
	const struct request *r;
	struct arena *a;
	bool found;
};

static bool look(void *ctx, unsigned i)
{
	struct masked *x = ctx;
	const struct ir_rule *r = &x->ir->rules[i];
	if (!(masked_ops(ll_mask_how(x->masks->masking, r)) & OP_BIT(x->r->op)))
		return true;
	const char *root = expand_template(x->a, x->ir, r->object, x->r->given, x->r->n_given);
	x->found = root && path_covers(root, x->r->object) && ll_pattern_fits(r->glob, root, x->r->object);
	return !x->found;
}

bool landlock_narrower(const struct excuse *e, const char **why)
{
	struct ll_excuses *memo = ll_excuses_of(e);
	if (!(OP_BIT(e->request->op) & LL_PATH_OPS))
		return false;
	if (!memo->masks)
		memo->masks = masks_new(e->arena, e->ir);
	struct masked x = {.masks = memo->masks, .ir = e->ir, .r = e->request, .a = arena_new()};
	needles_find(memo->masks->find, e->request->object, look, &x);
	arena_free(x.a);
	*why = "what a denied pattern fits is hidden whole";
	return x.found;
}

/* ---- the answer ---- */

struct denied {
	const struct ir *ir;
	struct arena *a;
	struct ll_masking masking;
	struct ll_places given; /* what is allowed, with the values that are assumed */
	const char *near;	/* the folder that was looked at last */
	uint32_t near_ops;
};

static const char *assume(const struct denied *d, const char *tmpl)
{
	return expand_template(d->a, d->ir, tmpl, NULL, 0);
}

static struct denied denied_new(const struct ir *ir)
{
	struct denied d = {.ir = ir, .a = arena_new(), .masking = ll_masking_of(ir)};
	d.given.v = ARENA_ARRAY(d.a, ir->n_rules + 1u, struct ll_place);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ll_rule_is(&ir->rules[i], false, LL_PATH_OPS))
			ll_places_add(&d.given, assume(&d, ir->rules[i].object), ir->rules[i].ops & LL_PATH_OPS, i);
	ll_places_sort(&d.given);
	return d;
}

/* What is given in the folder or somewhere below it. Rules of one folder stand side by side. */
static uint32_t given_near(struct denied *d, const struct ir_rule *r)
{
	if (d->near && strcmp(d->near, r->object) == 0)
		return d->near_ops;
	const char *folder = assume(d, r->object);
	d->near = r->object;
	d->near_ops = folder ? ll_ops_above(&d->given, folder) | ll_ops_below(&d->given, folder) : 0;
	return d->near_ops;
}

static bool stays_open(struct denied *d, const struct ir_rule *r)
{
	return !ll_mask_how(d->masking, r);
}

static bool is_masked(struct denied *d, const struct ir_rule *r)
{
	return ll_mask_how(d->masking, r);
}

/* Does a mount take more from what fits than the deny does? */
static bool takes_more(struct denied *d, const struct ir_rule *r)
{
	return masked_ops(ll_mask_how(d->masking, r)) & given_near(d, r) & ~r->ops;
}

static const struct ir_rule *find_denied(struct denied *d, bool (*test)(struct denied *d, const struct ir_rule *r))
{
	for (unsigned i = 0; i < d->ir->n_rules; i++) {
		const struct ir_rule *r = &d->ir->rules[i];
		if (is_denied_pattern(r) && (r->ops & d->masking.given) && test(d, r))
			return r;
	}
	return NULL;
}

struct answer ll_answer_patterns(const struct ir *ir)
{
	struct denied d = denied_new(ir);
	const struct ir_rule *open = find_denied(&d, stays_open), *more = find_denied(&d, takes_more), *masked = find_denied(&d, is_masked);
	struct answer partly = {.level = LEVEL_PARTIAL, .mechanism = "landlock:1"};
	arena_free(d.a);
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
	if (!masked)
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
