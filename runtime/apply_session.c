/*
 * apply_session.c - a session of its own for the program, so that it has no terminal to push
 * keystrokes into.
 *
 * setsid() refuses a process-group leader, and a shell with job control makes each of its jobs one.
 * Then the program runs in a child, and this process only stands for it: passes signals on, stops
 * and goes on with it, ends as it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"

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

/* The program changed state: ended, or stopped (then we stop, and it goes on when we do). */
static void child_changed(pid_t child)
{
	int status;

	while (waitpid(child, &status, WNOHANG | WUNTRACED) == child) {
		if (!WIFSTOPPED(status))
			end_as(status);
		kill(getpid(), SIGSTOP);
		kill(child, SIGCONT);
	}
}

/*
 * What a terminal sends goes to all of the program's group, as it would have; the rest to the
 * program alone.
 */
static void signal_pass(pid_t child, int signal)
{
	bool terminal = signal == SIGINT || signal == SIGQUIT || signal == SIGHUP;

	if (signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)
		signal = SIGSTOP; /* a session without terminal ignores the polite ones */
	if (!terminal || kill(-child, signal))
		kill(child, signal);
}

static _Noreturn void stand_for(pid_t child, const sigset_t *all)
{
	for (;;) {
		int signal = sigwaitinfo(all, NULL);
		if (signal == SIGCHLD)
			child_changed(child);
		else if (signal > 0)
			signal_pass(child, signal);
	}
}

/* The standing-in process must not keep a pipe open that the program has closed. */
static void descriptors_drop(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd < 3; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	syscall(SYS_close_range, 3, ~0u, 0);
}

static bool child_begin(struct run *r, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return fault_step(r->fault, "session", "PR_SET_PDEATHSIG", errno);
	if (getppid() != parent)
		return fault_step(r->fault, "session", "the caller ended meanwhile", ESRCH);
	if (setsid() < 0)
		return fault_step(r->fault, "session", "setsid", errno);
	return true;
}

static bool session_fork(struct run *r)
{
	pid_t parent = getpid(), child;
	sigset_t all;

	/* an ignored SIGCHLD would take the exit status away */
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		return fault_step(r->fault, "session", "signal", errno);
	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL))
		return fault_step(r->fault, "session", "sigprocmask", errno);
	child = fork();
	if (child < 0)
		return fault_step(r->fault, "session", "fork", errno);
	if (child == 0)
		return child_begin(r, parent);
	descriptors_drop();
	stand_for(child, &all);
}

bool apply_session(struct run *r)
{
	pid_t session;

	if (!r->launch.new_session)
		return true;
	session = setsid();
	if (session < 0 && errno == EPERM)
		return session_fork(r); /* a leader of a process group */
	if (session < 0)
		return fault_step(r->fault, "session", "setsid", errno);
	if (getsid(0) != session)
		return fault_step(r->fault, "session", "it did not take", EPERM);
	return true;
}
