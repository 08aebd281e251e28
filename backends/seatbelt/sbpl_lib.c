/*
 * sbpl_lib.c - the functions that profiles call: on strings, lists and the -D values.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl_lang.h"

static const struct sval nil = {.kind = V_NIL};

const struct sval *value_bool(struct lang *l, bool yes)
{
	return value_number(l, V_BOOL, yes);
}

const struct sval *value_number(struct lang *l, enum sval_kind kind, int64_t number)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = kind;
	v->number = number;
	return v;
}

const struct sval *value_text(struct lang *l, const char *text, bool open)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = V_TEXT;
	v->text = text;
	v->open = open;
	return v;
}

const struct sval *value_symbol(struct lang *l, const char *name)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = V_SYMBOL;
	v->text = name;
	return v;
}

const struct sval *value_pair(struct lang *l, const struct sval *head, const struct sval *tail)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	v->kind = V_PAIR;
	v->head = head;
	v->tail = tail;
	return v;
}

bool value_true(const struct sval *v)
{
	return v->kind != V_BOOL || v->number;
}

const char *value_kind(const struct sval *v)
{
	static const char *const names[] = {
	    [V_NOTHING] = "nothing",	   [V_BOOL] = "a truth value",	     [V_NUMBER] = "a number",	   [V_CHAR] = "a character",
	    [V_TEXT] = "a string",	   [V_SYMBOL] = "a word",	     [V_NIL] = "an empty list",
	    [V_PAIR] = "a list",	   [V_OPERATION] = "an operation",   [V_FILTER] = "a filter",
	    [V_MODIFIER] = "a modifier",   [V_CLOSURE] = "a function", [V_MACRO] = "a macro",	     [V_BUILTIN] = "a function",
	    [V_FILTER_MAKER] = "the name of a filter",
	};

	return names[v->kind];
}

const struct sval **value_array(struct lang *l, const struct sval *list, unsigned *n)
{
	const struct sval **v;

	*n = 0;
	for (const struct sval *x = list; x->kind == V_PAIR; x = x->tail)
		++*n;
	v = ARENA_ARRAY(l->arena, *n, const struct sval *);
	for (unsigned i = 0; i < *n; i++, list = list->tail)
		v[i] = list->head;
	return v;
}

/* ---- strings ---- */

static const struct sval *lib_param(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sbpl_how_to *how = l->how;
	struct sval *no;

	if (args->head->kind != V_TEXT)
		return lang_fail(l, at, "param takes one string");
	for (unsigned i = 0; i < how->n_given; i++)
		if (strcmp(how->given[i].name, args->head->text) == 0)
			return value_text(l, how->real_paths ? sbpl_real_path(l->arena, how->given[i].value) : how->given[i].value,
					  false);
	if (how->check)
		return value_text(l, "", true);
	no = ARENA_NEW(l->arena, struct sval);
	no->kind = V_BOOL;
	no->missing = args->head->text;
	return no;
}

static const struct sval *expect_text(struct lang *l, const struct sexp *at, const struct sval *v)
{
	if (v->kind == V_TEXT)
		return v;
	if (v->kind == V_BOOL && v->missing)
		return lang_fail(l, at, "the param \"%s\" has no value: give it with -D %s=VALUE", v->missing, v->missing);
	return lang_fail(l, at, "a string was expected here, not %s", value_kind(v));
}

static const struct sval *lib_string_append(struct lang *l, const struct sexp *at, const struct sval *args)
{
	struct buf b = buf_new(l->arena);
	bool open = false;

	for (; args->kind == V_PAIR; args = args->tail) {
		if (!expect_text(l, at, args->head))
			return NULL;
		buf_puts(&b, args->head->text);
		open |= args->head->open;
		if (b.len > LANG_MAX_TEXT)
			return lang_fail(l, at, "a string that is longer than %d bytes", (int)LANG_MAX_TEXT);
		l->steps += (unsigned)(b.len / 64);
	}
	return value_text(l, buf_str(&b), open);
}

static const struct sval *lib_regex_quote(struct lang *l, const struct sexp *at, const struct sval *args)
{
	struct buf b = buf_new(l->arena);

	if (!expect_text(l, at, args->head))
		return NULL;
	for (const char *s = args->head->text; *s; s++) {
		if (strchr("^$.*+?[](){}|\\", *s))
			buf_putc(&b, '\\');
		buf_putc(&b, *s);
	}
	return value_text(l, buf_str(&b), args->head->open);
}

static const struct sval *lib_string_equal(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *a = expect_text(l, at, args->head), *b = a ? expect_text(l, at, args->tail->head) : NULL;

	if (!b)
		return NULL;
	if (a->open || b->open)
		return lang_fail(l, at, "a comparison with a param that has no value yet");
	return value_bool(l, strcmp(a->text, b->text) == 0);
}

static const struct sval *lib_is_string(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)at;
	return value_bool(l, args->head->kind == V_TEXT);
}

/* What is counted or cut must be known whole. */
static const struct sval *expect_known(struct lang *l, const struct sexp *at, const struct sval *v)
{
	v = expect_text(l, at, v);
	return v && v->open ? lang_fail(l, at, "a param that has no value yet is looked into") : v;
}

static const struct sval *lib_string_length(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *text = expect_known(l, at, args->head);

	return text ? value_number(l, V_NUMBER, (int64_t)strlen(text->text)) : NULL;
}

/* (substring text from) and (substring text from to) */
static const struct sval *lib_substring(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *text = expect_known(l, at, args->head), *from = args->tail->head;
	const struct sval *to = args->tail->tail->kind == V_PAIR ? args->tail->tail->head : NULL;
	int64_t n = text ? (int64_t)strlen(text->text) : 0, end = n;

	if (!text)
		return NULL;
	if (to && to->kind == V_NUMBER)
		end = to->number;
	if (from->kind != V_NUMBER || (to && to->kind != V_NUMBER) || from->number < 0 || from->number > end || end > n)
		return lang_fail(l, at, "`substring` takes a string and places in it");
	return value_text(l, arena_strndup(l->arena, text->text + from->number, (size_t)(end - from->number)), false);
}

static const struct sval *lib_string_ref(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *text = expect_known(l, at, args->head), *i = args->tail->head;

	if (!text)
		return NULL;
	if (i->kind != V_NUMBER || i->number < 0 || (uint64_t)i->number >= strlen(text->text))
		return lang_fail(l, at, "`string-ref` takes a string and a place in it");
	return value_number(l, V_CHAR, (unsigned char)text->text[i->number]);
}

static const struct sval *lib_string_to_number(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *text = expect_known(l, at, args->head);
	uint64_t n;

	if (!text)
		return NULL;
	if (!parse_u64(text->text, strlen(text->text), (uint64_t)1 << 52, &n))
		return lang_fail(l, at, "not a number: `%s`", text->text);
	return value_number(l, V_NUMBER, (int64_t)n);
}

/* ---- numbers ---- */

static bool expect_numbers(struct lang *l, const struct sexp *at, const struct sval *args)
{
	for (; args->kind == V_PAIR; args = args->tail)
		if (args->head->kind != V_NUMBER && args->head->kind != V_CHAR)
			return lang_fail(l, at, "a number was expected here, not %s", value_kind(args->head)), false;
	return true;
}

/* What stays far from the ends of int64_t. */
static const struct sval *small(struct lang *l, const struct sexp *at, int64_t n)
{
	int64_t limit = (int64_t)1 << 53;

	return n < -limit || n > limit ? lang_fail(l, at, "a number that is too large") : value_number(l, V_NUMBER, n);
}

static const struct sval *lib_add(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *sum = value_number(l, V_NUMBER, 0);

	if (!expect_numbers(l, at, args))
		return NULL;
	for (; sum && args->kind == V_PAIR; args = args->tail)
		sum = small(l, at, sum->number + args->head->number);
	return sum;
}

static const struct sval *lib_subtract(struct lang *l, const struct sexp *at, const struct sval *args)
{
	const struct sval *left = args->head;

	if (!expect_numbers(l, at, args))
		return NULL;
	if (args->tail->kind != V_PAIR)
		return small(l, at, -left->number);
	for (args = args->tail; left && args->kind == V_PAIR; args = args->tail)
		left = small(l, at, left->number - args->head->number);
	return left;
}

static const struct sval *lib_less(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return expect_numbers(l, at, args) ? value_bool(l, args->head->number < args->tail->head->number) : NULL;
}

static const struct sval *lib_more(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return expect_numbers(l, at, args) ? value_bool(l, args->head->number > args->tail->head->number) : NULL;
}

static const struct sval *lib_at_most(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return expect_numbers(l, at, args) ? value_bool(l, args->head->number <= args->tail->head->number) : NULL;
}

static const struct sval *lib_at_least(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return expect_numbers(l, at, args) ? value_bool(l, args->head->number >= args->tail->head->number) : NULL;
}

static const struct sval *lib_is_zero(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return expect_numbers(l, at, args) ? value_bool(l, args->head->number == 0) : NULL;
}

static const struct sval *lib_is_positive(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return expect_numbers(l, at, args) ? value_bool(l, args->head->number > 0) : NULL;
}

static const struct sval *lib_number_to_string(struct lang *l, const struct sexp *at, const struct sval *args)
{
	if (args->head->kind != V_NUMBER)
		return lang_fail(l, at, "a number was expected here, not %s", value_kind(args->head));
	return value_text(l, arena_printf(l->arena, "%lld", (long long)args->head->number), false);
}

/* ---- truth ---- */

static const struct sval *lib_not(struct lang *l, const struct sexp *at, const struct sval *args)
{
	(void)at;
	return value_bool(l, !value_true(args->head));
}

static bool same(struct lang *l, const struct sexp *at, const struct sval *a, const struct sval *b, unsigned depth)
{
	if (depth > SBPL_MAX_DEPTH)
		return lang_fail(l, at, "lists are nested too deep"), false;
	for (; a->kind == V_PAIR && b->kind == V_PAIR; a = a->tail, b = b->tail)
		if (!same(l, at, a->head, b->head, depth + 1))
			return false;
	if (a->kind != b->kind)
		return false;
	if (a->kind == V_TEXT || a->kind == V_SYMBOL)
		return strcmp(a->text, b->text) == 0;
	return a->number == b->number && a->filter == b->filter;
}

bool value_equal(struct lang *l, const struct sexp *at, const struct sval *a, const struct sval *b)
{
	return same(l, at, a, b, 0);
}

static const struct sval *lib_equal(struct lang *l, const struct sexp *at, const struct sval *args)
{
	bool equal;

	if (args->head->open || args->tail->head->open)
		return lang_fail(l, at, "a comparison with a param that has no value yet");
	equal = value_equal(l, at, args->head, args->tail->head);

	return l->error ? NULL : value_bool(l, equal);
}

/* (map f list) and (for-each f list), for one list. */
static const struct sval *lib_map(struct lang *l, const struct sexp *at, const struct sval *args)
{
	unsigned n;
	const struct sval **items = value_array(l, args->tail->head, &n), *all = &nil;

	for (unsigned i = 0; i < n; i++)
		if (!(items[i] = lang_call(l, at, args->head, value_pair(l, items[i], &nil))))
			return NULL;
	while (n > 0)
		all = value_pair(l, items[--n], all);
	return all;
}

static const struct sval *lib_apply(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return lang_call(l, at, args->head, args->tail->head);
}

static const struct sval *lib_allow(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return rule_call(l, at, true, args);
}

static const struct sval *lib_deny(struct lang *l, const struct sexp *at, const struct sval *args)
{
	return rule_call(l, at, false, args);
}

const struct builtin lib_functions[] = {
    {"allow", 1, 0, lib_allow},
    {"deny", 1, 0, lib_deny},
    {"param", 1, 1, lib_param},
    {"string-append", 0, 0, lib_string_append},
    {"regex-quote", 1, 1, lib_regex_quote},
    {"string=?", 2, 2, lib_string_equal},
    {"string?", 1, 1, lib_is_string},
    {"string-length", 1, 1, lib_string_length},
    {"substring", 2, 3, lib_substring},
    {"string-ref", 2, 2, lib_string_ref},
    {"string->number", 1, 1, lib_string_to_number},
    {"number->string", 1, 1, lib_number_to_string},
    {"+", 0, 0, lib_add},
    {"-", 1, 0, lib_subtract},
    {"<", 2, 2, lib_less},
    {">", 2, 2, lib_more},
    {"<=", 2, 2, lib_at_most},
    {">=", 2, 2, lib_at_least},
    {"zero?", 1, 1, lib_is_zero},
    {"positive?", 1, 1, lib_is_positive},
    {"char=?", 2, 2, lib_equal},
    {"not", 1, 1, lib_not},
    {"equal?", 2, 2, lib_equal},
    {"eq?", 2, 2, lib_equal},
    {"eqv?", 2, 2, lib_equal},
    {"=", 2, 2, lib_equal},
    {"map", 2, 2, lib_map},
    {"for-each", 2, 2, lib_map},
    {"apply", 2, 2, lib_apply},
    {NULL, 0, 0, NULL},
};
