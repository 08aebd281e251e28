/*
 * facts_rules.c - every rule of the profile decides something: none stands twice, none is beaten at all of its questions.
 *
 * Two rules with one filter on one operation: the first is beaten everywhere. Any other must decide one of the questions that the
 * profile gives rise to, with the values of the start that facts_values.c makes up, or with any; a rule on such a value that decides
 * none of them must at least not be beaten by another alone, whatever the value (facts_beaten.c). The base is text that never
 * changes, and a policy may open more than it: its rules are asked without those of the policy.
 */
#include <stdlib.h>
#include <string.h>

#include "sbpl_witness.h"
#include "seatbelt.h"

enum { MOST_BEATEN = 64 };

/* A rule as it is written: with some values one filter becomes several rules. */
struct key {
	unsigned line, col, op, part;
};

struct keys {
	struct arena *arena;
	struct key *v;
	unsigned n;
};

static struct key key_of(const struct sbpl_rule *r)
{
	return (struct key){r->at.line, r->at.col, r->op, r->part};
}

static int cmp_key(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct key)); /* any order does */
}

/* Does a value of the start decide what it matches? */
static bool on_value(const struct sbpl_filter *f)
{
	bool open = f->open;

	for (const struct sbpl_filter *x = f->first; x && !open; x = x->next)
		open = on_value(x);
	return open;
}

/* That a rule may decide, if a value is as it must be, is no answer. */
static void add_deciding(struct keys *keys, const struct sbpl_profile *p)
{
	struct arena *scratch = arena_new();
	bool *decides = p ? ARENA_ARRAY(scratch, p->n_rules + 1u, bool) : NULL;

	if (p)
		sbpl_deciding(scratch, p, decides);
	for (unsigned i = 0; p && i < p->n_rules; i++) {
		if (!decides[i] || (p->rules[i].filter && on_value(p->rules[i].filter)))
			continue;
		ARENA_GROW(keys->arena, keys->v, keys->n);
		keys->v[keys->n++] = key_of(&p->rules[i]);
	}
	if (keys->n)
		qsort(keys->v, keys->n, sizeof(*keys->v), cmp_key);
	arena_free(scratch);
}

/* The first rule, from this one on, that is none of these; NULL: there is none. Line 0 is what macOS adds to every profile. */
static const struct sbpl_rule *next_other(const struct keys *keys, const struct sbpl_profile *p, unsigned from)
{
	for (unsigned i = from; i < p->n_rules; i++) {
		struct key k = key_of(&p->rules[i]);

		if (k.line && !(keys->n && bsearch(&k, keys->v, keys->n, sizeof(k), cmp_key)))
			return &p->rules[i];
	}
	return NULL;
}

/* ---- the same filter twice ---- */

struct written {
	const struct sexp *filter; /* NULL: none */
	const struct sbpl_rule *rule;
};

static int cmp_sexp(const struct sexp *x, const struct sexp *y);

/* Lists, from these elements on. */
static int cmp_lists(const struct sexp *x, const struct sexp *y)
{
	int order = 0;

	for (; x && y && !order; x = x->next, y = y->next)
		order = cmp_sexp(x, y);
	return order ? order : (x != NULL) - (y != NULL);
}

static int cmp_sexp(const struct sexp *x, const struct sexp *y)
{
	if (!x || !y || x->kind != y->kind)
		return !x || !y ? (x != NULL) - (y != NULL) : (int)x->kind - (int)y->kind;
	return x->kind == SEXP_LIST ? cmp_lists(x->first, y->first) : strcmp(x->text, y->text);
}

static int cmp_written(const void *a, const void *b)
{
	const struct written *x = a, *y = b;
	int order = (x->rule->op > y->rule->op) - (x->rule->op < y->rule->op);

	order = order ? order : cmp_sexp(x->filter, y->filter);
	return order ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

/* A rule whose filter stands in a later one on the same operation, which beats it; NULL: there is none. The first `n_base`
 * rules are the base's, of which a policy may close some. */
static const struct sbpl_rule *first_repeated(struct arena *a, const struct sbpl_profile *p, unsigned n_base)
{
	struct written *v = ARENA_ARRAY(a, p->n_rules + 1u, struct written);
	unsigned n = 0;

	for (unsigned i = 0; i < p->n_rules; i++)
		if (p->rules[i].form)
			v[n++] = (struct written){sbpl_rule_filter(&p->rules[i]), &p->rules[i]};
	if (n)
		qsort(v, n, sizeof(*v), cmp_written);
	for (unsigned i = 1; i < n; i++) {
		const struct sbpl_rule *x = v[i - 1].rule, *y = v[i].rule;
		bool closes = x->allow != y->allow && (x - p->rules < n_base) != (y - p->rules < n_base);

		if (x->op == y->op && cmp_sexp(v[i - 1].filter, v[i].filter) == 0 && !closes)
			return x;
	}
	return NULL;
}

/* ---- both ---- */

static bool has_value(const struct sbpl_profile *p)
{
	unsigned i = 0;

	while (i < p->n_rules && !(p->rules[i].filter && on_value(p->rules[i].filter)))
		i++;
	return i < p->n_rules;
}

/* Of those that decide nothing: a rule on a value of the start has to be beaten for it. That is looked into for so many of a profile. */
static const struct sbpl_rule *first_beaten(const void *model, const struct ir *ir, const struct sbpl_profile *p, const struct keys *deciding)
{
	const struct sbpl_rule *r = next_other(deciding, p, 0);

	for (unsigned n = 0; r && r->filter && on_value(r->filter); n++) {
		if (n < MOST_BEATEN && seatbelt_is_beaten(model, ir, r))
			return r;
		r = next_other(deciding, p, (unsigned)(r - p->rules) + 1);
	}
	return r;
}

static const struct sbpl_rule *first_dead(const void *model, const struct ir *ir, struct arena *a)
{
	const struct sbpl_profile *base, *p = seatbelt_model_open_profile(model, &base);
	const struct sbpl_rule *repeated = first_repeated(a, p, base ? base->n_rules : 0);
	struct keys deciding = {.arena = a};

	if (repeated)
		return repeated;
	for (unsigned i = has_value(p) ? SEATBELT_APART : SEATBELT_VALUES; i < SEATBELT_VALUES && next_other(&deciding, p, 0); i++) {
		const struct request values = seatbelt_values(a, ir, i);

		add_deciding(&deciding, seatbelt_model_profile(model, &values));
	}
	if (next_other(&deciding, p, 0))
		add_deciding(&deciding, p);
	if (next_other(&deciding, p, 0))
		add_deciding(&deciding, base);
	return first_beaten(model, ir, p, &deciding);
}

bool seatbelt_rules_decide(const void *model, const struct ir *ir, struct arena *a, const char **difference)
{
	const struct sbpl_rule *r = first_dead(model, ir, a);

	if (r)
		*difference = arena_printf(a, SEATBELT_FILE ":%u:%u: the rule on %s%s%s decides nothing", r->at.line, r->at.col,
					   sbpl_ops[r->op].name, r->filter ? " with " : "",
					   r->filter ? sbpl_filter_text(a, r->filter) : "");
	return !r;
}
