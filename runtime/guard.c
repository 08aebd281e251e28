/*
 * guard.c - waits for the end of the supervisor, and ends what it leaves.
 */
#include "guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fds.h"
#include "relay.h"
#include "start.h"

/* Of the caller's it keeps nothing: no pipe, no terminal, no process group that is killed as a whole. */
static bool caller_leave(const struct cgroup *c, int alive)
{
	const int keep[] = {c->base, c->leaf, alive};

	for (int fd = 0; fd < 3; fd++)
		close(fd);
	return setsid() >= 0 && fds_close_but(keep, sizeof(keep) / sizeof(keep[0]));
}

static _Noreturn void guard_run(const struct cgroup *shared, int alive)
{
	struct pollfd p = {.fd = alive};
	struct cgroup c;

	if (!caller_leave(shared, alive))
		start_leave(1);
	while (poll(&p, 1, -1) < 0)
		;
	c = *shared;
	c.dir = -1; /* the supervisor's number of it */
	cgroup_reopen(&c);
	cgroup_end(&c);
	cgroup_leave(&c);
	start_leave(0);
}

bool guard_begin(struct guard *g, const struct cgroup *cgroup)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return false;
	g->pid = relay_fork();
	if (g->pid == 0) {
		close(ends[1]);
		guard_run(cgroup, ends[0]);
	}
	close(ends[0]);
	g->held = ends[1];
	return g->pid > 0;
}

bool guard_ended(struct guard *g)
{
	if (g->pid <= 0 || waitpid(g->pid, NULL, WNOHANG) != g->pid)
		return false;
	g->pid = 0;
	return true;
}

void guard_end(struct guard *g)
{
	if (g->pid > 0) {
		if (kill(g->pid, SIGKILL))
			close(g->held); /* then it ends by itself */
		while (waitpid(g->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	g->pid = 0;
}
