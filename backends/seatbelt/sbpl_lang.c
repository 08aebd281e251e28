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

struct scope *lang_scope(struct lang *l, struct scope *outer)
{
	struct scope *s = ARENA_NEW(l->arena, struct scope);

	s->outer = outer;
	return s;
}

struct binding *lang_find(struct scope *s, const char *name)
{
	for (; s; s = s->outer)
		for (struct binding *b = s->first; b; b = b->next)
			if (strcmp(b->name, name) == 0)
				return b;
	return NULL;
}

void lang_bind(struct lang *l, struct scope *s, const char *name, const struct sval *value)
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

/* Constants such as AF_UNIX, SIGKILL and DIRECTORY mean themselves. */
bool lang_is_constant(const char *name)
{
	return name[0] >= 'A' && name[0] <= 'Z' && strlen(name) > 1 &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") >= 2;
}

const struct sval *lang_lookup(struct lang *l, const char *name, struct scope *s)
{
	const struct binding *b = lang_find(s, name);
	const struct sval *known = b ? b->value : lang_name(name)->means;

	return known ? known : lang_is_constant(name) ? value_symbol(l, name) : NULL;
}

/* ---- evaluation ---- */

static const struct sval *call_closure(struct lang *l, const struct sexp *at, const struct sval *f,
				       const struct sval *args)
{
	struct scope *s = lang_scope(l, f->scope);

	for (const struct sexp *p = f->params; p && !is_word(p, "."); p = p->next) {
		if (args->kind != V_PAIR)
			return lang_fail(l, at, "too few values for the function");
		lang_bind(l, s, p->text, args->head);
		args = args->tail;
	}
	if (f->rest)
		lang_bind(l, s, f->rest, args);
	else if (args->kind == V_PAIR)
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

static const struct sval *call(struct lang *l, const struct sexp *at, const struct sval *f, const struct sval *args)
{
	if (f->kind == V_CLOSURE)
		return call_closure(l, at, f, args);
	if (f->kind == V_BUILTIN)
		return call_builtin(l, at, f->builtin, args);
	if (f->kind == V_FILTER_MAKER)
		return filter_make(l, at, (enum sbpl_filter_id)f->number, args);
	return lang_fail(l, at, "%s cannot be called", value_kind(f));
}

const struct sval *lang_call(struct lang *l, const struct sexp *at, const struct sval *f, const struct sval *args)
{
	const struct sval *v;

	if (++l->steps > LANG_MAX_STEPS)
		return lang_fail(l, at, "the profile does not come to an end");
	if (l->calls >= LANG_MAX_CALLS)
		return lang_fail(l, at, "forms are nested too deep");
	l->calls++;
	v = call(l, at, f, args);
	l->calls--;
	return v;
}

/* One argument. Behind the name of a filter a word that means nothing else means itself: (target self). */
static const struct sval *argument(struct lang *l, const struct sexp *x, const struct sval *f, struct scope *s)
{
	if (f->kind == V_FILTER_MAKER && x->kind == SEXP_SYMBOL) {
		const struct binding *b = lang_find(s, x->text);

		return b ? b->value : value_symbol(l, x->text);
	}
	if (f->kind == V_FILTER_MAKER && *form_head(x) && !lang_name(form_head(x))->run && !lang_lookup(l, form_head(x), s))
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
	const char *head = form_head(x);
	lang_form *run = *head ? lang_name(head)->run : NULL;
	const struct sval *f, *args;

	if (!x->first)
		return lang_fail(l, x, "() says nothing");
	if (run && !lang_find(s, head))
		return run(l, x, s);
	f = *head ? lang_lookup(l, head, s) : lang_eval(l, x->first, s);
	if (!f && *head)
		return lang_fail(l, x, "unknown form `%s`", head);
	if (f && f->kind == V_MACRO)
		return macro_expand(l, f, x, s);
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
	v = x->kind == SEXP_LIST ? eval_list(l, x, s) : x->kind == SEXP_SYMBOL ? eval_symbol(l, x, s) : lang_quoted(l, x);
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

	l.top = lang_scope(&l, NULL);
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
