/*
 * supervise.c - the parent of a supervised start: makes the child, passes signals on, ends its session after the time of
 * `limit wall`, and ends as it ends.
 */
#include <errno.h>
#include <libproc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/wait.h>
#include <unistd.h>

#include "macos.h"

static const int passed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};
enum { N_PASSED = sizeof(passed_on) / sizeof(passed_on[0]), WALL_TIMER = 1, ROUNDS = 3 };

/* A process group leader cannot make a session: a shell with job control makes each of its jobs one. */
const char *macos_supervised(const struct macos_start *s)
{
	if (s->plan->common.launch.wall_where.at)
		return "the limit on its time";
	if (getpgrp() == getpid() && !s->run.embedded)
		return "a new session, which a leader of a process group cannot make";
	return NULL;
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

/* Watches the child, the clock and our own signals, before the child runs. */
static int events_open(struct macos_start *s, pid_t child)
{
	uint64_t wall = amount_get(&s->run.vars, &s->plan->common.launch.wall);
	struct kevent e[N_PASSED + 3];
	int queue = kqueue(), n = 0;

	EV_SET(&e[n++], (uintptr_t)child, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	for (int i = 0; i < N_PASSED; i++) {
		signal(passed_on[i], SIG_IGN); /* the queue sees it all the same */
		EV_SET(&e[n++], (uintptr_t)passed_on[i], EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
	}
	signal(MACOS_END_TREE, SIG_IGN);
	EV_SET(&e[n++], MACOS_END_TREE, EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
	if (s->plan->common.launch.wall_where.at)
		EV_SET(&e[n++], WALL_TIMER, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, (intptr_t)wall, NULL);
	if (queue < 0 || kevent(queue, e, n, NULL, 0, NULL) < 0)
		return -1;
	return queue;
}

/* Returns whether the time ran out. */
static bool stay(int queue, pid_t child)
{
	bool late = false;

	for (;;) {
		struct kevent e;

		if (kevent(queue, NULL, 0, &e, 1, NULL) != 1)
			continue;
		if (e.filter == EVFILT_PROC)
			return late;
		if (e.filter == EVFILT_TIMER || (e.filter == EVFILT_SIGNAL && e.ident == MACOS_END_TREE)) {
			late |= e.filter == EVFILT_TIMER;
			session_end(child);
		} else if (e.filter == EVFILT_SIGNAL) {
			kill(-child, (int)e.ident);
		}
	}
}

static _Noreturn void child_run(struct macos_start *s, int go)
{
	char byte;

	if (read(go, &byte, 1) != 1)
		_exit(EXIT_SANDBOX); /* the supervisor is gone, and with it the limits */
	macos_child(s, true);
	if (s->ready >= 0)
		(void)!write(s->ready, s->run.fault, sizeof(*s->run.fault));
	else
		fault_print(s->run.fault);
	_exit(fault_exit_code(s->run.fault));
}

bool macos_supervise(struct macos_start *s)
{
	int go[2], queue, status;
	bool late;
	pid_t child;

	signal(SIGCHLD, SIG_DFL);
	if (pipe(go))
		return fault_step(s->run.fault, "supervise", "pipe", errno);
	child = fork();
	if (child == 0) {
		close(go[1]);
		child_run(s, go[0]);
	}
	if (child < 0)
		return fault_step(s->run.fault, "supervise", "fork", errno);
	close(go[0]);
	queue = events_open(s, child);
	if (queue < 0 || write(go[1], "", 1) != 1) {
		fault_step(s->run.fault, "supervise", "kqueue", errno);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		return false;
	}
	close(go[1]);
	if (s->ready >= 0)
		close(s->ready); /* the program's end alone tells that it runs */
	late = stay(queue, child);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (late) {
		note_print("ended by `limit wall`", NULL);
		_exit(EXIT_LIMIT);
	}
	end_as(status);
}
