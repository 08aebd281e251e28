/*
 * lib_process.c - what becomes of a launched program.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424 /* on every machine */
#endif

uint64_t lib_clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* When there is no memory for it, nobody could end the child later: it goes now. */
struct sbx_process *lib_process_new(const struct start *s, pid_t pid, int pidfd)
{
	struct sbx_process *p = calloc(1, sizeof(*p));

	if (p) {
		*p = (struct sbx_process){.pid = pid,
					   .pidfd = pidfd,
					   .began = lib_clock_us(),
					   .supervised = start_supervised(&s->run) != NULL};
		return p;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(pidfd);
	return NULL;
}

pid_t sbx_process_pid(const struct sbx_process *p)
{
	return p->pid;
}

int sbx_process_pidfd(const struct sbx_process *p)
{
	return p->pidfd;
}

static uint64_t timeval_us(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

/* By descriptor, so that no other child is ever taken. 1: taken; 0: it runs; -1: errno. */
static int status_take(struct sbx_process *p)
{
	struct rusage used = {0};
	siginfo_t info = {0};

	if (syscall(SYS_waitid, P_PIDFD, p->pidfd, &info, WEXITED | WNOHANG, &used))
		return -1;
	if (!info.si_pid)
		return 0;
	p->ended = true;
	p->status = (struct sbx_status){
	    .exited = info.si_code == CLD_EXITED,
	    .code = info.si_code == CLD_EXITED ? info.si_status : 0,
	    .signal = info.si_code == CLD_EXITED ? 0 : info.si_status,
	    .wall_us = lib_clock_us() - p->began,
	    .user_us = timeval_us(used.ru_utime),
	    .system_us = timeval_us(used.ru_stime),
	    .peak_bytes = (uint64_t)used.ru_maxrss * 1024,
	};
	return 1;
}

/* What is left of the time; -1 stays. */
static int time_left(int timeout_ms, uint64_t since)
{
	uint64_t gone = (lib_clock_us() - since) / 1000;

	if (timeout_ms < 0)
		return -1;
	return gone >= (uint64_t)timeout_ms ? 0 : timeout_ms - (int)gone;
}

int sbx_wait(struct sbx_process *p, int timeout_ms, struct sbx_status *status)
{
	struct pollfd end = {.fd = p->pidfd, .events = POLLIN};
	uint64_t since = lib_clock_us();
	int got = p->ended ? 1 : status_take(p);

	while (got == 0) {
		int left = time_left(timeout_ms, since);
		if (poll(&end, 1, left) < 0 && errno != EINTR)
			return -1;
		got = status_take(p);
		if (got == 0 && left == 0)
			return 0;
	}
	if (got == 1 && status)
		*status = p->status;
	return got;
}

/* 0, or -1 with errno; somebody who is gone has been told. */
static int signal_send(const struct sbx_process *p, int signal)
{
	return syscall(SYS_pidfd_send_signal, p->pidfd, signal, NULL, 0) == 0 || errno == ESRCH ? 0
												 : -1;
}

int sbx_kill(struct sbx_process *p)
{
	if (p->ended)
		return 0;
	if (p->supervised)
		return signal_send(p, SIGNAL_END_TREE) || signal_send(p, SIGCONT); /* it may be stopped */
	return signal_send(p, SIGKILL);
}

void sbx_process_close(struct sbx_process *p)
{
	if (!p)
		return;
	if (sbx_wait(p, 0, NULL) == 0 && sbx_kill(p) == 0)
		sbx_wait(p, -1, NULL);
	close(p->pidfd);
	free(p);
}
