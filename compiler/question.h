/*
 * question.h - what `why` is asked, from the words of a command line to expectations.
 *
 * The words become the text of one `expect`, which the parser and the resolver read like any other: no second reader of
 * accesses exists.
 */
#ifndef SBX_QUESTION_H
#define SBX_QUESTION_H

#include "arena.h"

/* `read write /x` as a file with one test; the object is quoted here. */
const char *question_text(struct arena *a, const char *const *words, unsigned n);

struct res;
struct place;
/* Resolves the options' question and `--given` values into compile.question. Reports what is wrong with them. */
void resolve_question(struct res *r, const struct place *p);

#endif
