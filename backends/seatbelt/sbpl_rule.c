/*
 * sbpl_rule.c - (allow OPERATION... FILTER... (with MODIFIER)): the rules that a profile leaves, one for each operation
 * and filter of it.
 */
#include <string.h>

#include "sbpl_lang.h"

/* One rule while its words are read. */
struct draft {
	bool allow;
	const struct sexp *form;
	enum sbpl_op ops[SBPL_OP_COUNT];
	unsigned n_ops;
	const struct sbpl_filter *filters;
	const struct sbpl_filter **tail;
	unsigned modifiers;
	const char *message, *signal, *messages;
};

/* ---- modifiers ---- */

static const struct sval *modifier_new(struct lang *l, enum sbpl_modifier_id id, const char *text)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = V_MODIFIER;
	v->number = id;
	v->text = text;
	return v;
}

const struct sval *modifier_eval(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *word = form->first->next, *arg = word ? word->next : NULL;
	int id = word && word->kind == SEXP_SYMBOL ? sbpl_modifier_find(word->text) : -1;
	enum sbpl_modifier_arg takes;
	const struct sval *v;

	if (id < 0)
		return lang_fail(l, form, "unknown modifier `%s`", word && word->text ? word->text : "");
	takes = sbpl_modifiers[id].arg;
	if ((takes == MODIFIER_NONE) != !arg || (arg && arg->next))
		return lang_fail(l, form, "the modifier `%s` takes %s", word->text,
				 takes == MODIFIER_NONE ? "no value" : "one value");
	if (takes == MODIFIER_NONE)
		return modifier_new(l, (enum sbpl_modifier_id)id, NULL);
	v = lang_eval(l, arg, s);
	if (v && v->kind != (takes == MODIFIER_TEXT ? V_TEXT : V_SYMBOL))
		return lang_fail(l, arg, "%s was expected here, not %s", takes == MODIFIER_TEXT ? "a string" : "a word",
				 value_kind(v));
	return v ? modifier_new(l, (enum sbpl_modifier_id)id, v->text) : NULL;
}

static bool take_modifier(struct lang *l, const struct sexp *at, struct draft *d, const struct sval *v)
{
	const struct sbpl_modifier_desc *m = &sbpl_modifiers[v->number];
	unsigned bit = 1u << v->number;

	if (d->modifiers & bit)
		return lang_fail(l, at, "the modifier `%s` stands there twice", m->name), false;
	if (m->on == (d->allow ? ON_DENY : ON_ALLOW))
		return lang_fail(l, at, "the modifier `%s` does not go with %s", m->name, d->allow ? "allow" : "deny"), false;
	d->modifiers |= bit;
	if (v->number == MODIFIER_MESSAGE)
		d->message = v->text;
	if (v->number == MODIFIER_SEND_SIGNAL)
		d->signal = v->text;
	if (v->number == MODIFIER_MESSAGE_FILTER)
		d->messages = v->text;
	return true;
}

/* ---- words of a rule ---- */

/* Lists are what they hold. */
static bool take(struct lang *l, const struct sexp *at, struct draft *d, const struct sval *v, unsigned depth)
{
	struct sbpl_filter *copy;

	switch (v->kind) {
	case V_OPERATION:
		if (d->n_ops == SBPL_OP_COUNT)
			return lang_fail(l, at, "too many operations"), false;
		d->ops[d->n_ops++] = (enum sbpl_op)v->number;
		return true;
	case V_FILTER:
		copy = filter_copy(l->arena, v->filter);
		*d->tail = copy;
		d->tail = &copy->next;
		return true;
	case V_MODIFIER:
		return take_modifier(l, at, d, v);
	case V_PAIR:
		if (depth >= SBPL_MAX_DEPTH)
			return lang_fail(l, at, "lists are nested too deep"), false;
		for (; v->kind == V_PAIR; v = v->tail)
			if (!take(l, at, d, v->head, depth + 1))
				return false;
		return true;
	case V_NIL:
		return true;
	case V_NOTHING:
	case V_BOOL:
	case V_NUMBER:
	case V_CHAR:
	case V_TEXT:
	case V_SYMBOL:
	case V_CLOSURE:
	case V_MACRO:
	case V_BUILTIN:
	case V_FILTER_MAKER:
		break;
	}
	return lang_fail(l, at, "an operation or a filter was expected here, not %s", value_kind(v)), false;
}

static const struct sval *eval_word(struct lang *l, const struct sexp *x, struct scope *s)
{
	const char *head = form_head(x);
	const struct sval *v;

	if (x->kind == SEXP_SYMBOL && (!(v = lang_lookup(l, x->text, s)) || v->kind == V_SYMBOL))
		return lang_fail(l, x, "unknown operation `%s`%s", x->text, sbpl_suggest_op(l->arena, x->text));
	if (*head && !lang_name(head)->run && !lang_lookup(l, head, s))
		return lang_fail(l, x, "unknown filter `%s`%s", head, sbpl_suggest_filter(l->arena, head));
	return lang_eval(l, x, s);
}

/* ---- rules ---- */

/* Does the filter, with all inside it, fit the operation? Returns the name of the one that does not, or NULL. */
static const char *misfit(const struct sbpl_filter *f, enum sbpl_op op)
{
	const char *bad = NULL;
	enum sbpl_fits fits = sbpl_filters[f->id].fits;

	if (fits != FITS_ANY && !(sbpl_ops[op].takes & fits))
		return sbpl_filters[f->id].name;
	if (f->proto == PROTO_UNIX && sbpl_filters[f->id].subject == SUBJECT_ADDRESS)
		return NULL;
	for (const struct sbpl_filter *x = f->first; x && !bad; x = x->next)
		bad = misfit(x, op);
	return bad;
}

/* The outermost form when it led to the rule by a call, and does not hold it. */
static struct sbpl_place called_from(const struct lang *l, const struct sexp *form)
{
	const struct sexp *outer = l->outermost;

	if (!outer || !form)
		return (struct sbpl_place){"", 0, 0};
	if (form->source >= outer->source && form->source < outer->source + outer->length)
		return form->at;
	return outer->at;
}

static bool rule_add(struct lang *l, const struct draft *d, enum sbpl_op op, const struct sbpl_filter *f, unsigned part)
{
	struct sbpl_profile *p = l->profile;

	if (p->n_rules >= LANG_MAX_RULES)
		return lang_fail(l, d->form, "too many rules"), false;
	ARENA_GROW(l->arena, p->rules, p->n_rules);
	p->rules[p->n_rules++] = (struct sbpl_rule){
	    .op = op,
	    .filter = f,
	    .part = part,
	    .allow = d->allow,
	    .guarded = l->guard == (int)op,
	    .modifiers = d->modifiers,
	    .message = d->message,
	    .signal = d->signal,
	    .messages = d->messages,
	    .at = d->form ? d->form->at : (struct sbpl_place){"", 0, 0},
	    .via = called_from(l, d->form),
	    .form = d->form,
	};
	if (!f)
		p->tail[op] = p->n_rules;
	return true;
}

/* The filter together with those of with-filter around it. */
static const struct sbpl_filter *within(struct lang *l, const struct sbpl_filter *f)
{
	struct sbpl_filter *first;

	if (!l->within)
		return f;
	if (!f)
		return filter_join(l->arena, FILTER_REQUIRE_ALL, l->within);
	first = filter_copy(l->arena, f);
	first->next = l->within;
	return filter_join(l->arena, FILTER_REQUIRE_ALL, first);
}

/* The rule is walked through at each question: filters that hold one another many times over come to an end here. */
static bool bounded(struct lang *l, const struct draft *d)
{
	const struct sbpl_filter *lists[] = {d->filters, l->within};

	for (size_t i = 0; i < 2; i++)
		for (const struct sbpl_filter *f = lists[i]; f; f = f->next) {
			l->steps += filter_parts(f);
			if (l->steps >= LANG_MAX_STEPS)
				return lang_fail(l, d->form, "the filters of the profile have too many parts"), false;
		}
	return true;
}

static bool rules_for(struct lang *l, const struct draft *d, enum sbpl_op op)
{
	unsigned part = 0;

	if (!bounded(l, d))
		return false;
	if (!d->filters)
		return rule_add(l, d, op, within(l, NULL), 0);
	for (const struct sbpl_filter *f = d->filters; f; f = f->next) {
		bool any = f->id == FILTER_REQUIRE_ANY;
		const char *bad = misfit(f, op);

		if (bad)
			return lang_fail(l, d->form, "filter `%s` does not fit `%s`", bad, sbpl_ops[op].name), false;
		part++;
		for (const struct sbpl_filter *x = any ? f->first : f; x; x = any ? x->next : NULL)
			if (!rule_add(l, d, op, within(l, x), part))
				return false;
	}
	return true;
}

const struct sval *rule_call(struct lang *l, const struct sexp *form, bool allow, const struct sval *words)
{
	static const struct sval nothing = {.kind = V_NOTHING};
	struct draft d = {.allow = allow, .form = form};

	d.tail = &d.filters;
	if (!take(l, form, &d, words, 0) || (l->always && !take(l, form, &d, l->always, 0)))
		return NULL;
	if (d.n_ops == 0)
		return lang_fail(l, form, "a rule without an operation");
	for (unsigned i = 0; i < d.n_ops; i++)
		if ((d.modifiers & (1u << MODIFIER_NO_SANDBOX)) && !sbpl_below(d.ops[i], SBPL_PROCESS_EXEC))
			return lang_fail(l, form, "the modifier `no-sandbox` goes with process-exec only");
	for (unsigned i = 0; i < d.n_ops; i++)
		if (!rules_for(l, &d, d.ops[i]))
			return NULL;
	return &nothing;
}

const struct sval *rule_eval(struct lang *l, const struct sexp *form, struct scope *s)
{
	static const struct sval nil = {.kind = V_NIL};
	const struct sval *words = &nil, **v;
	unsigned n = 0;

	for (const struct sexp *x = form->first->next; x; x = x->next)
		n++;
	v = ARENA_ARRAY(l->arena, n, const struct sval *);
	n = 0;
	for (const struct sexp *x = form->first->next; x; x = x->next)
		if (!(v[n++] = eval_word(l, x, s)))
			return NULL;
	while (n > 0)
		words = value_pair(l, v[--n], words);
	return rule_call(l, form, form->first->text[0] == 'a', words);
}

void rule_prelude(struct lang *l)
{
	struct draft d = {.allow = true};
	struct sbpl_filter *self = ARENA_NEW(l->arena, struct sbpl_filter);

	self->id = FILTER_TARGET;
	self->text = "self";
	rule_add(l, &d, SBPL_SIGNAL, self, 1);
	rule_add(l, &d, SBPL_MACH_TASK_NAME, self, 1);
}

const struct sexp *sbpl_rule_filter(const struct sbpl_rule *r)
{
	unsigned part = 0;
	const struct sexp *x = r->form->first;

	while (x && (part += x->kind == SEXP_LIST) < r->part)
		x = x->next;
	return r->part ? x : NULL;
}
