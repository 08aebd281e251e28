/*
 * watch.h - --watch: one line of usage a second on stderr while the program runs.
 */
#ifndef SBX_WATCH_H
#define SBX_WATCH_H

#include <sys/types.h>

#include "cgroup.h"

struct watched {
	uint64_t wall_us;
	int cgroup;    /* its directory, for the whole job; -1: only the program's process is looked at */
	pid_t process; /* the program, or process 1 above it */
	bool init;
};

void watch_line(const struct watched *w);

#endif
