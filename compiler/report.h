/*
 * report.h - a policy as one page for people who do not have the tool: no script, no network, the same bytes each time.
 */
#ifndef SBX_REPORT_H
#define SBX_REPORT_H

#include "diff.h"

/*
 * The page of a policy that was proved (compile_prove()). `change`: what is new since a base, or NULL; `base`: what the
 * base is called. From the arena.
 */
const char *report_html(struct arena *a, const struct compile *k, const struct diff *change, const char *base, size_t *size);

#endif
