/*
 * steps.c - starts a program, one instruction after the other, and says how many it takes of its own, outside of the
 * kernel, until it becomes another one: "STEPS". 1: it ended before. 2: it cannot be traced here.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int begin(char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	execv(argv[0], argv);
	return 127;
}

int main(int argc, char **argv)
{
	const int becomes = SIGTRAP | PTRACE_EVENT_EXEC << 8;
	pid_t pid = argc < 2 ? -1 : fork();
	long steps = 0;
	int status;

	if (pid == 0)
		return begin(argv + 1);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		return 2;
	while (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (status >> 8 == becomes)
			return printf("%ld\n", steps) < 0;
		steps++;
	}
	return 1;
}
