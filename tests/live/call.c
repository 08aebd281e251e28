/*
 * call.c - makes raw system calls and prints what came of each: `call NR,A0,A1,... ...`. Every call is made by a child
 * of its own: "ok", "errno N", "signal N". On x86_64 `i386:NR,...` makes the call of the 32-bit ABI, which any
 * process can make.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __x86_64__
/* All 64 bits of the registers are handed over; the kernel reads 32. */
static long call_i386(const long v[7])
{
	long r = v[0];
	register long b __asm__("rbx") = v[1];
	__asm__ volatile("int $0x80"
			 : "+a"(r)
			 : "r"(b), "c"(v[2]), "d"(v[3]), "S"(v[4]), "D"(v[5])
			 : "memory", "r8", "r9", "r10", "r11");
	if ((int)r >= 0 || (int)r < -4095)
		return 0;
	errno = -(int)r;
	return -1;
}
#else
static long call_i386(const long v[7])
{
	(void)v;
	errno = ENOSYS;
	return -1;
}
#endif

static int outcome(char *text)
{
	long v[7] = {0};
	struct rlimit none = {0, 0};
	int i386 = !strncmp(text, "i386:", 5);
	text += i386 ? 5 : 0;
	for (int i = 0; i < 7 && *text; i++) {
		v[i] = (long)strtoull(text, &text, 0);
		text += *text == ',';
	}
	pid_t pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &none);
		errno = 0;
		long r = i386 ? call_i386(v) : syscall(v[0], v[1], v[2], v[3], v[4], v[5], v[6]);
		_exit(r == -1 ? errno : 0);
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
