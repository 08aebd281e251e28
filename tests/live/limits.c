/*
 * limits.c - goes up to a limit of one process and says how it was told: the errno, the signal of a child, or ok.
 *
 *     limits open N | write FILE BYTES | stack BYTES | map BYTES | lock BYTES | fork N
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int say(int failed)
{
	puts(failed ? strerrorname_np(errno) : "ok");
	return 0;
}

static int open_many(long n)
{
	int fd = 0;

	while (n-- > 0 && fd >= 0)
		fd = open("/dev/null", O_RDONLY);
	return say(fd < 0);
}

static int write_much(const char *file, size_t n)
{
	char *bytes = calloc(1, n);
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	size_t done = 0;
	ssize_t got = 1;

	signal(SIGXFSZ, SIG_IGN);
	for (; bytes && fd >= 0 && done < n && got > 0; done += got > 0 ? (size_t)got : 0)
		got = write(fd, bytes, n - done);
	return say(done < n);
}

static void touch(long left)
{
	volatile char page[4096];

	page[0] = 1;
	if (left > 0)
		touch(left - (long)sizeof(page));
	page[1] = page[0];
}

static int stack_of(long n)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		touch(n);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	puts(WIFSIGNALED(status) ? sigabbrev_np(WTERMSIG(status)) : "ok");
	return 0;
}

static int map_much(size_t n, int lock)
{
	void *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return say(at == MAP_FAILED || (lock && mlock(at, n)));
}

static int fork_many(long n)
{
	pid_t children[64];
	long made = 0;
	int error;

	while (made < n && made < 64 && (children[made] = fork()) > 0)
		made++;
	if (made < n && made < 64 && children[made] == 0)
		_exit(pause());
	error = errno;
	for (long i = 0; i < made; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
	errno = error;
	return say(made < n);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	long n = argc > 2 ? atol(argv[argc - 1]) : 0;

	if (!strcmp(what, "open"))
		return open_many(n);
	if (!strcmp(what, "write") && argc > 3)
		return write_much(argv[2], (size_t)n);
	if (!strcmp(what, "stack"))
		return stack_of(n);
	if (!strcmp(what, "map") || !strcmp(what, "lock"))
		return map_much((size_t)n, what[0] == 'l');
	return !strcmp(what, "fork") ? fork_many(n) : 2;
}
