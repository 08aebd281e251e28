/*
 * yaml_out.h - writing YAML: block style, keys plain, texts between double quotes, the same bytes for the same calls.
 */
#ifndef SBX_YAML_OUT_H
#define SBX_YAML_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

struct yaml_out;

/* One document; NULL when memory is out. */
struct yaml_out *yaml_begin(struct arena *a);
/* Ends it: the bytes, from the arena, and their number; NULL when anything failed on the way. */
const char *yaml_end(struct yaml_out *y, size_t *size);

void yaml_map(struct yaml_out *y);
void yaml_map_end(struct yaml_out *y);
/* `name: [` of the map that is open; flow: on one line. */
void yaml_list(struct yaml_out *y, const char *name, bool flow);
void yaml_list_end(struct yaml_out *y);

/* One value of an open list. */
void yaml_scalar(struct yaml_out *y, const char *text, bool quoted);
/* `name: "text"`, `name: word` (a word that needs no quotes), `name: 7` of the map that is open. */
void yaml_text(struct yaml_out *y, const char *name, const char *text);
void yaml_word(struct yaml_out *y, const char *name, const char *word);
void yaml_number(struct yaml_out *y, const char *name, unsigned long long n);

#endif
