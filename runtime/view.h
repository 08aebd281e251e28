/*
 * view.h - the file system that the program sees, when the plan gives it one of its own.
 */
#ifndef SBX_VIEW_H
#define SBX_VIEW_H

#include "run.h"

/* In the namespaces of namespaces.h, while capabilities are still there. */
bool apply_view(struct run *r);

#endif
