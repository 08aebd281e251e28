/*
 * apply_session.c - a session of its own for the program, so that it has no terminal to push
 * keystrokes into: none, or a new one.
 *
 * setsid() refuses a process-group leader, and a shell with job control makes each of its jobs one.
 * There the start is supervised, and the child is no leader.
 */
#include <errno.h>
#include <unistd.h>

#include "apply.h"
#include "terminal.h"

bool apply_session(struct run *r)
{
	pid_t session;

	if (!launch_session(&r->plan->launch))
		return true;
	session = r->session ? r->session : setsid();
	if (session < 0)
		return fault_step(r->fault, "session", "setsid");
	/* who answers in the kernel's place, as a filter can, does not say a number */
	if (!session)
		return fault_step_error(r->fault, "session", "it did not take", EPERM);
	if (r->link && r->link->terminal >= 0 &&
	    !terminal_enter(r->link->terminal, r->plan->launch.stdin_mode != STDIN_NULL))
		return fault_step(r->fault, "session", "taking the terminal");
	return true;
}
