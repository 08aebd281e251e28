/*
 * wider.c - what passes although the policy denies it, where Landlock's answer for a guarantee says that it is not kept:
 * a place inside what is given that no mount covers, and an abstract socket that the program makes itself, which has
 * neither place nor port.
 */
#include "places.h"

/* The denials that neither Landlock nor a mount keeps, with the values that are assumed. */
static struct ll_places *open_denials(struct arena *a, const struct ir *ir)
{
	struct ll_tree tree = ll_tree_build(a, ir);
	struct ll_covers covers = ll_covers_build(a, ir, &tree);
	struct ll_places *open = ARENA_NEW(a, struct ll_places);
	*open = (struct ll_places){ARENA_ARRAY(a, tree.n_denials + 1u, struct ll_place), 0};
	for (unsigned i = 0; i < tree.n_denials; i++)
		if (!covers.covered || !covers.covered[i])
			ll_places_add(open, expand_template(a, ir, tree.denials[i].path, NULL, 0), tree.denials[i].ops, i);
	ll_places_sort(open);
	return open;
}

static bool is_promised(enum cap cap, enum op op)
{
	for (unsigned i = 0; i < LL_N_PROMISES; i++)
		if (ll_promises[i].cap == cap && (ll_promises[i].ops & OP_BIT(op)))
			return true;
	return false;
}

bool landlock_wider(const struct excuse *x)
{
	const struct request *r = x->request;
	if (x->cap == CAP_UNIX_ABSTRACT)
		return r->op == OP_LISTEN_UNIX && r->object[0] == '@';
	if (!x->given || !is_promised(x->cap, r->op))
		return false;
	if (r->n_given)
		return true; /* where other values put the denials: the lines are compared with the values that are assumed */
	if (!*x->memo)
		*x->memo = open_denials(x->arena, x->ir);
	return ll_ops_above(*x->memo, r->object) & OP_BIT(r->op);
}
