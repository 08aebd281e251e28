/*
 * guard.c - waits for the end of the supervisor, and ends what it leaves; keeps the time of a job whose supervisor is stopped.
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
#include "wall.h"

/* Of the caller's it keeps nothing: no pipe, no terminal, no process group that is killed as a whole. */
static bool caller_leave(const struct cgroup *c, int alive)
{
	const int keep[] = {c->base, c->leaf, alive};

	for (int fd = 0; fd < 3; fd++)
		close(fd);
	return setsid() >= 0 && fds_close_but(keep, sizeof(keep) / sizeof(keep[0]));
}

/* By the name: the number of its directory is the supervisor's. */
static struct cgroup job_open(const struct shared *shared)
{
	struct cgroup c = shared->cgroup;

	c.dir = -1;
	cgroup_reopen(&c);
	return c;
}

/* The supervisor, if it is only stopped, finds that the job has ended, and why. */
static void job_overdue(struct shared *shared)
{
	const struct cgroup c = job_open(shared);

	shared->overdue = true;
	cgroup_kill(&c);
	close(c.dir);
}

/* Until the other end of the pipe is closed. */
static void supervisor_outlive(struct shared *shared, int alive)
{
	struct pollfd p = {.fd = alive, .events = POLLIN};
	char byte;

	for (;;) {
		int left = shared->overdue ? -1 : wall_left_ms(shared, WALL_SECOND_MS);
		if (left == 0)
			job_overdue(shared);
		else if (poll(&p, 1, left) > 0 && read(alive, &byte, 1) == 0)
			return;
	}
}

static _Noreturn void guard_run(struct shared *shared, int alive)
{
	struct cgroup c;

	if (!caller_leave(&shared->cgroup, alive))
		start_leave(1);
	supervisor_outlive(shared, alive);
	c = job_open(shared);
	cgroup_end(&c);
	cgroup_leave(&c);
	start_leave(0);
}

bool guard_begin(struct guard *g, struct shared *shared)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return false;
	g->pid = relay_fork();
	if (g->pid == 0) {
		close(ends[1]);
		guard_run(shared, ends[0]);
	}
	close(ends[0]);
	g->held = ends[1];
	return g->pid > 0;
}

void guard_deadline(const struct guard *g)
{
	if (g->held >= 0 && write(g->held, "", 1) != 1)
		return; /* it has ended, which is found out where it is waited for */
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
