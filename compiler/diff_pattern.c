/*
 * diff_pattern.c - compares the patterns of `matching`, each as a whole: what two of them have in common is not worked
 * out, so a pattern that is written differently has gone, and another one come.
 */
#include <string.h>

#include "diff_plan.h"
#include "diff_priv.h"
#include "say.h"

static const char *key_of(struct arena *a, const struct ir_rule *r)
{
	return arena_printf(a, "%s %s\n%s", r->deny ? "deny" : "allow", r->object, r->glob);
}

static struct name_list patterns_of(struct arena *a, const struct ir *ir)
{
	struct name_list l = {.n = 0};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const char *key = ir->rules[i].kind == RULE_GLOB ? key_of(a, &ir->rules[i]) : NULL;
		if (key)
			name_list_put(a, &l, key, strlen(key), i);
	}
	return l;
}

/* The operations on this pattern that the other side's rules of the same kind say too. */
static uint32_t said_there(struct arena *a, const struct ir *other, const struct name_list *patterns, const struct ir_rule *r, enum target t)
{
	const char *key = key_of(a, r);
	uint32_t ops = 0;
	for (long i = name_list_first(patterns, key, strlen(key)); i >= 0; i = patterns->v[i].next) {
		const struct ir_rule *o = &other->rules[patterns->v[i].value];
		ops |= o->targets & TARGET_BIT(t) ? o->ops : 0;
	}
	return ops;
}

/* The line of the policy that a plan names for the rule. */
static const char *plan_where(struct arena *a, const struct side *s, const struct ir_rule *r)
{
	const char *where = s->plan->where[r - s->ir->rules];
	return where ? arena_printf(a, "%s%s", s->is_old ? "old " : "", say_where(a, where)) : NULL;
}

static void add_pattern(struct differ *d, const struct side *s, const struct ir_rule *r, enum target t, uint32_t ops)
{
	const struct origin *o = r->origin[__builtin_ctz(ops)];
	bool grows = r->deny == s->is_old;
	const char *what = arena_printf(d->a, "%s%s", r->deny ? "deny " : "", say_ops(d->a, ops));
	const char *object = say_object(d->a, r);
	const char *key = arena_printf(d->a, "%s pattern\n%s\n%s", grows ? "grows" : "shrinks", what, object);
	struct diff_entry *same = differ_find(d, key, 0);
	if (same) {
		same->targets |= TARGET_BIT(t);
		return;
	}
	name_list_put(d->a, &d->keys, key, strlen(key), d->n);
	struct diff_entry *e = differ_add(d, DIFF_ACCESS, grows ? DIFF_GROWS : DIFF_SHRINKS, TARGET_BIT(t), what);
	e->object = object;
	e->where = s->plan ? plan_where(d->a, s, r) : side_where(d->a, s, o->loc);
	e->because = o->because;
	e->via = s->plan ? NULL : side_via(d->a, s, o);
	e->note = "a pattern, compared by its text";
}

static void compare(struct differ *d, const struct side *s, const struct side *other, enum target t)
{
	const struct name_list there = patterns_of(d->a, other->ir);
	for (unsigned i = 0; i < s->ir->n_rules; i++) {
		const struct ir_rule *r = &s->ir->rules[i];
		uint32_t ops = r->kind == RULE_GLOB && (r->targets & TARGET_BIT(t)) ? r->ops & ~said_there(d->a, other->ir, &there, r, t) : 0;
		if (ops)
			add_pattern(d, s, r, t, ops);
	}
}

void diff_patterns(struct differ *d, enum target t)
{
	compare(d, &d->now, &d->old, t);
	compare(d, &d->old, &d->now, t);
}
