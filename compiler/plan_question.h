/*
 * plan_question.h - a question to a plan, without its policy.
 */
#ifndef SBX_PLAN_QUESTION_H
#define SBX_PLAN_QUESTION_H

#include "compile.h"
#include "validate.h"

/*
 * Verifies the plan and opens the models of its artifacts. The question of `opt` is read in a policy that holds nothing
 * but the plan's targets and load-time params: k->ir. 0, or the exit code with *failure, or with messages in k->diags
 * (then *failure is NULL). The caller frees k->arena when it is set, and closes v after 0.
 */
int plan_question(struct arena *a, const char *dir, const struct compile_options *opt, struct compile *k, struct validator *v,
		  const char **failure);

#endif
