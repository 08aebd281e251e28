/* abi.c - prints the Landlock ABI of the running kernel, 0 where there is none. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
	printf("%ld\n", abi < 0 ? 0 : abi);
	return 0;
}
