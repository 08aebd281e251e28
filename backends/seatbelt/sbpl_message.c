/*
 * sbpl_message.c - (apply-message-filter (allow mach-message-send (message-number 1 2)) ...): which messages go through
 * what the rule around it gives access to.
 *
 * What is asked about here is the access itself, which the rule gives with such a filter or without it. So its rules are
 * read, with every word of them known, and not judged; answers say that there are some, and comparisons whether they are the
 * same.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl_lang.h"

/* What is read, with values for names: the same text is the same filter. */
struct reader {
	struct lang *lang;
	struct scope *scope;
	struct buf text;
};

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
static bool read_numbers(struct reader *r, const struct sexp *form)
{
	buf_printf(&r->text, "(%s", form->first->text);
	for (const struct sexp *x = form->first->next; x; x = x->next) {
		if (x->kind != SEXP_NUMBER && x->kind != SEXP_SYMBOL)
			return lang_fail(r->lang, x, "`%s` takes numbers", form->first->text), false;
		if (x->kind == SEXP_NUMBER)
			buf_printf(&r->text, " %lld", (long long)x->number);
		else
			buf_printf(&r->text, " %s", x->text);
	}
	buf_putc(&r->text, ')');
	if (!form->first->next)
		lang_fail(r->lang, form, "a filter without a value: `%s`", form->first->text);
	return !r->lang->error;
}

static bool read_filter(struct reader *r, const struct sexp *x);

static bool read_combined(struct reader *r, const struct sexp *form)
{
	buf_printf(&r->text, "(%s", form->first->text);
	for (const struct sexp *in = form->first->next; in; in = in->next) {
		buf_putc(&r->text, ' ');
		if (!read_filter(r, in))
			return false;
	}
	buf_putc(&r->text, ')');
	return true;
}

static bool read_filter(struct reader *r, const struct sexp *x)
{
	static const char *const numbers[] = {"message-number", "iokit-method-number", "iokit-trap-number"};
	static const char *const combine[] = {"require-all", "require-any", "require-not"};
	const char *head = form_head(x);
	const struct sval *v;

	if (is_one_of(head, numbers, sizeof(numbers) / sizeof(numbers[0])))
		return read_numbers(r, x);
	if (is_one_of(head, combine, sizeof(combine) / sizeof(combine[0])))
		return read_combined(r, x);
	if (*head && !lang_name(head)->run && !lang_lookup(r->lang, head, r->scope))
		return lang_fail(r->lang, x, "unknown filter `%s` of messages", head), false;
	v = lang_eval(r->lang, x, r->scope);
	if (v && v->kind != V_FILTER && v->kind != V_MODIFIER)
		return lang_fail(r->lang, x, "a filter was expected here, not %s", value_kind(v)), false;
	if (v && v->kind == V_FILTER)
		buf_puts(&r->text, sbpl_filter_text(r->lang->arena, v->filter));
	else if (v)
		buf_printf(&r->text, "(with %s%s%s)", sbpl_modifiers[v->number].name, v->text ? " " : "", v->text ? v->text : "");
	return v != NULL;
}

static bool read_rule(struct reader *r, const struct sexp *form)
{
	const char *head = form_head(form);
	unsigned operations = 0;

	if (strcmp(head, "allow") != 0 && strcmp(head, "deny") != 0)
		return lang_fail(r->lang, form, "a filter of messages holds (allow ...) and (deny ...)"), false;
	buf_printf(&r->text, "%s(%s", r->text.len ? " " : "", head);
	for (const struct sexp *x = form->first->next; x; x = x->next) {
		buf_putc(&r->text, ' ');
		if (x->kind == SEXP_SYMBOL && is_operation(x->text)) {
			buf_puts(&r->text, x->text);
			operations++;
			continue;
		}
		if (x->kind == SEXP_SYMBOL)
			return lang_fail(r->lang, x, "unknown operation `%s` of messages", x->text), false;
		if (!read_filter(r, x))
			return false;
	}
	buf_putc(&r->text, ')');
	if (!operations)
		lang_fail(r->lang, form, "a rule without an operation");
	return !r->lang->error;
}

const struct sval *message_eval(struct lang *l, const struct sexp *form, struct scope *s)
{
	struct sval *v = ARENA_NEW(l->arena, struct sval);
	struct reader r = {.lang = l, .scope = s, .text = buf_new(l->arena)};

	if (!form->first->next)
		return lang_fail(l, form, "a filter of messages without a rule");
	for (const struct sexp *x = form->first->next; x; x = x->next)
		if (!read_rule(&r, x))
			return NULL;
	v->kind = V_MODIFIER;
	v->number = MODIFIER_MESSAGE_FILTER;
	v->text = buf_str(&r.text);
	return v;
}
