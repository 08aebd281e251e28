/*
 * diff_plan.h - plans as the sides of a comparison.
 */
#ifndef SBX_DIFF_PLAN_H
#define SBX_DIFF_PLAN_H

#include "diff.h"
#include "plan_question.h"

struct side_plan {
	struct validator *models;
	const struct plan_files *files;
	const struct sys_policy *calls; /* from the certificates */
	int exec_fd;
	const char **where; /* of each rule: the line of the policy that the plan names, or NULL */
};

/* Makes *k ready to be compared; NULL with *failure. */
struct side_plan *side_plan_read(struct arena *a, struct plan_open *p, struct compile *k, const char **failure);
/* The certificates' meaning as rules; takes away from *arches the ABIs that they do not speak of. NULL with *failure. */
const struct sys_policy *plan_calls(struct arena *a, const struct plan_files *f, int exec_fd, uint32_t *arches,
				    const char **failure);
/* Says of each file that differs where no entry speaks of it that it does. */
struct differ;
void diff_plan_files(struct differ *d);

/* Compares two plans that were opened (and so verified): by their models. NULL with *failure. */
const struct diff *diff_plans(struct arena *a, struct plan_open *old, struct plan_open *now, const char **failure);

#endif
