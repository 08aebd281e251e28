/*
 * sbpl_lang.c - runs a profile as the library of macOS does when it loads one: a profile is a program whose (allow ...)
 * and (deny ...) forms leave rules.
 *
 * Whatever this evaluator does not know is an error that names it: a profile that macOS would refuse, or read in a way
 * that is not modelled here, must never look judged.
 */
#include "sbpl_lang.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../../compiler/str.h"

static const struct sval nothing = {.kind = V_NOTHING}, nil = {.kind = V_NIL};

typedef const struct sval *(*form_run)(struct lang *l, const struct sexp *form, struct scope *s);

const struct sval *lang_fail(struct lang *l, const struct sexp *at, const char *fmt, ...)
{
	char text[1200];
	va_list args;

	if (l->error)
		return NULL;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	l->error = arena_printf(l->arena, "%s:%u:%u: %s", at->at.file, at->at.line, at->at.col, text);
	return NULL;
}

bool is_word(const struct sexp *x, const char *word)
{
	return x && x->kind == SEXP_SYMBOL && strcmp(x->text, word) == 0;
}

const char *form_head(const struct sexp *x)
{
	return x->kind == SEXP_LIST && x->first && x->first->kind == SEXP_SYMBOL ? x->first->text : "";
}

/* ---- names ---- */

static struct scope *scope_new(struct lang *l, struct scope *outer)
{
	struct scope *s = ARENA_NEW(l->arena, struct scope);

	s->outer = outer;
	return s;
}

static struct binding *binding_find(struct scope *s, const char *name)
{
	for (; s; s = s->outer)
		for (struct binding *b = s->first; b; b = b->next)
			if (strcmp(b->name, name) == 0)
				return b;
	return NULL;
}

static void bind(struct lang *l, struct scope *s, const char *name, const struct sval *value)
{
	struct binding *b = s->first;

	while (b && strcmp(b->name, name) != 0)
		b = b->next;
	if (!b) {
		b = ARENA_NEW(l->arena, struct binding);
		b->name = name;
		b->next = s->first;
		s->first = b;
	}
	b->value = value;
}

static const struct sval *value_of(struct lang *l, enum sval_kind kind, int64_t number)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = kind;
	v->number = number;
	return v;
}

/* Constants such as AF_UNIX, SIGKILL and DIRECTORY mean themselves. */
static bool is_constant(const char *name)
{
	return name[0] >= 'A' && name[0] <= 'Z' && strlen(name) > 1 &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") >= 2;
}

static const struct sval *value_symbol(struct lang *l, const char *name)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = V_SYMBOL;
	v->text = name;
	return v;
}

const struct sval *lang_lookup(struct lang *l, const char *name, struct scope *s)
{
	const struct binding *b = binding_find(s, name);
	const struct builtin *f;
	int id;

	if (b)
		return b->value;
	if ((id = sbpl_op_find(name)) >= 0)
		return value_of(l, V_OPERATION, id);
	if ((id = sbpl_filter_find(name)) >= 0)
		return value_of(l, V_FILTER_MAKER, id);
	f = builtin_find(name);
	if (f) {
		struct sval *v = ARENA_NEW(l->arena, struct sval);

		v->kind = V_BUILTIN;
		v->builtin = f;
		return v;
	}
	return is_constant(name) ? value_symbol(l, name) : NULL;
}

/* ---- forms ---- */

static unsigned form_length(const struct sexp *form)
{
	unsigned n = 0;

	for (const struct sexp *x = form->first->next; x; x = x->next)
		n++;
	return n;
}

static const struct sval *quoted(struct lang *l, const struct sexp *x)
{
	const struct sval *list = &nil, **items;
	unsigned n = 0;

	switch (x->kind) {
	case SEXP_STRING:
		return value_text(l, x->text, false);
	case SEXP_NUMBER:
		return value_of(l, V_NUMBER, x->number);
	case SEXP_BOOL:
		return value_of(l, V_BOOL, x->number);
	case SEXP_SYMBOL:
		return value_symbol(l, x->text);
	case SEXP_LIST:
		break;
	}
	for (const struct sexp *i = x->first; i; i = i->next)
		n++;
	items = ARENA_ARRAY(l->arena, n, const struct sval *);
	n = 0;
	for (const struct sexp *i = x->first; i; i = i->next)
		items[n++] = quoted(l, i);
	l->steps += n;
	while (n > 0)
		list = value_pair(l, items[--n], list);
	return list;
}

static const struct sval *form_quote(struct lang *l, const struct sexp *form, struct scope *s)
{
	(void)s;
	return form_length(form) == 1 ? quoted(l, form->first->next) : lang_fail(l, form, "quote takes one thing");
}

/* (defined? 'x): the operation it asks for, or -1. */
static int asks_for(const struct sexp *cond)
{
	const struct sexp *q = strcmp(form_head(cond), "defined?") == 0 ? cond->first->next : NULL;

	if (!q || strcmp(form_head(q), "quote") != 0 || !q->first->next || q->first->next->kind != SEXP_SYMBOL)
		return -1;
	return sbpl_op_find(q->first->next->text);
}

static const struct sval *form_defined(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sval *v = form_length(form) == 1 ? lang_eval(l, form->first->next, s) : NULL;

	if (l->error)
		return NULL;
	if (!v || v->kind != V_SYMBOL)
		return lang_fail(l, form, "defined? takes one quoted word");
	return value_bool(l, lang_is_form(v->text) || (lang_lookup(l, v->text, s) && !is_constant(v->text)) ||
				 binding_find(s, v->text));
}

/* Evaluates under the guard that the condition is. */
static const struct sval *guarded(struct lang *l, const struct sexp *cond, const struct sexp *body, bool all,
				  struct scope *s)
{
	int outer = l->guard;
	const struct sval *v;

	if (asks_for(cond) >= 0)
		l->guard = asks_for(cond);
	v = all ? lang_eval_body(l, body, s) : lang_eval(l, body, s);
	l->guard = outer;
	return v;
}

static const struct sval *form_if(struct lang *l, const struct sexp *form, struct scope *s)
{
	unsigned n = form_length(form);
	const struct sexp *cond = form->first->next, *then;
	const struct sval *v;

	if (n < 2 || n > 3)
		return lang_fail(l, form, "if takes a condition, what then, and what else");
	then = cond->next;
	v = lang_eval(l, cond, s);
	if (!v)
		return NULL;
	if (value_true(v))
		return guarded(l, cond, then, false, s);
	return then->next ? lang_eval(l, then->next, s) : &nothing;
}

static const struct sval *form_when(struct lang *l, const struct sexp *form, struct scope *s)
{
	bool want = form->first->text[0] == 'w'; /* or unless */
	const struct sexp *cond = form->first->next;
	const struct sval *v = cond ? lang_eval(l, cond, s) : lang_fail(l, form, "%s takes a condition", form->first->text);

	if (!v)
		return NULL;
	return value_true(v) == want ? guarded(l, cond, cond->next, true, s) : &nothing;
}

static const struct sval *form_cond(struct lang *l, const struct sexp *form, struct scope *s)
{
	for (const struct sexp *c = form->first->next; c; c = c->next) {
		const struct sval *v;

		if (c->kind != SEXP_LIST || !c->first)
			return lang_fail(l, c, "cond takes lists that begin with a condition");
		if (is_word(c->first, "else"))
			return lang_eval_body(l, c->first->next, s);
		v = lang_eval(l, c->first, s);
		if (!v)
			return NULL;
		if (value_true(v))
			return c->first->next ? guarded(l, c->first, c->first->next, true, s) : v;
	}
	return &nothing;
}

static const struct sval *form_and(struct lang *l, const struct sexp *form, struct scope *s)
{
	bool stop = form->first->text[0] == 'o'; /* or */
	const struct sval *v = value_bool(l, !stop);

	for (const struct sexp *x = form->first->next; x; x = x->next) {
		v = lang_eval(l, x, s);
		if (!v || value_true(v) == stop)
			return v;
	}
	return v;
}

static const struct sval *closure(struct lang *l, const struct sexp *at, const struct sexp *params,
				  const struct sexp *body, struct scope *s)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	for (const struct sexp *p = params; p; p = p->next)
		if (p->kind != SEXP_SYMBOL)
			return lang_fail(l, p, "a parameter is a word");
	if (!body)
		return lang_fail(l, at, "a function without a body");
	v->kind = V_CLOSURE;
	v->params = params;
	v->body = body;
	v->scope = s;
	return v;
}

static const struct sval *form_lambda(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *params = form->first->next;

	if (!params || params->kind != SEXP_LIST)
		return lang_fail(l, form, "lambda takes a list of parameters");
	return closure(l, form, params->first, params->next, s);
}

static const struct sval *form_define(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *name = form->first->next;
	const struct sval *v;

	if (name && name->kind == SEXP_LIST && name->first && name->first->kind == SEXP_SYMBOL) {
		v = closure(l, form, name->first->next, name->next, s);
		name = name->first;
	} else if (name && name->kind == SEXP_SYMBOL && form_length(form) == 2) {
		v = lang_eval(l, name->next, s);
	} else {
		return lang_fail(l, form, "define takes a name and a value");
	}
	if (v)
		bind(l, s, name->text, v);
	return v ? &nothing : NULL;
}

static const struct sval *form_set(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *name = form->first->next;
	struct binding *b = name && name->kind == SEXP_SYMBOL ? binding_find(s, name->text) : NULL;
	const struct sval *v;

	if (!b || form_length(form) != 2)
		return lang_fail(l, form, "set! takes a name that is defined and a value");
	v = lang_eval(l, name->next, s);
	if (v)
		b->value = v;
	return v ? &nothing : NULL;
}

/* let, let* and letrec: where the values are evaluated is all that differs. */
static const struct sval *form_let(struct lang *l, const struct sexp *form, struct scope *s)
{
	struct scope *inner = scope_new(l, s);
	const struct sexp *list = form->first->next;
	struct scope *where = strcmp(form->first->text, "let") == 0 ? s : inner;

	if (!list || list->kind != SEXP_LIST)
		return lang_fail(l, form, "%s takes a list of names with their values", form->first->text);
	for (const struct sexp *b = list->first; b; b = b->next) {
		const struct sval *v;

		if (b->kind != SEXP_LIST || !b->first || b->first->kind != SEXP_SYMBOL || form_length(b) != 1)
			return lang_fail(l, b, "a name with its value was expected here");
		v = lang_eval(l, b->first->next, where);
		if (!v)
			return NULL;
		bind(l, inner, b->first->text, v);
	}
	return lang_eval_body(l, list->next, inner);
}

static const struct sval *form_begin(struct lang *l, const struct sexp *form, struct scope *s)
{
	return lang_eval_body(l, form->first->next, s);
}

static const struct sval *form_version(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *n = form->first->next;

	(void)s;
	if (!n || n->kind != SEXP_NUMBER || n->number != 1 || n->next)
		return lang_fail(l, form, "the only version is 1");
	return &nothing;
}

/* (debug deny), (trace "file"): they change nothing today. */
static const struct sval *form_ignored(struct lang *l, const struct sexp *form, struct scope *s)
{
	(void)l;
	(void)form;
	(void)s;
	return &nothing;
}

static const struct sval *form_import(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sval *name = form_length(form) == 1 ? lang_eval(l, form->first->next, s) : NULL;
	const char *why = "this profile may not import";
	const struct sexp *forms;
	const struct sval *v = &nothing;

	if (l->error)
		return NULL;
	if (!name || name->kind != V_TEXT)
		return lang_fail(l, form, "import takes one string");
	if (l->imports >= LANG_MAX_IMPORTS)
		return lang_fail(l, form, "imports are nested too deep");
	forms = l->how->import ? l->how->import(l->how->ctx, l->arena, name->text, &why) : NULL;
	if (!forms)
		return lang_fail(l, form, "import \"%s\": %s", name->text, why);
	l->imports++;
	v = lang_eval_body(l, forms, l->top);
	l->imports--;
	return v ? &nothing : NULL;
}

/* (with-filter FILTER FORM...): the rules inside ask for it too. */
static const struct sval *form_with_filter(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sbpl_filter *outer = l->within;
	const struct sval *f = form->first->next ? lang_eval(l, form->first->next, s) : NULL;
	struct sbpl_filter *copy;

	if (l->error)
		return NULL;
	if (!f || f->kind != V_FILTER)
		return lang_fail(l, form, "with-filter takes a filter and forms");
	copy = filter_copy(l->arena, f->filter);
	copy->next = outer;
	l->within = copy;
	f = lang_eval_body(l, form->first->next->next, s);
	l->within = outer;
	return f;
}

static const struct sval *form_with_modifier(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sval *outer = l->always;
	const struct sval *m = form->first->next ? lang_eval(l, form->first->next, s) : NULL;

	if (l->error)
		return NULL;
	if (!m || m->kind != V_MODIFIER)
		return lang_fail(l, form, "with-modifier takes (with ...) and forms");
	l->always = value_pair(l, m, outer ? outer : &nil);
	m = lang_eval_body(l, form->first->next->next, s);
	l->always = outer;
	return m;
}

static const struct {
	const char *word;
	form_run run;
} forms_known[] = {
    {"allow", rule_eval},	 {"deny", rule_eval},	    {"with", modifier_eval},
    {"with-filter", form_with_filter}, {"with-modifier", form_with_modifier},
    {"if", form_if},		 {"when", form_when},	    {"unless", form_when},
    {"cond", form_cond},	 {"and", form_and},	    {"or", form_and},
    {"define", form_define},	 {"set!", form_set},	    {"lambda", form_lambda},
    {"let", form_let},		 {"let*", form_let},	    {"letrec", form_let},
    {"begin", form_begin},	 {"quote", form_quote},	    {"defined?", form_defined},
    {"version", form_version},	 {"import", form_import},   {"debug", form_ignored},
    {"trace", form_ignored},
};

static form_run form_find(const char *word)
{
	for (size_t i = 0; i < sizeof(forms_known) / sizeof(forms_known[0]); i++)
		if (strcmp(forms_known[i].word, word) == 0)
			return forms_known[i].run;
	return NULL;
}

bool lang_is_form(const char *word)
{
	return form_find(word) != NULL;
}

/* ---- evaluation ---- */

static const struct sval *call_closure(struct lang *l, const struct sexp *at, const struct sval *f,
				       const struct sval *args)
{
	struct scope *s = scope_new(l, f->scope);

	for (const struct sexp *p = f->params; p; p = p->next) {
		if (args->kind != V_PAIR)
			return lang_fail(l, at, "too few values for the function");
		bind(l, s, p->text, args->head);
		args = args->tail;
	}
	if (args->kind == V_PAIR)
		return lang_fail(l, at, "too many values for the function");
	return lang_eval_body(l, f->body, s);
}

static const struct sval *call_builtin(struct lang *l, const struct sexp *at, const struct builtin *b,
				       const struct sval *args)
{
	unsigned n;

	value_array(l, args, &n);
	if (n < b->min || (b->max && n > b->max))
		return lang_fail(l, at, "`%s` takes %s%u value%s", b->name, b->max == b->min ? "" : "at least ", b->min,
				 b->min == 1 ? "" : "s");
	return b->run(l, at, args);
}

const struct sval *lang_call(struct lang *l, const struct sexp *at, const struct sval *f, const struct sval *args)
{
	if (f->kind == V_CLOSURE)
		return call_closure(l, at, f, args);
	if (f->kind == V_BUILTIN)
		return call_builtin(l, at, f->builtin, args);
	if (f->kind == V_FILTER_MAKER)
		return filter_make(l, at, (enum sbpl_filter_id)f->number, args);
	return lang_fail(l, at, "%s cannot be called", value_kind(f));
}

/* One argument. Behind the name of a filter a word that means nothing else means itself: (target self). */
static const struct sval *argument(struct lang *l, const struct sexp *x, const struct sval *f, struct scope *s)
{
	if (f->kind == V_FILTER_MAKER && x->kind == SEXP_SYMBOL) {
		const struct binding *b = binding_find(s, x->text);

		return b ? b->value : value_symbol(l, x->text);
	}
	if (f->kind == V_FILTER_MAKER && *form_head(x) && !lang_is_form(form_head(x)) &&
	    !lang_lookup(l, form_head(x), s))
		return lang_fail(l, x, "unknown filter `%s`%s", form_head(x), sbpl_suggest_filter(l->arena, form_head(x)));
	return lang_eval(l, x, s);
}

static const struct sval *arguments(struct lang *l, const struct sexp *x, const struct sval *f, struct scope *s)
{
	const struct sval *args = &nil, **v;
	unsigned n = 0;

	for (const struct sexp *i = x; i; i = i->next)
		n++;
	v = ARENA_ARRAY(l->arena, n, const struct sval *);
	n = 0;
	for (const struct sexp *i = x; i; i = i->next)
		if (!(v[n++] = argument(l, i, f, s)))
			return NULL;
	while (n > 0)
		args = value_pair(l, v[--n], args);
	return args;
}

static const struct sval *eval_list(struct lang *l, const struct sexp *x, struct scope *s)
{
	form_run run = form_find(form_head(x));
	const struct sval *f, *args;

	if (!x->first)
		return lang_fail(l, x, "() says nothing");
	if (run && !binding_find(s, form_head(x)))
		return run(l, x, s);
	if (*form_head(x) && !lang_lookup(l, form_head(x), s))
		return lang_fail(l, x, "unknown form `%s`", form_head(x));
	f = lang_eval(l, x->first, s);
	args = f ? arguments(l, x->first->next, f, s) : NULL;
	return args ? lang_call(l, x, f, args) : NULL;
}

static const struct sval *eval_symbol(struct lang *l, const struct sexp *x, struct scope *s)
{
	const struct sval *v = lang_lookup(l, x->text, s);

	return v ? v : lang_fail(l, x, "unknown word `%s`%s", x->text, sbpl_suggest_op(l->arena, x->text));
}

const struct sval *lang_eval(struct lang *l, const struct sexp *x, struct scope *s)
{
	const struct sval *v;

	if (++l->steps > LANG_MAX_STEPS)
		return lang_fail(l, x, "the profile does not come to an end");
	if (l->calls >= LANG_MAX_CALLS)
		return lang_fail(l, x, "forms are nested too deep");
	l->calls++;
	v = x->kind == SEXP_LIST ? eval_list(l, x, s) : x->kind == SEXP_SYMBOL ? eval_symbol(l, x, s) : quoted(l, x);
	l->calls--;
	return v;
}

const struct sval *lang_eval_body(struct lang *l, const struct sexp *body, struct scope *s)
{
	const struct sval *v = &nothing;

	for (; body && v; body = body->next)
		v = lang_eval(l, body, s);
	return v;
}

const struct sbpl_profile *sbpl_eval(struct arena *a, const struct sexp *forms, const struct sbpl_how_to *how,
				     const char **error)
{
	struct lang l = {.arena = a, .how = how, .guard = -1, .profile = ARENA_NEW(a, struct sbpl_profile)};

	l.top = scope_new(&l, NULL);
	rule_prelude(&l);
	if (!forms || strcmp(form_head(forms), "version") != 0) {
		*error = arena_printf(a, "%s:1:1: a profile begins with (version 1)", forms ? forms->at.file : "profile");
		return NULL;
	}
	for (const struct sexp *x = forms; x && !l.error; x = x->next) {
		l.outermost = x;
		lang_eval(&l, x, l.top);
	}
	*error = l.error;
	if (l.error)
		return NULL;
	sbpl_index(a, l.profile);
	return l.profile;
}

const struct sbpl_rule *sbpl_rules(const struct sbpl_profile *p, unsigned *n)
{
	*n = p->n_rules;
	return p->rules;
}
