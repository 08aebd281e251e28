/*
 * outcome_cpu.c - the processor time of one process as the kernel compares it to `limit cpu-time`.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "outcome.h"

/* The clock that counts ticks, as RLIMIT_CPU does: what wait4() tells is scaled, and may be less. */
uint64_t process_cpu_us(pid_t pid)
{
	enum { CLOCK_TICKS = 0 };
	struct timespec t = {0};

	syscall(SYS_clock_gettime, (long)((~(unsigned)pid << 3) | CLOCK_TICKS), &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}
