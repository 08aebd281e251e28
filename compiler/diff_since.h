/*
 * diff_since.h - every policy of a tree compared with the same file in a revision of git.
 */
#ifndef SBX_DIFF_SINCE_H
#define SBX_DIFF_SINCE_H

#include "cli.h"
#include "diff.h"

enum diff_file { FILE_COMPARED, FILE_NEW, FILE_GONE, FILE_KINDS };

/* Of one file, in the order of paths; those that are gone last. d: of FILE_COMPARED. Returns an exit code. */
typedef int diff_tell(struct cli *c, enum diff_file what, const char *path, const struct diff *d);

/* Of c->files, which may be directories. `n` counts what was told. The worst exit code, CLI_OK, or that of a failure. */
int diff_since(struct cli *c, const char *rev, diff_tell *tell, unsigned n[FILE_KINDS]);

#endif
