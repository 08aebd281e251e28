/*
 * revision.h - policies in a revision of git: `main:policies/x.sbx`.
 */
#ifndef SBX_REVISION_H
#define SBX_REVISION_H

#include "src.h"

struct revision {
	struct src_reader reader; /* for compile_options; imports are read from the same revision */
	const char *path;	  /* what to compile */
};

/* Does the word name a revision: REV:PATH, and no file of that name exists? */
bool revision_is(const char *word);
/* PATH is relative to the top of the repository, or to the current folder when it begins with a dot. NULL or a failure. */
const char *revision_open(struct arena *a, const char *word, struct revision *out);

/* One revision, for files as they lie in this working tree. */
struct revision_tree {
	const char *name;     /* as it was asked for */
	const char *id, *top; /* of its tree, so that every file is of the same; the top folder of the working tree */
};

/* NULL or a failure. */
const char *revision_tree_open(struct arena *a, const char *name, struct revision_tree *out);
/* The file as the revision has it; out->path is NULL when it has no such file. NULL or a failure. */
const char *revision_tree_find(struct arena *a, const struct revision_tree *t, const char *file, struct revision *out);
/* The files of the revision below a directory of the working tree, from its top. NULL or a failure. */
const char *revision_tree_list(struct arena *a, const struct revision_tree *t, const char *dir, const char ***names, unsigned *n);

#endif
