/*
 * mend.c - words that the parser gets corrected: a misspelt or missing header, a misspelt word in
 * front of a block. Each is reported once, and what stands behind it is read as if it were right.
 */
#include "grammar.h"

#include <string.h>

#include "sbx.tab.h"

/*
 * `polcy x {`: a word that begins a line with a brace is corrected, so that what is inside still
 * gets read.
 */
bool mend_line_has_brace(const struct parse *p, struct loc from)
{
	enum { FAR = 4096 };
	const char *s = p->file->text + (from.end - p->file->base);
	const char *end = p->file->text + p->file->size;
	bool quoted = false;
	if (end - s > FAR)
		end = s + FAR;
	for (; s < end && *s != '\n'; s++) {
		if (*s == '"' && s[-1] != '\\')
			quoted = !quoted;
		else if (!quoted && *s == '#')
			return false;
		else if (!quoted && *s == '{')
			return true;
	}
	return false;
}

const char *parse_lower(struct parse *p, const char *text)
{
	char *s = arena_strdup(p->arena, text);
	for (char *c = s; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 0x20);
	return s;
}

static int block_word_meant(struct parse *p, const struct token *t)
{
	static const int items[] = {T_POLICY, T_PROFILE, T_TEST, 0};
	static const int stmts[] = {T_ALLOW, T_DENY, T_ON, T_TEST, T_NEVER, T_DROP, T_FINAL, 0};
	static const int tests[] = {T_EXPECT, 0};
	const int *kinds = p->depth == 0 ? items : parse_top_is(p, OPEN_TEST) ? tests : stmts;
	const char *text = parse_lower(p, t->word->text);
	int exact = keyword_find(text, strlen(text));
	for (const int *k = kinds; exact && *k; k++)
		if (*k == exact)
			return exact;
	return keyword_near(p, text, kinds);
}

static void block_fault(struct parse *p, const struct token *t, int kind)
{
	struct diag_rec *r = p->depth == 0 ? parse_fault(p, DIAG_UNKNOWN_BLOCK, t->loc, "unknown kind of block `%s`", t->word->text)
					   : parse_fault(p, DIAG_UNKNOWN_WORD, t->loc, "unknown word `%s`", t->word->text);
	if (kind)
		diag_help(r, "did you mean `%s`?", keyword_text(kind));
	else
		diag_help(r, "blocks are `policy NAME { }`, `profile NAME { }` and `test \"...\" { }`");
}

void mend_block_word(struct parse *p, struct token *t)
{
	int kind = block_word_meant(p, t);
	if (p->depth != 0 && !kind)
		return; /* report.c says more when the brace comes */
	if (!t->word->reported)
		block_fault(p, t, kind);
	t->kind = kind ? kind : T_OTHER;
	p->mute = !kind;
	t->word->text = kind ? keyword_text(kind) : t->word->text;
}

void mend_header(struct parse *p, struct token *t)
{
	static const int header[] = {T_SBX, 0};
	struct diag_rec *r;
	p->started = true;
	if (t->word && t->word->reported)
		t->kind = T_SBX; /* that is said already */
	if (t->kind == T_SBX)
		return;
	struct loc at = t->kind == T_END ? (struct loc){p->file->base, p->file->base + 1} : t->loc;
	r = parse_fault(p, DIAG_NO_EDITION, at,
			"the file does not say which edition it is written in");
	diag_label(r, "expected `sbx 1` here");
	diag_help(r, "make `sbx 1` the first line");
	if (!t->word || t->word->kind == WORD_STRING)
		return;
	const char *text = parse_lower(p, t->word->text);
	if (strcmp(text, "sbx") == 0 || keyword_near(p, text, header))
		t->kind = T_SBX; /* misspelled: the rest of its line is the header all the same */
}

void mend_edition(struct parse *p, const struct token *t)
{
	enum { EDITION = 1 };
	struct diag_rec *r;
	if (p->prev.kind != T_SBX || t->kind != T_INT || p->first.kind != T_SBX ||
	    p->ast->edition || t->word->number == EDITION || t->word->reported)
		return;
	t->word->reported = true;
	r = parse_fault(p, DIAG_NEW_EDITION, t->loc, "this sbxc does not know edition %s",
			t->word->text);
	diag_label(r, "it knows edition 1");
	if (t->word->number > EDITION)
		diag_note(r, "edition %s comes with sbxc %s.0", t->word->text, t->word->text);
	diag_help(r, "use an sbxc that knows it, or write the file in edition 1");
}
