/*
 * guard.h - the process that ends a job when its supervisor is killed.
 *
 * PR_SET_PDEATHSIG takes the program along, and not what the program has started in the background: that would go on
 * without a limit on its time, in a cgroup that nobody removes. The guard does nothing but wait for the end of the
 * supervisor; then it kills what is in the cgroup and removes it. It also kills what is in there when the time of the job is over
 * (wall.h). When the guard is killed, the supervisor ends the job.
 * In a pid namespace the kernel ends everything with process 1, and there is no guard.
 */
#ifndef SBX_GUARD_H
#define SBX_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

#include "link.h"

struct guard {
	pid_t pid; /* 0: none */
	int held;  /* a pipe that ends with the supervisor; nobody else may have this end */
};

/* Of what is made later the guard reads in the memory that it shares. False with errno. */
bool guard_begin(struct guard *g, struct shared *shared);
/* The time of the end is known now. */
void guard_deadline(const struct guard *g);
/* Is this the end of the guard (of a child that ended)? */
bool guard_ended(struct guard *g);
/* The cgroup is gone: so is the guard. */
void guard_end(struct guard *g);

#endif
