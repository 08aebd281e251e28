/*
 * runtime_static_libc.c - what the static loader has instead of libc's functions, held against those of the libc here.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
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

/* The same file under other names. */
#define sigprocmask our_sigprocmask
#define signalfd    our_signalfd
#define waitpid     our_waitpid
#define send        our_send
#define faccessat   our_faccessat
#define fchmodat    our_fchmodat
#define signal      our_signal
#define getcwd      our_getcwd
#define sigaddset   our_sigaddset
#define sigdelset   our_sigdelset
#define strlen      our_strlen
#define memchr      our_memchr
#define strchr      our_strchr
#define strspn      our_strspn
#define strcspn     our_strcspn
#define memmem      our_memmem
#define memcmp      our_memcmp
#define strcmp      our_strcmp
#define strncmp     our_strncmp
#define tcgetpgrp   our_tcgetpgrp
size_t strspn(const char *s, const char *set);
size_t strcspn(const char *s, const char *set);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include "../../runtime/static_libc.c"
#pragma GCC diagnostic pop
#undef sigprocmask
#undef waitpid
#undef send
#undef getcwd
#undef sigaddset
#undef sigdelset
#undef strlen
#undef memchr
#undef strchr
#undef strspn
#undef strcspn
#undef memmem
#undef memcmp
#undef strcmp
#undef strncmp
#undef tcgetpgrp
#undef signal
#define CALL_PREFIX "our_"
#include "../../runtime/static_calls.c"

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

Test(static_libc, texts)
{
	uint32_t seed = 1;
	char a[40], b[6], c[3];

	for (unsigned round = 0; round < 20000; round++) {
		size_t n = (seed = seed * 1664525 + 1013904223) >> 24 & 31, m = seed >> 16 & 3;
		for (size_t i = 0; i < n; i++)
			a[i] = (char)('a' + ((seed = seed * 1664525 + 1013904223) >> 24) % 3);
		for (size_t i = 0; i < m; i++)
			b[i] = (char)('a' + ((seed = seed * 1664525 + 1013904223) >> 24) % 4);
		a[n] = b[m] = 0;
		c[0] = (char)(128 + a[0] % 128); /* bytes are compared without a sign */
		c[1] = a[1];
		c[2] = 0;
		cr_assert_eq(our_strlen(a), n);
		cr_assert_eq(our_strspn(a, b), strspn(a, b), "%s %s", a, b);
		cr_assert_eq(our_strcspn(a, b), strcspn(a, b), "%s %s", a, b);
		cr_assert_eq(our_strchr(a, b[0]), strchr(a, b[0]), "%s %s", a, b);
		cr_assert_eq(our_memchr(a, b[0], n), memchr(a, b[0], n), "%s %s", a, b);
		for (size_t i = 0; i <= m; i++) {
			cr_assert_eq(sign(our_memcmp(a, b, i)), sign(memcmp(a, b, i)), "%s %s", a, b);
			cr_assert_eq(sign(our_strncmp(a, b, i)), sign(strncmp(a, b, i)), "%s %s", a, b);
		}
		cr_assert_eq(sign(our_strcmp(a, b)), sign(strcmp(a, b)), "%s %s", a, b);
		cr_assert_eq(sign(our_strcmp(a, c)), sign(strcmp(a, c)), "%s %s", a, c);
		cr_assert_eq(sign(our_memcmp(c, a, 2)), sign(memcmp(c, a, 2)), "%s %s", a, c);
		cr_assert_eq(our_strcmp(a, a), 0);
		cr_assert_eq(our_memmem(a, n, b, m), memmem(a, n, b, m), "%s %s", a, b);
	}
}

Test(static_libc, signal_sets)
{
	sigset_t ours, theirs;

	for (int number = 1; number <= 64; number++) {
		if (number == 32 || number == 33) /* libc's own: it refuses them */
			continue;
		sigemptyset(&ours);
		sigemptyset(&theirs);
		cr_assert_eq(our_sigaddset(&ours, number), 0);
		sigaddset(&theirs, number);
		cr_assert_eq(memcmp(&ours, &theirs, 8), 0, "%d", number);
		sigfillset(&ours);
		theirs = ours;
		cr_assert_eq(our_sigdelset(&ours, number), 0);
		sigdelset(&theirs, number);
		cr_assert_eq(memcmp(&ours, &theirs, 8), 0, "%d", number);
		cr_assert(!sigismember(&ours, number));
	}
}

Test(static_libc, calls)
{
	char a[PATH_MAX], b[PATH_MAX];
	int pair[2], status;
	pid_t child;

	cr_expect_str_eq(our_getcwd(a, sizeof(a)), getcwd(b, sizeof(b)));
	cr_expect(our_faccessat(AT_FDCWD, "/", R_OK, AT_EACCESS) < 0 && errno == EINVAL);
	cr_expect(our_fchmodat(AT_FDCWD, "/nothing", 0600, AT_SYMLINK_NOFOLLOW) < 0 &&
		  errno == EINVAL);
	cr_expect_eq(our_signal(SIGUSR1, SIG_IGN), SIG_DFL);
	cr_expect_eq(signal(SIGUSR1, SIG_DFL), SIG_IGN);
	cr_expect(our_tcgetpgrp(-1) < 0 && errno == EBADF);
	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	cr_expect_eq(our_send(pair[0], "sent", 4, MSG_NOSIGNAL), 4);
	cr_expect(read(pair[1], a, sizeof(a)) == 4 && !memcmp(a, "sent", 4));
	close(pair[1]);
	cr_expect(our_send(pair[0], "lost", 4, MSG_NOSIGNAL) < 0 && errno == EPIPE);
	close(pair[0]);
	cr_assert((child = fork()) >= 0);
	if (!child)
		_exit(7);
	cr_expect(our_waitpid(child, &status, 0) == child && WIFEXITED(status) &&
		  WEXITSTATUS(status) == 7);
	cr_expect(our_waitpid(child, &status, 0) < 0 && errno == ECHILD);
}

#ifdef CALL
/* What libc has beyond the number; the calls of static_calls.c come back through it. */
long __syscall_ret(unsigned long result);
long __syscall_ret(unsigned long result)
{
	if (result <= -4096UL)
		return (long)result;
	errno = (int)-result;
	return -1;
}

#define OURS(name) extern __typeof__(name) our_##name
OURS(syscall);
OURS(open);
OURS(openat);
OURS(fcntl);
OURS(fstat);
OURS(fstatat);
OURS(mmap);
OURS(pread);
OURS(prctl);
OURS(getpid);
OURS(readlinkat);
OURS(wait4);
OURS(clone);

static int ended_with(void *code)
{
	return *(int *)code;
}

Test(static_libc, child_with_a_stack)
{
	static _Alignas(16) char stack[64 * 1024];
	int code = 7, status = 0;
	pid_t child = our_clone(ended_with, stack + sizeof(stack), SIGCHLD, &code);

	cr_assert(child > 0 && waitpid(child, &status, 0) == child);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* No argument to six, with "..." and without, what the kernel returns and what it refuses. */
Test(static_libc, calls_by_name)
{
	struct stat ours, theirs;
	char a[64];
	int fd = our_open("/proc/self/exe", O_RDONLY | O_CLOEXEC), again;
	const char *page;

	cr_assert(fd >= 0);
	cr_expect_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	cr_expect_eq(our_fstat(fd, &ours), 0);
	cr_expect_eq(fstat(fd, &theirs), 0);
	cr_expect(ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino && ours.st_mode == theirs.st_mode &&
		  ours.st_rdev == theirs.st_rdev && ours.st_uid == theirs.st_uid && ours.st_size == theirs.st_size);
	cr_expect_eq(our_fstatat(AT_FDCWD, "/usr", &ours, 0), 0);
	cr_expect_eq(fstatat(AT_FDCWD, "/usr", &theirs, 0), 0);
	cr_expect(ours.st_ino == theirs.st_ino && ours.st_mtim.tv_nsec == theirs.st_mtim.tv_nsec);
	again = our_fcntl(fd, F_DUPFD_CLOEXEC, 100);
	cr_expect(again >= 100 && fcntl(again, F_GETFD) == FD_CLOEXEC);
	cr_expect_eq(our_getpid(), getpid());
	cr_expect_eq(our_prctl(PR_GET_PDEATHSIG, &again, 0, 0, 0), 0);
	cr_expect_eq(our_pread(fd, a, 4, 0), 4);
	for (long number = 0; number < 2; number++) {
		page = number ? (const char *)our_syscall(SYS_mmap, NULL, 4096, PROT_READ,
							  MAP_PRIVATE, fd, 4096L)
			      : our_mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
		cr_assert_neq(page, MAP_FAILED);
		cr_assert_eq(pread(fd, a, sizeof(a), 4096), sizeof(a));
		cr_expect_arr_eq(page, a, sizeof(a));
	}
	cr_expect(our_openat(AT_FDCWD, "/nothing/here", O_RDONLY) == -1 && errno == ENOENT);
	cr_expect(our_readlinkat(AT_FDCWD, "/", a, sizeof(a)) == -1 && errno == EINVAL);
	cr_expect(our_wait4(-1, NULL, 0, NULL) == -1 && errno == ECHILD);
	cr_expect(our_mmap(NULL, 0, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED &&
		  errno == EINVAL);
	cr_expect(our_syscall(SYS_openat, AT_FDCWD, "/nothing/here", O_RDONLY) == -1 &&
		  errno == ENOENT);
}
#endif
