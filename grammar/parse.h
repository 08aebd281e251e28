/*
 * parse.h - what the compiler calls of the grammar: the parser, and for the formatter the lexemes.
 */
#ifndef SBX_PARSE_H
#define SBX_PARSE_H

#include <stdint.h>

struct arena;
struct diags;
struct src_file;
struct ast_file;

/*
 * Parses one file. Faults are queued in `d`, several per run; what could be understood is returned
 * all the same, so that later phases can look for more. Never NULL. The compile has failed when
 * diag_errors(d) is not 0.
 */
struct ast_file *parse_source(struct arena *a, struct diags *d, const struct src_file *file);

/*
 * The words of a file in which parse_source() found no fault, with what the parser never sees: ends
 * of lines and comments. Offsets are into the file's text. The last one is LEXEME_END.
 */
struct lexeme {
	enum lexeme_kind {
		LEXEME_WORD,    /* name, keyword, number, string, group */
		LEXEME_OPERATOR, /* == != < <= > >= = & */
		LEXEME_PIPE,
		LEXEME_COMMA,
		LEXEME_COLON,
		LEXEME_LPAREN,
		LEXEME_RPAREN,
		LEXEME_LBRACE,
		LEXEME_RBRACE,
		LEXEME_COMMENT, /* with its #, without blanks at its end */
		LEXEME_NEWLINE,
		LEXEME_END,
	} kind;
	uint32_t beg, end;
	int glue; /* LEXEME_WORD: does a parenthesis behind it stand apart (`in (A, B)`), or not (`std/x(a: 1)`)? 1: not */
};
const struct lexeme *source_lexemes(struct arena *a, const struct src_file *file, unsigned *n);

/*
 * Every word the grammar itself knows (from keywords.def), for suggestions and for the test against
 * syscall names.
 */
const char *const *grammar_keywords(unsigned *n);

#endif
