/*
 * supervise.c - the parent of a supervised start: makes the child, passes signals on, ends its session after the time of
 * `limit wall`, says how it ended, and ends as it ends.
 */
#include <errno.h>
#include <libproc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../report.h"
#include "../start.h"
#include "../system.h"
#include "../watch.h"
#include "macos.h"

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};
enum { N_PASSED = sizeof(passed_on) / sizeof(passed_on[0]), WALL_TIMER = 1, TICK_TIMER = 2, TICK_MS = 1000, ROUNDS = 3 };

struct supervisor {
	struct run *run;
	struct link link;
	pid_t child;
	int queue;
	uint64_t began_us;
	struct outcome outcome;
};

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_AWAKE, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Everything in the program's session. What began one of its own is not found: macOS has no name for all of them. */
static void session_end(pid_t session)
{
	for (int round = 0; round < ROUNDS; round++) {
		int bytes = proc_listallpids(NULL, 0) * (int)sizeof(pid_t);
		pid_t *pids = bytes > 0 ? malloc((size_t)bytes * 2) : NULL;
		int n = pids ? proc_listallpids(pids, bytes * 2) : 0;

		for (int i = 0; i < n; i++)
			if (pids[i] > 1 && pids[i] != getpid() && getsid(pids[i]) == session)
				kill(pids[i], SIGKILL);
		free(pids);
	}
	kill(-session, SIGKILL);
	kill(session, SIGKILL);
}

/* Dies of the same signal, so that the caller sees what the program did. */
static _Noreturn void end_as(int status)
{
	int signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	sigset_t set;

	if (signal_number) {
		signal(signal_number, SIG_DFL);
		sigemptyset(&set);
		sigaddset(&set, signal_number);
		kill(getpid(), signal_number);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
	}
	_exit(signal_number ? 128 + signal_number : WEXITSTATUS(status));
}

/* ---- making the child ---- */

static bool shared_make(struct supervisor *s)
{
	struct shared *shared = s->run->link ? s->run->link->shared : NULL;

	if (!shared)
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return fault_step(s->run->fault, "supervise", "memory");
	s->link = (struct link){.shared = shared, .started = -1, .events = -1, .mailbox = -1, .terminal = -1};
	s->run->link = &s->link;
	s->run->fault = &shared->fault;
	return true;
}

static _Noreturn void child_run(struct supervisor *s, int go)
{
	char byte;

	/* the end of the pipe: the supervisor is gone, and with it the limits */
	if (read(go, &byte, 1) == 1)
		macos_steps(s->run);
	else
		fault_step_error(s->run->fault, "start", "the supervisor ended meanwhile", ESRCH);
	s->link.shared->phase = PHASE_FAILED;
	_exit(fault_exit_code(s->run->fault));
}

/* The child, the clock and our own signals; before the child runs. */
static bool events_open(struct supervisor *s)
{
	const struct run *r = s->run;
	struct kevent e[N_PASSED + 4];
	int n = 0;

	s->queue = kqueue();
	EV_SET(&e[n++], (uintptr_t)s->child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	for (int i = 0; i < N_PASSED; i++) {
		if (passed_on[i] == SIGHUP && (r->ignored & MACOS_NO_HANGUP))
			continue; /* ignored it stays */
		signal(passed_on[i], SIG_IGN); /* the queue sees it all the same */
		EV_SET(&e[n++], (uintptr_t)passed_on[i], EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
	}
	signal(MACOS_END_TREE, SIG_IGN);
	EV_SET(&e[n++], MACOS_END_TREE, EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
	if (r->plan->launch.wall_where.at)
		EV_SET(&e[n++], WALL_TIMER, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0,
		       (intptr_t)amount_get(&r->vars, &r->plan->launch.wall), NULL);
	if (r->options->watch)
		EV_SET(&e[n++], TICK_TIMER, EVFILT_TIMER, EV_ADD, 0, TICK_MS, NULL);
	return s->queue >= 0 && kevent(s->queue, e, n, NULL, 0, NULL) == 0;
}

/* A process that only waits must not keep a pipe open that the program has closed. Faults and notes go to stderr. */
static void stdio_drop(void)
{
	int null = open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (null < 0 || dup2(null, fd) < 0)
			close(fd);
	close(null);
}

static bool child_make(struct supervisor *s)
{
	struct fault *f = s->run->fault;
	int go[2];

	signal(SIGCHLD, SIG_DFL); /* ignored, it would take the exit status away */
	if (pipe(go))
		return fault_step(f, "supervise", "pipe");
	s->child = fork();
	if (s->child == 0) {
		close(go[1]);
		child_run(s, go[0]);
	}
	close(go[0]);
	if (s->child < 0) {
		close(go[1]);
		return fault_step(f, "supervise", "fork");
	}
	stdio_drop();
	s->began_us = now_us();
	if (events_open(s) && write(go[1], "", 1) == 1) {
		close(go[1]);
		return true;
	}
	fault_step(f, "supervise", "kqueue");
	kill(s->child, SIGKILL);
	close(go[1]);
	waitpid(s->child, NULL, 0);
	return false;
}

/* ---- staying with it ---- */

static void timer_take(struct supervisor *s, uintptr_t which)
{
	if (which == TICK_TIMER) {
		watch_line(&(struct watched){.wall_us = now_us() - s->began_us, .cgroup = -1, .process = s->child});
		return;
	}
	s->outcome.by = BY_WALL;
	session_end(s->child);
}

/* Until it has made its session the child is alone. */
static void signal_pass(const struct supervisor *s, int number)
{
	if (kill(-s->child, number))
		kill(s->child, number);
}

static void stay(struct supervisor *s)
{
	for (;;) {
		struct kevent e;

		if (kevent(s->queue, NULL, 0, &e, 1, NULL) != 1)
			continue;
		if (e.filter == EVFILT_PROC)
			return;
		if (e.filter == EVFILT_TIMER)
			timer_take(s, e.ident);
		else if (e.filter == EVFILT_SIGNAL && e.ident == MACOS_END_TREE)
			session_end(s->child);
		else if (e.filter == EVFILT_SIGNAL)
			signal_pass(s, (int)e.ident);
	}
}

static bool never_ran(const struct supervisor *s)
{
	struct fault *f = s->run->fault;

	if (s->link.shared->phase == PHASE_FAILED)
		return false;
	return fault_say(f, ERR_STEP,
			 "step start\n"
			 "failed the process that was to become the program died of signal %u",
			 WTERMSIG(s->outcome.status));
}

bool supervise(struct run *r)
{
	struct supervisor s = {.run = r};
	struct outcome *o = &s.outcome;

	if (!shared_make(&s) || !child_make(&s))
		return false;
	if (r->ready >= 0)
		close(r->ready); /* the program's end of it alone tells that it runs */
	stay(&s);
	while (wait4(s.child, &o->status, 0, &o->usage) < 0 && errno == EINTR)
		;
	o->wall_us = now_us() - s.began_us;
	if (s.link.shared->phase != PHASE_EXEC)
		return never_ran(&s);
	if (o->by == BY_WALL)
		note_print("ended by `limit wall`");
	if (r->report)
		report_outcome(r->report, r, o);
	s.link.shared->outcome = *o;
	s.link.shared->told = true;
	if (o->by == BY_WALL)
		_exit(EXIT_LIMIT);
	end_as(o->status);
}
