/*
 * cgroup.h - what the files of this back end share, and what the tests ask.
 */
#ifndef SBX_CGROUP_H
#define SBX_CGROUP_H

#include "../../runtime/plan.h"
#include "../backend.h"

enum {
	CGROUP_PERIOD = 100000, /* us; a percent of one CPU is 1000 us of it */
};

/* Does the policy limit something that only a cgroup limits? */
bool cgroup_has_limits(const struct ir *ir);
/*
 * Can the loader end the whole tree by its pid namespace? Otherwise a limit on time or output needs a cgroup
 * to kill, if only that.
 */
bool cgroup_to_kill(const struct ir *ir);
/* Why the job could get out of its limits, or change them, however they are set; level ENFORCED: it cannot. */
struct answer cgroup_escape(const struct ir *ir);

bool cgroup_lower(struct lower *l);

void *cgroup_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error);
struct model_verdict cgroup_model_decide(const void *model, struct arena *scratch,
					 const struct request *r);
struct cgroup_number {
	uint64_t value;
	const char *param; /* of launch.conf, that holds it; or NULL */
};
/* What the model holds first for a file of the kernel; false when the file is not written. */
bool cgroup_model_value(const void *model, const char *file, struct cgroup_number *out);
/* Was there a cgroup.conf? The second number of cpu.max, 0 without that line. */
bool cgroup_model_present(const void *model);
uint64_t cgroup_model_period(const void *model);
/* Bytes a second of io.max, 0 and no param when it does not say. */
struct cgroup_number cgroup_model_io(const void *model, bool writes);

bool cgroup_facts(const void *model, const struct lower *what, struct arena *a,
		  const char **difference);

#endif
