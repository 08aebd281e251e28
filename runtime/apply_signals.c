/*
 * apply_signals.c - undoes what a caller left behind: blocked and ignored signals, a loose umask.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
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

/*
 * Takes everything up to the line "LABEL DIGITS" off: `width` digits of `bits` bits each. Lines are looked for in the
 * order of the file.
 */
static bool status_number(struct span *status, const char *label, size_t width, unsigned bits,
			  uint64_t *number)
{
	size_t head = strlen(label);
	const char *end;

	while ((end = memchr(status->at, '\n', status->len))) {
		struct span line = {status->at, (size_t)(end - status->at)};
		status->at += line.len + 1;
		status->len -= line.len + 1;
		if (line.len < head || memcmp(line.at, label, head))
			continue;
		*number = 0;
		for (size_t i = head; i < line.len; i++) {
			int digit = hex_value(line.at[i]);
			if (digit < 0 || digit >> bits)
				return false;
			*number = *number << bits | (uint64_t)digit;
		}
		return line.len == head + width;
	}
	return false;
}

/*
 * One file for 64 calls. False where there is no /proc, something else in its place, or more groups
 * than the buffer holds before the line.
 */
static bool left_read(int dir, const char *path, struct left *left)
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
	return status_number(&status, "Umask:\t", 4, 3, &left->umask) &&
	       status_number(&status, "SigBlk:\t", 16, 4, &left->blocked) &&
	       status_number(&status, "SigIgn:\t", 16, 4, &left->ignored);
}

/* What nobody looked at may be anything, but for the one signal that is left as it is. */
static struct left left_unknown(void)
{
	struct kernel_sigaction hangup = {0};
	uint64_t all = ~0ull;

	syscall(SYS_rt_sigaction, SIGHUP, NULL, &hangup, sizeof(hangup.mask));
	if (hangup.handler != (void *)SIG_IGN)
		all &= ~(uint64_t)LEFT_NO_HANGUP;
	return (struct left){.ignored = all, .blocked = ~0ull};
}

/* Before the program has a view of its own, in which there may be no /proc. */
void signals_look(struct run *r)
{
	if (namespaces_wanted(r, ISOLATE_USER) || !left_read(AT_FDCWD, "/proc/self/status", &r->left))
		r->left = left_unknown();
}

/* A child has its signals from its parent, and has that folder open for other reasons. */
void signals_look_in(struct run *r, int proc)
{
	struct left left;

	if (!r->embedded && left_read(proc, "status", &left))
		r->left = left;
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

/* A handler ends with exec by itself; only what is ignored would be inherited. SIGHUP may be: nohup asks for that. */
bool apply_signals(struct run *r)
{
	const struct kernel_sigaction fresh = {0};
	const uint64_t none = 0;
	struct left left = r->left;

	if (r->link)
		left.blocked = ~0ull; /* supervise.c and the library block them all meanwhile */
	for (int s = SIGHUP + 1; s <= LAST_SIGNAL; s++) {
		if (s == SIGKILL || s == SIGSTOP || !(left.ignored >> (s - 1) & 1))
			continue;
		if (syscall(SYS_rt_sigaction, s, &fresh, NULL, sizeof(none)))
			return fault_step(r->fault, "signals", "rt_sigaction");
	}
	if (left.blocked &&
	    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none)))
		return fault_step(r->fault, "signals", "rt_sigprocmask");
	if ((left.umask & WRITABLE) != WRITABLE)
		umask(umask(WRITABLE) | WRITABLE);
	return true;
}
