/*
 * caps_print.h - the matrix and sets of it, for people, pages and programs.
 */
#ifndef SBX_CAPS_PRINT_H
#define SBX_CAPS_PRINT_H

#include "caps.h"

void caps_print_text(const struct cap_matrix *m, FILE *out);
/* A page of its own in Markdown: docs/capabilities.md. */
void caps_print_md(const struct cap_matrix *m, FILE *out);
void caps_print_json(const struct cap_matrix *m, FILE *out);

void caps_print_set(const struct cap_set *s, bool json, FILE *out);

#endif
