/*
 * init.c - process 1 of the pid namespace: reaps what the program leaves behind, passes on the
 * signals of the supervisor, and ends with the program, which ends everything in the namespace, or when its time is over.
 *
 * It holds no capability and no descriptor but that of its events, and runs no code but this.
 */
#include "init.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "fds.h"
#include "namespaces.h"
#include "relay.h"
#include "request.h"
#include "start.h"
#include "wall.h"

enum { PROGRAM_STACK = 32 * 1024 };

/* That nobody hears of it cannot be: then the kernel ends this process next. */
static void stopped(const struct link *link)
{
	const uint64_t once = 1;

	if (write(link->events, &once, sizeof(once)) != sizeof(once))
		return;
}

/* The kernel ends all the others with this process; `status` is what became of the program. */
static _Noreturn void end_all(struct shared *shared, int status)
{
	shared->status = status;
	shared->ended = true;
	_exit(0);
}

static void cpu_take(struct shared *shared, pid_t program)
{
	if (shared->cpu_limited)
		shared->cpu_us = process_cpu_us(program);
}

static void reap(const struct link *link, pid_t program)
{
	pid_t pid;
	int status;

	cpu_take(link->shared, program); /* while it is not waited for */
	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != program)
			continue;
		if (WIFSTOPPED(status)) {
			stopped(link);
			continue;
		}
		end_all(link->shared, status);
	}
}

/* The next signal for this process, or 0: the time of the job is over. */
static int signal_wait(const struct shared *shared, const sigset_t *all, siginfo_t *info)
{
	int signal = -1, left;

	while (signal < 0 && (left = wall_left_ms(shared, WALL_SECOND_MS)) != 0) {
		const struct timespec most = {.tv_sec = left / 1000, .tv_nsec = (long)(left % 1000) * 1000000};
		/* libc's waits as long again when it was stopped meanwhile */
		signal = (int)syscall(SYS_rt_sigtimedwait, all, info, left > 0 ? &most : NULL, _NSIG / 8);
	}
	return signal < 0 ? 0 : signal;
}

static void descriptors_drop(int keep)
{
	syscall(SYS_close_range, 0, (unsigned)keep - 1, 0);
	syscall(SYS_close_range, (unsigned)keep + 1, ~0u, 0);
}

/*
 * What neither process needs goes before there are two: the ends of what was mounted are closed once, and not when the
 * program has ended. Where it fails, both close what they have.
 */
static void descriptors_shed(const struct link *l, const struct run *r)
{
	const int keep[] = {r->ruleset,  r->plan->launch.exec_fd, l->started, l->events,
			    l->mailbox, l->terminal,	      r->request ? r->request->socket : -1};

	fds_close_but(keep, sizeof(keep) / sizeof(keep[0]));
}

static _Noreturn void init_run(const struct run *r, pid_t program)
{
	struct shared *shared = r->link->shared;
	sigset_t all;
	siginfo_t info;
	int signal;

	sigfillset(&all);
	descriptors_drop(r->link->events);
	while ((signal = signal_wait(shared, &all, &info)) != 0)
		if (signal == SIGCHLD)
			reap(r->link, program);
		else if (info.si_code == SI_USER && info.si_pid == 0 && !(r->embedded && signal == SIGNAL_DEADLINE))
			relay_signal(program, signal, launch_session(&r->plan->launch));
	cpu_take(shared, program);
	shared->overdue = true;
	end_all(shared, SIGKILL);
}

/* On its way to the program, whose memory is its own with exec. */
static int program_main(void *arg)
{
	struct run *r = arg;

	start_steps(r);
	start_failed(r);
}

/*
 * The program's process shares the memory of process 1, which waits for its exec (as with vfork()): nothing is copied, and what
 * has been touched here is not touched again. Only one that is to wait for a request gets memory of its own, so that process 1
 * does its work meanwhile. The stack is on that of process 1, where the view was made.
 *
 * Signals are blocked here since before the clone (supervise.c), so none is lost. Capabilities go
 * before the fork: nothing later needs them, and no failure can happen when the program runs already.
 */
bool init_fork(struct run *r)
{
	_Alignas(16) char stack[PROGRAM_STACK];
	pid_t program;

	if (!namespaces_wanted(r, ISOLATE_PID))
		return true;
	if (!apply_caps(r) || !apply_no_new_privs(r))
		return false;
	r->dropped = true; /* the child has it all from here */
	/* a session would cost a scheduling group: what a terminal or a caller sends to our group has only to pass it by */
	if (launch_session(&r->plan->launch) && setpgid(0, 0))
		return fault_step(r->fault, "session", "setpgid of process 1");
	descriptors_shed(r->link, r);
	program = r->request ? relay_fork() : clone(program_main, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, r);
	if (program < 0)
		return fault_step(r->fault, "process 1", "fork");
	if (program == 0)
		program_main(r);
	close(r->link->started);
	init_run(r, program);
}
