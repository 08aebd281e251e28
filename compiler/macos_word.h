/*
 * macos_word.h - the words of macos_word.def: what only macOS has, and a policy names.
 */
#ifndef SBX_MACOS_WORD_H
#define SBX_MACOS_WORD_H

#include "ir.h"

struct macos_family {
	const char *word;
	const char *help;  /* what it is, in the plural */
	const char *on_linux; /* how a policy says it there, or NULL */
};

struct macos_word {
	enum op op;
	const char *family;
	const char *word;   /* behind the family's, or "" */
	const char *object; /* NULL: a name follows */
	const char *what;   /* the name, for the message that it is missing */
};

/* Every word, in the order of the table. */
extern const struct macos_word macos_words[];
extern const unsigned n_macos_words;
/* The families, in the order of the table. */
extern const struct macos_family macos_families[];
extern const unsigned n_macos_families;

/* NULL: no family is called so. */
const struct macos_family *macos_family(const char *word);
/* That of an operation of RULE_MACOS. */
const struct macos_family *macos_family_of(enum op op);
/* Of the family; NULL: it has no such word. */
const struct macos_word *macos_word_find(const char *family, const char *word);
/* Is the rule said by words alone: `pty`, `sysv shm`? */
bool macos_word_whole(uint32_t ops);

#endif
