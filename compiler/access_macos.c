/*
 * access_macos.c - the words of macos_word.def: Mach services, shared memory, drivers, preferences and the like.
 */
#include <string.h>

#include "access_priv.h"
#include "macos_word.h"

/* What the words behind the family's say together: operations on names that follow, or a thing said whole. */
struct said {
	uint32_t ops;
	const struct macos_word *whole; /* the first that takes no name */
	const struct macos_word *named; /* the first that takes one */
};

static bool unknown_word(struct access_ctx *x, const struct ast_word *w, const char *family)
{
	const char *known[8];
	struct buf list = buf_new(x->r->a);
	unsigned n = 0;
	for (unsigned i = 0; i < n_macos_words && n < 8; i++)
		if (strcmp(macos_words[i].family, family) == 0 && macos_words[i].word[0])
			known[n++] = macos_words[i].word;
	for (unsigned i = 0; i < n; i++)
		buf_printf(&list, "%s`%s %s`", i == 0 ? "" : i + 1 == n ? " or " : ", ", family, known[i]);
	if (w->reported)
		return access_fail(x);
	struct diag_rec *rec = diag(x->r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown word `%s`", w->text);
	const char *near = suggest(x->r->a, w->text, known, n);
	if (near)
		diag_help(rec, "%s", near);
	else if (n)
		diag_help(rec, "write %s", buf_str(&list));
	else
		diag_help(rec, "`%s` stands alone in front of names", family);
	return access_fail(x);
}

static void add_word(struct access_ctx *x, const struct ast_access *access, const struct macos_word *word, struct said *out)
{
	if (!word->object) {
		out->ops |= OP_BIT(word->op);
		out->named = out->named ? out->named : word;
		return;
	}
	out->whole = word;
	access_add(x, RULE_MACOS, OP_BIT(word->op), access->loc)->rule.object = word->object;
}

static bool take_words(struct access_ctx *x, const struct ast_access *access, struct said *out)
{
	const struct ast_word *family = access->ops;
	const struct macos_word *alone = macos_word_find(family->text, "");
	if (alone && !family->next) {
		add_word(x, access, alone, out);
		return true;
	}
	if (!family->next) {
		struct diag_rec *rec = diag(x->r->d, DIAG_UNEXPECTED, family->loc, "`%s` of what?", family->text);
		struct buf list = buf_new(x->r->a);
		for (unsigned i = 0; i < n_macos_words; i++)
			if (strcmp(macos_words[i].family, family->text) == 0)
				buf_printf(&list, "%s`%s %s`", list.len ? ", " : "", family->text, macos_words[i].word);
		diag_help(rec, "write one of %s", buf_str(&list));
		return access_fail(x);
	}
	for (const struct ast_word *w = family->next; w; w = w->next) {
		const struct macos_word *word = alone ? NULL : macos_word_find(family->text, w->text);
		if (!word)
			return unknown_word(x, w, family->text);
		add_word(x, access, word, out);
	}
	return true;
}

static void name_object(struct access_ctx *x, const struct ast_object *o, uint32_t ops)
{
	uint32_t flags = 0;
	const char *name = scope_plain(x->r, x->p->scope, o->string);
	if (!access_modifiers(x, o, false, &flags) || !name) {
		access_fail(x);
		return;
	}
	if (!*name) {
		struct diag_rec *rec = diag(x->r->d, DIAG_BAD_VALUE, o->loc, "a name is empty");
		diag_help(rec, "nothing is called so: name it, or remove the line");
		access_fail(x);
		return;
	}
	struct access_item *i = access_add(x, RULE_MACOS, ops, o->loc);
	i->rule.object = name;
	i->because = because_text(x->r, o->because);
}

void access_macos(struct access_ctx *x, const struct ast_access *access)
{
	struct said said = {.ops = 0};
	if (!take_words(x, access, &said))
		return;
	if (said.whole && access->objects) {
		struct diag_rec *rec = diag(x->r->d, DIAG_UNEXPECTED, access->objects->loc, "`%s%s%s` stands for all of them",
					    said.whole->family, said.whole->word[0] ? " " : "", said.whole->word);
		diag_note(rec, "macOS tells none of them from the others");
		diag_help(rec, "remove the name");
		access_fail(x);
		return;
	}
	if (said.named && !access->objects)
		access_need_objects(x, access, said.named->what);
	for (const struct ast_object *o = access->objects; o; o = o->next)
		name_object(x, o, said.ops);
}
