/*
 * report_wide.h - which grants are wide, in words.
 */
#ifndef SBX_REPORT_WIDE_H
#define SBX_REPORT_WIDE_H

#include "decide.h"

enum { WIDE_MAX = 8 };

struct wide {
	const char *words[WIDE_MAX]; /* "whole home", "any host" */
	unsigned n;
};

/* Of an allow rule; n is 0 where it is narrow. */
struct wide wide_words(struct arena *a, const struct meaning *m, const struct ir_rule *r);

#endif
