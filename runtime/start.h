/*
 * start.h - one start: first everything is proved, then one of two shapes runs.
 *
 *     in place     this process applies the steps to itself and becomes the program
 *     supervised   it stays as a small parent, and a child does that (supervise.c); with a pid
 *                  namespace a process between them is its process 1 (init.c)
 */
#ifndef SBX_START_H
#define SBX_START_H

#include "run.h"

/*
 * Everything that can be known and opened before something changes. options, plan, pool and fault of
 * r are set.
 */
bool start_prove(struct run *r, char *const *environment);
/* Does this start get a cgroup? */
bool start_cgroup(const struct run *r);
/* Are the places of the rules, and the program, opened by apply_view() and not before? */
bool start_late(const struct run *r);
/* Why this start needs a second process, for people; NULL: it does not. */
const char *start_supervised(const struct run *r);
/* No supervisor: this process becomes the program. Returns false after a fault. */
bool start_here(struct run *r);
/* The one of the two shapes. Does not return when the program starts; in the supervised shape, never. */
bool start_go(struct run *r);
/* Says every step that it would take. */
bool start_dry_run(struct run *r);
/* What the program's own process does last, by name and in order; NULL: no more. */
const char *start_step(unsigned i);

/*
 * The child's half, for supervise.c: namespaces, view, process 1 if there is one, every step, exec.
 * Returns only on failure, after a fault.
 */
bool start_child(struct run *r);
/* Of that, every step and exec. Returns only on failure, after a fault. */
bool start_steps(struct run *r);
/* The child's end after a fault. */
_Noreturn void start_failed(struct run *r);
/* Ends this process whatever filter is on it. */
_Noreturn void start_leave(int code);

#endif
