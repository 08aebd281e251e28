/*
 * exec.c - code from elsewhere: programs outside, programs in memory, files mapped as code.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
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

static int e_personality(const struct world *w)
{
	(void)w;
	return result(personality(READ_IMPLIES_EXEC));
}

static int e_mprotect(const struct world *w)
{
	(void)w;
	void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return code == MAP_FAILED ? errno : result(mprotect(code, 4096, PROT_READ | PROT_EXEC));
}

/* Written through /proc, code changes although no mapping of it can be written. */
static int e_self_mem(const struct world *w)
{
	const char nothing[16] = {0};
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return errno;
	void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	(void)w;
	return code == MAP_FAILED ? errno : result(pwrite(fd, nothing, sizeof(nothing), (off_t)(uintptr_t)code));
}

/* The program itself, which the next start runs: the kernel refuses while it runs, and the sandbox refuses anyhow. */
static int e_self_exe(const struct world *w)
{
	(void)w;
	return close_fd(open("/proc/self/exe", O_WRONLY | O_CLOEXEC));
}

/* A second name of it in a place that may be written, which one could open for writing later. */
static int e_self_link(const struct world *w)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	if (n < 0)
		return errno;
	if ((size_t)n > strlen(w->dir) && strncmp(self, w->dir, strlen(w->dir)) == 0)
		return EXDEV; /* it is in a place of the policy's already */
	return result(linkat(AT_FDCWD, "/proc/self/exe", AT_FDCWD, at(w, "in/self"), AT_SYMLINK_FOLLOW));
}

const struct attack attacks_exec[] = {
    {"exec-out", e_execve},	   {"execveat-out", e_out},	   {"exec-memfd", e_memfd}, {"exec-memfd-path", e_memfd_path},
    {"map-code-file", e_map_file}, {"map-code-writable", e_map_writable}, {"personality-exec", e_personality},
    {"mprotect-exec", e_mprotect}, {"self-mem", e_self_mem}, {"self-exe", e_self_exe}, {"self-exe-link", e_self_link}, {NULL, NULL},
};
