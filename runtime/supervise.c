/*
 * supervise.c - the parent of a supervised start: makes the child, passes signals on, stops and goes
 * on with the program, and ends as it ends.
 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "namespaces.h"
#include "relay.h"
#include "start.h"

struct supervisor {
	struct run *run;
	struct link link; /* the parent's ends */
	pid_t child;
	int signals; /* signalfd */
	bool ended;
	int status; /* of the child, as wait() gives it */
};

/*
 * Dies of the same signal, so that the caller sees what the program did; without a core of its own.
 */
static _Noreturn void end_as(int status)
{
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	sigset_t set;

	if (signal) {
		sigemptyset(&set);
		sigaddset(&set, signal);
		kill(getpid(), signal);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
	}
	_exit(signal ? 128 + signal : WEXITSTATUS(status));
}

static bool has_init(const struct supervisor *s)
{
	return s->run->plan->launch.isolate & ISOLATE_PID;
}

static bool fault(struct supervisor *s, const char *what)
{
	return fault_step(s->run->fault, "supervise", what, errno);
}

/* ---- making the child ---------------------------------------------------------------------- */

static bool shared_make(struct supervisor *s)
{
	struct shared *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return fault(s, "memory");
	s->link.shared = shared;
	s->run->fault = &shared->fault;
	return true;
}

/* All of them wait in the signalfd; an ignored SIGCHLD would take the exit status away. */
static bool signals_hold(struct supervisor *s)
{
	sigset_t all;

	sigfillset(&all);
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		return fault(s, "signal");
	if (sigprocmask(SIG_SETMASK, &all, NULL))
		return fault(s, "sigprocmask");
	s->signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals >= 0 || fault(s, "signalfd");
}

/*
 * The kernel ends this process when the parent ends. Had that happened before it was asked to, nobody
 * would hold the other end of the pipe by now: getppid() says nothing in a new pid namespace.
 */
static bool parent_bind(struct run *r)
{
	struct pollfd p = {.fd = r->link->started};

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return fault_step(r->fault, "start", "PR_SET_PDEATHSIG", errno);
	if (poll(&p, 1, 0) < 0)
		return fault_step(r->fault, "start", "poll", errno);
	if (p.revents & POLLERR)
		return fault_step(r->fault, "start", "the supervisor ended meanwhile", ESRCH);
	return true;
}

static _Noreturn void child_run(struct run *r)
{
	if (parent_bind(r))
		start_child(r);
	r->link->shared->phase = PHASE_FAILED;
	start_leave(fault_exit_code(r->fault));
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
		pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	return (pid_t)pid;
}

static bool child_make(struct supervisor *s)
{
	int started[2], events[2] = {-1, -1};
	unsigned flags = namespaces_flags(s->run);
	struct link theirs;

	if (pipe2(started, O_CLOEXEC) || (has_init(s) && pipe2(events, O_CLOEXEC)))
		return fault(s, "pipe");
	s->link.started = started[0];
	s->link.events = events[0];
	theirs = (struct link){s->link.shared, started[1], events[1]};
	s->child = child_clone(flags);
	if (s->child == 0) {
		close(started[0]);
		close(events[0]);
		s->run->link = &theirs;
		child_run(s->run);
	}
	if (s->child < 0)
		return flags ? namespaces_refused(s->run, errno) : fault(s, "fork");
	close(started[1]);
	close(events[1]);
	return true;
}

/* ---- staying with it ----------------------------------------------------------------------- */

/* A process that only waits must not keep a pipe open that the program has closed. */
static void descriptors_drop(int first, int last)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = first; fd <= last; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	close(null);
}

/* The program stopped: so do we, for whoever waits for us; when we go on, so does it. */
static void stop_along(struct supervisor *s)
{
	kill(getpid(), SIGSTOP);
	relay_signal(s->child, SIGCONT, s->run->plan->launch.new_session);
}

static void child_look(struct supervisor *s)
{
	int status;

	while (waitpid(s->child, &status, WNOHANG | WUNTRACED) == s->child) {
		if (!WIFSTOPPED(status)) {
			s->status = status;
			s->ended = true;
			return;
		}
		stop_along(s);
	}
}

/* Without a session of its own the program has got from the terminal what we have got. */
static void signal_take(struct supervisor *s)
{
	bool session = s->run->plan->launch.new_session;
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == sizeof(info)) {
		int signal = (int)info.ssi_signo;
		if (signal == SIGCHLD)
			child_look(s);
		else if (has_init(s) && (session || info.ssi_code != SI_KERNEL))
			kill(s->child, signal);
		else if (session || info.ssi_code != SI_KERNEL)
			relay_signal(s->child, signal, session);
		if (s->ended)
			return;
	}
}

/* The program runs now, or its process ended; faults are in memory, so stderr is not needed for them. */
static void started_take(struct supervisor *s)
{
	close(s->link.started);
	s->link.started = -1;
	if (s->link.shared->phase == PHASE_EXEC)
		descriptors_drop(STDERR_FILENO, STDERR_FILENO);
}

static void event_take(struct supervisor *s)
{
	unsigned char signal;

	if (read(s->link.events, &signal, 1) == 1) {
		stop_along(s);
		return;
	}
	close(s->link.events);
	s->link.events = -1;
}

static void stay(struct supervisor *s)
{
	while (!s->ended) {
		struct pollfd p[] = {{.fd = s->signals, .events = POLLIN},
				     {.fd = s->link.started, .events = POLLIN},
				     {.fd = s->link.events, .events = POLLIN}};
		if (poll(p, 3, -1) < 0)
			continue;
		if (p[1].revents)
			started_take(s);
		if (p[2].revents)
			event_take(s);
		if (p[0].revents)
			signal_take(s);
	}
}

/* ---- the end ------------------------------------------------------------------------------- */

static bool never_ran(struct supervisor *s)
{
	char number[NUM_TEXT];

	if (s->link.shared->phase == PHASE_FAILED)
		return false;
	fault_set(s->run->fault, ERR_STEP);
	fault_line(s->run->fault, "step", "start", NULL);
	if (WIFSIGNALED(s->status))
		return fault_line(s->run->fault, "failed",
				  "the process that was to become the program ", "died of signal ",
				  num_text(number, (uint64_t)WTERMSIG(s->status)), NULL);
	return fault_line(s->run->fault, "failed",
			  "the process that was to become the program ended", NULL);
}

bool supervise(struct run *r)
{
	struct supervisor s = {.run = r, .signals = -1};

	if (!shared_make(&s) || !signals_hold(&s) || !child_make(&s))
		return false;
	descriptors_drop(STDIN_FILENO, STDOUT_FILENO);
	stay(&s);
	if (s.link.shared->phase != PHASE_EXEC)
		return never_ran(&s);
	end_as(s.link.shared->ended ? s.link.shared->status : s.status);
}
