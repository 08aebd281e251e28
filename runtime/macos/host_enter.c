/*
 * host_enter.c - the first things the loader does on macOS, before it reads its command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../fault.h"
#include "../host.h"

bool host_stdio_hold(struct fault *f)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR | O_NOCTTY) != fd)
			return fault_step(f, "stdio", "open /dev/null");
	return true;
}

bool host_privilege_refuse(struct fault *f)
{
	if (!issetugid())
		return true;
	return fault_say(f, ERR_SETUID, "fix chmod u-s,g-s sbx-run");
}

/* Who may look into a process of the same user, the signature of its file says, and nothing it does itself. */
bool host_seal(struct fault *f)
{
	(void)f;
	return true;
}
