/*
 * manifest_read.h - reads plan.yaml back: strict, bounded, nothing guessed.
 *
 * The document is one mapping with the keys of the tables in manifest_read.c, in their order: scalars, and lists of flat
 * mappings. No anchors, tags, aliases, second documents; unknown, missing and repeated keys are errors.
 */
#ifndef SBX_MANIFEST_READ_H
#define SBX_MANIFEST_READ_H

#include <stddef.h>

#include "arena.h"

enum manifest_list {
	LIST_TARGETS, /* words: the key is "" */
	LIST_ABIS,    /* words; none when they are the usual ones */
	LIST_BASES,   /* none when it extends nothing */
	LIST_DROPS,
	LIST_GUARANTEES,
	LIST_CAVEATS,
	LIST_LIMITS,
	LIST_PARAMS,
	LIST_SET,
	LIST_SYSCALLS,
	LIST_INPUTS,
	LIST_OUTPUTS,
	MANIFEST_LISTS
};

struct manifest;

/* NULL with one line in *error ("plan.yaml:12: ..."). */
const struct manifest *manifest_read(struct arena *a, const char *text, size_t size, const char **error);
/* The scalar of a key of the document; NULL when it is not there (only `entry` may be missing). */
const char *manifest_head(const struct manifest *m, const char *key);
unsigned manifest_count(const struct manifest *m, enum manifest_list l);
/* The scalar of a key of the i-th entry; NULL when it is not there. */
const char *manifest_get(const struct manifest *m, enum manifest_list l, unsigned i, const char *key);

#endif
