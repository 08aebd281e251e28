/*
 * sbpl_list.c - the functions on lists, and those that turn strings into lists and back.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl_lang.h"

static const struct sval nil = {.kind = V_NIL};

static const struct sval *lib_list(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)l;
	(void)at;
	return args;
}

static const struct sval *lib_cons(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)at;
	return value_pair(l, args->head, args->tail->head);
}

/* c[ad]+r: the letters from the right. */
static const struct sval *lib_part(struct lang *l, const struct sexp *at, const char *letters, const struct sval *args)
{
	const struct sval *v = args->head;

	for (size_t n = strlen(letters); n > 0; n--) {
		if (v->kind != V_PAIR)
			return lang_fail(l, at, "a list was expected here, not %s", value_kind(v));
		v = letters[n - 1] == 'a' ? v->head : v->tail;
	}
	return v;
}

#define PART(letters)                                                                                                  \
	static const struct sval *lib_c##letters##r(struct lang *l, const struct sexp *at, const struct sval *args)    \
	{                                                                                                              \
		return lib_part(l, at, #letters, args);                                                                \
	}
PART(a)
PART(d)
PART(aa)
PART(ad)
PART(da)
PART(dd)
PART(add)
PART(dda)
PART(ada)
PART(ddd)
#undef PART

static const struct sval *lib_is_list(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *v = args->head;

	(void)at;
	while (v->kind == V_PAIR)
		v = v->tail;
	return value_bool(l, v->kind == V_NIL);
}

/* The rest of the list from the member on. */
static const struct sval *lib_member(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *list = args->tail->head;

	while (list->kind == V_PAIR && !value_equal(l, at, list->head, args->head))
		list = list->tail;
	return l->error ? NULL : list->kind == V_PAIR ? list : value_bool(l, false);
}

/* The pair of the list that begins with the key. */
static const struct sval *lib_assoc(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *list = args->tail->head;

	while (list->kind == V_PAIR && !(list->head->kind == V_PAIR && value_equal(l, at, list->head->head, args->head)))
		list = list->tail;
	return l->error ? NULL : list->kind == V_PAIR ? list->head : value_bool(l, false);
}

static const struct sval *lib_is_null(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)at;
	return value_bool(l, args->head->kind == V_NIL);
}

static const struct sval *lib_is_pair(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)at;
	return value_bool(l, args->head->kind == V_PAIR);
}

static const struct sval *lib_append(struct lang *l, const struct sexp *at, const struct sval *args)
{
	unsigned n, m;
	const struct sval **lists = value_array(l, args, &n), *all = &nil;

	while (n-- > 0) {
		const struct sval **items = value_array(l, lists[n], &m);

		if (lists[n]->kind != V_PAIR && lists[n]->kind != V_NIL)
			return lang_fail(l, at, "a list was expected here, not %s", value_kind(lists[n]));
		if ((l->steps += m) > LANG_MAX_STEPS)
			return lang_fail(l, at, "the profile does not come to an end");
		while (m > 0)
			all = value_pair(l, items[--m], all);
	}
	return all;
}

static const struct sval *expect_list(struct lang *l, const struct sexp *at, const struct sval *v)
{
	const struct sval *end = v;

	while (end->kind == V_PAIR)
		end = end->tail;
	return end->kind == V_NIL ? v : lang_fail(l, at, "a list was expected here, not %s", value_kind(v));
}

static const struct sval *lib_length(struct lang *l, const struct sexp *at, const struct sval *args)
{
	unsigned n;

	if (!expect_list(l, at, args->head))
		return NULL;
	value_array(l, args->head, &n);
	return value_number(l, V_NUMBER, n);
}

static const struct sval *lib_reverse(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *all = &nil;

	if (!expect_list(l, at, args->head))
		return NULL;
	for (const struct sval *v = args->head; v->kind == V_PAIR; v = v->tail) {
		if (++l->steps > LANG_MAX_STEPS)
			return lang_fail(l, at, "the profile does not come to an end");
		all = value_pair(l, v->head, all);
	}
	return all;
}

static const struct sval *lib_is_atom(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)at;
	return value_bool(l, args->head->kind != V_PAIR);
}

static const struct sval *lib_is_symbol(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)at;
	return value_bool(l, args->head->kind == V_SYMBOL);
}

static const struct sval *lib_string_to_list(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *v = args->head, *all = &nil;
	size_t n;

	if (v->kind != V_TEXT || v->open)
		return lang_fail(l, at, v->open ? "a param that has no value yet is looked into" : "a string was expected here, not %s",
				 value_kind(v));
	n = strlen(v->text);
	if ((l->steps += (unsigned)n) > LANG_MAX_STEPS)
		return lang_fail(l, at, "the profile does not come to an end");
	while (n > 0)
		all = value_pair(l, value_number(l, V_CHAR, (unsigned char)v->text[--n]), all);
	return all;
}

static const struct sval *lib_list_to_string(struct lang *l, const struct sexp *at, const struct sval *args)
{
	struct buf b = buf_new(l->arena);

	if (!expect_list(l, at, args->head))
		return NULL;
	for (const struct sval *v = args->head; v->kind == V_PAIR; v = v->tail) {
		if (v->head->kind != V_CHAR || v->head->number == 0)
			return lang_fail(l, at, "a character was expected here, not %s", value_kind(v->head));
		if (b.len > LANG_MAX_TEXT)
			return lang_fail(l, at, "a string that is longer than %d bytes", (int)LANG_MAX_TEXT);
		buf_putc(&b, (char)v->head->number);
	}
	return value_text(l, buf_str(&b), false);
}

const struct builtin list_functions[] = {
    {"list", 0, 0, lib_list},
    {"cons", 2, 2, lib_cons},
    {"car", 1, 1, lib_car},
    {"cdr", 1, 1, lib_cdr},
    {"caar", 1, 1, lib_caar},
    {"cadr", 1, 1, lib_cadr},
    {"cdar", 1, 1, lib_cdar},
    {"cddr", 1, 1, lib_cddr},
    {"caddr", 1, 1, lib_caddr},
    {"cddar", 1, 1, lib_cddar},
    {"cadar", 1, 1, lib_cadar},
    {"cdddr", 1, 1, lib_cdddr},
    {"null?", 1, 1, lib_is_null},
    {"list?", 1, 1, lib_is_list},
    {"member", 2, 2, lib_member},
    {"assoc", 2, 2, lib_assoc},
    {"pair?", 1, 1, lib_is_pair},
    {"append", 0, 0, lib_append},
    {"length", 1, 1, lib_length},
    {"reverse", 1, 1, lib_reverse},
    {"atom?", 1, 1, lib_is_atom},
    {"symbol?", 1, 1, lib_is_symbol},
    {"string->list", 1, 1, lib_string_to_list},
    {"list->string", 1, 1, lib_list_to_string},
    {NULL, 0, 0, NULL},
};
