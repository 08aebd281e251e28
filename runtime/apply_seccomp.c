/*
 * apply_seccomp.c - installs the filter. Last of all: it need not let the loader do anything but
 * execute the program.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "apply.h"
#include "notify.h"

/* Nothing can be asked about the result without a call that the filter itself may kill. */
bool apply_seccomp(struct run *r)
{
	if (!r->host.seccomp)
		return true; /* the guarantees said that it may be missing */
	if (r->link && r->link->mailbox >= 0)
		return notify_install(r);
	if (syscall(SYS_seccomp, SECCOMP_SET_FILTER, 0, &r->plan->filter) == 0)
		return true;
	return fault_step(r->fault, "seccomp", "SECCOMP_SET_MODE_FILTER");
}

bool apply_no_new_privs(struct run *r)
{
	if (r->dropped)
		return true;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fault_step(r->fault, "no_new_privs", "PR_SET_NO_NEW_PRIVS");
	if (r->ruleset >= 0 || r->host.seccomp)
		return true; /* without capabilities, either of them refuses to work without it */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return fault_step_error(r->fault, "no_new_privs", "it did not take", EPERM);
	return true;
}
