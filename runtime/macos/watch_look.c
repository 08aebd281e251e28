/*
 * watch_look.c - what the process of the program uses, on macOS: nothing there counts a job.
 */
#include "../watch.h"

#include <libproc.h>
#include <mach/mach_time.h>
#include <sys/resource.h>

/* The kernel counts in ticks of its clock, which are no nanoseconds on Apple processors. */
static uint64_t ticks_ms(uint64_t ticks)
{
	mach_timebase_info_data_t tick;

	if (mach_timebase_info(&tick) || !tick.denom)
		return 0;
	return ticks * tick.numer / tick.denom / 1000000;
}

void watch_look(const struct watched *w, struct watched_use *u)
{
	struct rusage_info_v0 info;

	if (proc_pid_rusage(w->process, RUSAGE_INFO_V0, (rusage_info_t *)&info))
		return;
	u->cpu_ms = ticks_ms(info.ri_user_time + info.ri_system_time);
	u->memory = info.ri_phys_footprint;
	u->cpu_known = u->memory_known = true;
}
