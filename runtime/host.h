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
/* For sbx_run.c, before anything is opened: no more rights than the caller's; /dev/null where stdin, stdout or stderr is closed. */
bool host_privilege_refuse(struct fault *f);
bool host_stdio_hold(struct fault *f);
/* Nobody looks into this process. */
bool host_seal(struct fault *f);
bool host_filtered(void);

/* The name of this machine as plans spell it, "" when no plan can be for it. */
#if defined(__x86_64__) && defined(__LP64__)
#define HOST_MACHINE "x86_64"
#elif defined(__aarch64__) && defined(__LITTLE_ENDIAN__) || defined(__AARCH64EL__)
#define HOST_MACHINE "aarch64"
#elif defined(__riscv) && __riscv_xlen == 64
#define HOST_MACHINE "riscv64"
#elif defined(__s390x__)
#define HOST_MACHINE "s390x"
#else
#define HOST_MACHINE ""
#endif

#endif
