/*
 * profile_args.c - parameters of profiles: the values that a `use` gives them, and those that are one of a list.
 *
 * Only a parameter with a list can choose lines (`on NAME == "..."`): a reader of the profile sees what there is to choose from,
 * and a value that is none of it is an error, or a misspelt one would leave lines out unseen.
 */
#include <string.h>

#include "resolve_priv.h"

/* ---- values of a list ---- */

static bool is_one_of(const struct ast_word *choices, const char *text)
{
	for (const struct ast_word *c = choices; c; c = c->next)
		if (strcmp(c->text, text) == 0)
			return true;
	return false;
}

static bool choice_known(struct res *r, const struct ast_word *choices, const char *name, const struct ast_word *w)
{
	const char *known[64]; /* that could have been meant: the first are enough */
	struct buf list = buf_new(r->a);
	size_t n = 0;
	const char *text = scope_plain(r, NULL, w);
	if (!text || is_one_of(choices, text))
		return text != NULL;
	for (const struct ast_word *c = choices; c && n < 64; c = c->next) {
		known[n++] = arena_printf(r->a, "\"%s\"", c->text);
		buf_printf(&list, "%s%s", n > 1 ? ", " : "", known[n - 1]);
	}
	struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, w->loc, "`%s` cannot be \"%s\"", name, text);
	diag_help_or(rec, suggest(r->a, arena_printf(r->a, "\"%s\"", text), known, n), "take one of its values");
	diag_note(rec, "it is one of %s", buf_str(&list));
	return false;
}

/* A value that was computed from others: the text is known, the words of the list are those that it may be. */
static bool choice_fits(struct res *r, const struct ast_arg *decl, const struct value *v, const struct ast_word *w)
{
	const char *plain = template_literal(r->a, v->text);
	struct ast_word said = *w;
	if (!plain) {
		struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, w->loc, "this text must be known when the plan is made");
		diag_second(rec, decl->loc, "it chooses lines of the profile");
		diag_help(rec, "use a param without `at load`");
		return false;
	}
	said.text = plain;
	said.len = (uint32_t)strlen(plain);
	return choice_known(r, decl->choices, decl->name->text, &said);
}

static void check_choices(struct res *r, const struct ast_arg *d)
{
	for (struct ast_word *c = d->choices; c; c = c->next) {
		const char *good = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
		if (c->len == 0 || strspn(c->text, good) != c->len) {
			struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, c->loc, "this is no word to choose");
			diag_help(rec, "letters, digits, `-`, `_` and `.` can stand in one");
		}
		for (const struct ast_word *before = d->choices; before != c; before = before->next)
			if (strcmp(before->text, c->text) == 0) {
				struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, c->loc, "\"%s\" is in the list twice", c->text);
				diag_second(rec, before->loc, "here already");
				diag_help(rec, "remove one of them");
				break;
			}
	}
}

/* ---- declarations ---- */

void profile_check_params(struct res *r, const struct ast_item *item)
{
	enum type unused;
	for (const struct ast_arg *d = item->args; d; d = d->next) {
		if (d->type)
			param_type(r, d->type, &unused);
		check_choices(r, d);
		const struct ast_arg *first = profile_declares(item, d->name->text);
		if (first == d)
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, d->name->loc, "`%s` is declared twice", d->name->text);
		diag_second(rec, first->name->loc, "first declared here");
		diag_help(rec, "remove one of them, or rename it");
	}
}

const struct ast_arg *profile_declares(const struct ast_item *item, const char *name)
{
	const struct ast_arg *d = item->args;
	while (d && strcmp(d->name->text, name) != 0)
		d = d->next;
	return d;
}

/* False: there is no such type, which was reported where the profile is defined. */
static bool declared_type(const struct ast_arg *decl, enum type *out)
{
	*out = TYPE_STRING;
	for (unsigned t = 0; decl->type && t < TYPE_COUNT; t++) {
		if (strcmp(type_name[t], decl->type->text) == 0) {
			*out = (enum type)t;
			return true;
		}
	}
	return !decl->type;
}

/* ---- values ---- */

/* `word`, read in `from`, as the parameter; without one, or after a diagnostic, what stands for it. */
static void bind(struct res *r, struct scope *callee, const struct scope *from, const struct ast_arg *decl, const struct ast_word *word)
{
	enum type type;
	struct value v;
	bool ok = declared_type(decl, &type) && word && scope_eval(r, from, word, &v) && value_fits(r, type, &v, word) &&
		  (!decl->choices || choice_fits(r, decl, &v, word));
	if (!ok)
		v = value_stand_in(type);
	v.type = type;
	v.choices = decl->choices;
	scope_define(r, callee, decl->name, v);
}

static void bind_argument(struct res *r, struct scope *callee, const struct scope *caller, const struct ast_arg *decl,
			  const struct ast_stmt *use)
{
	const struct ast_arg *given = use->args;
	while (given && strcmp(given->name->text, decl->name->text) != 0)
		given = given->next;
	if (!given && !decl->value) {
		struct diag_rec *rec = diag(r->d, DIAG_MISSING_VALUE, use->name->loc, "`%s` needs a value for `%s`",
					    use->name->text, decl->name->text);
		diag_second(rec, decl->loc, "it has no default");
		diag_help(rec, "write `use %s(%s: ...)`", use->name->text, decl->name->text);
	}
	bind(r, callee, given ? caller : callee, decl, given ? given->value : decl->value);
}

static void note_parameters(struct res *r, struct diag_rec *rec, const char *const *names, size_t n)
{
	struct buf b = buf_new(r->a);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s`%s`", i ? ", " : "", names[i]);
	if (n)
		diag_note(rec, "it has %s", buf_str(&b));
	else
		diag_note(rec, "it has no parameters");
}

static void check_arguments(struct res *r, const struct ast_item *profile, const struct ast_stmt *use)
{
	for (const struct ast_arg *g = use->args; g; g = g->next) {
		const char *names[64]; /* that could have been meant: the first are enough */
		size_t n = 0;
		for (const struct ast_arg *d = profile->args; d && n < 64; d = d->next)
			names[n++] = d->name->text;
		for (const struct ast_arg *before = use->args; before != g; before = before->next)
			if (strcmp(before->name->text, g->name->text) == 0)
				diag_help(diag(r->d, DIAG_DUPLICATE, g->name->loc, "`%s` is given twice", g->name->text), "remove one of the two");
		if (profile_declares(profile, g->name->text))
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, g->name->loc, "profile `%s` has no parameter `%s`",
					    profile->name->text, g->name->text);
		const char *near = suggest(r->a, g->name->text, names, n);
		diag_help(rec, "%s", near ? near : "remove it");
		note_parameters(r, rec, names, n);
	}
}

void profile_bind(struct res *r, struct scope *callee, const struct scope *caller, const struct ast_item *profile,
		  const struct ast_stmt *use)
{
	if (use)
		check_arguments(r, profile, use);
	for (const struct ast_arg *d = profile->args; d; d = d->next) {
		if (profile_declares(profile, d->name->text) != d)
			continue;
		if (use)
			bind_argument(r, callee, caller, d, use);
		else
			bind(r, callee, callee, d, d->value);
	}
}

/* ---- `on NAME == "..."` ---- */

bool profile_choice(struct res *r, const struct place *p, const struct ast_stmt *s, bool *chosen)
{
	struct value v;
	if (!p->profile) {
		struct diag_rec *rec = diag(r->d, DIAG_WRONG_PLACE, s->name->loc, "a policy does not choose among its lines");
		diag_note(rec, "only profiles do, by the values that the policy gives their parameters");
		diag_help(rec, "write the lines that hold, without `on`");
		return false;
	}
	if (!scope_eval(r, p->scope, s->name, &v))
		return false;
	if (!v.choices) {
		struct diag_rec *rec = diag(r->d, DIAG_BAD_VALUE, s->name->loc, "`%s` is no parameter with a list of values", s->name->text);
		diag_help(rec, "say in the profile's first line what it may be: `%s: \"%s\" | \"other\"`", s->name->text, s->value->text);
		return false;
	}
	if (!choice_known(r, v.choices, s->name->text, s->value))
		return false;
	*chosen = strcmp(v.text, s->value->text) == 0;
	return true;
}
