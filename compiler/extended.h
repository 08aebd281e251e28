/*
 * extended.h - which policies the others of a run extend.
 *
 * A base may leave the program to those that extend it. By itself it starts nothing, which is a fault of any other policy,
 * so it is taken for a base only beside one that extends it.
 */
#ifndef SBX_EXTENDED_H
#define SBX_EXTENDED_H

#include "name_map.h"

/* The names that stand after `extends` in these files. What cannot be read or parsed names none: whoever checks it says why. */
const struct name_map *extended_names(struct arena *a, const char *const *files, unsigned n);

#endif
