/*
 * The derived filter in the kernel: each probe runs in a child with the filter and in one
 * without, so that every refusal stands beside the same call succeeding (or failing otherwise).
 */
#include "seccomp_help.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define HOST_ARCH ARCH_X86_64
#elif defined(__aarch64__)
#define HOST_ARCH ARCH_AARCH64
#endif

#ifdef HOST_ARCH

enum { DIED = 1000 }; /* plus the signal */

static void install(const struct code *c)
{
	struct sock_filter copy[4096];
	struct sock_fprog prog = {.len = (unsigned short)c->n, .filter = copy};
	memcpy(copy, c->v, c->n * sizeof(copy[0]));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog))
		_exit(255);
}

/* The errno of the probe in a child, 0 when it succeeds; with the filter, or without. */
static int run(const struct code *c, int (*probe)(void))
{
	pid_t child = fork();
	if (child == 0) {
		if (c)
			install(c);
		_exit(probe());
	}
	int status = 0;
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? DIED + WTERMSIG(status) : WEXITSTATUS(status);
}

static int result(long r)
{
	return r < 0 ? errno : 0;
}

static int probe_inet(void)
{
	return result(socket(AF_INET, SOCK_STREAM, 0));
}
static int probe_udp(void)
{
	return result(socket(AF_INET, SOCK_DGRAM, 0));
}
static int probe_unix(void)
{
	return result(socket(AF_UNIX, SOCK_STREAM, 0));
}
static int probe_pair(void)
{
	int v[2];
	return result(socketpair(AF_UNIX, SOCK_STREAM, 0, v));
}
static int probe_pair_dgram(void)
{
	int v[2];
	return result(socketpair(AF_UNIX, SOCK_DGRAM, 0, v));
}
static int probe_exec(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};
	execve("/bin/true", argv, argv + 1);
	return errno;
}
/* A truncation that Landlock before ABI 3 does not see: the file is open for reading only. */
static int probe_trunc(void)
{
	int fd = memfd_create("t", 0);
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? 200 : result(open(path, O_RDONLY | O_TRUNC));
}
static int probe_trunc_mode_3(void)
{
	int fd = memfd_create("t", 0);
	char path[64];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? 200 : result(open(path, O_ACCMODE | O_TRUNC));
}
static int probe_open(void)
{
	return result(open("/dev/null", O_WRONLY | O_TRUNC));
}
static int probe_fork(void)
{
	pid_t child = fork();
	if (child == 0)
		_exit(0);
	return result(waitpid(child, NULL, 0));
}
static int probe_userns(void)
{
	return result(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
}
static int probe_clone3(void)
{
	return result(syscall(SYS_clone3, NULL, 0));
}
static int probe_shm(void)
{
	return result(shmget(IPC_PRIVATE, 4096, 0600));
}
static int probe_chmod(void)
{
	return result(fchmod(memfd_create("t", 0), 0600));
}
static int probe_fionread(void)
{
	int v[2], n;
	return pipe(v) ? 200 : result(ioctl(v[0], FIONREAD, &n));
}
/* On no terminal: ENOTTY when the kernel is asked, EPERM when the filter answers. */
static int probe_tiocsti(void)
{
	return result(syscall(SYS_ioctl, open("/dev/null", O_RDWR), TIOCSTI, "x"));
}
static int probe_tiocsti_high(void)
{
	return result(syscall(SYS_ioctl, open("/dev/null", O_RDWR), 0x100000000 | TIOCSTI, "x"));
}
static int probe_no_number(void)
{
	return result(syscall(400));
}
static int probe_ptrace(void)
{
	return result(syscall(SYS_ptrace, 0 /* PTRACE_TRACEME */, 0, 0, 0));
}
static int probe_x32(void)
{
	return result(syscall(0x40000000 + 39));
}

struct probe {
	const char *name;
	int (*run)(void);
	enum op op;     /* the rule that opens it; OP_COUNT: none does */
	int open, shut; /* with that rule (or without any filter), and under the bare filter */
	const char *call; /* an `allow syscall` line that opens it, or NULL */
};

static const struct probe probes[] = {
    {"tcp socket", probe_inet, OP_CONNECT_TCP, 0, EPERM, NULL},
    {"udp socket", probe_udp, OP_CONNECT_UDP, 0, EPERM, NULL},
    {"unix socket", probe_unix, OP_CONNECT_UNIX, 0, EPERM, NULL},
    {"pair", probe_pair, OP_COUNT, 0, 0, NULL},
    {"datagram pair", probe_pair_dgram, OP_CONNECT_UNIX, 0, EPERM, NULL},
    {"exec", probe_exec, OP_EXEC, 0, EPERM, NULL},
    {"truncate", probe_trunc, OP_COUNT, 0, EPERM, NULL},
    {"truncate, mode 3", probe_trunc_mode_3, OP_COUNT, 0, EPERM, NULL},
    {"open", probe_open, OP_COUNT, 0, 0, NULL},
    {"fork", probe_fork, OP_COUNT, 0, 0, NULL},
    {"user namespace", probe_userns, OP_COUNT, 0, EPERM, NULL},
    {"clone3", probe_clone3, OP_COUNT, EINVAL, ENOSYS, NULL},
    {"shm", probe_shm, OP_COUNT, 0, EPERM, NULL},
    {"chmod", probe_chmod, OP_COUNT, 0, EPERM, "@file-meta"},
    {"FIONREAD", probe_fionread, OP_COUNT, 0, 0, NULL},
    {"TIOCSTI", probe_tiocsti, OP_COUNT, ENOTTY, EPERM, NULL},
    {"TIOCSTI, high bits", probe_tiocsti_high, OP_COUNT, ENOTTY, EPERM, NULL},
    {"no number", probe_no_number, OP_COUNT, ENOSYS, ENOSYS, NULL},
    {"ptrace", probe_ptrace, OP_COUNT, 0, EPERM, NULL},
};

static const struct code *derived(struct help *h, struct code *c)
{
	cr_assert(seccomp_compile(h->arena, sysmean_derive(h->arena, &h->ir), HOST_ARCH, c));
	return c;
}

Test(live, filters_do_what_they_say, .timeout = 60)
{
	if (prctl(PR_GET_SECCOMP) < 0)
		cr_skip_test("no seccomp here");
	for (unsigned i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		const struct probe *p = &probes[i];
		struct help h;
		struct code c;
		help_start(&h);
		int without = run(NULL, p->run);
		cr_expect_eq(run(derived(&h, &c), p->run), p->shut, "%s", p->name);
		/* A container may refuse more than the kernel does: then there is no control. */
		cr_expect(without == p->open || without == EPERM, "%s: %d", p->name, without);
		if (without != p->open)
			printf("no control for %s on this host\n", p->name);
	 if (p->op != OP_COUNT || p->call) {
			if (p->call)
				help_syscall(&h, p->call, false);
			else
				help_op(&h, p->op);
			cr_expect_eq(run(derived(&h, &c), p->run), p->open, "%s opened", p->name);
		}
		help_end(&h);
	}
}

Test(live, x32_numbers_end_the_process)
{
	if (HOST_ARCH != ARCH_X86_64)
		cr_skip_test("no x32 here");
	struct help h;
	struct code c;
	help_start(&h);
	int without = run(NULL, probe_x32);
	cr_expect(without == ENOSYS || without == 0, "%d", without);
	cr_expect_eq(run(derived(&h, &c), probe_x32), DIED + SIGSYS);
	help_end(&h);
}

#endif
