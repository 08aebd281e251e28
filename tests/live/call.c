/*
 * call.c - makes raw system calls and prints what came of each: `call NR,A0,A1,... ...`. Every call is made by a child
 * of its own: "ok", "errno N", "signal N".
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int outcome(char *text)
{
	long v[7] = {0};
	struct rlimit none = {0, 0};
	for (int i = 0; i < 7 && *text; i++) {
		v[i] = (long)strtoull(text, &text, 0);
		text += *text == ',';
	}
	pid_t pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		errno = 0;
		_exit(syscall(v[0], v[1], v[2], v[3], v[4], v[5], v[6]) == -1 ? errno : 0);
	}
	int status = 0;
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return printf("no child\n");
	if (WIFSIGNALED(status))
		return printf("signal %d\n", WTERMSIG(status));
	return WEXITSTATUS(status) ? printf("errno %d\n", WEXITSTATUS(status)) : printf("ok\n");
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		outcome(argv[i]);
	return fflush(stdout) != 0;
}
