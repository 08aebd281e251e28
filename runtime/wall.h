/*
 * wall.h - the time at which the whole job ends, and who sees to it: the supervisor, and a moment later a second, since one
 * that is stopped ends nothing. That is process 1 of the pid namespace, or the guard of the cgroup.
 */
#ifndef SBX_WALL_H
#define SBX_WALL_H

#include "link.h"

enum { WALL_FIRST_MS = 0, WALL_SECOND_MS = 100 };

/* CLOCK_MONOTONIC, which stands while the machine sleeps. */
uint64_t wall_clock_us(void);
/* How long to wait, in ms as poll(2) takes them. -1: there is no limit (yet); 0: the time is over. */
int wall_left_ms(const struct shared *shared, unsigned more_ms);

#endif
