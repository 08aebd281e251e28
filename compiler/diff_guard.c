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

/* Does the side take this operation on this place out, by a deny or an exception? */
static bool takes_out(const struct ir *ir, enum op op, const char *tmpl, uint32_t targets)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind != RULE_PATH || !(r->ops & OP_BIT(op)) || (r->targets & targets) != targets)
			continue;
		if (r->deny && strcmp(r->object, tmpl) == 0)
			return true;
		for (unsigned k = 0; k < r->n_holes; k++)
			if (strcmp(r->holes[k].path, tmpl) == 0)
				return true;
	}
	return false;
}

static bool set_covers(const struct differ *d, const struct diff_set *set, enum op op, const char *tmpl, bool old, enum target t)
{
	const char *path = set && set->root && set->root[0] == '/' && (set->ops & OP_BIT(op))
			       ? side_place(d->a, differ_side(d, old), t, tmpl)
			       : NULL;
	return path && path_covers(set->root, path);
}

/* Is the place told already, as access that grew or shrank there or around it? */
static bool is_told(const struct differ *d, enum op op, const char *tmpl, bool gone, uint32_t targets)
{
	for (unsigned i = 0; i < d->n; i++)
		for (unsigned t = 0; t < TARGET_COUNT; t++)
			if ((targets & TARGET_BIT(t)) && d->v[i].way == (gone ? DIFF_GROWS : DIFF_SHRINKS) &&
			    set_covers(d, d->v[i].set_on[t], op, tmpl, gone, (enum target)t))
				return true;
	return false;
}

/* Could a value of a variable put an allowed tree above the place? */
static bool may_matter(const struct ir *ir, enum op op, const char *tmpl)
{
	bool vars = template_has_vars(tmpl), any = false;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind != RULE_PATH || r->deny || !(r->ops & OP_BIT(op)))
			continue;
		any = true;
		vars |= template_has_vars(r->object);
	}
	return any && vars;
}

static void add_guard(struct differ *d, const struct side *s, const struct ir_rule *r, enum op op, const char *tmpl, struct loc loc)
{
	const struct ir *allows = differ_side(d, !s->is_old)->ir;
	bool matters = may_matter(s->is_old ? allows : s->ir, op, tmpl);
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

static void check_guard(struct differ *d, const struct side *s, const struct ir_rule *r, const char *tmpl, struct loc loc)
{
	const struct side *other = differ_side(d, !s->is_old);
	uint32_t targets = r->targets & d->targets;
	for (unsigned op = 0; op < OP_COUNT && targets; op++)
		if ((r->ops & OP_BIT(op)) && !takes_out(other->ir, (enum op)op, tmpl, targets) &&
		    !is_told(d, (enum op)op, tmpl, s->is_old, targets))
			add_guard(d, s, r, (enum op)op, tmpl, loc);
}

static void compare_takers(struct differ *d, const struct side *s)
{
	for (unsigned i = 0; i < s->ir->n_rules; i++) {
		const struct ir_rule *r = &s->ir->rules[i];
		if (r->kind != RULE_PATH)
			continue;
		if (r->deny)
			check_guard(d, s, r, r->object, r->origin[__builtin_ctz(r->ops)]->loc);
		for (unsigned k = 0; k < r->n_holes; k++)
			check_guard(d, s, r, r->holes[k].path, r->holes[k].loc);
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

static bool has_never(struct arena *a, const struct ir *ir, const struct ir_rule *r)
{
	const char *text = say_rule(a, r, r->ops);
	for (unsigned i = 0; i < ir->n_nevers; i++) {
		const struct ir_rule *n = &ir->nevers[i].rule;
		if ((n->targets & r->targets) == r->targets && strcmp(say_rule(a, n, n->ops), text) == 0)
			return true;
	}
	return false;
}

/* What must never be allowed and is not among the other side's. */
static void compare_nevers(struct differ *d, const struct side *s)
{
	const struct ir *other = differ_side(d, !s->is_old)->ir;
	for (unsigned i = 0; i < s->ir->n_nevers; i++) {
		const struct ir_rule *r = &s->ir->nevers[i].rule;
		if (has_never(d->a, other, r))
			continue;
		const struct origin *o = s->ir->nevers[i].origin;
		struct diff_entry *e = differ_add(d, DIFF_SETTINGS, s->is_old ? DIFF_GROWS : DIFF_SHRINKS, r->targets, "never");
		e->object = arena_printf(d->a, "%s (%s)", say_rule(d->a, r, r->ops), s->is_old ? "gone" : "new");
		e->where = side_where(d->a, s, o->loc);
		e->because = o->because;
		e->via = side_via(d->a, s, o);
	}
}

void diff_guards(struct differ *d)
{
	compare_nevers(d, &d->old);
	compare_nevers(d, &d->now);
	compare_takers(d, &d->old);
	compare_takers(d, &d->now);
	const struct ir_rule *before = NULL;
	for (unsigned i = 0; i < d->now.ir->n_rules; i++) {
		const struct ir_rule *r = &d->now.ir->rules[i];
		bool again = before && before->kind == r->kind && before->deny == r->deny && strcmp(before->object, r->object) == 0;
		if (!again)
			compare_marks(d, r);
		before = r;
	}
}
