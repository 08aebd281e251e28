/*
 * report.h - what --report and --status-fd write: one JSON object that says how the start ended. The
 * schema stands in sbx-run(1).
 */
#ifndef SBX_REPORT_H
#define SBX_REPORT_H

#include "outcome.h"
#include "run.h"

struct report {
	int fd;           /* --status-fd; -1: none */
	int dir;          /* of the --report file; -1: none */
	const char *file; /* its name there */
	struct text text;
};

/*
 * Finds out whether it can be written, while that can still be refused. Memory comes from a mapping of
 * its own.
 */
bool report_open(struct report *p, const struct options *o, struct fault *f);
enum { REPORT_MAX = 8 * 1024 * 1024 /* each guarantee may have a line of PLAN_MAX_LINE, escaped */ };
/* Into t: a program of this plan ran on this host and ended so. */
void report_text(struct text *t, const struct plan *plan, const struct host *host, const struct outcome *o);
/* The same, to where the report goes. */
void report_outcome(struct report *p, const struct run *r, const struct outcome *o);
/* Nothing was started. plan: NULL when it was not proved. */
void report_fault(struct report *p, const struct plan *plan, const struct fault *f);

#endif
