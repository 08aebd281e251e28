/*
 * sbx_probe.c - the program that `sbxc test --live` starts under a plan: tries one thing, prints 0 or the errno.
 *
 *     sbx-probe read|list|modify|create|delete|exec PATH
 *     sbx-probe connect|listen|send|bind PORT       TCP, TCP, UDP, UDP; 127.0.0.1 only
 *     sbx-probe env NAME
 *     sbx-probe syscall NUMBER ARG...               up to six
 *
 * Linked statically, so that nothing but the thing itself needs a permission.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* 0, or the errno of what failed. */
static int close_after(int fd)
{
	int error = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return error;
}

static int try_read(const char *path)
{
	char byte;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int error = fd < 0 || read(fd, &byte, 1) < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return error == EISDIR ? 0 : error; /* opening it was the question */
}

static int try_list(const char *path)
{
	return close_after(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int try_modify(const char *path)
{
	return close_after(open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

static int try_create(const char *path)
{
	return close_after(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
}

static int try_delete(const char *path)
{
	return unlink(path) ? errno : 0;
}

/* 0 once the program has begun. */
static int run_once(char *const *argv)
{
	int pipefd[2], error = 0;
	char *envp[] = {NULL};
	if (pipe2(pipefd, O_CLOEXEC))
		return errno;
	pid_t pid = fork();
	if (pid == 0) {
		execve(argv[0], argv, envp);
		error = errno;
		_exit(write(pipefd[1], &error, sizeof(error)) < 0);
	}
	int unmade = pid < 0 ? errno : 0;
	close(pipefd[1]);
	if (read(pipefd[0], &error, sizeof(error)) != sizeof(error))
		error = unmade;
	close(pipefd[0]);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return error;
}

/* The program runs with its input at its end and no arguments; what counts is whether it began. */
static int try_exec(const char *path)
{
	char *argv[] = {strdup(path), NULL};
	int error = argv[0] ? run_once(argv) : errno;
	free(argv[0]);
	return error;
}

static int inet(const char *port, int type, int (*use)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons((unsigned short)atoi(port)),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	int error = use(fd, (struct sockaddr *)&at, sizeof(at)) ? errno : 0;
	close(fd);
	return error;
}

static int bind_and_listen(int fd, const struct sockaddr *at, socklen_t n)
{
	return bind(fd, at, n) ? -1 : listen(fd, 1);
}

static int send_one(int fd, const struct sockaddr *at, socklen_t n)
{
	return sendto(fd, "x", 1, 0, at, n) < 0 ? -1 : 0;
}

static int try_connect(const char *port) { return inet(port, SOCK_STREAM, connect); }
static int try_listen(const char *port) { return inet(port, SOCK_STREAM, bind_and_listen); }
static int try_send(const char *port) { return inet(port, SOCK_DGRAM, send_one); }
static int try_bind(const char *port) { return inet(port, SOCK_DGRAM, bind); }
static int try_env(const char *name) { return getenv(name) ? 0 : ENOENT; }

static const struct {
	const char *name;
	int (*run)(const char *what);
} tries[] = {
    {"read", try_read},	  {"list", try_list},	{"modify", try_modify}, {"create", try_create}, {"delete", try_delete},
    {"exec", try_exec},	  {"connect", try_connect}, {"listen", try_listen}, {"send", try_send},	{"bind", try_bind},
    {"env", try_env},
};

static int try_syscall(int argc, char **argv)
{
	unsigned long v[7] = {0};
	for (int i = 0; i < argc && i < 7; i++)
		v[i] = strtoul(argv[i], NULL, 0);
	return syscall((long)v[0], v[1], v[2], v[3], v[4], v[5], v[6]) == -1 ? errno : 0;
}

int main(int argc, char **argv)
{
	int error = -1;
	if (argc > 2 && strcmp(argv[1], "syscall") == 0)
		error = try_syscall(argc - 2, argv + 2);
	for (size_t i = 0; argc == 3 && error < 0 && i < sizeof(tries) / sizeof(tries[0]); i++)
		if (strcmp(argv[1], tries[i].name) == 0)
			error = tries[i].run(argv[2]);
	if (error < 0) {
		fputs("usage: sbx-probe WHAT OBJECT (for sbxc test --live)\n", stderr);
		return 2;
	}
	printf("%d\n", error);
	return 0;
}
