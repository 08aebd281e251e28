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

#endif
