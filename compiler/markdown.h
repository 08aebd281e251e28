/*
 * markdown.h - text of a policy in a comment on a change: whatever it says, it is text and makes no structure.
 */
#ifndef SBX_MARKDOWN_H
#define SBX_MARKDOWN_H

#include <stdio.h>

void markdown_text(FILE *out, const char *text);
/* At the start of a line, where "- ", "1." or blanks would make a block. */
void markdown_line(FILE *out, const char *text);
/* In <code>; nothing for "". */
void markdown_code(FILE *out, const char *text);

#endif
