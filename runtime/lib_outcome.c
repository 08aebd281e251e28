/*
 * lib_outcome.c - what the library tells of a launched program, whatever the system.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib.h"
#include "report.h"
#include "system.h"

uint64_t lib_clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_AWAKE, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int lib_time_left(int timeout_ms, uint64_t since)
{
	uint64_t gone = (lib_clock_us() - since) / 1000;

	if (timeout_ms < 0)
		return -1;
	return gone >= (uint64_t)timeout_ms ? 0 : timeout_ms - (int)gone;
}

pid_t sbx_process_pid(const struct sbx_process *p)
{
	return p->pid;
}

int sbx_process_pidfd(const struct sbx_process *p)
{
	return p->pidfd;
}

struct sbx_status lib_status(const struct outcome *o)
{
	struct outcome_use use = outcome_use(o);
	bool limit = o->by != BY_ITSELF, exited = limit || WIFEXITED(o->status);

	return (struct sbx_status){
	    .exited = exited,
	    .code = limit ? EXIT_LIMIT : exited ? WEXITSTATUS(o->status) : 0,
	    .signal = exited ? 0 : WTERMSIG(o->status),
	    .wall_us = o->wall_us,
	    .user_us = use.cpu_user_us,
	    .system_us = use.cpu_system_us,
	    .peak_bytes = use.memory_peak,
	    .limit = outcome_limit(o),
	    .cpu_of_job = use.cpu_of_job,
	    .memory_of_job = use.memory_of_job,
	    .pids_peak = o->counts.pids_peak,
	    .oom_kills = o->counts.oom_kills,
	    .pids_refused = o->counts.pids_refused,
	};
}

/* In memory of its own first: what does not fit into `buf` counts too. */
long sbx_process_report(const struct sbx_process *p, const struct sbx_plan *plan, char *buf, size_t size)
{
	char *room = p->ended ? pool_map(REPORT_MAX) : NULL;
	struct text t;
	size_t fits;

	if (!room) {
		errno = p->ended ? ENOMEM : EBUSY;
		return -1;
	}
	t = text_over(room, REPORT_MAX);
	report_text(&t, &plan->plan, &p->host, &p->outcome);
	fits = t.len < size ? t.len : size ? size - 1 : 0;
	if (size) {
		memcpy(buf, room, fits);
		buf[fits] = 0;
	}
	munmap(room, REPORT_MAX);
	return (long)t.len;
}

void sbx_process_close(struct sbx_process *p)
{
	if (!p)
		return;
	if (sbx_wait(p, 0, NULL) == 0 && sbx_kill(p) == 0)
		sbx_wait(p, -1, NULL);
	close(p->pidfd);
	if (p->shared)
		munmap(p->shared, sizeof(*p->shared));
	free(p);
}
