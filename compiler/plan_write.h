/*
 * plan_write.h - puts a plan directory in place: the old plan or the new one, never half of either.
 */
#ifndef SBX_PLAN_WRITE_H
#define SBX_PLAN_WRITE_H

#include <stdbool.h>

#include "../backends/backend.h"

/*
 * Writes the files into a new directory beside `dir` and swaps it in whole. An existing directory is replaced only
 * when it holds nothing but a plan; when it already holds these bytes it is not touched (*unchanged). Interrupts wait
 * until it is done. Returns NULL, or one line for people; then the old plan, if any, stands as it was.
 */
const char *plan_write(struct arena *a, const char *dir, const struct artifact *v, unsigned n, bool *unchanged);

/*
 * Writes one file whole: another one beside it, with its mode, takes its place; interrupts wait until then. A link stays a link, and
 * a device or a pipe what it is: there it is only written to. Returns NULL, or one line for people.
 */
const char *file_write(struct arena *a, const char *path, const void *data, size_t size);

#endif
