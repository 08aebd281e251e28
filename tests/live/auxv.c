/*
 * auxv.c - starts a program without one of the values that the kernel gives it beside its arguments, as older kernels and
 * emulators do: "auxv TYPE PROGRAM [ARGUMENT...]". Ends as it does; 99: cannot be done here, or there was no such value.
 */
#include <elf.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT = 99 };

static int begin(char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	execv(argv[0], argv);
	return 127;
}

static long word(pid_t pid, unsigned long at)
{
	return ptrace(PTRACE_PEEKDATA, pid, (void *)at, NULL);
}

/* The kernel's stack of a new program: the count, the arguments, the environment, the values. */
static int hide(pid_t pid, long type)
{
#ifdef __x86_64__
	struct user_regs_struct regs;
	int hidden = 0;
	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return 0;
	unsigned long at = regs.rsp + sizeof(long) * (unsigned long)(word(pid, regs.rsp) + 2);
	while (word(pid, at))
		at += sizeof(long);
	for (at += sizeof(long); word(pid, at) != AT_NULL; at += 2 * sizeof(long))
		if (word(pid, at) == type)
			hidden += ptrace(PTRACE_POKEDATA, pid, (void *)at, (void *)AT_IGNORE) == 0;
	return hidden;
#else
	(void)pid;
	(void)type;
	return 0;
#endif
}

int main(int argc, char **argv)
{
	pid_t pid = argc < 3 ? -1 : fork();
	int status;

	if (pid == 0)
		return begin(argv + 2);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return CANNOT;
	if (!hide(pid, atol(argv[1])) || ptrace(PTRACE_DETACH, pid, NULL, NULL) < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		return CANNOT;
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
