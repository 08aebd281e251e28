/*
 * sbpl_lang.h - the small Scheme that profiles are programs of: values, scopes, and the parts of its evaluator for each
 * other.
 */
#ifndef SBX_SEATBELT_SBPL_LANG_H
#define SBX_SEATBELT_SBPL_LANG_H

#include "sbpl.h"

enum {
	LANG_MAX_CALLS = 1000,	  /* forms inside forms while they are evaluated */
	LANG_MAX_STEPS = 2000000, /* a profile that runs longer has no end */
	LANG_MAX_TEXT = 65536,	  /* of a string that was put together */
	LANG_MAX_IMPORTS = 8,	  /* files inside files */
	LANG_MAX_RULES = 1000000,
};

struct builtin;

struct sval {
	enum sval_kind {
		V_NOTHING, /* of a form that is there for what it does */
		V_BOOL,
		V_NUMBER,
		V_CHAR,
		V_TEXT,
		V_SYMBOL,
		V_NIL,
		V_PAIR,
		V_OPERATION,
		V_FILTER,
		V_MODIFIER,
		V_CLOSURE,
		V_MACRO, /* a closure that is given the form itself, and whose value is a form */
		V_BUILTIN,
		V_FILTER_MAKER, /* the name of a filter */
	} kind;
	bool open;	    /* TEXT: holds a param without a value */
	int64_t number;	    /* NUMBER, CHAR, BOOL; OPERATION, MODIFIER, FILTER_MAKER: its id */
	const char *text;   /* TEXT, SYMBOL; MODIFIER: its argument */
	const char *missing; /* BOOL #f: the param that has no value */
	const struct sval *head, *tail; /* PAIR */
	const struct sbpl_filter *filter;
	const struct sexp *params, *body; /* CLOSURE, MACRO */
	const char *rest; /* CLOSURE, MACRO: the name for all further values, or NULL */
	struct scope *scope;
	const struct builtin *builtin;
};

struct scope {
	struct scope *outer;
	struct binding {
		const char *name;
		const struct sval *value;
		struct binding *next;
	} *first;
};

struct lang {
	struct arena *arena;
	struct sbpl_profile *profile;
	const struct sbpl_how_to *how;
	struct scope *top;
	const char *error;
	int guard; /* the operation that the defined? around us asks for, or -1 */
	unsigned calls, steps, imports;
	const struct sexp *outermost;	  /* the form of the profile that runs */
	const struct sbpl_filter *within; /* with-filter around us: a list whose members must all match, or NULL */
	const struct sval *always;	  /* with-modifier around us: a list, or NULL */
};

struct builtin {
	const char *name;
	unsigned min, max; /* arguments; max 0: any number */
	const struct sval *(*run)(struct lang *l, const struct sexp *at, const struct sval *args);
};

/* Reports the first error, "FILE:LINE:COL: WHAT"; NULL, so that callers can return it. */
const struct sval *lang_fail(struct lang *l, const struct sexp *at, const char *fmt, ...) SBX_PRINTF(3, 4);

/* ---- values: sbpl_lib.c ---- */

const struct sval *value_bool(struct lang *l, bool yes);
const struct sval *value_number(struct lang *l, enum sval_kind kind, int64_t number);
const struct sval *value_text(struct lang *l, const char *text, bool open);
const struct sval *value_symbol(struct lang *l, const char *name);
const struct sval *value_pair(struct lang *l, const struct sval *head, const struct sval *tail);
/* What #f is not. */
bool value_true(const struct sval *v);
/* "a string", "a list", ... for messages. */
const char *value_kind(const struct sval *v);
/* The list's values in their order; *n of them. A list that does not end in () is cut there. */
const struct sval **value_array(struct lang *l, const struct sval *list, unsigned *n);
/* A NULL ends them; those on lists are in sbpl_list.c. */
extern const struct builtin lib_functions[], list_functions[];
/* False after a diagnostic too: lists that are nested too deep. */
bool value_equal(struct lang *l, const struct sexp *at, const struct sval *a, const struct sval *b);

/* ---- names and evaluation: sbpl_lang.c ---- */

struct scope *lang_scope(struct lang *l, struct scope *outer);
struct binding *lang_find(struct scope *s, const char *name);
void lang_bind(struct lang *l, struct scope *s, const char *name, const struct sval *value);
/* AF_UNIX, SIGKILL, DIRECTORY: words that mean themselves. */
bool lang_is_constant(const char *name);

bool is_word(const struct sexp *x, const char *word);
/* The symbol that a list begins with, or "". */
const char *form_head(const struct sexp *x);
const struct sval *lang_eval(struct lang *l, const struct sexp *x, struct scope *s);
/* All of the forms; the value of the last. */
const struct sval *lang_eval_body(struct lang *l, const struct sexp *body, struct scope *s);
const struct sval *lang_call(struct lang *l, const struct sexp *at, const struct sval *f, const struct sval *args);
/* What a name means, or NULL. */
const struct sval *lang_lookup(struct lang *l, const char *name, struct scope *s);

/* ---- forms: sbpl_forms.c ---- */

typedef const struct sval *lang_form(struct lang *l, const struct sexp *form, struct scope *s);
/* By the word that a form begins with; a NULL ends them. */
extern const struct lang_form_word {
	const char *word;
	lang_form *run;
} lang_forms[];
/* A function: `rest` is the name for all values, or NULL and `params` names each. */
const struct sval *lang_closure(struct lang *l, const struct sexp *at, const struct sexp *params, const struct sexp *rest,
				const struct sexp *body, struct scope *s);
const struct sval *lang_quoted(struct lang *l, const struct sexp *x);

/* ---- names: sbpl_names.c ---- */

struct lang_name {
	const char *name;	  /* NULL: it says nothing by itself */
	lang_form *run;		  /* of a form, or NULL */
	const struct sval *means; /* of an operation, filter or function, or NULL */
};
/* Never NULL. */
const struct lang_name *lang_name(const char *name);

/* ---- macros: sbpl_macro.c ---- */

/* (macro (NAME FORM) BODY...) and (quasiquote X) */
const struct sval *macro_define(struct lang *l, const struct sexp *form, struct scope *s);
const struct sval *macro_quasiquote(struct lang *l, const struct sexp *form, struct scope *s);
/* What the macro makes of the form, evaluated where the form stands. */
const struct sval *macro_expand(struct lang *l, const struct sval *macro, const struct sexp *form, struct scope *s);

/* ---- filters: sbpl_filter.c ---- */

/* The filter of this name for these values. */
const struct sval *filter_make(struct lang *l, const struct sexp *at, enum sbpl_filter_id id, const struct sval *args);
/* One filter that asks for all of the chained ones, or for any of them. A single one is itself. */
const struct sbpl_filter *filter_join(struct arena *a, enum sbpl_filter_id id, const struct sbpl_filter *first);
struct sbpl_filter *filter_copy(struct arena *a, const struct sbpl_filter *f);
/* What a walk through the filter costs; LANG_MAX_STEPS stands for all that is more. */
unsigned filter_parts(const struct sbpl_filter *f);

/* ---- rules: sbpl_rule.c ---- */

/* (allow ...) and (deny ...) */
const struct sval *rule_eval(struct lang *l, const struct sexp *form, struct scope *s);
/* The same for values: allow and deny may be handed around. */
const struct sval *rule_call(struct lang *l, const struct sexp *form, bool allow, const struct sval *words);
/* (with ...) */
const struct sval *modifier_eval(struct lang *l, const struct sexp *form, struct scope *s);
/* sbpl_message.c */
const struct sval *message_eval(struct lang *l, const struct sexp *form, struct scope *s);
/* The rules that every profile begins with. */
void rule_prelude(struct lang *l);

#endif
