/*
 * apply_signals.c - undoes what a caller left behind: blocked and ignored signals, a loose umask.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "apply.h"
#include "fds.h"
#include "namespaces.h"

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

enum { WRITABLE = S_IWGRP | S_IWOTH };

/* Sixteen digits in the line "SigIgn:" of a status in /proc. */
static bool ignored_number(struct span status, uint64_t *ignored)
{
	static const char label[] = "SigIgn:\t";
	const size_t head = sizeof(label) - 1, digits = 16;

	while (status.len) {
		struct span line = span_cut(&status, '\n');
		if (line.len != head + digits || memcmp(line.at, label, head))
			continue;
		*ignored = 0;
		for (size_t i = head; i < line.len; i++) {
			int digit = hex_value(line.at[i]);
			if (digit < 0)
				return false;
			*ignored = *ignored << 4 | (uint64_t)digit;
		}
		return true;
	}
	return false;
}

/*
 * One file for 61 calls. False where there is no /proc, something else in its place, or more groups
 * than the buffer holds before the line.
 */
static bool ignored_read(int dir, const char *path, uint64_t *ignored)
{
	char buf[4096];
	struct span status = {buf, 0};
	struct statfs fs;
	ssize_t n = -1;
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return false;
	if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC)
		n = read(fd, buf, sizeof(buf));
	fd_leave(fd);
	status.len = n > 0 ? (size_t)n : 0;
	return ignored_number(status, ignored);
}

/*
 * Before the program has a view of its own, in which there may be no /proc. The kernel writes that file as long as it answers
 * 200 calls, so setting all signals without a look is 20 us quicker. Only a start by root looks: it makes 41 calls for its
 * capabilities already, and how many there are at most is promised (tests/live/figures.sh).
 */
void signals_look(struct run *r)
{
	const bool looks = getauxval(AT_EUID) == 0 && !namespaces_wanted(r, ISOLATE_USER);

	if (!looks || !ignored_read(AT_FDCWD, "/proc/self/status", &r->ignored))
		r->ignored = ~0ull;
}

/* A child has its signals from its parent, and has that folder open for other reasons. */
void signals_look_in(struct run *r, int proc)
{
	uint64_t ignored;

	if (!r->embedded && ignored_read(proc, "status", &ignored))
		r->ignored = ignored;
}

bool signals_hangup_ignored(void)
{
	struct kernel_sigaction now = {0};

	syscall(SYS_rt_sigaction, SIGHUP, NULL, &now, sizeof(now.mask));
	return now.handler == (void *)SIG_IGN;
}

/* Straight to the kernel, so that the numbers which libc keeps to itself are among them. */
bool signals_default(struct fault *f)
{
	const struct kernel_sigaction fresh = {0};

	for (int s = 1; s <= LAST_SIGNAL; s++)
		if (s != SIGKILL && s != SIGSTOP &&
		    syscall(SYS_rt_sigaction, s, &fresh, NULL, sizeof(fresh.mask)))
			return fault_step(f, "signals", "rt_sigaction");
	return true;
}

/* One call where no more has to be closed than what is closed here, as mostly. */
static void umask_tighten(void)
{
	mode_t old = umask(WRITABLE);

	if (old & ~(mode_t)WRITABLE)
		umask(old | WRITABLE);
}

/* A handler ends with exec by itself; only what is ignored would be inherited. SIGHUP may be: nohup asks for that. */
bool apply_signals(struct run *r)
{
	const struct kernel_sigaction fresh = {0};
	const uint64_t none = 0;

	for (int s = SIGHUP + 1; s <= LAST_SIGNAL; s++) {
		if (s == SIGKILL || s == SIGSTOP || !(r->ignored >> (s - 1) & 1))
			continue;
		if (syscall(SYS_rt_sigaction, s, &fresh, NULL, sizeof(none)))
			return fault_step(r->fault, "signals", "rt_sigaction");
	}
	if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none)))
		return fault_step(r->fault, "signals", "rt_sigprocmask");
	umask_tighten();
	return true;
}
