/*
 * outcome.h - how a supervised start ended, and what it used.
 */
#ifndef SBX_OUTCOME_H
#define SBX_OUTCOME_H

#include <sys/resource.h>

#include "cgroup.h"

enum ended_by { BY_ITSELF, BY_WALL, BY_OUTPUT };

struct outcome {
	enum ended_by by;
	int status;          /* of the program, as wait() gives it */
	uint64_t wall_us;
	uint64_t cpu_limit_us; /* `limit cpu-time`; 0: none */
	uint64_t cpu_us;       /* of the program, as the kernel compares it to that; known only where there is one */
	const char *unsafe; /* why the supervisor ended what it could not keep confined; NULL: it did not. Lies in what it shares (link.h) */
	bool counted; /* by a cgroup */
	struct cgroup_counts counts;
	struct rusage usage; /* of its processes that were waited for */
};

/* By what a cgroup counted of the whole job, else of what was waited for. */
struct outcome_use {
	bool cpu_of_job, memory_of_job;
	uint64_t cpu_user_us, cpu_system_us;
	uint64_t memory_peak; /* of a process: the largest resident size of one */
};

/* The word of the limit that ended it, as far as the kernel says; NULL: none. */
const char *outcome_limit(const struct outcome *o);
struct outcome_use outcome_use(const struct outcome *o);
/* Of a process, or of a child that has ended and was not waited for. */
uint64_t process_cpu_us(pid_t pid);

#endif
