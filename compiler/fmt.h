/*
 * fmt.h - the one layout of a policy file.
 *
 * Four columns for each open brace, one blank between words, at most one empty line, comments kept where they stand; in
 * neighbouring lines the comments stand under one another, and so does what follows the items of a list. The lines stay as
 * their author broke them: a newline ends a statement.
 */
#ifndef SBX_FMT_H
#define SBX_FMT_H

#include "arena.h"
#include "src.h"

/*
 * The file in that layout; it must have no faults. The words and comments of the result are compared with those of the
 * file: NULL when they differ, which is a defect of this module.
 */
const char *fmt_source(struct arena *a, const struct src_file *file, size_t *size);

#endif
