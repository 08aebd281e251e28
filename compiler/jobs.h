/*
 * jobs.h - work that is spread over processes, its results in order.
 */
#ifndef SBX_JOBS_H
#define SBX_JOBS_H

#include <stddef.h>
#include <stdio.h>

enum { JOBS_MAX_WORKERS = 1024 };

struct job_result {
	const char *data; /* what the work wrote */
	size_t size;
	int signal; /* that ended its process, or 0 */
	int code;   /* the process's own exit before the work was done, or 0; both 0: it was done */
};

struct jobs {
	unsigned n, workers;
	void *ctx;
	/* In a process of its own: does work i, writes the result. */
	void (*work)(void *ctx, unsigned i, FILE *out);
	/* Here, for i = 0, 1, 2, ... */
	void (*result)(void *ctx, unsigned i, const struct job_result *r);
	/* Here, whenever one more is done, in any order; or NULL. */
	void (*progress)(void *ctx, unsigned done, unsigned n);
};

/*
 * Runs all of them; one alone in this process. A process that dies takes only the work with it that it was at. NULL, or what the system did not give (then
 * not all results were delivered).
 */
const char *jobs_run(const struct jobs *j);
/* Processors this process may use. */
unsigned jobs_cores(void);

#endif
