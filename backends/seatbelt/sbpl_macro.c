/*
 * sbpl_macro.c - quasiquotes and macros, as in the Scheme that profiles are written in: a macro is a function that is given
 * the whole form, its own name first, as data, and gives back the form that is evaluated in its place. Names are not
 * renamed.
 */
#include <string.h>

#include "sbpl_lang.h"

static const struct sval nothing = {.kind = V_NOTHING}, nil = {.kind = V_NIL};

/* ---- quasiquotes ---- */

static const struct sval *fill(struct lang *l, const struct sexp *x, struct scope *s);

/* (unquote X): X; NULL when it is no such form. */
static const struct sexp *inside(const struct sexp *x, const char *word)
{
	return strcmp(form_head(x), word) == 0 && x->first->next && !x->first->next->next ? x->first->next : NULL;
}

/* The items in front of `rest`. */
static const struct sval *spliced(struct lang *l, const struct sexp *at, const struct sval *items, const struct sval *rest)
{
	unsigned n;
	const struct sval **v;

	if (!items)
		return NULL;
	if (items->kind != V_PAIR && items->kind != V_NIL)
		return lang_fail(l, at, ",@ takes a list, not %s", value_kind(items));
	v = value_array(l, items, &n);
	l->steps += n;
	while (n > 0)
		rest = value_pair(l, v[--n], rest);
	return rest;
}

static const struct sval *fill_items(struct lang *l, const struct sexp *x, struct scope *s)
{
	const struct sval *list = &nil;
	const struct sexp **v;
	unsigned n = 0;

	for (const struct sexp *i = x; i; i = i->next)
		n++;
	v = ARENA_ARRAY(l->arena, n, const struct sexp *);
	n = 0;
	for (const struct sexp *i = x; i; i = i->next)
		v[n++] = i;
	while (n > 0 && list) {
		const struct sexp *i = v[--n], *splice = inside(i, "unquote-splicing");
		const struct sval *one = splice ? lang_eval(l, splice, s) : fill(l, i, s);

		list = !one ? NULL : splice ? spliced(l, i, one, list) : value_pair(l, one, list);
	}
	return list;
}

static const struct sval *fill(struct lang *l, const struct sexp *x, struct scope *s)
{
	const struct sexp *unquoted = inside(x, "unquote");
	const struct sval *v;

	if (unquoted)
		return lang_eval(l, unquoted, s);
	if (++l->steps > LANG_MAX_STEPS)
		return lang_fail(l, x, "the profile does not come to an end");
	if (strcmp(form_head(x), "quasiquote") == 0)
		return lang_fail(l, x, "a quasiquote inside another one");
	if (x->kind != SEXP_LIST || !x->first)
		return lang_quoted(l, x);
	if (l->calls >= LANG_MAX_CALLS)
		return lang_fail(l, x, "forms are nested too deep");
	l->calls++;
	v = fill_items(l, x->first, s);
	l->calls--;
	return v;
}

const struct sval *macro_quasiquote(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *x = form->first->next;

	if (!x || x->next)
		return lang_fail(l, form, "quasiquote takes one thing");
	if (inside(x, "unquote-splicing"))
		return lang_fail(l, x, ",@ stands outside of a list");
	return fill(l, x, s);
}

/* ---- macros ---- */

/* The list of the form with the value behind it. */
static struct sexp *form_of(struct lang *l, const struct sexp *at, const struct sval *v, unsigned depth);

static bool items_of(struct lang *l, const struct sexp *at, const struct sval *v, struct sexp *list, unsigned depth)
{
	const struct sexp **tail = &list->first;

	for (; v->kind == V_PAIR; v = v->tail) {
		struct sexp *item = form_of(l, at, v->head, depth + 1);

		if (!item)
			return false;
		*tail = item;
		tail = &item->next;
	}
	return v->kind == V_NIL || (lang_fail(l, at, "a macro made a list that does not end"), false);
}

static struct sexp *form_of(struct lang *l, const struct sexp *at, const struct sval *v, unsigned depth)
{
	struct sexp *x = ARENA_NEW(l->arena, struct sexp);

	*x = (struct sexp){.kind = SEXP_VALUE, .at = at->at, .source = at->source, .length = at->length, .value = v};
	if (++l->steps > LANG_MAX_STEPS)
		return (void)lang_fail(l, at, "the profile does not come to an end"), NULL;
	if (depth > SBPL_MAX_DEPTH)
		return (void)lang_fail(l, at, "a macro made lists that are nested too deep"), NULL;
	if (v->kind == V_SYMBOL) {
		x->kind = SEXP_SYMBOL;
		x->text = v->text;
	} else if (v->kind == V_PAIR || v->kind == V_NIL) {
		x->kind = SEXP_LIST;
		return items_of(l, at, v, x, depth) ? x : NULL;
	}
	return x;
}

/* (macro (NAME FORM) BODY...), (macro NAME FUNCTION) */
const struct sval *macro_define(struct lang *l, const struct sexp *form, struct scope *s)
{
	const struct sexp *name = form->first->next;
	const struct sval *f = NULL;
	struct sval *macro;

	if (name && name->kind == SEXP_LIST && name->first && name->first->kind == SEXP_SYMBOL && name->first->next &&
	    !name->first->next->next) {
		f = lang_closure(l, form, name->first->next, NULL, name->next, s);
		name = name->first;
	} else if (name && name->kind == SEXP_SYMBOL && name->next && !name->next->next) {
		f = lang_eval(l, name->next, s);
	} else {
		return lang_fail(l, form, "macro takes a name with one parameter, and what it makes of it");
	}
	if (!f)
		return NULL;
	if (f->kind != V_CLOSURE)
		return lang_fail(l, form, "a macro is a function, not %s", value_kind(f));
	macro = ARENA_NEW(l->arena, struct sval);
	*macro = *f;
	macro->kind = V_MACRO;
	lang_bind(l, s, name->text, macro);
	return &nothing;
}

const struct sval *macro_expand(struct lang *l, const struct sval *macro, const struct sexp *form, struct scope *s)
{
	struct sval *f = ARENA_NEW(l->arena, struct sval);
	const struct sval *made;
	const struct sexp *x;

	*f = *macro;
	f->kind = V_CLOSURE;
	made = lang_call(l, form, f, value_pair(l, lang_quoted(l, form), &nil));
	x = made ? form_of(l, form, made, 0) : NULL;
	return x ? lang_eval(l, x, s) : NULL;
}
