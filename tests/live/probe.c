/*
 * probe.c - what a confined program can still do, one line per question.
 *
 *     probe COMMAND [ARG]... [, COMMAND [ARG]...]...
 *
 * Prints `ok` or the name of the errno for each command; exits 1 when the last one failed, 2 on a
 * usage error. Linked statically, so that nothing but the question itself needs a permission. Uses
 * no file that is not named.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "errno_name.h"

#ifndef TIOCSTI
#define TIOCSTI 0x5412
#endif

extern char **environ;

/* Every command returns 0, or -1 with errno set. */
static int close_after(int fd)
{
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static int do_read(char **a)
{
	char byte;
	int fd = open(a[0], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -1;
	ssize_t got = read(fd, &byte, 1);
	int saved = errno;
	close(fd);
	errno = saved;
	return got < 0 ? -1 : 0;
}

static int do_cat(char **a)
{
	char buf[4096];
	int fd = open(a[0], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	for (ssize_t n; (n = read(fd, buf, sizeof(buf))) > 0;)
		fwrite(buf, 1, (size_t)n, stdout);
	return close_after(fd);
}

static int do_write(char **a)
{
	int fd = open(a[0], O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return -1;
	ssize_t put = write(fd, "probe\n", 6);
	int saved = errno;
	close(fd);
	errno = saved;
	return put < 0 ? -1 : 0;
}

static int do_modify(char **a)
{
	return close_after(open(a[0], O_WRONLY | O_CLOEXEC));
}

static int do_create(char **a)
{
	return close_after(open(a[0], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
}

static int do_truncate(char **a)
{
	return truncate(a[0], 0);
}

static int do_mkdir(char **a)
{
	return mkdir(a[0], 0777);
}

static int do_delete(char **a)
{
	return remove(a[0]);
}

static int do_rename(char **a)
{
	return rename(a[0], a[1]);
}

static int do_chmod(char **a)
{
	return chmod(a[0], 0600);
}

static int do_list(char **a)
{
	DIR *d = opendir(a[0]);
	if (!d)
		return -1;
	errno = 0;
	const struct dirent *e = readdir(d);
	int failed = !e && errno;
	closedir(d);
	return failed ? -1 : 0;
}

static int do_stat(char **a)
{
	struct stat st;
	return stat(a[0], &st);
}

/* Starts PATH with no arguments; ok when execve itself worked. */
static int do_exec(char **a)
{
	int pipefd[2], err = 0, status;
	if (pipe2(pipefd, O_CLOEXEC))
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		char *argv[] = {a[0], NULL};
		char *envp[] = {NULL};
		execve(a[0], argv, envp);
		err = errno;
		if (write(pipefd[1], &err, sizeof(err)) < 0)
			_exit(3);
		_exit(127);
	}
	int saved = errno;
	close(pipefd[1]);
	if (pid > 0) {
		if (read(pipefd[0], &err, sizeof(err)) != sizeof(err))
			err = 0;
		waitpid(pid, &status, 0);
		saved = err;
	}
	close(pipefd[0]);
	errno = saved;
	return pid < 0 || err ? -1 : 0;
}

static int do_fork(char **a)
{
	(void)a;
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid < 0 || waitpid(pid, NULL, 0) < 0 ? -1 : 0;
}

/* execve in this very process: on success nothing more is printed by the probe. */
static int do_become(char **a)
{
	char *argv[] = {a[0], NULL};
	fflush(stdout);
	return execve(a[0], argv, environ);
}

static int do_execveat(char **a)
{
	char *argv[] = {a[0], NULL};
	int fd = open(a[0], O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -1;
	fflush(stdout);
	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int inet_try(const char *port, int (*use)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(port)),
				  .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	int rc = use(fd, (struct sockaddr *)&sin, sizeof(sin));
	int saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

static int do_connect(char **a)
{
	return inet_try(a[0], connect);
}

static int bind_and_listen(int fd, const struct sockaddr *sa, socklen_t len)
{
	return bind(fd, sa, len) ? -1 : listen(fd, 1);
}

static int do_listen(char **a)
{
	return inet_try(a[0], bind_and_listen);
}

static int unix_address(const char *text, struct sockaddr_un *sun, socklen_t *len)
{
	size_t n = strlen(text);
	*sun = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (n >= sizeof(sun->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sun->sun_path, text, n);
	if (text[0] == '@')
		sun->sun_path[0] = 0;
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n + (text[0] != '@'));
	return 0;
}

/* A path, or @name for an abstract socket. */
static int do_connect_unix(char **a)
{
	struct sockaddr_un sun;
	socklen_t len;
	if (unix_address(a[0], &sun, &len))
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int rc = connect(fd, (struct sockaddr *)&sun, len);
	int saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

static int do_udp(char **a)
{
	struct sockaddr_in sin = {.sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(a[0])),
				  .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	ssize_t rc = sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin));
	int saved = errno;
	close(fd);
	errno = saved;
	return rc < 0 ? -1 : 0;
}

/* DOMAIN TYPE as numbers. */
static int do_socket(char **a)
{
	return close_after(socket(atoi(a[0]), atoi(a[1]), 0));
}

/* Pushes a byte into the terminal on stdin. */
static int do_ioctl_tiocsti(char **a)
{
	(void)a;
	return ioctl(0, TIOCSTI, "#");
}

/* Descriptor and request number. */
static int do_ioctl(char **a)
{
	uint64_t space[64] = {0};
	return (int)syscall(SYS_ioctl, atoi(a[0]), strtoul(a[1], NULL, 0), space);
}

/* Does a request reach the driver of the device, whatever it thinks of it? */
static int do_ioctl_on(char **a)
{
	int fd = open(a[0], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int rc = ioctl(fd, FIONREAD, &(int){0}) == 0 || errno == ENOTTY || errno == EINVAL ? 0 : -1;
	int saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

/* ---- one for each limit ---- */

/* N descriptors at once. */
static int do_files(char **a)
{
	int n = 0, want = atoi(a[0]), last = -1, fd[1024];
	while (n < want && n < 1024 && (last = dup(1)) >= 0)
		fd[n++] = last;
	int saved = errno;
	while (n)
		close(fd[--n]);
	errno = saved;
	return last < 0 ? -1 : 0;
}

/* PATH BYTES */
static int do_grow(char **a)
{
	int fd = open(a[0], O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	signal(SIGXFSZ, SIG_IGN);
	int rc = ftruncate(fd, atol(a[1]));
	int saved = errno;
	close(fd);
	errno = saved;
	return rc;
}

static int do_map(char **a)
{
	void *p = mmap(NULL, strtoul(a[0], NULL, 0), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? -1 : munmap(p, strtoul(a[0], NULL, 0));
}

static int do_lock(char **a)
{
	size_t n = strtoul(a[0], NULL, 0);
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	int rc = mlock(p, n);
	int saved = errno;
	munmap(p, n);
	errno = saved;
	return rc;
}

/* N children at once. */
static int do_forks(char **a)
{
	int n = 0, want = atoi(a[0]), last = -1, pid[1024];
	while (n < want && n < 1024 && (last = fork()) > 0)
		pid[n++] = last;
	int saved = errno;
	if (last == 0)
		for (;;)
			pause();
	while (n) {
		kill(pid[--n], SIGKILL);
		waitpid(pid[n], NULL, 0);
	}
	errno = saved;
	return last < 0 ? -1 : 0;
}

/* In a child, whose end by a signal is EINTR. */
static int in_child(void (*work)(unsigned long), unsigned long n)
{
	int status = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		work(n);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	errno = EINTR;
	return WIFSIGNALED(status) ? -1 : 0;
}

static void in_time(int sig)
{
	(void)sig;
	_exit(0);
}

/* By the clock of the limit itself, which counts ticks. */
static void burn(unsigned long seconds)
{
	signal(SIGPROF, in_time);
	if (setitimer(ITIMER_PROF, &(struct itimerval){.it_value = {.tv_sec = (time_t)seconds}}, NULL))
		_exit(0);
	for (;;)
		;
}

/* SECONDS of the processor */
static int do_burn(char **a)
{
	return in_child(burn, strtoul(a[0], NULL, 0));
}

static void deep(unsigned long bytes)
{
	volatile char *p = __builtin_alloca(4096);
	p[0] = 1;
	if (bytes > 4096)
		deep(bytes - 4096);
	p[1] = 1;
}

/* BYTES of the stack */
static int do_stack(char **a)
{
	return in_child(deep, strtoul(a[0], NULL, 0));
}

/* Signal 0: may it be signalled at all? */
static int do_signal(char **a)
{
	return kill(atoi(a[0]), 0);
}

/* NUMBER, or NUMBER:ARG:...; what is not said is -1. */
static int do_syscall(char **a)
{
	long v[7] = {0, -1, -1, -1, -1, -1, -1};
	char *at = a[0];
	for (int i = 0; i < 7; i++) {
		v[i] = strtol(at, &at, 0);
		if (*at++ != ':')
			break;
	}
	return syscall(v[0], v[1], v[2], v[3], v[4], v[5], v[6]) == -1 ? -1 : 0;
}

/* An anonymous mapping that is writable and executable at once. */
static int do_wx(char **a)
{
	(void)a;
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);
	return p == MAP_FAILED ? -1 : munmap(p, 4096);
}

static int do_env(char **a)
{
	(void)a;
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	return 0;
}

/* Lists the open descriptors without /proc. */
static int do_fds(char **a)
{
	(void)a;
	printf("fds");
	for (int fd = 0; fd < 65536; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	printf("\n");
	return 0;
}

static int do_caps(char **a)
{
	struct {
		uint32_t version;
		int pid;
	} head = {0x20080522, 0};
	struct {
		uint32_t effective, permitted, inheritable;
	} data[2];
	int bounding = 0, ambient = 0;
	(void)a;
	if (syscall(SYS_capget, &head, data))
		return -1;
	for (int c = 0; c < 64; c++) {
		bounding += prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1;
		ambient += prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, c, 0, 0) == 1;
	}
	printf("caps eff %x%08x prm %x%08x inh %x%08x bounding %d ambient %d securebits %d\n",
	       data[1].effective, data[0].effective, data[1].permitted, data[0].permitted,
	       data[1].inheritable, data[0].inheritable, bounding, ambient,
	       prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
	return 0;
}

/* The ABI of Landlock, 0 where there is none. */
static int do_landlock(char **a)
{
	long abi = syscall(444 /* landlock_create_ruleset */, NULL, 0, 1);
	(void)a;
	printf("%ld\n", abi < 0 ? 0 : abi);
	return 0;
}

/* As the kernel has it: libc keeps some signals to itself. */
enum { LAST_SIGNAL = 64 };
struct kernel_sigaction {
	void *handler;
	unsigned long more[4];
};

/* Ignores and blocks every signal. */
static int do_deaf(char **a)
{
	const struct kernel_sigaction ignore = {.handler = (void *)SIG_IGN};
	const uint64_t all = ~0ull;
	(void)a;
	for (int s = 1; s <= LAST_SIGNAL; s++)
		if (s != SIGKILL && s != SIGSTOP && syscall(SYS_rt_sigaction, s, &ignore, NULL, sizeof(all)))
			return -1;
	return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
}

/* Process state that a loader is expected to have set. */
static int do_state(char **a)
{
	uint64_t mask = 0;
	int blocked, ignored = 0;
	(void)a;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &mask, sizeof(mask));
	blocked = __builtin_popcountll(mask);
	for (int s = 1; s <= LAST_SIGNAL; s++) {
		struct kernel_sigaction sa = {0};
		ignored += syscall(SYS_rt_sigaction, s, NULL, &sa, sizeof(mask)) == 0 && sa.handler == (void *)SIG_IGN;
	}
	mode_t old = umask(0);
	printf("state nnp %d seccomp %d blocked %d ignored %d umask %03o leader %d dumpable %d\n",
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_SECCOMP, 0, 0, 0, 0), blocked,
	       ignored, (unsigned)old, getsid(0) == getpid(), prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	return 0;
}

static int do_rlimits(char **a)
{
	static const struct {
		const char *name;
		int which;
	} all[] = {{"nofile", RLIMIT_NOFILE},   {"core", RLIMIT_CORE},   {"fsize", RLIMIT_FSIZE},
		   {"cpu", RLIMIT_CPU},         {"stack", RLIMIT_STACK}, {"as", RLIMIT_AS},
		   {"memlock", RLIMIT_MEMLOCK}, {"nproc", RLIMIT_NPROC}};
	(void)a;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct rlimit r;
		if (syscall(SYS_prlimit64, 0, all[i].which, NULL, &r))
			return -1;
		printf("rlimit %s %lld %lld\n", all[i].name, (long long)r.rlim_cur,
		       (long long)r.rlim_max);
	}
	return 0;
}

static int do_print(char **a)
{
	printf("%s\n", a[0]);
	return 0;
}

static int do_sleep(char **a)
{
	fflush(stdout);
	sleep((unsigned)atoi(a[0]));
	return 0;
}

/* Renames A to B and back until STOP is there: for those who look meanwhile. */
static int do_swap(char **a)
{
	while (access(a[2], F_OK))
		for (int i = 0; i < 100; i++)
			if (rename(a[0], a[1]) || rename(a[1], a[0]))
				return -1;
	return 0;
}

static int do_exit(char **a)
{
	fflush(stdout);
	_exit(atoi(a[0]));
}

static int do_die(char **a)
{
	fflush(stdout);
	return kill(getpid(), atoi(a[0]));
}

static const struct command {
	const char *name;
	int n_args;
	int (*run)(char **args);
} commands[] = {
    {"read", 1, do_read},
    {"cat", 1, do_cat},
    {"write", 1, do_write},
    {"modify", 1, do_modify},
    {"create", 1, do_create},
    {"truncate", 1, do_truncate},
    {"mkdir", 1, do_mkdir},
    {"delete", 1, do_delete},
    {"rename", 2, do_rename},
    {"chmod", 1, do_chmod},
    {"list", 1, do_list},
    {"stat", 1, do_stat},
    {"exec", 1, do_exec},
    {"fork", 0, do_fork},
    {"become", 1, do_become},
    {"execveat", 1, do_execveat},
    {"connect", 1, do_connect},
    {"listen", 1, do_listen},
    {"connect-unix", 1, do_connect_unix},
    {"udp", 1, do_udp},
    {"socket", 2, do_socket},
    {"ioctl-tiocsti", 0, do_ioctl_tiocsti},
    {"ioctl", 2, do_ioctl},
    {"ioctl-on", 1, do_ioctl_on},
    {"files", 1, do_files},
    {"grow", 2, do_grow},
    {"map", 1, do_map},
    {"lock", 1, do_lock},
    {"forks", 1, do_forks},
    {"burn", 1, do_burn},
    {"stack", 1, do_stack},
    {"signal", 1, do_signal},
    {"syscall", 1, do_syscall},
    {"wx", 0, do_wx},
    {"env", 0, do_env},
    {"fds", 0, do_fds},
    {"caps", 0, do_caps},
    {"state", 0, do_state},
    {"deaf", 0, do_deaf},
    {"landlock", 0, do_landlock},
    {"rlimits", 0, do_rlimits},
    {"print", 1, do_print},
    {"sleep", 1, do_sleep},
    {"swap", 3, do_swap},
    {"exit", 1, do_exit},
    {"die", 1, do_die},
};

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int usage(void)
{
	fprintf(stderr, "usage: probe COMMAND [ARG]... [, COMMAND [ARG]...]...\ncommands:");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(stderr, " %s/%d", commands[i].name, commands[i].n_args);
	fprintf(stderr, "\n");
	return 2;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 1; i < argc;) {
		const struct command *c = command_find(argv[i]);
		if (!c || i + c->n_args >= argc)
			return usage();
		failed = c->run(argv + i + 1) < 0;
		printf("%s\n", failed ? errno_name(errno) : "ok");
		i += 1 + c->n_args;
		if (i < argc && strcmp(argv[i++], ","))
			return usage();
	}
	return argc < 2 ? usage() : failed;
}
