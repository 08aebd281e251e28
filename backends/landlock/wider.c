/*
 * wider.c - what passes although the policy denies it, where Landlock's answer for a guarantee says that it is not kept: what
 * the policy would allow without the lines that neither Landlock nor a mount keeps, and an abstract socket that the program
 * makes itself, which has neither place nor port.
 */
#include "landlock.h"

/* The policy without what is not kept: denied places and exceptions; denied patterns too. */
struct ll_kept {
	const struct meaning *places, *patterns;
};

/* Which operations of each rule's own denial, or of each of its holes, are not kept. */
struct loose {
	uint32_t ops;
	uint32_t *holes; /* NULL: all are kept */
};

static struct loose *find_loose(struct arena *a, const struct ir *ir)
{
	struct ll_tree tree = ll_tree_build(a, ir);
	struct ll_covers covers = ll_covers_build(a, ir, &tree);
	struct loose *loose = ARENA_ARRAY(a, ir->n_rules + 1u, struct loose);
	/* With all of the network open, sockets are not Landlock's at all. */
	const uint32_t sockets = ll_open_net(ir) ? OP_BIT(OP_CONNECT_UNIX) : 0;
	for (unsigned i = 0; i < tree.n_denials; i++) {
		const struct ll_denial *d = &tree.denials[i];
		uint32_t open = d->carved | (d->ops & sockets);
		if (!open || (covers.covered && covers.covered[i]))
			continue;
		struct loose *l = &loose[d->rule - ir->rules];
		if (!d->hole) {
			l->ops |= open;
			continue;
		}
		if (!l->holes)
			l->holes = ARENA_ARRAY(a, d->rule->n_holes, uint32_t);
		l->holes[d->hole - d->rule->holes] |= open;
	}
	return loose;
}

static void add(struct arena *a, struct ir *to, struct ir_rule **rules, const struct ir_rule *r)
{
	ARENA_GROW(a, *rules, to->n_rules);
	(*rules)[to->n_rules++] = *r;
}

/* A hole may be open for some operations only: one rule for each. */
static void add_without_holes(struct arena *a, struct ir *to, struct ir_rule **rules, const struct ir_rule *r, const uint32_t *open)
{
	for (unsigned op = 0; op < OP_COUNT; op++) {
		struct ir_rule one = *r;
		struct ir_hole *holes = ARENA_ARRAY(a, r->n_holes, struct ir_hole);
		if (!(r->ops & OP_BIT(op)))
			continue;
		one.ops = OP_BIT(op);
		one.n_holes = 0;
		one.holes = holes;
		for (unsigned i = 0; i < r->n_holes; i++)
			if (!(open[i] & OP_BIT(op)))
				holes[one.n_holes++] = r->holes[i];
		add(a, to, rules, &one);
	}
}

static const struct meaning *policy_without(struct arena *a, const struct ir *ir, const struct loose *loose, bool patterns)
{
	struct ir *to = ARENA_NEW(a, struct ir);
	struct ir_rule *rules = NULL;
	const struct ll_masking masking = ll_masking_of(ir);
	*to = *ir;
	to->n_rules = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		struct ir_rule r = ir->rules[i];
		if (r.kind == RULE_SYSCALL) /* not asked about */
			continue;
		r.ops &= ~(loose[i].ops | (patterns && ll_pattern_is_open(masking, &r) ? LL_PATH_OPS : 0));
		if (loose[i].holes)
			add_without_holes(a, to, &rules, &r, loose[i].holes);
		else if (r.ops)
			add(a, to, &rules, &r);
	}
	to->rules = rules;
	return meaning_new(a, to);
}

static const struct ll_kept *kept_new(struct arena *a, const struct ir *ir)
{
	struct loose *loose = find_loose(a, ir);
	struct ll_kept *k = ARENA_NEW(a, struct ll_kept);
	*k = (struct ll_kept){policy_without(a, ir, loose, false), policy_without(a, ir, loose, true)};
	return k;
}

struct ll_excuses *ll_excuses_of(const struct excuse *x)
{
	if (!*x->memo)
		*x->memo = ARENA_NEW(x->arena, struct ll_excuses);
	return *x->memo;
}

static bool is_promised(enum cap cap, enum op op)
{
	for (unsigned i = 0; i < LL_N_PROMISES; i++)
		if (ll_promises[i].cap == cap && (ll_promises[i].ops & OP_BIT(op)))
			return true;
	return cap == CAP_FS_GLOB_LIVE && (OP_BIT(op) & LL_PATH_OPS);
}

bool landlock_wider(const struct excuse *x)
{
	const struct request *r = x->request;
	if (x->cap == CAP_UNIX_ABSTRACT)
		return r->op == OP_LISTEN_UNIX && r->object[0] == '@';
	if (!is_promised(x->cap, r->op))
		return false;
	struct ll_excuses *memo = ll_excuses_of(x);
	if (!memo->kept)
		memo->kept = kept_new(x->arena, x->ir);
	const struct ll_kept *k = memo->kept;
	return decide(x->cap == CAP_FS_GLOB_LIVE ? k->patterns : k->places, r).allow;
}
