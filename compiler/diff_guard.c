/*
 * diff_guard.c - what rules on paths say beside the access they give: denies and exceptions that take nothing away with
 * the values the analysis assumes, what happens to a missing path, which lines are final, what may never be allowed.
 *
 * A value given at the start, or a symbolic link of the host, may put an allowed tree above a denied place, so such a
 * line is not without effect: the loader checks it. That one is gone must be said.
 */
#include <string.h>

#include "diff_priv.h"
#include "say.h"
#include "template.h"

/* One side, made ready to be asked about a place. */
struct taken {
	struct name_list by_place; /* template -> rules that take it out, by a deny or an exception */
	uint32_t allows, variable; /* OP_BIT()s that some line on a path allows; that one allows below a variable */
	struct name_list nevers;   /* as text -> number */
};

struct guards {
	struct differ *d;
	struct taken old, now;
	struct name_list told[TARGET_COUNT][2]; /* by way: root -> entries of access that grew or shrank there */
};

static const struct taken *taken_by(const struct guards *g, bool old)
{
	return old ? &g->old : &g->now;
}

static void find_taken(struct arena *a, const struct ir *ir, struct taken *x)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind != RULE_PATH)
			continue;
		if (r->deny)
			name_list_put(a, &x->by_place, r->object, strlen(r->object), i);
		for (unsigned k = 0; k < r->n_holes; k++)
			name_list_put(a, &x->by_place, r->holes[k].path, strlen(r->holes[k].path), i);
		x->allows |= r->deny ? 0 : r->ops;
		x->variable |= !r->deny && template_has_vars(r->object) ? r->ops : 0;
	}
}

static void find_told(struct guards *g)
{
	for (unsigned i = 0; i < g->d->n; i++)
		for (unsigned t = 0; t < TARGET_COUNT; t++) {
			const struct diff_set *set = g->d->v[i].way == DIFF_OTHER ? NULL : g->d->v[i].set_on[t];
			if (set && set->root && set->root[0] == '/')
				name_list_put(g->d->a, &g->told[t][g->d->v[i].way], set->root, strlen(set->root), i);
		}
}

/* The operations that the side takes out on this place, by a deny or an exception. */
static uint32_t taken_out(const struct taken *x, const struct ir *ir, const char *tmpl, uint32_t targets)
{
	uint32_t ops = 0;
	for (long i = name_list_first(&x->by_place, tmpl, strlen(tmpl)); i >= 0; i = x->by_place.v[i].next) {
		const struct ir_rule *r = &ir->rules[x->by_place.v[i].value];
		ops |= (r->targets & targets) == targets ? r->ops : 0;
	}
	return ops;
}

struct told_ctx {
	const struct differ *d;
	enum target t;
	uint32_t ops;
};

static bool add_told(void *ctx, unsigned i)
{
	struct told_ctx *x = ctx;
	x->ops |= x->d->v[i].set_on[x->t]->ops;
	return false;
}

/* The operations for which the place is told already, as access that grew or shrank there or around it. */
static uint32_t told(const struct guards *g, const char *tmpl, bool gone, uint32_t targets)
{
	struct told_ctx x = {.d = g->d};
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		x.t = (enum target)t;
		const char *path = targets & TARGET_BIT(t) ? side_place(g->d->a, differ_side(g->d, gone), x.t, tmpl) : NULL;
		if (path)
			name_list_above(&g->told[t][gone ? DIFF_GROWS : DIFF_SHRINKS], path, add_told, &x);
	}
	return x.ops;
}

static void add_guard(const struct guards *g, const struct side *s, const struct ir_rule *r, enum op op, const char *tmpl, struct loc loc)
{
	struct differ *d = g->d;
	/* Could a value of a variable put an allowed tree above the place? */
	bool matters = (g->now.allows & OP_BIT(op)) && (template_has_vars(tmpl) || (g->now.variable & OP_BIT(op)));
	enum diff_way way = !matters ? DIFF_OTHER : s->is_old ? DIFF_GROWS : DIFF_SHRINKS;
	const char *where = side_where(d->a, s, loc);
	const char *note = matters ? "takes nothing away with the values assumed, but may with others"
				   : "takes nothing away that another line allows";
	struct diff_entry *last = d->n ? &d->v[d->n - 1] : NULL;
	const char *object = arena_printf(d->a, "%s (%s)", tmpl, s->is_old ? "gone" : "new");
	if (last && last->part == DIFF_SETTINGS && last->way == way && strcmp(last->object, object) == 0 &&
	    last->where && where && strcmp(last->where, where) == 0) {
		last->set.ops |= OP_BIT(op);
		last->what = arena_printf(d->a, "deny %s", say_ops(d->a, last->set.ops));
		return;
	}
	struct diff_entry *e = differ_add(d, DIFF_SETTINGS, way, r->targets & d->targets,
					  arena_printf(d->a, "deny %s", op_name[op]));
	e->object = object;
	e->where = where;
	e->note = note;
	e->via = side_via(d->a, s, r->origin[op]);
	e->set.ops = OP_BIT(op);
}

static void check_guard(const struct guards *g, const struct side *s, const struct ir_rule *r, const char *tmpl, struct loc loc)
{
	bool other = !s->is_old;
	uint32_t targets = r->targets & g->d->targets;
	uint32_t ops = targets ? r->ops & ~taken_out(taken_by(g, other), differ_side(g->d, other)->ir, tmpl, targets) : 0;
	if (ops)
		ops &= ~told(g, tmpl, s->is_old, targets);
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (ops & OP_BIT(op))
			add_guard(g, s, r, (enum op)op, tmpl, loc);
}

static void compare_takers(const struct guards *g, const struct side *s)
{
	for (unsigned i = 0; i < s->ir->n_rules; i++) {
		const struct ir_rule *r = &s->ir->rules[i];
		if (r->kind != RULE_PATH)
			continue;
		if (r->deny)
			check_guard(g, s, r, r->object, r->origin[__builtin_ctz(r->ops)]->loc);
		for (unsigned k = 0; k < r->n_holes; k++)
			check_guard(g, s, r, r->holes[k].path, r->holes[k].loc);
	}
}

/* ---- flags of a path, and `final` ---- */

struct mark {
	uint32_t flags;
	bool is_final;
	const char *via; /* of a host: the proxy that makes the connection */
	const struct origin *by;
};

static int by_object(const struct ir_rule *a, const struct ir_rule *b)
{
	return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : strcmp(a->object, b->object);
}

/* The first rule of this kind on the place, or where it would stand: rules are sorted so. */
static unsigned first_rule(const struct ir *ir, const struct ir_rule *like)
{
	unsigned lo = 0, hi = ir->n_rules;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (by_object(&ir->rules[mid], like) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* What all rules of one kind on the place say together. */
static struct mark mark_of(const struct ir *ir, const struct ir_rule *like)
{
	struct mark m = {0};
	for (unsigned i = first_rule(ir, like); i < ir->n_rules && by_object(&ir->rules[i], like) == 0; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->deny != like->deny)
			continue;
		const struct origin *o = r->origin[__builtin_ctz(r->ops)];
		m.flags |= r->flags;
		m.is_final |= o->final;
		m.via = r->via ? r->via->name : m.via;
		m.by = o;
	}
	return m;
}

static const char *flag_words(struct arena *a, uint32_t flags)
{
	if (!flags)
		return "must exist";
	return arena_printf(a, "%s%s%s%s", flags & RULE_DISCARD ? "discard " : "", flags & RULE_IF_EXISTS ? "if-exists " : "", flags & RULE_MAKE_DIR ? "make-dir " : "",
			    flags & RULE_NOFOLLOW ? "nofollow" : "");
}

static void compare_marks(struct differ *d, const struct ir_rule *r)
{
	struct mark was = mark_of(d->old.ir, r), is = mark_of(d->now.ir, r);
	if (!was.by || !is.by)
		return;
	if (was.flags != is.flags) {
		/* What was thrown away at the end is kept now, or the other way round. */
		enum diff_way way = !((was.flags ^ is.flags) & RULE_DISCARD) ? DIFF_OTHER
				    : is.flags & RULE_DISCARD		     ? DIFF_SHRINKS
									     : DIFF_GROWS;
		struct diff_entry *e = differ_add(d, DIFF_SETTINGS, way, r->targets, "path");
		e->object = arena_printf(d->a, "%s: %s -> %s", r->object, flag_words(d->a, was.flags), flag_words(d->a, is.flags));
		e->where = side_where(d->a, &d->now, is.by->loc);
	}
	if (strcmp(was.via ? was.via : "", is.via ? is.via : "") != 0) {
		struct diff_entry *e = differ_add(d, DIFF_SETTINGS, DIFF_OTHER, r->targets, "via");
		e->object = arena_printf(d->a, "%s: %s -> %s", r->object, was.via ? was.via : "none", is.via ? is.via : "none");
		e->where = side_where(d->a, &d->now, is.by->loc);
	}
	if (was.is_final != is.is_final) {
		struct diff_entry *e = differ_add(d, DIFF_SETTINGS, is.is_final ? DIFF_SHRINKS : DIFF_GROWS, r->targets, "final");
		e->object = arena_printf(d->a, "%s %s", say_rule(d->a, r, r->ops), is.is_final ? "(new)" : "(gone)");
		e->where = side_where(d->a, &d->now, is.by->loc);
		e->note = is.is_final ? "no child may drop it" : "a child may drop it now";
	}
}

/* ---- never ---- */

static void find_nevers(struct arena *a, const struct ir *ir, struct taken *x)
{
	for (unsigned i = 0; i < ir->n_nevers; i++) {
		const struct ir_rule *n = &ir->nevers[i].rule;
		const char *text = say_rule(a, n, n->ops);
		name_list_put(a, &x->nevers, text, strlen(text), i);
	}
}

static bool has_never(const struct taken *x, const struct ir *ir, const char *text, uint32_t targets)
{
	for (long i = name_list_first(&x->nevers, text, strlen(text)); i >= 0; i = x->nevers.v[i].next)
		if ((ir->nevers[x->nevers.v[i].value].rule.targets & targets) == targets)
			return true;
	return false;
}

/* What must never be allowed and is not among the other side's. */
static void compare_nevers(const struct guards *g, const struct side *s)
{
	struct differ *d = g->d;
	const struct ir *other = differ_side(d, !s->is_old)->ir;
	for (unsigned i = 0; i < s->ir->n_nevers; i++) {
		const struct ir_rule *r = &s->ir->nevers[i].rule;
		const char *text = say_rule(d->a, r, r->ops);
		if (has_never(taken_by(g, !s->is_old), other, text, r->targets))
			continue;
		const struct origin *o = s->ir->nevers[i].origin;
		struct diff_entry *e = differ_add(d, DIFF_SETTINGS, s->is_old ? DIFF_GROWS : DIFF_SHRINKS, r->targets, "never");
		e->object = arena_printf(d->a, "%s (%s)", text, s->is_old ? "gone" : "new");
		e->where = side_where(d->a, s, o->loc);
		e->because = o->because;
		e->via = side_via(d->a, s, o);
	}
}

void diff_guards(struct differ *d)
{
	struct guards g = {.d = d};
	find_taken(d->a, d->old.ir, &g.old);
	find_taken(d->a, d->now.ir, &g.now);
	find_nevers(d->a, d->old.ir, &g.old);
	find_nevers(d->a, d->now.ir, &g.now);
	find_told(&g);
	compare_nevers(&g, &d->old);
	compare_nevers(&g, &d->now);
	compare_takers(&g, &d->old);
	compare_takers(&g, &d->now);
	const struct ir_rule *before = NULL;
	for (unsigned i = 0; i < d->now.ir->n_rules; i++) {
		const struct ir_rule *r = &d->now.ir->rules[i];
		bool again = before && before->kind == r->kind && before->deny == r->deny && strcmp(before->object, r->object) == 0;
		if (!again)
			compare_marks(d, r);
		before = r;
	}
}
