/*
 * ast.h - what the parser saw, before any name is looked up.
 *
 * Words are kept as text with their place; strings are kept raw (escapes and ${variables} still inside), so that a
 * later complaint can point at the exact letters. Lists are singly linked in source order. All of it lives in the
 * arena of the compile. The parser makes it, resolve.c reads it, ast_print() prints it for --emit=ast.
 */
#ifndef SBX_AST_H
#define SBX_AST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "src.h"

/* One word or literal with its place. `next` chains lists such as the words of `read write exec`. */
struct ast_word {
	struct ast_word *next;
	struct loc loc;
	const char *text; /* NUL-terminated; for STRINGs the raw bytes between the quotes, for a GROUP without its @ */
	uint32_t len;
	enum ast_word_kind {
		WORD_NAME,   /* read, std/python, net.disable (a CAP) */
		WORD_CONST,  /* EPERM, LC_ALL */
		WORD_GROUP,  /* @server-io */
		WORD_STRING, /* "..." */
		WORD_INT,
		WORD_SIZE,     /* number is bytes */
		WORD_DURATION, /* number is milliseconds */
		WORD_PERCENT,
	} kind;
	bool reported;   /* a fault of this word is queued already (bare path, unknown unit): say no more of it */
	uint64_t number; /* INT, SIZE, DURATION, PERCENT */
	struct ast_word *because; /* of an entry of an `except { }` list, or NULL */
};

struct ast_object {
	struct ast_object *next;
	struct loc loc;          /* the object with its modifiers */
	struct ast_word *string;
	struct ast_word *modifiers; /* if-exists, make-dir, nofollow, discard, ...: looked up later */
	struct ast_word *via;       /* name after `via`, or NULL */
	struct ast_word *except;    /* strings */
	bool more;                  /* a comma follows, and the next object */
	struct ast_word *because;   /* of this entry of a { } list, or NULL */
};

/* A condition on syscall arguments. */
struct ast_cond {
	enum ast_cond_kind { COND_AND, COND_OR, COND_NOT, COND_TEST } kind;
	struct loc loc;
	struct ast_cond *left, *right;  /* AND, OR; NOT uses left */
	struct ast_word *arg;           /* TEST: the argument's name */
	enum ast_rel { REL_EQ, REL_NE, REL_LT, REL_LE, REL_GT, REL_GE, REL_HAS, REL_LACKS, REL_IN } rel;
	struct ast_word *values;        /* one or more: a|b; for IN a list */
	struct ast_word *mask;          /* masked equality `arg & MASK == VALUE`: the masks (a|b), or NULL */
};

struct ast_action { /* with errno EPERM, with kill */
	struct loc loc;
	struct ast_word *name;
	struct ast_word *detail; /* EPERM, or NULL */
};

/* What an allow, deny, never, drop or expect speaks about. */
struct ast_access {
	struct loc loc;
	enum ast_access_kind {
		ACCESS_OPS,      /* ops + objects: read write "/x"; no objects: `net` */
		ACCESS_MATCHING, /* ops matching "GLOB" under "PATH" */
		ACCESS_ENV,
		ACCESS_SYSCALL,
	} kind;
	struct ast_word *ops;
	struct ast_object *objects;
	struct ast_word *glob, *under;
	struct ast_word *names;     /* ENV: consts and strings. SYSCALL: names and groups */
	struct ast_cond *where;     /* SYSCALL */
	struct ast_action *action;  /* SYSCALL */
};

struct ast_arg { /* argument of `use p(version: "3")`, or parameter declaration of a profile */
	struct ast_arg *next;
	struct loc loc;
	struct ast_word *name;
	struct ast_word *type;    /* declarations only: this, or choices */
	struct ast_word *choices; /* strings: the value is one of them */
	struct ast_word *value; /* argument, or the declaration's default or NULL */
};

enum ast_stmt_kind {
	STMT_ABOUT,    /* text */
	STMT_TARGETS,  /* words */
	STMT_ENTRY,    /* text */
	STMT_USE,      /* name, args */
	STMT_ALLOW,    /* access, because, is_final */
	STMT_DENY,
	STMT_NEVER,    /* access, because */
	STMT_DROP,     /* drop_what; access or name or caps; because */
	STMT_LIMIT,    /* name, value, because */
	STMT_REQUIRE,  /* words (capabilities), targets, because */
	STMT_PREFER,
	STMT_SET_ENV,  /* name, value */
	STMT_DEFAULT,  /* `default syscall with ACTION`, `unknown syscall with ACTION`: name is default or unknown; action */
	STMT_ON,       /* targets (linux, macos, or arch names with is_arch set in order), block */
	STMT_CHOICE,   /* `on NAME == STRING`: name, value, block */
	STMT_LET,      /* name, value */
	STMT_UNSAFE,   /* name, value, because */
	STMT_SETTING,  /* name, words: isolate, root, mount, scratch, directory, ... and unknown words */
	STMT_TEST,     /* test */
};

struct ast_on {
	struct ast_on *next;
	struct ast_word *word;
	bool is_arch;
};

struct ast_test;

struct ast_stmt {
	struct ast_stmt *next;
	enum ast_stmt_kind kind;
	struct loc loc;  /* the whole statement without the newline */
	struct loc verb; /* its first word */
	bool is_final;
	enum ast_drop { DROP_ALLOW, DROP_DENY, DROP_LIMIT, DROP_REQUIRE, DROP_PREFER } drop;
	struct ast_word *name;
	struct ast_word *value;
	struct ast_word *words;
	struct ast_word *targets;
	struct ast_on *on;
	struct ast_arg *args;
	struct ast_access *access;
	struct ast_action *action;
	struct ast_word *because;
	struct ast_stmt *block; /* statements of an ON or CHOICE */
	struct ast_test *test;
};

struct ast_tstmt {
	struct ast_tstmt *next;
	enum ast_tstmt_kind { TSTMT_GIVEN, TSTMT_ALLOW, TSTMT_DENY, TSTMT_ENFORCED, TSTMT_CAVEAT } kind;
	struct loc loc;
	struct ast_word *name, *value; /* GIVEN */
	struct ast_access *access;     /* ALLOW, DENY */
	struct ast_word *caps;         /* ENFORCED, CAVEAT */
	struct ast_word *targets;
};

struct ast_test {
	struct ast_test *next;
	struct loc loc;
	struct ast_word *title;
	struct ast_tstmt *stmts;
};

enum ast_item_kind {
	ITEM_IMPORT,  /* value: the string */
	ITEM_LET,     /* name, value */
	ITEM_PARAM,   /* name, type, value or NULL, at_load, about or NULL */
	ITEM_GROUP,   /* name, words */
	ITEM_PROXY,   /* name, type (unix or tcp), value */
	ITEM_PROFILE, /* name, args (declarations), block */
	ITEM_POLICY,  /* name, version or NULL, extends or NULL, block */
	ITEM_TEST,    /* test */
};

struct ast_item {
	struct ast_item *next;
	enum ast_item_kind kind;
	struct loc loc;  /* the whole item */
	struct loc head; /* its first word to the end of its first line's words: where a complaint about it points */
	struct ast_word *name, *type, *value, *about, *version, *extends;
	bool at_load;
	struct ast_word *words;
	struct ast_arg *args;
	struct ast_stmt *block;
	struct ast_test *test;
};

struct ast_file {
	const struct src_file *src;
	uint32_t edition;     /* 0 when the header is missing (already reported) */
	struct loc edition_loc;
	struct ast_item *items;
};

/* Is there no policy in the file, but something for policies to bring in? */
bool ast_is_library(const struct ast_file *f);
/* One line a node, two spaces a level, words quoted where they were; the same bytes for the same source. */
void ast_print(const struct ast_file *f, FILE *out);

bool ast_has_policy(const struct ast_file *f);

#endif
