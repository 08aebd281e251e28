/*
 * rule_lines.c - coverage and mutation of the lines of a policy.
 */
#include "rule_lines.h"

#include <stdlib.h>
#include <string.h>

#include "str.h"

/* What a profile brings counts for the line that uses it. */
static struct loc place_of(const struct origin *o)
{
	return loc_none(o->used_at) ? o->loc : o->used_at;
}

static bool same_place(struct loc a, struct loc b)
{
	return a.beg == b.beg && a.end == b.end;
}

static void add(struct arena *a, struct rule_lines *l, enum line_kind kind, struct loc loc)
{
	ARENA_GROW(a, l->v, l->n);
	l->v[l->n++] = (struct rule_line){.kind = kind, .loc = loc};
}

static int by_place(const void *x, const void *y)
{
	const struct rule_line *a = x, *b = y;
	if (a->loc.beg != b->loc.beg)
		return a->loc.beg < b->loc.beg ? -1 : 1;
	if (a->loc.end != b->loc.end)
		return a->loc.end < b->loc.end ? -1 : 1;
	return (int)a->kind - (int)b->kind;
}

/* In the order of their places, each once: the first kind of those that say something there. */
static void settle(struct rule_lines *l)
{
	unsigned n = 0;
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_place);
	for (unsigned i = 0; i < l->n; i++)
		if (!n || !same_place(l->v[n - 1].loc, l->v[i].loc))
			l->v[n++] = l->v[i];
	l->n = n;
}

static void add_rule(struct arena *a, struct rule_lines *l, const struct ir_rule *r)
{
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (r->origin[op])
			add(a, l, LINE_RULE, place_of(r->origin[op]));
	for (unsigned i = 0; i < r->n_holes; i++)
		if (!r->origin[__builtin_ctz(r->ops)]->profile)
			add(a, l, LINE_HOLE, r->holes[i].loc);
}

struct rule_lines rule_lines_of(struct arena *a, const struct compile *k)
{
	struct rule_lines l = {.k = k};
	const struct ir *ir = k->ir;
	for (unsigned i = 0; i < ir->n_rules; i++)
		add_rule(a, &l, &ir->rules[i]);
	for (unsigned i = 0; i < ir->n_env_set; i++)
		add(a, &l, LINE_ENV, place_of(ir->env_set[i].origin));
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned i = 0; i < LIMIT_COUNT; i++)
			if (ir->limit[t][i].set && ir->limit[t][i].origin)
				add(a, &l, LINE_LIMIT, place_of(ir->limit[t][i].origin));
	for (unsigned i = 0; i < ir->n_wants; i++)
		add(a, &l, LINE_WANT, place_of(ir->wants[i].origin));
	settle(&l);
	return l;
}

bool rule_line_counts(const struct rule_line *l)
{
	return l->kind == LINE_RULE || l->kind == LINE_HOLE || l->kind == LINE_ENV;
}

/* ---- coverage ---- */

static void decided(struct rule_lines *l, struct loc at)
{
	unsigned lo = 0, hi = l->n;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (l->v[mid].loc.beg < at.beg)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < l->n && l->v[lo].loc.beg == at.beg; lo++)
		if (same_place(l->v[lo].loc, at))
			l->v[lo].decided = true;
}

void rule_lines_seen(struct rule_lines *l, const struct expect_seen *s)
{
	for (unsigned i = 0; s->outcomes && i < s->outcomes->n; i++) {
		const struct decision *d = &s->outcomes->v[i].decision;
		if (d->by)
			decided(l, place_of(d->by));
		if (d->hole)
			decided(l, d->hole->loc);
	}
}

/* ---- mutation ---- */

struct mutant {
	struct arena *arena;
	struct ir ir;
	struct loc gone;
};

static bool keeps(const struct mutant *m, const struct origin *o)
{
	return !o || !same_place(place_of(o), m->gone);
}

static struct ir_rule rule_without(const struct mutant *m, const struct ir_rule *r)
{
	struct ir_rule out = *r;
	struct ir_hole *holes = ARENA_ARRAY(m->arena, r->n_holes, struct ir_hole);
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (r->origin[op] && !keeps(m, r->origin[op])) {
			out.ops &= ~OP_BIT(op);
			out.origin[op] = NULL;
		}
	out.n_holes = 0;
	for (unsigned i = 0; i < r->n_holes; i++)
		if (!same_place(r->holes[i].loc, m->gone))
			holes[out.n_holes++] = r->holes[i];
	out.holes = holes;
	return out;
}

static void drop_rules(struct mutant *m, const struct ir *from)
{
	struct ir_rule *rules = ARENA_ARRAY(m->arena, from->n_rules, struct ir_rule);
	m->ir.n_rules = 0;
	for (unsigned i = 0; i < from->n_rules; i++) {
		struct ir_rule r = rule_without(m, &from->rules[i]);
		if (r.ops)
			rules[m->ir.n_rules++] = r;
	}
	m->ir.rules = rules;
}

static void drop_rest(struct mutant *m, const struct ir *from)
{
	struct ir_env_set *env = ARENA_ARRAY(m->arena, from->n_env_set, struct ir_env_set);
	struct ir_want *wants = ARENA_ARRAY(m->arena, from->n_wants, struct ir_want);
	m->ir.n_env_set = m->ir.n_wants = 0;
	for (unsigned i = 0; i < from->n_env_set; i++)
		if (keeps(m, from->env_set[i].origin))
			env[m->ir.n_env_set++] = from->env_set[i];
	for (unsigned i = 0; i < from->n_wants; i++)
		if (keeps(m, from->wants[i].origin))
			wants[m->ir.n_wants++] = from->wants[i];
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT; l++)
			if (m->ir.limit[t][l].set && !keeps(m, m->ir.limit[t][l].origin))
				m->ir.limit[t][l] = (struct ir_limit){.set = false};
	m->ir.env_set = env;
	m->ir.wants = wants;
}

static bool all_hold(struct mutant *m, const struct src *src)
{
	struct diags *diags = diags_new(m->arena, src);
	const struct guarantees g = guarantees_check(m->arena, &m->ir, diags);
	struct asker *k = asker_new(m->arena, meaning_new(m->arena, &m->ir));
	if (diag_errors(diags))
		return false; /* the compiler notices: a guarantee is no longer kept, and required */
	for (unsigned i = 0; i < m->ir.n_tests; i++)
		for (unsigned e = 0; e < m->ir.tests[i].n_expect; e++)
			for (unsigned t = 0; t < TARGET_COUNT; t++)
				if ((m->ir.tests[i].expect[e].targets & TARGET_BIT(t)) &&
				    !expect_holds(k, &g, &m->ir.tests[i], &m->ir.tests[i].expect[e], (enum target)t))
					return false;
	return true;
}

void rule_lines_mutate(struct rule_lines *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		struct mutant m = {.arena = arena_new(), .ir = *l->k->ir, .gone = l->v[i].loc};
		drop_rules(&m, l->k->ir);
		drop_rest(&m, l->k->ir);
		l->v[i].survives = all_hold(&m, l->k->src);
		arena_free(m.arena);
	}
}

const char *rule_line_text(const struct rule_lines *l, const struct rule_line *line)
{
	char *text = arena_strdup(l->k->arena, src_text(l->k->src, l->k->arena, line->loc));
	text[strcspn(text, "\n")] = '\0';
	return line->kind == LINE_HOLE ? arena_printf(l->k->arena, "except %s", text) : text;
}
