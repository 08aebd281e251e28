/*
 * apply_session.c - a session of its own for the program, so that it has no terminal to push
 * keystrokes into.
 *
 * setsid() refuses a process-group leader, and a shell with job control makes each of its jobs one.
 * There the start is supervised, and the child is no leader.
 */
#include <errno.h>
#include <unistd.h>

#include "apply.h"

bool apply_session(struct run *r)
{
	pid_t session;

	if (!r->plan->launch.new_session)
		return true;
	session = setsid();
	if (session < 0)
		return fault_step(r->fault, "session", "setsid", errno);
	if (getsid(0) != session)
		return fault_step(r->fault, "session", "it did not take", EPERM);
	return true;
}
