/*
 * exec.c - code from elsewhere: programs outside, programs in memory, files mapped as code.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* 0 when an exec in a child succeeded, and so closed the pipe; the child's errno otherwise. */
static int starts(int fd, const char *path, int flags)
{
	int pipefd[2], error = 0;
	char *argv[] = {"escape", "list", NULL};
	if (pipe2(pipefd, O_CLOEXEC) != 0)
		return errno;
	pid_t pid = fork();
	if (pid < 0)
		return errno;
	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY), 1);
		close(1);
		syscall(SYS_execveat, fd, path, argv, environ, flags);
		error = errno;
		_exit(write(pipefd[1], &error, sizeof(error)) < 0);
	}
	close(pipefd[1]);
	if (read(pipefd[0], &error, sizeof(error)) != sizeof(error))
		error = 0;
	waitpid(pid, NULL, 0);
	return error;
}

static int e_out(const struct world *w)
{
	int error = starts(AT_FDCWD, at(w, "out/prog"), 0);
	return error == ENOENT ? 0 : error; /* its interpreter is missing: it was begun */
}

static int e_execve(const struct world *w)
{
	int pipefd[2], error = 0;
	char *argv[] = {"x", NULL};
	pid_t pid = pipe2(pipefd, O_CLOEXEC) == 0 ? fork() : -1;
	if (pid == 0) {
		execve(at(w, "out/prog"), argv, environ);
		error = errno;
		_exit(write(pipefd[1], &error, sizeof(error)) < 0);
	}
	if (pid < 0 || read(pipefd[0], &error, sizeof(error)) != sizeof(error))
		return EIO;
	waitpid(pid, NULL, 0);
	return error == ENOENT ? 0 : error;
}

static int memory_file(void)
{
	int in = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), fd = memfd_create("x", MFD_CLOEXEC);
	if (fd < 0)
		return -1;
	if (in >= 0)
		while (sendfile(fd, in, NULL, 1 << 20) > 0)
			;
	else if (write(fd, "\x7f" "ELF", 4) < 0)
		return -1;
	return fd;
}

/* ENOEXEC: what was in it is no program, but it was tried. */
static int e_memfd(const struct world *w)
{
	(void)w;
	int fd = memory_file(), error = fd < 0 ? errno : starts(fd, "", AT_EMPTY_PATH);
	return error == ENOEXEC ? 0 : error;
}

static int e_memfd_path(const struct world *w)
{
	char path[64];
	(void)w;
	int fd = memory_file();
	if (fd < 0)
		return errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int error = starts(AT_FDCWD, path, 0);
	return error == ENOEXEC ? 0 : error;
}

static int e_map_file(const struct world *w)
{
	int fd = open(at(w, "ro/code"), O_RDONLY | O_CLOEXEC);
	void *code = fd < 0 ? MAP_FAILED : mmap(NULL, 8, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (code == MAP_FAILED)
		return errno;
#if defined(__x86_64__) || defined(__aarch64__)
	int (*run)(void);
	memcpy(&run, &code, sizeof(run));
	return run() == 42 ? 0 : ENOEXEC;
#else
	return 0;
#endif
}

static int e_map_writable(const struct world *w)
{
	(void)w;
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return code == MAP_FAILED ? errno : 0;
}

const struct attack attacks_exec[] = {
    {"exec-out", e_execve},	   {"execveat-out", e_out},	   {"exec-memfd", e_memfd}, {"exec-memfd-path", e_memfd_path},
    {"map-code-file", e_map_file}, {"map-code-writable", e_map_writable}, {NULL, NULL},
};
