/*
 * cgroup.h - the cgroup of one start (v2 only): where it can be made, its limits, its end.
 *
 * Jobs are siblings of each other and of the loader's own leaf, below a cgroup that was delegated to this
 * user: the loader's own one, or its parent. Each has an unpredictable name and is used once (a
 * cgroup that was killed once kills what is born in it, Linux 6.1 to 7.1). The supervisor holds a lock on the directory
 * for as long as it lives, so whoever can take it knows that it is a leftover.
 */
#ifndef SBX_CGROUP_H
#define SBX_CGROUP_H

#include <stdbool.h>

#include "cgroup_conf.h"

/* Where a cgroup could be made, asked without side effects. */
struct cgroup_place {
	int base;               /* the directory jobs are made in; -1: none */
	unsigned usable;        /* controllers (bits) that jobs there have or can be given */
	unsigned enable;        /* of these: not yet given to its children */
	bool move;              /* the loader has to leave it before they can be given */
	const char *lack, *fix; /* why not everything is usable, and what helps; NULL: it is */
};

void cgroup_probe(struct cgroup_place *p, unsigned wanted);

enum { CGROUP_NAME = 24 };

struct cgroup {
	int base, dir; /* dir: -1 until made */
	char name[CGROUP_NAME];
	int leaf; /* the loader's own one; -1: it did not move */
	char leaf_name[CGROUP_NAME];
	unsigned enabled; /* controllers to take back at the end */
};

/* What the kernel counted of a job. */
struct cgroup_counts {
	uint64_t memory_peak, pids_peak; /* 0: not counted */
	uint64_t oom_kills, pids_refused;
	bool has_cpu;
	uint64_t cpu_user_us, cpu_system_us;
};

/* For cgroup.c: io.max with this value on every disk. */
bool cgroup_disks_limit(int dir, const char *value, struct fault *f);

/* Removes what killed supervisors left there, and moves this process aside where it must be. */
bool cgroup_begin(struct cgroup *g, const struct cgroup_place *p, struct fault *f);
/* Makes it with the settings of usable controllers, each read back. After a failure cgroup_end() takes it back. */
bool cgroup_make(struct cgroup *g, const struct cgroup_place *p, const struct cgroup_conf *conf, const struct vars *v,
		 struct fault *f);
/* Kills all that is in it. */
void cgroup_kill(const struct cgroup *g);
void cgroup_count(const struct cgroup *g, struct cgroup_counts *out);
/* In another process than the one that made it: opens it by its name, when it is there. */
void cgroup_reopen(struct cgroup *g);
/* Kills what is left in it and removes it; then this process goes back to where it was. False when something is left. */
bool cgroup_end(struct cgroup *g);
bool cgroup_leave(struct cgroup *g);

#endif
