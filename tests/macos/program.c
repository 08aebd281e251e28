/*
 * program.c WHAT - tries one thing for tests/macos/run.sh that no tool of macOS tries plainly; ends with 0 when it worked.
 */
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 64 * 1024 };

static int wait_for(pid_t child)
{
	int status;

	return child > 0 && waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}

static int try_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return wait_for(child);
}

static int try_spawn(void)
{
	char path[] = "/usr/bin/true", *argv[] = {path, NULL}, *envp[] = {NULL};
	pid_t child;

	return posix_spawn(&child, path, NULL, NULL, argv, envp) == 0 ? wait_for(child) : 1;
}

static int try_map(int flags)
{
	void *at = mmap(NULL, PAGES, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	return at == MAP_FAILED;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "fork") == 0)
		return try_fork();
	if (strcmp(what, "spawn") == 0)
		return try_spawn();
	if (strcmp(what, "jit") == 0)
		return try_map(MAP_JIT);
	if (strcmp(what, "wx") == 0)
		return try_map(0);
	return 2;
}
