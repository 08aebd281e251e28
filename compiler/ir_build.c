/*
 * ir_build.c - sorts and merges, so that equal policies give equal bytes.
 */
#include "ir_build.h"

#include <stdlib.h>
#include <string.h>

#include "cond.h"
#include "macos_word.h"

struct ir_build *ir_build_new(struct arena *a)
{
	struct ir_build *b = ARENA_NEW(a, struct ir_build);
	b->arena = a;
	return b;
}

void ir_build_rule(struct ir_build *b, const struct ir_rule *rule, const struct origin *o)
{
	ARENA_GROW(b->arena, b->rules, b->n_rules);
	struct ir_rule *r = &b->rules[b->n_rules++];
	*r = *rule;
	for (unsigned op = 0; op < OP_COUNT; op++)
		r->origin[op] = r->ops & OP_BIT(op) ? o : NULL;
}

void ir_build_base(struct ir_build *b, const struct ir_base *base)
{
	ARENA_GROW(b->arena, b->bases, b->n_bases);
	b->bases[b->n_bases++] = *base;
}

void ir_build_drop(struct ir_build *b, const struct ir_drop *d)
{
	ARENA_GROW(b->arena, b->drops, b->n_drops);
	b->drops[b->n_drops++] = *d;
}

void ir_build_never(struct ir_build *b, const struct ir_rule *rule, const struct origin *o)
{
	ARENA_GROW(b->arena, b->nevers, b->n_nevers);
	struct ir_never *n = &b->nevers[b->n_nevers++];
	*n = (struct ir_never){.rule = *rule, .origin = o};
	for (unsigned op = 0; op < OP_COUNT; op++)
		n->rule.origin[op] = rule->ops & OP_BIT(op) ? o : NULL;
}

void ir_build_env_set(struct ir_build *b, const struct ir_env_set *e)
{
	ARENA_GROW(b->arena, b->env_set, b->n_env_set);
	b->env_set[b->n_env_set++] = *e;
}

void ir_build_param(struct ir_build *b, const struct ir_param *p)
{
	ARENA_GROW(b->arena, b->params, b->n_params);
	b->params[b->n_params++] = *p;
}

void ir_build_want(struct ir_build *b, const struct ir_want *w)
{
	ARENA_GROW(b->arena, b->wants, b->n_wants);
	b->wants[b->n_wants++] = *w;
}

void ir_build_test(struct ir_build *b, const struct ir_test *t)
{
	ARENA_GROW(b->arena, b->tests, b->n_tests);
	b->tests[b->n_tests++] = *t;
}

void ir_build_place(struct ir_build *b, const struct ir_place *p)
{
	ARENA_GROW(b->arena, b->places, b->n_places);
	b->places[b->n_places++] = *p;
}

void ir_build_limit(struct ir_build *b, enum target t, enum limit l, uint64_t value, const char *param,
		    const struct origin *o)
{
	ARENA_GROW(b->arena, b->limits, b->n_limits);
	b->limits[b->n_limits++] = (struct ir_build_limit){
	    .target = t, .limit = l, .is = {.set = true, .value = value, .param = param, .origin = o}};
}

/* What a param holds is bounded by the tightest number that a line says, else by what the limit can be. */
static struct ir_limit bounded(struct ir_limit open, const struct ir_limit *number, enum limit l)
{
	open.value = l == LIMIT_OPEN_FILES ? OPEN_FILES_AT_LOAD : limit_range[l].most;
	if (number->set) {
		open.value = number->value;
		open.bound = number->origin;
	}
	return open;
}

/* Of numbers the first of the tightest; of params the first. */
static void finish_limits(struct ir_build *b)
{
	struct ir_limit open[TARGET_COUNT][LIMIT_COUNT] = {{{.set = false}}};
	for (unsigned i = 0; i < b->n_limits; i++) {
		const struct ir_build_limit *one = &b->limits[i];
		struct ir_limit *number = &b->ir.limit[one->target][one->limit], *param = &open[one->target][one->limit];
		struct ir_limit *of = one->is.param ? param : number;
		if (one->is.set && (!of->set || (!of->param && one->is.value < of->value)))
			*of = one->is;
	}
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT; l++)
			if (open[t][l].set)
				b->ir.limit[t][l] = bounded(open[t][l], &b->ir.limit[t][l], (enum limit)l);
}

static int cmp_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_str0(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int hole_cmp(const void *x, const void *y)
{
	const struct ir_hole *a = x, *b = y;
	int c = strcmp(a->path, b->path);
	return c ? c : cmp_u64(a->loc.beg, b->loc.beg);
}

static int holes_cmp(const struct ir_rule *a, const struct ir_rule *b)
{
	if (a->n_holes != b->n_holes)
		return cmp_u64(a->n_holes, b->n_holes);
	for (unsigned i = 0; i < a->n_holes; i++) {
		int c = strcmp(a->holes[i].path, b->holes[i].path);
		if (c)
			return c;
	}
	return 0;
}

/* The rest of what an object is: its pattern, its proxy. */
static int via_cmp(const struct ir_rule *a, const struct ir_rule *b)
{
	int c = cmp_str0(a->glob, b->glob);
	return c ? c : cmp_str0(a->via ? a->via->name : NULL, b->via ? b->via->name : NULL);
}

bool ir_same_object(const struct ir_rule *a, const struct ir_rule *b)
{
	return a->kind == b->kind && strcmp(a->object, b->object) == 0 && a->port_lo == b->port_lo &&
	       a->port_hi == b->port_hi && cmp_str0(a->port_var, b->port_var) == 0 && via_cmp(a, b) == 0 && cond_cmp(a->cond, b->cond) == 0;
}

/* One name may be that of a semaphore and of a service: these are two objects. */
static int family_cmp(const struct ir_rule *a, const struct ir_rule *b)
{
	if (a->kind != RULE_MACOS)
		return 0;
	return strcmp(macos_family_of((enum op)__builtin_ctz(a->ops))->word, macos_family_of((enum op)__builtin_ctz(b->ops))->word);
}

/* Everything that makes two rules the same rule but for their operations. */
static int rule_key_cmp(const struct ir_rule *a, const struct ir_rule *b)
{
	int c;
	if ((c = cmp_u64(a->kind, b->kind)) || (c = strcmp(a->object, b->object)) ||
	    (c = cmp_u64(a->deny, b->deny)) || (c = cmp_u64(a->targets, b->targets)) ||
	    (c = cmp_u64(a->arches, b->arches)) || (c = cmp_u64(a->port_lo, b->port_lo)) ||
	    (c = cmp_u64(a->port_hi, b->port_hi)) || (c = cmp_str0(a->port_var, b->port_var)) ||
	    (c = cmp_u64(a->flags, b->flags)) ||
	    (c = via_cmp(a, b)) || (c = cmp_u64(a->action.act, b->action.act)) ||
	    (c = cmp_u64(a->action.data, b->action.data)) || (c = cond_cmp(a->cond, b->cond)))
		return c;
	return (c = family_cmp(a, b)) ? c : holes_cmp(a, b);
}

static uint32_t rule_place(const struct ir_rule *r)
{
	return r->ops ? r->origin[__builtin_ctz(r->ops)]->loc.beg : 0;
}

static int rule_cmp(const void *x, const void *y)
{
	const struct ir_rule *a = x, *b = y;
	int c = rule_key_cmp(a, b);
	if (c)
		return c;
	if ((c = cmp_u64(rule_place(a), rule_place(b))))
		return c;
	return cmp_u64(a->ops, b->ops);
}

static unsigned holes_dedupe(struct ir_hole *h, unsigned n)
{
	unsigned k = 0;
	for (unsigned i = 0; i < n; i++)
		if (k == 0 || strcmp(h[k - 1].path, h[i].path) != 0)
			h[k++] = h[i];
	return k;
}

static void canonical_holes(struct arena *a, struct ir_rule *r)
{
	if (r->n_holes == 0)
		return;
	struct ir_hole *copy = ARENA_ARRAY(a, r->n_holes, struct ir_hole);
	memcpy(copy, r->holes, r->n_holes * sizeof(*copy));
	qsort(copy, r->n_holes, sizeof(*copy), hole_cmp);
	r->n_holes = holes_dedupe(copy, r->n_holes);
	r->holes = copy;
}

/* Of two rules that are one but for their operations, the one that has no others says nothing. What a proxy brings is no line. */
static void note_twice(struct ir_build *b, const struct ir_rule *x, const struct ir_rule *y)
{
	bool y_more = (y->ops & ~x->ops) != 0;
	const struct ir_rule *again = y_more ? x : y, *first = y_more ? y : x;
	struct ir_twice t = {first->origin[__builtin_ctz(again->ops)], again->origin[__builtin_ctz(again->ops)]};
	if ((again->ops & ~first->ops) || t.first->loc.beg == t.again->loc.beg || (again->flags & RULE_PROXY))
		return;
	ARENA_GROW(b->arena, b->twice, b->n_twice);
	b->twice[b->n_twice++] = t;
}

static int twice_cmp(const void *x, const void *y)
{
	const struct ir_twice *a = x, *b = y;
	int c = cmp_u64(a->again->loc.beg, b->again->loc.beg);
	return c ? c : cmp_u64(a->first->loc.beg, b->first->loc.beg);
}

static int loc_cmp(const void *x, const void *y)
{
	return cmp_u64(*(const uint32_t *)x, *(const uint32_t *)y);
}

/* A line makes several rules when it names a group: it says nothing where none of them is left. Each line once. */
static void whole_lines(struct ir_build *b, unsigned n_rules)
{
	uint32_t *said = ARENA_ARRAY(b->arena, n_rules + 1u, uint32_t);
	unsigned n = 0, kept = 0;
	for (unsigned i = 0; i < n_rules; i++)
		if (b->rules[i].kind == RULE_SYSCALL)
			said[n++] = rule_place(&b->rules[i]);
	if (n)
		qsort(said, n, sizeof(*said), loc_cmp);
	if (b->n_twice)
		qsort(b->twice, b->n_twice, sizeof(*b->twice), twice_cmp);
	for (unsigned i = 0; i < b->n_twice; i++) {
		uint32_t line = b->twice[i].again->loc.beg;
		if ((!kept || b->twice[kept - 1].again->loc.beg != line) && !(n && bsearch(&line, said, n, sizeof(*said), loc_cmp)))
			b->twice[kept++] = b->twice[i];
	}
	b->n_twice = kept;
}

static void merge_into(struct ir_rule *into, const struct ir_rule *r)
{
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (!into->origin[op])
			into->origin[op] = r->origin[op];
	into->ops |= r->ops;
}

static void finish_rules(struct ir_build *b)
{
	unsigned n = 0;
	for (unsigned i = 0; i < b->n_rules; i++) {
		struct ir_rule r = b->rules[i];
		r.targets &= b->ir.targets;
		if (r.targets == 0 || r.ops == 0)
			continue;
		canonical_holes(b->arena, &r);
		b->rules[n++] = r;
	}
	if (n)
		qsort(b->rules, n, sizeof(*b->rules), rule_cmp);
	unsigned k = 0;
	for (unsigned i = 0; i < n; i++) {
		if (k && rule_key_cmp(&b->rules[k - 1], &b->rules[i]) == 0) {
			note_twice(b, &b->rules[k - 1], &b->rules[i]);
			merge_into(&b->rules[k - 1], &b->rules[i]);
		} else
			b->rules[k++] = b->rules[i];
	}
	whole_lines(b, k);
	b->ir.twice = b->twice;
	b->ir.n_twice = b->n_twice;
	b->ir.rules = b->rules;
	b->ir.n_rules = k;
}

/* A dropped one has no system left. */
static void finish_wants(struct ir_build *b)
{
	unsigned n = 0;
	for (unsigned i = 0; i < b->n_wants; i++)
		if (b->wants[i].targets)
			b->wants[n++] = b->wants[i];
	b->n_wants = n;
}

static int never_cmp(const void *x, const void *y)
{
	return rule_cmp(&((const struct ir_never *)x)->rule, &((const struct ir_never *)y)->rule);
}

static void finish_nevers(struct ir_build *b)
{
	unsigned n = 0;
	for (unsigned i = 0; i < b->n_nevers; i++) {
		struct ir_never *v = &b->nevers[i];
		v->rule.targets &= b->ir.targets;
		if (v->rule.targets)
			b->nevers[n++] = *v;
	}
	if (n)
		qsort(b->nevers, n, sizeof(*b->nevers), never_cmp);
	b->ir.nevers = b->nevers;
	b->ir.n_nevers = n;
}

static int env_cmp(const void *x, const void *y)
{
	const struct ir_env_set *a = x, *b = y;
	int c = strcmp(a->name, b->name);
	if (c)
		return c;
	return (c = cmp_u64(a->targets, b->targets)) ? c : strcmp(a->value, b->value);
}

static int param_cmp(const void *x, const void *y)
{
	return strcmp(((const struct ir_param *)x)->name, ((const struct ir_param *)y)->name);
}

static int want_cmp(const void *x, const void *y)
{
	const struct ir_want *a = x, *b = y;
	int c;
	if ((c = cmp_u64(a->cap, b->cap)) || (c = cmp_u64(a->prefer, b->prefer)) ||
	    (c = cmp_u64(a->targets, b->targets)))
		return c;
	return cmp_u64(a->origin->loc.beg, b->origin->loc.beg);
}

static int drop_cmp(const void *x, const void *y)
{
	return cmp_u64(((const struct ir_drop *)x)->origin->loc.beg, ((const struct ir_drop *)y)->origin->loc.beg);
}

static int test_cmp(const void *x, const void *y)
{
	return cmp_u64(((const struct ir_test *)x)->loc.beg, ((const struct ir_test *)y)->loc.beg);
}

static int place_cmp(const void *x, const void *y)
{
	return strcmp(((const struct ir_place *)x)->at, ((const struct ir_place *)y)->at);
}

#define SORT(v, n, cmp) ((n) ? qsort((v), (n), sizeof(*(v)), (cmp)) : (void)0)

const struct ir *ir_build_finish(struct ir_build *b)
{
	finish_rules(b);
	finish_nevers(b);
	finish_limits(b);
	finish_wants(b);
	SORT(b->env_set, b->n_env_set, env_cmp);
	SORT(b->params, b->n_params, param_cmp);
	SORT(b->wants, b->n_wants, want_cmp);
	SORT(b->drops, b->n_drops, drop_cmp);
	b->ir.bases = b->bases;
	b->ir.n_bases = b->n_bases;
	b->ir.drops = b->drops;
	b->ir.n_drops = b->n_drops;
	SORT(b->tests, b->n_tests, test_cmp);
	SORT(b->places, b->n_places, place_cmp);
	b->ir.around.places = b->places;
	b->ir.around.n_places = b->n_places;
	b->ir.env_set = b->env_set;
	b->ir.n_env_set = b->n_env_set;
	b->ir.params = b->params;
	b->ir.n_params = b->n_params;
	b->ir.wants = b->wants;
	b->ir.n_wants = b->n_wants;
	b->ir.tests = b->tests;
	b->ir.n_tests = b->n_tests;
	return &b->ir;
}
