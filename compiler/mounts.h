/*
 * mounts.h - a `mount` shows a place of the host under another name; what is denied of the place is denied of it there too.
 */
#ifndef SBX_MOUNTS_H
#define SBX_MOUNTS_H

#include "diag.h"
#include "ir.h"

/* Reports each mount of what a `deny` takes away (E0307). */
void mounts_check_denied(const struct ir *ir, struct diags *d);
/* Reports each mount of what a `never` forbids (E0501). False when there was one. */
bool mounts_check_never(const struct ir *ir, struct diags *d);

#endif
