/*
 * lib_launch.c - sbx_launch(): one program under a plan.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib.h"

/* Until the supervisor says that the program runs or that it never will: the pipe ends. */
static void ready_wait(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
}

static pid_t launch_supervised(struct start *s, int *pidfd)
{
	int pipe[2];
	pid_t pid;

	if (pipe2(pipe, O_CLOEXEC))
		return -1;
	s->ready = pipe[1];
	pid = lib_child_make(s, LIB_OWN_MEMORY, pidfd);
	close(pipe[1]);
	if (pid > 0)
		ready_wait(pipe[0]);
	close(pipe[0]);
	return pid;
}

struct sbx_process *sbx_launch(const struct sbx_plan *plan, const struct sbx_options *options,
			       struct sbx_error *error)
{
	struct start *s = lib_start_new(plan, options, LIB_AT_ONCE, error);
	struct sbx_process *process = NULL;
	int pidfd = -1;
	pid_t pid;

	if (!s)
		return NULL;
	pid = start_supervised(&s->run) ? launch_supervised(s, &pidfd)
					: lib_child_make(s, LIB_SHARES_MEMORY, &pidfd);
	if (pid < 0)
		lib_error_step(error, "clone", errno);
	else if (lib_child_ran(s, pid, pidfd, error) && !(process = lib_process_new(s, pid, pidfd)))
		lib_error_step(error, "memory", ENOMEM);
	lib_start_free(s);
	return process;
}
