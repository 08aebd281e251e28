/*
 * never_paths.c - the points of a `never` on places: the place itself and those of the allows below it are enough, because what is
 * denied or left out is so with all below it. For patterns a name is searched for that they fit and no denied one does.
 */
#include <string.h>

#include "denied_names.h"
#include "glob.h"
#include "glob_pick.h"
#include "never_priv.h"
#include "str.h"

enum { FEW = 64 }; /* of names to keep away from: so many are all looked at for the shortest other */

/* A root of the policy, as one name of the place; NULL when it is none. */
static const char *root_of(const struct points *p, const char *tmpl)
{
	const char *path = points_expand(p, tmpl);
	return path && path[0] == '/' ? place_name(p->a, p->r.target, path) : NULL;
}

static const char *below(const struct points *p, const char *path, const char *name)
{
	return arena_printf(p->a, "%s/%s", path[1] ? path : "", name);
}

/* Names to keep away from: those that denied patterns fit below the place, and of the policy's own places right below it. */
struct names {
	const struct points *p;
	const char *at, *glob;
	enum op op;
	const char **v;
	unsigned n;
};

static void add_name(struct names *x, const char *name)
{
	ARENA_GROW(x->p->a, x->v, x->n);
	x->v[x->n++] = name;
}

static bool add_denied(void *ctx, const struct rule_node *at)
{
	struct names *x = ctx;
	const struct ir_rule *r = at->rule;
	if (r->kind == RULE_GLOB && r->deny && (r->ops & OP_BIT(x->op)) && (r->targets & TARGET_BIT(x->p->r.target)))
		add_name(x, r->glob);
	return false;
}

static bool add_own(void *ctx, const struct rule_node *at)
{
	struct names *x = ctx;
	const char *name = rule_node_path(at) + (x->at[1] ? strlen(x->at) : 0) + 1;
	if (at->rule->kind == RULE_PATH)
		add_name(x, arena_strndup(x->p->a, name, strcspn(name, "/")));
	return false;
}

static bool is_path(void *ctx, const struct rule_node *at)
{
	(void)ctx;
	return at->rule->kind == RULE_PATH;
}

/* Does a line, or an exception of one, name the place or one below it? */
static bool is_own(const struct points *p, const char *path)
{
	const char *key = rule_key_path(p->a, path);
	return rule_tree_within(p->at->tree, key, is_path, NULL) || rule_holes_within(p->at->tree, key, is_path, NULL);
}

/* With the text for each star, when no denied pattern fits that, and it is no place of a line where none is wanted. */
static const char *filled(const struct names *x, const char *text, bool own)
{
	const char *name = glob_filled(x->p->a, x->glob, text);
	bool good = name[strspn(name, ".")] && !denied_names_fit(x->p->at->denied, x->at, name, x->op) &&
		    !(own && is_own(x->p, below(x->p, x->at, name)));
	return good ? name : NULL;
}

/* Of many to keep away from those that a name of this pattern can be among. */
static void leave_out_others(struct names *x)
{
	unsigned n = 0;
	for (unsigned i = 0; i < x->n; i++)
		if (globs_may_meet(x->glob, x->v[i]))
			x->v[n++] = x->v[i];
	x->n = n;
}

/* A name at the place that the pattern fits and no denied one; `own`: and that no line names there. */
static const char *fitting_name(struct points *p, const char *at, const char *glob, enum op op, bool own)
{
	static const char *const others[] = {"y", "z", "q", "xx", "yx", "0"};
	struct names x = {.p = p, .at = at, .glob = glob, .op = op};
	const char *key = rule_key_path(p->a, at), *name = filled(&x, "x", own);
	if (name || denied_names_fit_all(p->at->denied, at, glob, op))
		return name;
	rule_tree_above(p->at->tree, key, add_denied, &x);
	if (own) {
		rule_tree_below(p->at->tree, key, add_own, &x);
		rule_holes_below(p->at->tree, key, add_own, &x);
	}
	for (unsigned i = 0; x.n > FEW && i < sizeof(others) / sizeof(others[0]); i++)
		if ((name = filled(&x, others[i], own)))
			return name;
	if (x.n > FEW)
		leave_out_others(&x);
	return glob_pick(p->a, glob, x.v, x.n, &p->known);
}

/*
 * The place with names below it that the patterns fit and no denied one does: at it, and in a folder that no line names. False:
 * there is no such name.
 */
static bool fitting_points(struct points *p, const char *at, const char *const *globs, unsigned n, enum op op)
{
	const char *end = "";
	for (unsigned i = 0; i < n; i++) {
		const char *name = fitting_name(p, at, globs[i], op, false);
		if (!name)
			return false;
		end = arena_printf(p->a, "%s%s%s", end, i ? "/" : "", name);
	}
	points_give(p, below(p, at, end), 0, OP_BIT(op));
	const char *folder = fitting_name(p, at, "*", op, true);
	if (folder)
		points_give(p, below(p, below(p, at, folder), end), 0, OP_BIT(op));
	return true;
}

/*
 * Where the set of the allow and that of the never meet: in the deeper of their roots, and there in the names that their
 * patterns fit. What is denied or left out is so with all below it, so a point of both is as good as any below it.
 */
static void meet(struct points *p, const struct ir_rule *allow)
{
	const char *x = root_of(p, p->never->object), *y = root_of(p, allow->object), *globs[2];
	if (!x || !y || (!path_covers(x, y) && !path_covers(y, x)))
		return;
	const char *at = path_covers(x, y) ? y : x;
	unsigned n = 0;
	if (p->never->glob && !glob_covers(p->never->glob, x, at))
		globs[n++] = p->never->glob;
	if (allow->glob && !glob_covers(allow->glob, y, at))
		globs[n++] = allow->glob;
	if (n == 0)
		points_give(p, at, 0, p->never->ops);
	for (unsigned op = 0; n && op < OP_COUNT && !p->enough; op++)
		if (p->never->ops & allow->ops & OP_BIT(op))
			fitting_points(p, at, globs, n, (enum op)op);
}

static void meet_allow(struct points *p, const struct ir_rule *r)
{
	if (points_allow(p, r, RULE_PATH, p->never->ops) || points_allow(p, r, RULE_GLOB, p->never->ops))
		meet(p, r);
}

static bool meet_node(void *ctx, const struct rule_node *at)
{
	struct points *p = ctx;
	meet_allow(p, at->rule);
	return p->enough;
}

static bool add_few(void *ctx, const struct rule_node *at)
{
	struct points *p = ctx;
	return p->n_met == FEW || points_add_met(ctx, at);
}

/*
 * A pattern meets all lines of its folder, and if it may be broken each of them breaks it: of many only as many are looked at as
 * are asked for. Where a denied pattern fits all its names, places below the folder alone can be below one of them.
 */
static void meet_pattern(struct points *p, const char *root, bool all_denied)
{
	const char *key = rule_key_path(p->a, root);
	const struct rule_tree *tree = p->at->tree;
	bool many = all_denied ? rule_tree_below(tree, key, add_few, p) : rule_tree_meeting(tree, p->never, add_few, p);
	if (many && all_denied)
		rule_tree_below(tree, key, meet_node, p);
	else if (many)
		rule_tree_meeting(tree, p->never, meet_node, p);
	if (many)
		return;
	points_order_met(p);
	for (unsigned i = 0; i < p->n_met && !p->enough; i++)
		meet_allow(p, p->met[i]);
}

void path_points(struct points *p)
{
	const char *root = root_of(p, p->never->object), *glob = p->never->glob;
	bool all_denied = true;
	for (unsigned op = 0; root && op < OP_COUNT; op++) {
		if (!(p->never->ops & OP_BIT(op)))
			continue;
		if (glob)
			all_denied &= !fitting_points(p, root, &glob, 1, (enum op)op);
		else
			points_give(p, root, 0, OP_BIT(op));
	}
	if (p->ir->entry)
		points_give_place(p, p->ir->entry, p->never->ops);
	if (glob && root)
		meet_pattern(p, root, all_denied);
	else
		points_find_met(p);
	for (unsigned i = 0; !glob && i < p->n_met && !p->enough; i++)
		meet_allow(p, p->met[i]);
}
