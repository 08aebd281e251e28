/*
 * lexemes.c - the words of a file with its comments and ends of lines, for the formatter.
 */
#include <string.h>

#include "grammar.h"
#include "parse.h"
#include "sbx.tab.h"

struct collect {
	struct arena *arena;
	const struct src_file *file;
	struct lexeme *v;
	unsigned n;
};

static void add(struct collect *c, enum lexeme_kind kind, uint32_t beg, uint32_t end, int glue)
{
	ARENA_GROW(c->arena, c->v, c->n);
	c->v[c->n++] = (struct lexeme){.kind = kind, .beg = beg, .end = end, .glue = glue};
}

/* Between two words stand blanks and, before the end of a line, one comment. */
static void add_comment(struct collect *c, uint32_t beg, uint32_t end)
{
	const char *text = c->file->text, *hash = memchr(text + beg, '#', end - beg);
	if (!hash)
		return;
	while (text[end - 1] == ' ' || text[end - 1] == '\t')
		end--;
	add(c, LEXEME_COMMENT, (uint32_t)(hash - text), end, 0);
}

static enum lexeme_kind kind_of(int token)
{
	switch (token) {
	case T_NL:
		return LEXEME_NEWLINE;
	case T_LBRACE:
		return LEXEME_LBRACE;
	case T_RBRACE:
		return LEXEME_RBRACE;
	case T_LPAREN:
		return LEXEME_LPAREN;
	case T_RPAREN:
		return LEXEME_RPAREN;
	case T_COMMA:
		return LEXEME_COMMA;
	case T_COLON:
		return LEXEME_COLON;
	case T_PIPE:
		return LEXEME_PIPE;
	case T_AMP:
	case T_ASSIGN:
	case T_EQ:
	case T_NE:
	case T_LE:
	case T_GE:
	case T_LT:
	case T_GT:
		return LEXEME_OPERATOR;
	case T_END:
		return LEXEME_END;
	default:
		return LEXEME_WORD;
	}
}

const struct lexeme *source_lexemes(struct arena *a, const struct src_file *file, unsigned *n)
{
	struct collect c = {.arena = a, .file = file};
	struct diags *unheard = diags_new(a, NULL); /* the file has no faults */
	struct parse *p = scan_begin(a, unheard, file);
	uint32_t last = 0;
	int kind;
	do {
		struct token t = {0};
		kind = scan_token(&t, p->scanner);
		uint32_t beg = t.loc.beg - file->base, end = t.loc.end - file->base;
		add_comment(&c, last, beg);
		add(&c, kind_of(kind), beg, end, kind == T_NAME || kind == T_QNAME);
		last = end;
	} while (kind != T_END);
	scan_end(p);
	*n = c.n;
	return c.v;
}
