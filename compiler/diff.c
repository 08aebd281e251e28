/*
 * diff.c - the comparison of two policies: what is compared in which order, and what it amounts to.
 */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

#include "diff_priv.h"

/* A new operation is compared by one of the files of diff_priv.h; then its number may be written here. */
_Static_assert(OP_COUNT == 30, "an operation that no comparison asks about");

/* ---- entries ---- */

struct diff_entry *differ_add(struct differ *d, enum diff_part part, enum diff_way way, uint32_t targets, const char *what)
{
	ARENA_GROW(d->a, d->v, d->n);
	d->v[d->n] = (struct diff_entry){.part = part, .way = way, .targets = targets, .what = what};
	return &d->v[d->n++];
}

static void take_origin(struct differ *d, struct diff_entry *e, const struct side *s, const struct origin *o)
{
	if (!o)
		return;
	e->where = side_where(d->a, s, o->loc);
	e->because = o->because;
	e->via = side_via(d->a, s, o);
}

/* How a side came to deny, as the end of "was ..." and "is ...". */
static const char *denial(struct differ *d, const struct side *s, const struct decision *by)
{
	const char *hole = by->hole ? side_where(d->a, s, by->hole->loc) : NULL;
	const char *deny = !by->hole && by->by ? side_where(d->a, s, by->by->loc) : NULL;
	if (hole)
		return arena_printf(d->a, "taken out by `except`, %s", hole);
	return deny ? arena_printf(d->a, "denied by %s", deny) : NULL;
}

/*
 * The deciding line is the one that allows, where access grows; where it shrinks the one that takes it, or the line
 * that allowed it and is gone.
 */
void differ_explain(struct differ *d, struct diff_entry *e, const struct request *old, const struct request *now)
{
	if (d->now.plan) {
		bool gone = e->way == DIFF_SHRINKS;
		e->where = side_plan_where(d, differ_side(d, gone), gone ? old : now);
		return;
	}
	struct decision before = decide(d->old.k->meaning, old), after = decide(d->now.k->meaning, now);
	if (e->way == DIFF_GROWS) {
		const char *was = denial(d, &d->old, &before);
		take_origin(d, e, &d->now, after.by);
		e->note = was ? arena_printf(d->a, "was %s", was) : NULL;
		return;
	}
	const char *is = denial(d, &d->now, &after), *was = before.by ? side_where(d->a, &d->old, before.by->loc) : NULL;
	if (!is) {
		take_origin(d, e, &d->old, before.by);
		e->note = "no line allows it any more";
	} else {
		take_origin(d, e, &d->now, after.by ? after.by : after.near_allow);
		e->where = after.hole ? side_where(d->a, &d->now, after.hole->loc) : e->where;
		e->note = was ? arena_printf(d->a, "%s; was allowed by %s", after.hole ? "taken out by `except`" : "denied", was)
			      : NULL;
	}
}

const char *differ_key(struct arena *a, const struct diff_entry *e)
{
	const char *texts[] = {e->what, e->object, e->but, e->example, e->where, e->note};
	struct buf b = buf_new(a);
	buf_printf(&b, "%u %u %x", e->part, e->way, e->set.ops);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		buf_printf(&b, "%c%s", '\n', texts[i] ? texts[i] : "");
	return buf_str(&b);
}

struct diff_entry *differ_find(const struct differ *d, const char *key, uint32_t targets)
{
	long i = name_list_first(&d->keys, key, strlen(key));
	while (i >= 0 && (d->v[d->keys.v[i].value].targets & targets))
		i = d->keys.v[i].next;
	return i < 0 ? NULL : &d->v[d->keys.v[i].value];
}

struct diff_entry *differ_add_access(struct differ *d, const struct diff_entry *e, const struct request *old,
				     const struct request *now)
{
	struct diff_entry one = *e;
	struct diff_set *set = ARENA_NEW(d->a, struct diff_set);
	*set = e->set;
	one.set_on[now->target] = set;
	differ_explain(d, &one, old, now);
	const char *key = differ_key(d->a, &one);
	struct diff_entry *same = differ_find(d, key, one.targets);
	if (same) {
		same->targets |= one.targets;
		same->set_on[now->target] = set;
		return same;
	}
	name_list_put(d->a, &d->keys, key, strlen(key), d->n);
	struct diff_entry *added = differ_add(d, e->part, e->way, e->targets, e->what);
	*added = one;
	return added;
}

/* ---- what it amounts to ---- */

/* By part, growth first, else as they were found. */
static int by_part(const void *x, const void *y)
{
	const struct diff_entry *a = *(const struct diff_entry *const *)x, *b = *(const struct diff_entry *const *)y;
	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->way != b->way)
		return a->way < b->way ? -1 : 1;
	return a < b ? -1 : a > b;
}

static struct diff_entry *sorted(const struct differ *d)
{
	const struct diff_entry **p = ARENA_ARRAY(d->a, d->n, const struct diff_entry *);
	struct diff_entry *v = ARENA_ARRAY(d->a, d->n, struct diff_entry);
	for (unsigned i = 0; i < d->n; i++)
		p[i] = &d->v[i];
	if (d->n)
		qsort(p, d->n, sizeof(p[0]), by_part);
	for (unsigned i = 0; i < d->n; i++)
		v[i] = *p[i];
	return v;
}

static struct diff_side side_of(const struct side *s)
{
	return (struct diff_side){.name = s->ir->name, .version = s->ir->version, .targets = s->ir->targets};
}

static void count(struct diff *out)
{
	for (unsigned i = 0; i < out->n; i++) {
		out->n_of[out->v[i].way]++;
		out->n_weaker += out->v[i].part == DIFF_GUARANTEES && out->v[i].way == DIFF_GROWS;
	}
}

static const struct diff *finish(struct differ *d)
{
	struct diff *out = ARENA_NEW(d->a, struct diff);
	*out = (struct diff){.old = side_of(&d->old),
			     .now = side_of(&d->now),
			     .v = sorted(d),
			     .n = d->n,
			     .tests = d->tests,
			     .n_tests = d->n_tests,
			     .lines_moved = d->now.plan ? 0 : diff_lines(d)};
	count(out);
	out->version = diff_version_needs(d->a, out->old.version, out->now.version, out->n_of[DIFF_GROWS] > 0,
					  out->n_of[DIFF_SHRINKS] > 0);
	return out;
}

const struct diff *differ_run(struct differ *d, void (*last)(struct differ *d))
{
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(d->targets & TARGET_BIT(t)))
			continue;
		diff_paths(d, (enum target)t);
		diff_net(d, (enum target)t);
		diff_names(d, (enum target)t);
		diff_patterns(d, (enum target)t);
	}
	diff_calls(d);
	diff_guards(d);
	diff_limits(d);
	diff_guarantees(d);
	diff_settings(d);
	diff_tests(d);
	if (last)
		last(d);
	return finish(d);
}

const struct diff *diff_policies(struct arena *a, const struct compile *old, const struct compile *now)
{
	struct differ d = {.a = a};
	differ_open(&d, old, now);
	return differ_run(&d, NULL);
}

const char *diff_verdict(const struct diff *d)
{
	if (d->n_of[DIFF_GROWS])
		return d->n_of[DIFF_SHRINKS] ? "ACCESS GROWS, and shrinks elsewhere" : "ACCESS GROWS";
	if (d->n_of[DIFF_SHRINKS])
		return "access shrinks";
	return d->n_of[DIFF_OTHER] ? "same access, other settings" : "no change of access";
}
