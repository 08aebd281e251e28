/*
 * cost.c - starts a program and says what the kernel counted of it: "FAULTS KILOBYTES STATUS". Static and small itself,
 * for a child begins with the size of its parent.
 */
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

int main(int argc, char **argv)
{
	char *env[] = {NULL};
	struct rusage used;
	int status;
	pid_t pid;

	if (argc < 2 || posix_spawn(&pid, argv[1], NULL, NULL, argv + 1, env) || wait4(pid, &status, 0, &used) < 0)
		return 2;
	printf("%ld %ld %d\n", used.ru_minflt, used.ru_maxrss, status);
	return 0;
}
