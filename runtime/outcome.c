/*
 * outcome.c - what a wait status and the counts of a cgroup say together.
 */
#include "outcome.h"

#include <signal.h>
#include <sys/wait.h>

#include "system.h"

const char *outcome_limit(const struct outcome *o)
{
	int signal = WIFSIGNALED(o->status) ? WTERMSIG(o->status) : 0;

	switch (o->by) {
	case BY_WALL:
		return "wall";
	case BY_OUTPUT:
		return "output";
	case BY_ITSELF:
		break;
	}
	if (signal == SIGKILL && o->counts.oom_kills)
		return "memory";
	/* soft and hard limit are the same, so the kernel sends no SIGXCPU before */
	if (signal == SIGKILL && o->cpu_limit_us && o->cpu_us >= o->cpu_limit_us)
		return "cpu-time";
	return signal == SIGXCPU ? "cpu-time" : signal == SIGXFSZ ? "file-size" : NULL;
}

static uint64_t time_us(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

struct outcome_use outcome_use(const struct outcome *o)
{
	bool cpu = o->counted && o->counts.has_cpu, memory = o->counted && o->counts.memory_peak;

	return (struct outcome_use){
	    .cpu_of_job = cpu,
	    .memory_of_job = memory,
	    .cpu_user_us = cpu ? o->counts.cpu_user_us : time_us(o->usage.ru_utime),
	    .cpu_system_us = cpu ? o->counts.cpu_system_us : time_us(o->usage.ru_stime),
	    .memory_peak = memory ? o->counts.memory_peak : (uint64_t)o->usage.ru_maxrss * RUSAGE_MAXRSS,
	};
}
