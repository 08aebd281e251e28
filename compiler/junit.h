/*
 * junit.h - results of tests as JUnit XML, the form that CI systems show.
 *
 * A suite is a file, a case is an expectation on one system. There are no times and no host names: the same results are
 * the same bytes.
 */
#ifndef SBX_JUNIT_H
#define SBX_JUNIT_H

#include "html.h"

enum junit_result {
	JUNIT_PASSED,
	JUNIT_FAILED,
	JUNIT_ERROR,   /* it could not be asked */
	JUNIT_SKIPPED, /* it was not tried: never counted as passed */
	JUNIT_RESULTS
};

struct junit {
	struct html cases;  /* of the suite that is being written */
	struct html suites; /* that are done */
	unsigned n[JUNIT_RESULTS], all[JUNIT_RESULTS];
};

struct junit junit_new(struct arena *a);
/* message: what is to be said of one that did not pass, in a line; else NULL. */
void junit_case(struct junit *j, enum junit_result result, const char *file, const char *name, const char *message);
/* Ends the suite of the file; one without cases is left out. */
void junit_suite(struct junit *j, const char *file);
/* The document. From the arena. */
const char *junit_document(struct junit *j);

#endif
