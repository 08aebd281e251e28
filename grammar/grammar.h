/*
 * grammar.h - what the files of this folder share: the state of one parse, tokens, lists, node
 * constructors.
 *
 * Bytes go through four hands: sbx.l finds the words, scan.c reads literals, feed.c decides what
 * each word means for the structure (newlines, open braces, recovery), sbx.y builds the tree.
 * report.c words what sbx.y did not expect. Include sbx.tab.h after this file.
 */
#ifndef SBX_GRAMMAR_H
#define SBX_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../compiler/arena.h"
#include "../compiler/ast.h"
#include "../compiler/diag.h"
#include "../compiler/src.h"
#include "../compiler/str.h"

enum {
	PARSE_MAX_FAULTS = 1000, /* of one file; what follows is not read */
	PARSE_MAX_TESTS = 1024,  /* comparisons of a condition: its tree is as deep as long */
	PARSE_MAX_LOOSE = 8,     /* names of one statement that a fault may be blamed on */
	PARSE_MAX_PENDING = 4,
};

/* Lists in source order; adding is one step. NULL is not added. */
struct word_list {
	struct ast_word *first, *last;
};
struct object_list {
	struct ast_object *first, *last;
};
struct arg_list {
	struct ast_arg *first, *last;
};
struct on_list {
	struct ast_on *first, *last;
};
struct stmt_list {
	struct ast_stmt *first, *last;
};
struct tstmt_list {
	struct ast_tstmt *first, *last;
};
struct item_list {
	struct ast_item *first, *last;
};

#define LIST_ADD(list, node)                                                                       \
	do {                                                                                       \
		if (!(node))                                                                       \
			break;                                                                     \
		if ((list).last)                                                                   \
			(list).last->next = (node);                                                \
		else                                                                               \
			(list).first = (node);                                                     \
		(list).last = (node);                                                              \
	} while (0)

/* Appends all of B to A. */
#define LIST_JOIN(a, b)                                                                            \
	do {                                                                                       \
		if (!(b).first)                                                                    \
			break;                                                                     \
		if ((a).last)                                                                      \
			(a).last->next = (b).first;                                                \
		else                                                                               \
			(a).first = (b).first;                                                     \
		(a).last = (b).last;                                                               \
	} while (0)

struct token {
	int kind;
	struct loc loc;
	struct ast_word *word; /* NULL for punctuation */
	bool line_first;       /* the first word of its line */
};

enum opener_kind { OPEN_BLOCK, OPEN_TEST, OPEN_LIST, OPEN_PAREN };

struct opener {
	enum opener_kind kind;
	struct loc loc;
	uint32_t indent; /* blanks at the start of its line */
	bool injected;   /* made up after a complaint: say nothing if it is never closed */
};

/* A block whose `}` stands at another indent than its first line: a likely mistake. */
struct misfit {
	struct loc open, close;
};

/* The state of one parse. The scanner's part comes first, then the feed's, then the parser's. */
struct parse {
	struct arena *arena;
	struct diags *diags;
	const struct src_file *file;
	struct ast_file *ast;
	unsigned faults;

	void *scanner;
	uint32_t offset;   /* of the next byte */
	uint32_t line_beg; /* offset of the present line's first byte */
	bool cr_seen;      /* CRLF was reported */

	struct token pending[PARSE_MAX_PENDING]; /* put back, last in first out */
	unsigned n_pending;
	struct token prev;   /* the last one given to the parser */
	struct token before; /* the one before that */
	struct token first;  /* first of the present statement or item; kind 0: none */
	struct token loose[PARSE_MAX_LOOSE]; /* plain names of the present statement */
	unsigned n_loose;
	struct opener open[SRC_MAX_NESTING];
	unsigned depth;
	struct misfit misfit; /* the innermost one so far */
	uint32_t indent;      /* of the present line */
	unsigned skip;        /* braces and parentheses to close before anything counts again */
	struct loc skip_at;   /* where the skipping began */
	bool skip_brace;      /* it began with a brace, not with a parenthesis */
	bool skip_close;      /* give the parser a `}` when it ends */
	bool started;         /* the header was looked at */
	bool newline;         /* the last raw token was a newline */
	bool head_open;       /* the `{` of the present head was seen */
	bool mute; /* the fault of this line was reported: till its end the parser says nothing */
	bool recovering; /* the parser throws tokens away until a newline or `}` */
	bool closing; /* openers are being closed because what came cannot stand inside of them */
	unsigned close_to; /* ... down to this depth */
	bool blamed;       /* ... and what is open was reported */
	bool deep_seen;    /* TOO_DEEP was reported */

	struct item_list items;
	struct word_list modifiers, except; /* of the last object */
	struct ast_word *head_name; /* of the last policy or profile whose first line was refused */
	unsigned tests;             /* comparisons in the present condition */
	const struct ast_word
	    *hole; /* of the last object, if written `except "x"` without braces */
};

/* diag(), counted. */
struct diag_rec *parse_fault(struct parse *p, enum diag_id id, struct loc where, const char *fmt,
			     ...) SBX_PRINTF(4, 5);

/* sbx.l: a scanner at the start of the file; out of memory ends the program. */
struct parse *scan_begin(struct arena *a, struct diags *d, const struct src_file *file);
void scan_end(struct parse *p);
/* sbx.l: the next word of the file into T; its kind. */
int scan_token(struct token *t, void *scanner);

/*
 * scan.c: each reads the TEXT of N bytes at t->loc, makes t->word, complains where it must, returns
 * the kind.
 */
int scan_name(struct parse *p, struct token *t, const char *text, size_t n);
int scan_word(struct parse *p, struct token *t, const char *text, size_t n, int kind);
int scan_number(struct parse *p, struct token *t, const char *text, size_t n);
int scan_string(struct parse *p, struct token *t, const char *text, size_t n);
int scan_open_string(struct parse *p, struct token *t, const char *text, size_t n);
int scan_single_quoted(struct parse *p, struct token *t, const char *text, size_t n);
int scan_bare(struct parse *p, struct token *t, const char *text, size_t n, const char *what);
void scan_comment(struct parse *p, struct loc loc, const char *text, size_t n);
/* silence.c: a comment that may be `# sbx: ...`. */
void silence_read(struct parse *p, struct loc loc, const char *text, size_t n);
void scan_slashes(struct parse *p, struct loc loc);
void scan_crlf(struct parse *p, struct loc loc);
void scan_stray(struct parse *p, struct loc loc, const char *text, size_t n);
/* A word with letters beyond ASCII: said once, as a whole. */
int scan_foreign(struct parse *p, struct token *t, const char *text, size_t n);
/* The unit that people mean by UNIT ("MB": "MiB"), or NULL. True units answer themselves. */
const char *scan_unit_meant(const char *unit);

/*
 * bytes.c: complains of what may not stand in a string (or a comment, where bytes that are no UTF-8
 * are let be).
 */
void bytes_check(struct parse *p, struct loc loc, const char *text, size_t n, bool is_string);

/* feed.c: the next token for the parser. */
struct token feed_next(struct parse *p);
/* The parser refused `found`: how the feed goes on. False when the fault was already reported. */
bool feed_refused(struct parse *p, const struct token *found);
/* Complains that the innermost parenthesis is not closed and forgets it. */
void feed_open_paren(struct parse *p);

static inline bool parse_top_is(const struct parse *p, enum opener_kind kind)
{
	return p->depth && p->open[p->depth - 1].kind == kind;
}

/* mend.c: what a file's first word, or a word in front of a block, was meant to be. */
void mend_header(struct parse *p, struct token *t);
void mend_edition(struct parse *p, const struct token *t);
bool mend_line_has_brace(const struct parse *p, struct loc from);
void mend_block_word(struct parse *p, struct token *t);
/* TEXT with small letters. */
const char *parse_lower(struct parse *p, const char *text);

/*
 * report.c: the parser could not take `found`; it could have taken the keywords and the things
 * named in phrases.
 */
struct expected {
	const char *keywords[64];
	unsigned n_keywords;
	const char *phrases[32];
	unsigned n_phrases;
};
void report_unexpected(struct parse *p, const struct token *found, const struct expected *e);

/* keywords.c */
int keyword_find(const char *text, size_t n); /* token kind, 0 if it is no keyword */
const char *keyword_text(int kind);           /* NULL if it is no keyword */
/* The keyword among KINDS (ended by 0) that TEXT most likely means: its kind, or 0. */
int keyword_near(struct parse *p, const char *text, const int *kinds);

/* build.c: nodes in the arena. */
#define NODE_NEW(p, type, ...)                                                                     \
	((struct type *)node_copy((p), &(struct type){__VA_ARGS__}, sizeof(struct type)))
void *node_copy(struct parse *p, const void *node, size_t size);
/* LEFT and/or RIGHT; NULL stays NULL. */
struct ast_cond *node_both(struct parse *p, enum ast_cond_kind kind, struct ast_cond *left,
			   struct ast_cond *right);
/* One comparison. Complains of the one past PARSE_MAX_TESTS and answers NULL from there on. */
struct ast_cond *node_test(struct parse *p, struct loc loc, struct ast_word *arg, enum ast_rel rel,
			   struct ast_word *values, struct ast_word *mask);
/*
 * An object, then what follows it; the tails of its lists are kept in the parse until the next
 * object begins.
 */
struct ast_object *node_object(struct parse *p, struct ast_word *string);
void node_modifier(struct parse *p, struct ast_object *o, struct ast_word *name);
void node_except(struct parse *p, struct ast_object *o, struct word_list holes, struct loc whole);
void node_via(struct parse *p, struct ast_object *o, struct loc loc, struct ast_word *name);
struct object_list node_join(struct object_list a, struct object_list b);
void node_because(struct object_list objects, struct ast_word *because);
/* Complains of `"/a" except "/b", "/c"`: is "/c" a second exception or a second object? */
void node_comma(struct parse *p, struct loc comma);
/*
 * A policy or profile whose first line had a fault, under the name it had there; NULL if it had
 * none.
 */
struct ast_item *node_headless(struct parse *p, enum ast_item_kind kind, struct loc head,
			       struct loc whole, struct stmt_list block);

#endif
