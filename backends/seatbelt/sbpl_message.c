/*
 * sbpl_message.c - (apply-message-filter (allow mach-message-send (message-number 1 2)) ...): which messages go through
 * what the rule around it gives access to.
 *
 * What is asked about here is the access itself, which the rule gives with such a filter or without it. So its rules are
 * read, with every word of them known, and not judged; answers say that there are some.
 */
#include <string.h>

#include "sbpl_lang.h"

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

static bool is_operation(const char *word)
{
	static const char *const words[] = {"mach-message-send", "iokit-external-method", "iokit-async-external-method", "iokit-external-trap"};

	return is_one_of(word, words, sizeof(words) / sizeof(words[0]));
}

/* Numbers, or names of numbers. */
static bool read_numbers(struct lang *l, const struct sexp *form)
{
	for (const struct sexp *x = form->first->next; x; x = x->next)
		if (x->kind != SEXP_NUMBER && x->kind != SEXP_SYMBOL)
			return lang_fail(l, x, "`%s` takes numbers", form->first->text), false;
	if (!form->first->next)
		lang_fail(l, form, "a filter without a value: `%s`", form->first->text);
	return !l->error;
}

static bool read_filter(struct lang *l, const struct sexp *x, struct scope *s)
{
	static const char *const numbers[] = {"message-number", "iokit-method-number", "iokit-trap-number"};
	static const char *const combine[] = {"require-all", "require-any", "require-not"};
	const char *head = form_head(x);
	const struct sval *v;

	if (is_one_of(head, numbers, sizeof(numbers) / sizeof(numbers[0])))
		return read_numbers(l, x);
	if (is_one_of(head, combine, sizeof(combine) / sizeof(combine[0]))) {
		for (const struct sexp *in = x->first->next; in; in = in->next)
			if (!read_filter(l, in, s))
				return false;
		return true;
	}
	if (*head && !lang_name(head)->run && !lang_lookup(l, head, s))
		return lang_fail(l, x, "unknown filter `%s` of messages", head), false;
	v = lang_eval(l, x, s);
	if (v && v->kind != V_FILTER && v->kind != V_MODIFIER)
		return lang_fail(l, x, "a filter was expected here, not %s", value_kind(v)), false;
	return v != NULL;
}

static bool read_rule(struct lang *l, const struct sexp *form, struct scope *s)
{
	const char *head = form_head(form);
	unsigned operations = 0;

	if (strcmp(head, "allow") != 0 && strcmp(head, "deny") != 0)
		return lang_fail(l, form, "a filter of messages holds (allow ...) and (deny ...)"), false;
	for (const struct sexp *x = form->first->next; x; x = x->next) {
		if (x->kind == SEXP_SYMBOL && is_operation(x->text)) {
			operations++;
			continue;
		}
		if (x->kind == SEXP_SYMBOL)
			return lang_fail(l, x, "unknown operation `%s` of messages", x->text), false;
		if (!read_filter(l, x, s))
			return false;
	}
	if (!operations)
		lang_fail(l, form, "a rule without an operation");
	return !l->error;
}

const struct sval *message_eval(struct lang *l, const struct sexp *form, struct scope *s)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);

	if (!form->first->next)
		return lang_fail(l, form, "a filter of messages without a rule");
	for (const struct sexp *x = form->first->next; x; x = x->next)
		if (!read_rule(l, x, s))
			return NULL;
	v->kind = V_MODIFIER;
	v->number = MODIFIER_MESSAGE_FILTER;
	return v;
}
