/*
 * glob.h - the patterns of `matching "GLOB" under "PATH"`: one name, in which `*` is any run of bytes, none too.
 *
 * A pattern covers every entry at any depth below PATH whose name fits, and all below that. PATH itself it does not cover.
 */
#ifndef SBX_GLOB_H
#define SBX_GLOB_H

#include <stdbool.h>
#include <stddef.h>

/* NULL, or what is wrong with the pattern as a name: "holds a `/`", ... */
const char *glob_fault(const char *glob);
bool glob_fits(const char *glob, const char *name, size_t len);
/* Does one of the names after `root` in the path fit? `path` lies below `root`; both canonical. */
bool glob_covers(const char *glob, const char *root, const char *path);

#endif
