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

struct watched_use {
	uint64_t cpu_ms, memory, processes;
	bool cpu_known, memory_known, processes_known;
};

/* watch_look.c, one for each system: what it can tell of *u, which is zero bytes. */
void watch_look(const struct watched *w, struct watched_use *u);
void watch_line(const struct watched *w);

#endif
