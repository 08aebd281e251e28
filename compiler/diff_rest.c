/*
 * diff_rest.c - compares limits and guarantees.
 */
#include <string.h>

#include "diff_priv.h"
#include "say.h"

static void take_place(struct differ *d, struct diff_entry *e, const struct side *s, const struct origin *o)
{
	e->where = o ? side_where(d->a, s, o->loc) : NULL;
	e->because = o ? o->because : NULL;
	e->via = side_via(d->a, s, o);
}

/* The entry says the same of another target: then it is one. */
static bool merge_last(struct differ *d, unsigned first)
{
	const struct diff_entry *e = &d->v[d->n - 1];
	for (unsigned i = first; i + 1 < d->n; i++) {
		struct diff_entry *o = &d->v[i];
		if (o->way != e->way || strcmp(o->what, e->what) != 0 || strcmp(o->object, e->object) != 0 ||
		    strcmp(o->where ? o->where : "", e->where ? e->where : "") != 0)
			continue;
		o->targets |= e->targets;
		d->n--;
		return true;
	}
	return false;
}

/* ---- limits ---- */

static const char *limit_text(struct arena *a, enum limit l, const struct ir_limit *v)
{
	return v->set ? say_limit_of(a, l, v) : "none";
}

/* A weight is a share against others, no cap: less of it is not more access. */
static enum diff_way limit_way(enum limit l, const struct ir_limit *old, const struct ir_limit *now)
{
	if (l == LIMIT_CPU_WEIGHT)
		return DIFF_OTHER;
	if (!now->set || !old->set)
		return now->set ? DIFF_SHRINKS : DIFF_GROWS;
	if (now->value == old->value) /* and a param at load holds one of them, or another one than before */
		return !now->param == !old->param ? DIFF_OTHER : now->param ? DIFF_SHRINKS : DIFF_GROWS;
	return now->value > old->value ? DIFF_GROWS : DIFF_SHRINKS;
}

static bool same_param(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "") == 0;
}

void diff_limits(struct differ *d)
{
	unsigned first = d->n;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT && (d->targets & TARGET_BIT(t)); l++) {
			const struct ir_limit *old = &d->old.ir->limit[t][l], *now = &d->now.ir->limit[t][l];
			if (old->set == now->set && (!old->set || (old->value == now->value && same_param(old->param, now->param))))
				continue;
			enum diff_way way = limit_way((enum limit)l, old, now);
			struct diff_entry *e = differ_add(d, DIFF_LIMITS, way, TARGET_BIT(t), limit_name[l]);
			e->object = arena_printf(d->a, "%s -> %s", limit_text(d->a, (enum limit)l, old),
						 limit_text(d->a, (enum limit)l, now));
			take_place(d, e, now->set ? &d->now : &d->old, now->set ? now->origin : old->origin);
			merge_last(d, first);
		}
}

/* ---- guarantees ---- */

/* How well a reader can rely on it, as words: "enforced", "partial, preferred". */
static const char *standing(struct arena *a, const struct guarantee *g)
{
	return g ? arena_printf(a, "%s, %s", level_name[g->answer.level], g->preferred ? "preferred" : "required") : "none";
}

static bool asked_for(const struct ir *ir, enum target t, enum cap cap)
{
	for (unsigned i = 0; i < ir->n_wants; i++)
		if (ir->wants[i].cap == cap && !ir->wants[i].prefer && (ir->wants[i].targets & TARGET_BIT(t)))
			return true;
	return false;
}

/*
 * A guarantee that follows from the access comes and goes with it, and the access is compared exactly; one that a
 * `require` line asks for, or that is there in both, is weaker or stronger.
 */
static enum diff_way guarantee_way(const struct differ *d, const struct guarantee *old, const struct guarantee *now)
{
	if (!old)
		return asked_for(d->now.ir, now->target, now->cap) ? DIFF_SHRINKS : DIFF_OTHER;
	if (!now)
		return asked_for(d->old.ir, old->target, old->cap) ? DIFF_GROWS : DIFF_OTHER;
	if (old->preferred != now->preferred)
		return now->preferred ? DIFF_GROWS : DIFF_SHRINKS;
	if (old->answer.level != now->answer.level)
		return now->answer.level < old->answer.level ? DIFF_GROWS : DIFF_SHRINKS;
	return DIFF_OTHER;
}

static const char *reason_of(const struct differ *d, bool old, enum target t, enum cap cap)
{
	const struct origin *o = ir_preferred(differ_side(d, old)->ir, t, cap);
	return o ? o->because : NULL;
}

static const char *note_of(const struct guarantee *g)
{
	return g && g->answer.note ? g->answer.note : "";
}

static void compare_guarantee(struct differ *d, enum target t, enum cap cap, unsigned first)
{
	const struct guarantee *old = guarantee_find(&d->old.k->guarantees, t, cap);
	const struct guarantee *now = guarantee_find(&d->now.k->guarantees, t, cap);
	const char *was = reason_of(d, true, t, cap), *is = reason_of(d, false, t, cap);
	bool reason_gone = was && !is && now && now->preferred;
	bool same = (!old && !now) || (old && now && old->preferred == now->preferred &&
				       old->answer.level == now->answer.level && strcmp(note_of(old), note_of(now)) == 0);
	if (same && !reason_gone)
		return;
	enum diff_way way = same ? DIFF_GROWS : guarantee_way(d, old, now);
	struct diff_entry *e = differ_add(d, DIFF_GUARANTEES, way, TARGET_BIT(t), cap_name[cap]);
	const struct origin *prefer = ir_preferred(d->now.ir, t, cap);
	const struct origin *by = now ? prefer && now->preferred ? prefer : now->origin : old->origin;
	e->object = arena_printf(d->a, "%s -> %s", standing(d->a, old), standing(d->a, now));
	take_place(d, e, now ? &d->now : &d->old, by);
	if (reason_gone)
		e->note = "its reason is gone";
	else if (now && now->preferred && !is)
		e->note = "no reason given";
	else if (now && note_of(now)[0])
		e->note = note_of(now);
	merge_last(d, first);
}

void diff_guarantees(struct differ *d)
{
	unsigned first = d->n;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned c = 0; c < CAP_COUNT && (d->targets & TARGET_BIT(t)); c++)
			compare_guarantee(d, (enum target)t, (enum cap)c, first);
}
