/*
 * wall.c - the clock of the limit on the time of the whole job.
 */
#include "wall.h"

#include <limits.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

uint64_t wall_clock_us(void)
{
	struct timespec t;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t); /* few times a start: libc's vdso code is not worth its size */
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

int wall_left_ms(const struct shared *shared, unsigned more_ms)
{
	uint64_t end = shared->deadline_us, now, left;

	if (!end)
		return -1;
	end += more_ms * 1000ull;
	now = wall_clock_us();
	left = now < end ? (end - now + 999) / 1000 : 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}
