/*
 * facts.h - what the files that compare launch.conf with the policy share.
 */
#ifndef SBX_LAUNCH_FACTS_H
#define SBX_LAUNCH_FACTS_H

#include "launch.h"

struct launch_facts {
	const struct launch_read *has;
	const struct lower *what;
	struct arena *a;
	const char **difference;
};

/* False, and the difference is said. NULL stands for a line that is not there. */
bool launch_differ(struct launch_facts *f, const char *fact, const char *has, const char *want);
/* Equal texts, or neither. */
bool launch_expect(struct launch_facts *f, const char *fact, const char *has, const char *want);
bool launch_expect_where(struct launch_facts *f, const char *fact, const char *has, const struct origin *want);
/* A number, or the param that holds it, as the file spells them. */
const char *launch_amount(struct launch_facts *f, uint64_t n, const char *param);

/* facts_around.c: the lines of around.c and needs.c. facts_limits.c: those of rlimits.c, and the ranges of params. */
bool launch_facts_around(struct launch_facts *f);
bool launch_facts_limits(struct launch_facts *f);

#endif
