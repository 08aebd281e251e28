/*
 * sbpl_keys.h - texts to numbers: found whole, or all those that are a path or a folder on the way to it.
 */
#ifndef SBX_SEATBELT_SBPL_KEYS_H
#define SBX_SEATBELT_SBPL_KEYS_H

#include "../../compiler/arena.h"

struct sbpl_keys;
struct sbpl_keys *sbpl_keys_new(struct arena *a);
/* The number of the text, from 0 on; the same for the same text, which is kept and not copied. */
unsigned sbpl_keys_add(struct sbpl_keys *k, const char *text, size_t len);
/* -1: it was never added. */
long sbpl_keys_find(const struct sbpl_keys *k, const char *text, size_t len);
/* From the root down, at most `most`; the number of all there are. */
unsigned sbpl_keys_walk(const struct sbpl_keys *k, const char *path, unsigned *out, unsigned most);

#endif
