/*
 * host.h - what this kernel offers, asked without side effects.
 */
#ifndef SBX_HOST_H
#define SBX_HOST_H

#include <stdbool.h>

#include "cgroup.h"

struct host {
	unsigned landlock; /* ABI, 0: none */
	int landlock_error;
	bool seccomp;
	int seccomp_error;
	struct cgroup_place cgroup; /* start.c asks, when the plan has limits for one */
	bool no_namespaces; /* none can be made, and the plan only prefers them */
	const char *no_seatbelt; /* macOS: why there is none; NULL: it is there */
	bool filtered; /* a filter is on this process already; false when nothing is missing */
};

void host_probe(struct host *h);
/* For sbx_run.c, before anything is opened: nobody else's stdin, stdout and stderr; no more rights than the caller's. */
bool host_stdio_hold(struct fault *f);
bool host_privilege_refuse(struct fault *f);
/* Nobody looks into this process. */
bool host_seal(struct fault *f);
bool host_filtered(void);
/* The name of this machine as plans spell it, "" when no plan can be for it. */
const char *host_machine(void);

#endif
