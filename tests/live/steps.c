/*
 * steps.c - starts a program, one instruction after the other, and says how many it takes of its own, outside of the
 * kernel, until it becomes another one, and on how many pages they lie: "STEPS PAGES".
 *
 *     steps [-a] PROGRAM [ARGUMENT...]     -a: then the addresses, in the order in which they are first reached, one a line
 *
 * 1: it ended before. 2: it cannot be traced here. For programs that are linked to a low address, on x86-64.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE_BITS = 12, END = 1 << 24 };

static struct {
	long steps, pages;
	unsigned n, order[END / 4];
	bool reached[END], page[END >> PAGE_BITS];
} seen;

static int begin(char **argv)
{
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	execv(argv[0], argv);
	return 127;
}

/* The instruction that comes next; those of the vDSO are counted and not kept. */
static bool look(pid_t pid)
{
#ifdef __x86_64__
	struct user_regs_struct regs;
	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		return false;
	seen.steps++;
	if (regs.rip < END && !seen.reached[regs.rip] && seen.n < END / 4) {
		seen.reached[regs.rip] = true;
		seen.order[seen.n++] = (unsigned)regs.rip;
		seen.pages += !seen.page[regs.rip >> PAGE_BITS];
		seen.page[regs.rip >> PAGE_BITS] = true;
	}
	return true;
#else
	(void)pid;
	return false;
#endif
}

static int print(bool addresses)
{
	printf("%ld %ld\n", seen.steps, seen.pages);
	for (unsigned i = 0; addresses && i < seen.n; i++)
		printf("%x\n", seen.order[i]);
	return fflush(stdout) != 0;
}

int main(int argc, char **argv)
{
	const int becomes = SIGTRAP | PTRACE_EVENT_EXEC << 8;
	const bool addresses = argc > 1 && !strcmp(argv[1], "-a");
	pid_t pid = argc < 2 + addresses ? -1 : fork();
	int status;

	if (pid == 0)
		return begin(argv + 1 + addresses);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
		return 2;
	do {
		if (status >> 8 == becomes)
			return print(addresses);
		if (!look(pid))
			return 2;
	} while (ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) == 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	return 1;
}
