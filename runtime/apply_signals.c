/*
 * apply_signals.c - undoes what a caller left behind: blocked and ignored signals, a loose umask.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply.h"

/*
 * Straight to the kernel: libc keeps the signals of its threads to itself, but an ignored one would
 * be inherited all the same.
 */
struct kernel_sigaction {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};
enum { LAST_SIGNAL = 64 };

bool apply_signals(struct run *r)
{
	const struct kernel_sigaction fresh = {0};
	const uint64_t none = 0;

	for (int s = 1; s <= LAST_SIGNAL; s++) {
		if (s == SIGKILL || s == SIGSTOP)
			continue;
		if (syscall(SYS_rt_sigaction, s, &fresh, NULL, sizeof(none)))
			return fault_step(r->fault, "signals", "rt_sigaction", errno);
	}
	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none)))
		return fault_step(r->fault, "signals", "rt_sigprocmask", errno);
	umask(umask(S_IWGRP | S_IWOTH) | S_IWGRP | S_IWOTH);
	return true;
}
