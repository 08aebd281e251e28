/*
 * host_enter.c - the first things the loader does on Linux, before it reads its command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fault.h"
#include "host.h"

bool host_stdio_hold(struct fault *f)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			return fault_step(f, "stdio", "open /dev/null");
	return true;
}

bool host_privilege_refuse(struct fault *f)
{
	if (!getauxval(AT_SECURE) && getauxval(AT_UID) == getauxval(AT_EUID) &&
	    getauxval(AT_GID) == getauxval(AT_EGID))
		return true;
	return fault_say(f, ERR_SETUID, "fix chmod u-s,g-s sbx-run; setcap -r sbx-run");
}

bool host_seal(struct fault *f)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 || fault_step(f, "start", "PR_SET_DUMPABLE");
}
