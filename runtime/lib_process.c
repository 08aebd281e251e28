/*
 * lib_process.c - what becomes of a launched program.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "lib.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424 /* on every machine */
#endif

/* When there is no memory for it, nobody could end the child later: it goes now. */
struct sbx_process *lib_process_new(struct start *s, pid_t pid, int pidfd)
{
	struct sbx_process *p = calloc(1, sizeof(*p));

	if (p) {
		*p = (struct sbx_process){.pid = pid,
					   .pidfd = pidfd,
					   .began = lib_clock_us(),
					   .supervised = start_supervised(&s->run) != NULL,
					   .host = s->run.host,
					   .shared = s->shared == &s->own ? NULL : s->shared,
					   .outcome.cpu_limit_us = rlimits_cpu_us(&s->run)};
		s->shared = &s->own;
		return p;
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(pidfd);
	return NULL;
}

/* What its supervisor told, or what the kernel tells of a child. */
static void outcome_take(struct sbx_process *p, const siginfo_t *info, const struct rusage *used)
{
	p->ended = true;
	if (p->shared && p->shared->told) {
		p->outcome = p->shared->outcome;
		return;
	}
	p->outcome.status = info->si_code == CLD_EXITED ? info->si_status << 8 : info->si_status;
	p->outcome.wall_us = lib_clock_us() - p->began;
	p->outcome.usage = *used;
}

/* By descriptor, so that no other child is ever taken. 1: taken; 0: it runs; -1: errno. how: 0 or WNOHANG. */
static int status_take(struct sbx_process *p, int how)
{
	struct rusage used = {0};
	siginfo_t info = {0};

	if (p->outcome.cpu_limit_us)
		p->outcome.cpu_us = process_cpu_us(p->pid);
	if (syscall(SYS_waitid, P_PIDFD, p->pidfd, &info, WEXITED | how, &used))
		return errno == EINTR ? 0 : -1;
	if (!info.si_pid)
		return 0;
	outcome_take(p, &info, &used);
	return 1;
}

int sbx_wait(struct sbx_process *p, int timeout_ms, struct sbx_status *status)
{
	struct pollfd end = {.fd = p->pidfd, .events = POLLIN};
	uint64_t since = lib_clock_us();
	/* what counts its time has to be asked about while it is there */
	int how = timeout_ms < 0 && !p->outcome.cpu_limit_us ? 0 : WNOHANG;
	int got = p->ended ? 1 : status_take(p, how);

	while (got == 0) {
		int left = lib_time_left(timeout_ms, since);
		if (how && poll(&end, 1, left) < 0 && errno != EINTR)
			return -1;
		got = status_take(p, how);
		if (got == 0 && left == 0)
			return 0;
	}
	if (got == 1 && status)
		*status = lib_status(&p->outcome);
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
