/*
 * supervise_child.c - makes the child of a supervised start, in its namespaces and its cgroup, with the pipes between the two.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "cgroup_file.h"
#include "relay.h"
#include "start.h"
#include "supervise_priv.h"

/*
 * There is no guard below it, so it is twice what any start needs: PLAN_MAX_GLOB_DEPTH folders of a pattern inside each other at 2.6 KB,
 * below the deepest step, 60 KB (gcc -fstack-usage). What is not touched costs nothing.
 */
enum { CHILD_STACK = 512 * 1024 };
_Static_assert(2 * (PLAN_MAX_GLOB_DEPTH * 2600 + 60 * 1024) <= CHILD_STACK, "the folders of a pattern have room");

/*
 * The kernel ends this process when the parent ends. Had that happened before it was asked to, nobody
 * would hold the other end of the pipe by now: getppid() says nothing in a new pid namespace.
 */
static bool parent_bind(struct run *r)
{
	struct pollfd p = {.fd = r->link->started};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return fault_step(r->fault, "start", "PR_SET_PDEATHSIG");
	if (poll(&p, 1, 0) < 0)
		return fault_step(r->fault, "start", "poll");
	if (p.revents & POLLERR)
		return fault_step_error(r->fault, "start", "the supervisor ended meanwhile", ESRCH);
	return true;
}

/* Without CLONE_INTO_CGROUP the child waits until the parent has moved it. */
static bool go_wait(struct run *r, int go)
{
	char byte;

	if (go < 0 || read(go, &byte, 1) == 1)
		return true;
	return fault_step_error(r->fault, "start", "the supervisor ended meanwhile", ESRCH);
}

static _Noreturn void child_run(const struct supervisor *s, int go)
{
	struct run *r = s->run;

	if (parent_bind(r) && go_wait(r, go) &&
	    (!s->copies || r->link->terminal >= 0 || output_enter(&s->output) ||
	     fault_step(r->fault, "start", "dup2")))
		start_child(r);
	start_failed(r);
}

/* EPERM: an outer filter of before clone3() refuses what it does not know. */
static pid_t child_clone(unsigned flags)
{
	struct clone_attr attr = {.flags = flags, .exit_signal = SIGCHLD};
	long pid;

	if (!flags)
		return relay_fork();
	pid = syscall(SYS_clone3, &attr, CLONE_ATTR_FIRST);
	if (pid < 0 && (errno == ENOSYS || errno == EPERM))
		pid = relay_clone(flags, NULL);
	return (pid_t)pid;
}

/* Born in its cgroup: no instruction of it runs outside. Linux 5.7. */
static pid_t child_clone_into(unsigned flags, int cgroup)
{
	struct clone_attr attr = {.flags = flags | KERNEL_CLONE_INTO_CGROUP,
				  .exit_signal = SIGCHLD,
				  .cgroup = (uint64_t)cgroup};

	return (pid_t)syscall(SYS_clone3, &attr, sizeof(attr));
}

static bool child_move(struct supervisor *s, int go)
{
	char pid[NUM_TEXT];
	bool moved =
	    cgroup_file_write(job(s)->dir, "cgroup.procs", num_text(pid, (uint64_t)s->child));

	if (moved && write(go, "", 1) == 1)
		return true;
	fault_step(s->run->fault, "cgroup", "moving the program into it");
	kill(s->child, SIGKILL);
	waitpid(s->child, NULL, 0);
	return false;
}

static void end_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

static _Noreturn void child_begin(struct supervisor *s, bool moved)
{
	const struct ends *e = &s->ends;
	struct link theirs = {s->link.shared, e->started[1], e->events, e->mailbox[1], e->tree[1],
			      s->terminal.inner};

	end_close(e->started[0]);
	end_close(e->go[1]);
	end_close(e->mailbox[0]);
	end_close(e->tree[0]);
	s->run->link = &theirs;
	child_run(s, moved ? e->go[0] : -1);
}

static bool ends_open(struct supervisor *s)
{
	struct ends *e = &s->ends;

	*e = (struct ends){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}, -1};
	if (has_init(s) && (e->events = (int)syscall(SYS_eventfd2, 0, O_CLOEXEC)) < 0)
		return fault(s, "eventfd");
	if (pipe2(e->started, O_CLOEXEC) || (job(s)->dir >= 0 && pipe2(e->go, O_CLOEXEC)))
		return fault(s, "pipe");
	if ((notify_wanted(s->run) && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e->mailbox)) ||
	    (view_kept_wanted(s->run) && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e->tree)))
		return fault(s, "socketpair");
	notify_reserve(&s->notify, e->mailbox[0]);
	view_kept_reserve(&s->kept, e->tree[0]);
	if ((e->mailbox[0] >= 0 && s->notify.reserve < 0) || (e->tree[0] >= 0 && s->kept.reserve < 0))
		return fault(s, "F_DUPFD");
	s->link.started = e->started[0];
	s->link.events = e->events;
	return true;
}

/*
 * Beside this process, in its memory: nothing is copied, no page is made twice, and nothing is taken down when process 1 ends. Both
 * look at link.shared; of the start the rest is the child's from here on, and the supervisor this process's.
 */
static int child_beside(void *supervisor)
{
	child_begin(supervisor, false);
}

static pid_t child_clone_beside(struct supervisor *s, unsigned flags)
{
	static _Alignas(16) char stack[CHILD_STACK];

	return clone(child_beside, stack + sizeof(stack), (int)flags | CLONE_VM | SIGCHLD, s);
}

static pid_t child_make(struct supervisor *s, bool *moved)
{
	unsigned flags = namespaces_flags(s->run);
	pid_t pid = -1;

	if (s->beside) {
		pid = child_clone_beside(s, flags);
		/* before Linux 6.3, where the caller has just left its time namespace, memory must not be shared */
		if (pid >= 0 || errno != EINVAL || !supervise_apart(s))
			return pid;
	}
	if (job(s)->dir >= 0) {
		pid = child_clone_into(flags, job(s)->dir);
		*moved = pid < 0;
	}
	if (pid < 0)
		pid = child_clone(flags);
	if (pid == 0)
		child_begin(s, *moved);
	return pid;
}

bool supervise_child(struct supervisor *s)
{
	const struct ends *e = &s->ends;
	bool moved = false;

	if (!ends_open(s))
		return false;
	s->child = child_make(s, &moved);
	if (s->child < 0)
		return namespaces_flags(s->run) ? namespaces_refused(s->run, errno) : fault(s, "fork");
	end_close(e->started[1]);
	end_close(e->go[0]);
	end_close(e->mailbox[1]);
	end_close(e->tree[1]);
	if (moved && !child_move(s, e->go[1]))
		return false;
	end_close(e->go[1]);
	if (s->copies)
		output_started(&s->output);
	if (s->terminal.outer >= 0) {
		terminal_started(&s->terminal);
		terminal_take(&s->terminal);
	}
	return true;
}
