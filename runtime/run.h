/*
 * run.h - one start: what the command line said, the proved plan, what was opened for it. The steps
 * of apply.h work on it.
 */
#ifndef SBX_RUN_H
#define SBX_RUN_H

#include "grants.h"
#include "host.h"
#include "kernel.h"
#include "plan_dir.h"
#include "program.h"

struct options {
	struct assignment sets[PLAN_MAX_PARAMS];
	unsigned n_sets;
	const char *digest; /* or NULL */
	bool dry_run;
	const char *plan;
	char **argv; /* PROGRAM and its arguments */
};

struct run {
	struct options options;
	struct host host;
	struct plan_dir dir;
	struct launch launch;
	struct conf landlock_conf;
	struct landlock landlock;
	unsigned n_cgroup;
	struct bpf_program filter;
	struct pool pool;
	struct vars vars;
	struct program program;
	struct grants grants;
	int ruleset; /* -1: the host has no Landlock, and the plan only prefers it */
	char **envp;
	struct fault *fault;
};

#endif
