/*
 * codes.h - the page of every diagnostic: docs/codes/CODE.txt, compiled in.
 */
#ifndef SBX_CODES_H
#define SBX_CODES_H

#include <stdbool.h>
#include <stdio.h>

#include "arena.h"

/* Has the word the form of a code: E0301, W103, N0212? */
bool code_is_one(const char *word);
/* Prints the page of the code, small letters taken for large. False when there is no such code; *hint is then a phrase or NULL. */
bool code_print(struct arena *a, const char *code, FILE *out, const char **hint);

/* What the page says before its examples, each paragraph a line; NULL when there is none. From the arena. */
const char *code_about(struct arena *a, const char *code);

#endif
