/*
 * system.h - what Linux and macOS only call by different names, for files that both compile.
 */
#ifndef SBX_SYSTEM_H
#define SBX_SYSTEM_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/random.h>
#include <time.h>

#ifdef __APPLE__
enum {
	RUSAGE_MAXRSS = 1, /* bytes in one unit of ru_maxrss: getrusage(2) of each */
	OPEN_TO_SEARCH = O_SEARCH,
};
/* Stands while the machine sleeps; CLOCK_MONOTONIC there does not. No number: clocks have a type of their own there. */
#define CLOCK_AWAKE CLOCK_UPTIME_RAW
static inline bool random_bytes(void *out, size_t n)
{
	return getentropy(out, n) == 0;
}
#else
enum {
	RUSAGE_MAXRSS = 1024,
	OPEN_TO_SEARCH = O_PATH | O_DIRECTORY,
};
#define CLOCK_AWAKE CLOCK_MONOTONIC
static inline bool random_bytes(void *out, size_t n)
{
	return getrandom(out, n, 0) == (ssize_t)n;
}
#endif

#endif
