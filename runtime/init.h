/*
 * init.h - process 1 of a new pid namespace.
 *
 * The program is never process 1 itself: there, signals without a handler are ignored (SIGTERM, and
 * the SIGABRT of abort()), and orphans of the program would stay zombies. The extra process costs 6 %
 * of a start with all namespaces.
 */
#ifndef SBX_INIT_H
#define SBX_INIT_H

#include "run.h"

/*
 * In a new pid namespace, forks: returns true in the program; this process becomes a process 1 that
 * reaps, passes signals on and ends when the program has ended. Without one, just true.
 */
bool init_fork(struct run *r);

#endif
