/*
 * apply_stdin.c - `stdin null`: the program reads /dev/null instead of what the caller reads.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "apply.h"

bool apply_stdin(struct run *r)
{
	int null;

	if (r->plan->launch.stdin_mode != STDIN_NULL)
		return true;
	null = open("/dev/null", O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0)
		return fault_step(r->fault, "stdin", "/dev/null");
	close(null);
	return true;
}
