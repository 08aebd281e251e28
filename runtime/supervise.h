/*
 * supervise.h - the parent of a supervised start.
 */
#ifndef SBX_SUPERVISE_H
#define SBX_SUPERVISE_H

#include "run.h"

/*
 * Starts the child and stays with it to the end; then this process ends as the program did. Returns,
 * false after a fault, only when the program never ran; r->fault may have moved.
 */
bool supervise(struct run *r);

#endif
