/*
 * plan_load.h - a plan, proved and held in memory. Nothing changes it after plan_load(), so that many
 * starts, of many threads, may use it at once.
 */
#ifndef SBX_PLAN_LOAD_H
#define SBX_PLAN_LOAD_H

#include "cgroup_conf.h"
#include "kernel.h"
#include "landlock_conf.h"
#include "launch_conf.h"
#include "plan_dir.h"

struct plan {
	struct bpf_program filter;
	struct plan_dir dir;
	struct landlock landlock;
	struct vars names; /* of the params; values belong to a start */
	struct span calls;   /* seccomp-MACHINE.calls, proved; empty: no call is said */
	const char *profile; /* macOS: seatbelt.sb, NUL-ended */
	struct cgroup_conf cgroup;
	struct launch launch; /* last: its end is long, and mostly empty */
};

/* *p is zero bytes. Files go into the pool, which must live as long as the plan. digest: or NULL. */
bool plan_load(struct plan *p, struct pool *pool, const char *path, const char *digest,
	       struct fault *f);

#endif
