/*
 * host.c - asks the kernel for its Landlock ABI and for seccomp filters.
 */
#include "host.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kernel.h"

bool host_filtered(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTERED;
}

void host_probe(struct host *h)
{
	uint32_t action = SECCOMP_ALLOW;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_ABI_VERSION);

	*h = (struct host){.cgroup = {.base = -1, .lack = SAID("the plan has no cgroup.conf")}};
	if (abi > 0)
		h->landlock = (unsigned)abi;
	else
		h->landlock_error = abi < 0 ? errno : ENOSYS;
	h->seccomp = syscall(SYS_seccomp, SECCOMP_ACTION_AVAIL, 0, &action) == 0;
	if (!h->seccomp)
		h->seccomp_error = errno;
	h->filtered = (!h->landlock || !h->seccomp) && host_filtered();
}
