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
/* The program ran and ended so. */
void report_outcome(struct report *p, const struct run *r, const struct outcome *o);
/* Nothing was started. plan: NULL when it was not proved. */
void report_fault(struct report *p, const struct plan *plan, const struct fault *f);

#endif
