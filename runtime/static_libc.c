/*
 * static_libc.c - functions of libc for the static loader alone, smaller than musl's: those serve every kernel, every
 * flag and every caller, and are a tenth of the program. What is not asked for here is refused, not guessed.
 *
 * Found before those of the archive by the linker, so they serve libc's own calls as well. The library and the tests
 * have their own libc's.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eight.h"

/* ---- calls that need a word more than the kernel's, or one less: those that need nothing are in static_calls.c ---- */

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
	return (int)syscall(SYS_rt_sigprocmask, how, set, old, _NSIG / 8);
}

int signalfd(int fd, const sigset_t *set, int flags)
{
	return (int)syscall(SYS_signalfd4, fd, set, _NSIG / 8, flags);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	return (pid_t)syscall(SYS_wait4, pid, status, options, NULL);
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
	return syscall(SYS_sendto, fd, bytes, size, flags, NULL, 0);
}

pid_t tcgetpgrp(int fd)
{
	int group;

	return ioctl(fd, TIOCGPGRP, &group) ? -1 : group;
}

/* The kernel's calls have no flags; the library's would need more than one. */
int faccessat(int at, const char *path, int mode, int flags)
{
	return flags ? (errno = EINVAL, -1) : (int)syscall(SYS_faccessat, at, path, mode);
}

int fchmodat(int at, const char *path, mode_t mode, int flags)
{
	return flags ? (errno = EINVAL, -1) : (int)syscall(SYS_fchmodat, at, path, mode);
}

/* Without a handler, as here always, no code of libc is needed to come back from one. */
struct kernel_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

void (*signal(int number, void (*handler)(int)))(int)
{
	struct kernel_sigaction set = {.handler = handler};

	return syscall(SYS_rt_sigaction, number, &set, NULL, _NSIG / 8) ? SIG_ERR : SIG_DFL;
}

char *getcwd(char *out, size_t size)
{
	long n = syscall(SYS_getcwd, out, size);

	if (n > 0 && out[0] != '/') /* it lies outside of this root */
		errno = ENOENT;
	return n > 0 && out[0] == '/' ? out : NULL;
}

/* ---- sets of signals: one word each, and none of the callers means a signal that there is not ---- */

int sigaddset(sigset_t *set, int number)
{
	*(unsigned long *)(void *)set |= 1UL << (number - 1);
	return 0;
}

int sigdelset(sigset_t *set, int number)
{
	*(unsigned long *)(void *)set &= ~(1UL << (number - 1));
	return 0;
}

/* ---- texts ---- */

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

QUICK void *memchr(const void *in, int c, size_t size)
{
	size_t n = eight_find(in, size, c);

	return n < size ? (char *)(uintptr_t)in + n : NULL;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (; size >= EIGHT && eight_at(x) == eight_at(y); size -= EIGHT)
		x += EIGHT, y += EIGHT;
	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

int strncmp(const char *a, const char *b, size_t size)
{
	for (; size; size--, a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *strchr(const char *s, int c)
{
	for (;; s++)
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		else if (!*s)
			return NULL;
}

/* How far into `s` all bytes are in `set`, or none is. */
static size_t span_len(const char *s, const char *set, int in)
{
	size_t n = 0;

	for (; s[n]; n++) { /* sets are short: no call */
		const char *one = set;
		while (*one && *one != s[n])
			one++;
		if ((*one != 0) != in)
			break;
	}
	return n;
}

size_t strspn(const char *s, const char *set)
{
	return span_len(s, set, 1);
}

size_t strcspn(const char *s, const char *set)
{
	return span_len(s, set, 0);
}

void *memmem(const void *in, size_t size, const void *what, size_t len)
{
	const char *at = in;

	for (; size >= len; at++, size--)
		if (memcmp(at, what, len) == 0)
			return (void *)(uintptr_t)at;
	return NULL;
}
