/*
 * sbpl_forms.c - the forms of the language: what is not a call, because its parts are not all evaluated.
 */
#include <string.h>

#include "sbpl_lang.h"

static const struct sval nothing = {.kind = V_NOTHING}, nil = {.kind = V_NIL};

static unsigned form_length(const struct sexp *form)
{
	unsigned n = 0;

	for (const struct sexp *x = form->first->next; x; x = x->next)
		n++;
	return n;
}

const struct sval *lang_quoted(struct lang *l, const struct sexp *x)
{
	const struct sval *list = &nil, **items;
	unsigned n = 0;

	switch (x->kind) {
	case SEXP_STRING:
		return value_text(l, x->text, false);
	case SEXP_NUMBER:
		return value_number(l, V_NUMBER, x->number);
	case SEXP_BOOL:
		return value_number(l, V_BOOL, x->number);
	case SEXP_CHAR:
		return value_number(l, V_CHAR, x->number);
	case SEXP_SYMBOL:
		return value_symbol(l, x->text);
	case SEXP_VALUE:
		return x->value;
	case SEXP_LIST:
		break;
	}
	for (const struct sexp *i = x->first; i; i = i->next)
		n++;
	items = ARENA_ARRAY(l->arena, n, const struct sval *);
	n = 0;
	for (const struct sexp *i = x->first; i; i = i->next)
		items[n++] = lang_quoted(l, i);
	l->steps += n;
	while (n > 0)
		list = value_pair(l, items[--n], list);
	return list;
}

static const struct sval *form_quote(struct lang *l, const struct sexp *form, struct scope *s)
{
	(void)s;
	return form_length(form) == 1 ? lang_quoted(l, form->first->next) : lang_fail(l, form, "quote takes one thing");
}

/* (defined? 'x), or with a quasiquote: the operation it asks for, or -1. */
static int asks_for(const struct sexp *cond)
{
	const struct sexp *q = strcmp(form_head(cond), "defined?") == 0 ? cond->first->next : NULL;

	if (!q || (strcmp(form_head(q), "quote") != 0 && strcmp(form_head(q), "quasiquote") != 0) || !q->first->next || q->first->next->kind != SEXP_SYMBOL)
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
	return value_bool(l, lang_name(v->text)->run || (lang_lookup(l, v->text, s) && !lang_is_constant(v->text)) ||
				 lang_find(s, v->text));
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
	const struct sval *v;

	if (!cond)
		return lang_fail(l, form, "%s takes a condition", form->first->text);
	v = lang_eval(l, cond, s);
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

/* `(a b)`, `(a . rest)`, or one word for all values. */
const struct sval *lang_closure(struct lang *l, const struct sexp *at, const struct sexp *params, const struct sexp *rest,
				const struct sexp *body, struct scope *s)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = V_CLOSURE;
	v->params = params;
	v->body = body;
	v->scope = s;
	for (const struct sexp *p = params; p; p = p->next) {
		if (p->kind != SEXP_SYMBOL || (is_word(p, ".") && (!p->next || p->next->next)))
			return lang_fail(l, p, "a parameter is a word");
		if (is_word(p, "."))
			rest = p->next;
	}
	if (rest && rest->kind != SEXP_SYMBOL)
		return lang_fail(l, rest, "a parameter is a word");
	v->rest = rest ? rest->text : NULL;
	return body ? v : lang_fail(l, at, "a function without a body");
}

static const struct sval *form_lambda(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *params = form->first->next;

	if (params && params->kind == SEXP_SYMBOL)
		return lang_closure(l, form, NULL, params, params->next, s);
	if (!params || params->kind != SEXP_LIST)
		return lang_fail(l, form, "lambda takes a list of parameters");
	return lang_closure(l, form, params->first, NULL, params->next, s);
}

static const struct sval *form_define(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *name = form->first->next;
	const struct sval *v;

	if (name && name->kind == SEXP_LIST && name->first && name->first->kind == SEXP_SYMBOL) {
		v = lang_closure(l, form, name->first->next, NULL, name->next, s);
		name = name->first;
	} else if (name && name->kind == SEXP_SYMBOL && form_length(form) == 2) {
		v = lang_eval(l, name->next, s);
	} else {
		return lang_fail(l, form, "define takes a name and a value");
	}
	if (v)
		lang_bind(l, s, name->text, v);
	return v ? &nothing : NULL;
}

/* A name that has a value keeps it: profiles that import one another say the same more than once. */
static const struct sval *form_define_once(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *name = form->first->next;

	if (name && name->kind == SEXP_LIST)
		name = name->first;
	if (name && name->kind == SEXP_SYMBOL && lang_find(s, name->text))
		return &nothing;
	return form_define(l, form, s);
}

static const struct sval *form_set(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *name = form->first->next;
	struct binding *b = name && name->kind == SEXP_SYMBOL ? lang_find(s, name->text) : NULL;
	const struct sval *v;

	if (!b || form_length(form) != 2)
		return lang_fail(l, form, "set! takes a name that is defined and a value");
	v = lang_eval(l, name->next, s);
	if (v)
		b->value = v;
	return v ? &nothing : NULL;
}

/* (let NAME ((x 1)) BODY): a function of that name, called at once. */
static const struct sval *let_loop(struct lang *l, const struct sexp *form, const struct sexp *name, struct scope *s)
{
	struct scope *inner = lang_scope(l, s);
	struct sexp *params = NULL, **tail = &params;
	const struct sval *f, *args = &nil, **v;
	unsigned n = 0;

	for (const struct sexp *b = name->next->first; b; b = b->next)
		n++;
	v = ARENA_ARRAY(l->arena, n, const struct sval *);
	n = 0;
	for (const struct sexp *b = name->next->first; b; b = b->next) {
		struct sexp *p = ARENA_NEW(l->arena, struct sexp);

		if (b->kind != SEXP_LIST || !b->first || b->first->kind != SEXP_SYMBOL || form_length(b) != 1)
			return lang_fail(l, b, "a name with its value was expected here");
		if (!(v[n++] = lang_eval(l, b->first->next, s)))
			return NULL;
		*p = *b->first;
		p->next = NULL;
		*tail = p;
		tail = (struct sexp **)(uintptr_t)&p->next;
	}
	f = lang_closure(l, form, params, NULL, name->next->next, inner);
	if (!f)
		return NULL;
	lang_bind(l, inner, name->text, f);
	while (n > 0)
		args = value_pair(l, v[--n], args);
	return lang_call(l, form, f, args);
}

/* let, let* and letrec: where the values are evaluated is all that differs. */
static const struct sval *form_let(struct lang *l, const struct sexp *form, struct scope *s)
{
	struct scope *inner = lang_scope(l, s);
	const struct sexp *list = form->first->next;
	struct scope *where = strcmp(form->first->text, "let") == 0 ? s : inner;

	if (list && list->kind == SEXP_SYMBOL && list->next && list->next->kind == SEXP_LIST)
		return let_loop(l, form, list, s);
	if (!list || list->kind != SEXP_LIST)
		return lang_fail(l, form, "%s takes a list of names with their values", form->first->text);
	for (const struct sexp *b = list->first; b; b = b->next) {
		const struct sval *v;

		if (b->kind != SEXP_LIST || !b->first || b->first->kind != SEXP_SYMBOL || form_length(b) != 1)
			return lang_fail(l, b, "a name with its value was expected here");
		v = lang_eval(l, b->first->next, where);
		if (!v)
			return NULL;
		lang_bind(l, inner, b->first->text, v);
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

const struct lang_form_word lang_forms[] = {
    {"allow", rule_eval},	 {"deny", rule_eval},	    {"with", modifier_eval},
    {"with-filter", form_with_filter}, {"with-modifier", form_with_modifier},
    {"if", form_if},		 {"when", form_when},	    {"unless", form_when},
    {"cond", form_cond},	 {"and", form_and},	    {"or", form_and},
    {"apply-message-filter", message_eval}, {"define-once", form_define_once},
    {"define", form_define},	 {"set!", form_set},	    {"lambda", form_lambda},
    {"let", form_let},		 {"let*", form_let},	    {"letrec", form_let},
    {"begin", form_begin},	 {"quote", form_quote},	    {"defined?", form_defined},
    {"version", form_version},	 {"import", form_import},   {"debug", form_ignored},
    {"trace", form_ignored},	 {"macro", macro_define},   {"quasiquote", macro_quasiquote},
    {NULL, NULL},
};
