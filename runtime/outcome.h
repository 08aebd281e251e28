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
	struct rusage usage; /* of its processes that were waited for */
	uint64_t wall_us;
	bool counted; /* by a cgroup */
	struct cgroup_counts counts;
};

#endif
