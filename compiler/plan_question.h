/*
 * plan_question.h - a plan, opened to be asked without its policy.
 */
#ifndef SBX_PLAN_QUESTION_H
#define SBX_PLAN_QUESTION_H

#include "compile.h"
#include "manifest_read.h"
#include "validate.h"
#include "verify.h"

struct plan_open {
	struct plan_files files;
	const struct manifest *manifest;
	struct compile frame; /* a policy that holds nothing but the plan's targets and load-time params, and the question */
	struct validator models;
};

/*
 * Verifies the plan, reads its manifest, opens the models of its artifacts; the question of `opt`, if there is one, is read
 * in the frame. 0, or the exit code with *failure, or with messages in frame.diags (then *failure is NULL). The caller
 * frees frame.arena (it may be NULL), and closes the models after 0.
 */
int plan_open(struct arena *a, const char *dir, const struct compile_options *opt, struct plan_open *p, const char **failure);

#endif
