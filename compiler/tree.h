/*
 * tree.h - the policy files below a directory.
 */
#ifndef SBX_TREE_H
#define SBX_TREE_H

#include <stdbool.h>

#include "arena.h"

enum { TREE_MAX_DEPTH = 64 };

struct tree_files {
	struct arena *arena;
	const char **v;
	unsigned n;
	const char *failed; /* the directory that could not be read, or NULL; and why */
	const char *why;
};

/*
 * Adds every regular file NAME.sbx below `dir`, in the order of their paths' bytes. Names that begin with a dot are left
 * out, and links to directories are not followed. False, and `failed`, where a directory cannot be read.
 */
bool tree_find(struct tree_files *t, const char *dir);

#endif
