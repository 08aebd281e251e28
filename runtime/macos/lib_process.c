/*
 * lib_process.c - what becomes of a launched program, on macOS.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/event.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib.h"
#include "macos.h"

/* A process that ended already cannot be watched any more: then the queue is made readable at once. */
static int queue_for(pid_t pid)
{
	int queue = kqueue();
	struct kevent e;

	EV_SET(&e, (uintptr_t)pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	if (queue >= 0 && kevent(queue, &e, 1, NULL, 0, NULL) == 0)
		return queue;
	EV_SET(&e, 1, EVFILT_USER, EV_ADD, 0, 0, NULL);
	if (queue >= 0 && kevent(queue, &e, 1, NULL, 0, NULL) == 0) {
		EV_SET(&e, 1, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
		if (kevent(queue, &e, 1, NULL, 0, NULL) == 0)
			return queue;
	}
	if (queue >= 0)
		close(queue);
	return -1;
}

/* When there is no memory for it, nobody could end the child later: it goes now. */
struct sbx_process *lib_process_new(struct start *s, pid_t pid, int queue)
{
	struct sbx_process *p = calloc(1, sizeof(*p));

	queue = p ? queue_for(pid) : -1;
	if (queue >= 0) {
		*p = (struct sbx_process){.pid = pid,
					   .pidfd = queue,
					   .began = lib_clock_us(),
					   .supervised = start_supervised(&s->run) != NULL,
					   .host = s->run.host,
					   .shared = s->shared};
		s->shared = &s->own;
		return p;
	}
	free(p);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return NULL;
}

/* 1: taken; 0: it runs; -1: errno. */
static int status_take(struct sbx_process *p)
{
	struct outcome *o = &p->outcome;
	pid_t got = wait4(p->pid, &o->status, WNOHANG, &o->usage);

	if (got <= 0)
		return got;
	p->ended = true;
	o->wall_us = lib_clock_us() - p->began;
	if (p->supervised && p->shared->told)
		*o = p->shared->outcome;
	return 1;
}

int sbx_wait(struct sbx_process *p, int timeout_ms, struct sbx_status *status)
{
	uint64_t since = lib_clock_us();
	int got = p->ended ? 1 : status_take(p);

	while (got == 0) {
		int left = lib_time_left(timeout_ms, since), ms = left < 0 || left > 1000 ? 1000 : left;
		struct timespec wait = {ms / 1000, (long)(ms % 1000) * 1000000};
		struct kevent e;

		if (left == 0)
			return 0;
		kevent(p->pidfd, NULL, 0, &e, 1, &wait);
		got = status_take(p);
	}
	if (got == 1 && status)
		*status = lib_status(&p->outcome);
	return got;
}

/* A supervisor ends everything and then itself; it may be stopped. */
int sbx_kill(struct sbx_process *p)
{
	if (p->ended)
		return 0;
	if (!p->supervised)
		return kill(p->pid, SIGKILL);
	return kill(p->pid, MACOS_END_TREE) || kill(p->pid, SIGCONT) ? -1 : 0;
}
