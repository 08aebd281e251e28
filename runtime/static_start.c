/*
 * static_start.c - what runs before main() in the static loader, instead of libc's.
 *
 * Libc's prepares for threads, for cancellation and for a dynamic linker: 2 KB, two system calls and a page that no start
 * here needs. There is no register for threads either, whose setting is a call where processors have no instruction for it.
 *
 * For one machine; elsewhere libc's serves.
 */
#if defined(__x86_64__) && defined(__LP64__)
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

#include "start.h"

/* By their names these come first of all variables, and the memory of sbx_run.c begins behind them, on their page. */
_Alignas(4096) char **environ;
static struct {
	unsigned long *auxiliary;
	int errors[2]; /* errno; the second is that of a child beside its parent */
} libc;
/* What a function with a buffer finds behind it again, or ends: -mstack-protector-guard=global. */
__attribute__((used, section(".bss.libc"))) uintptr_t __stack_chk_guard;

/* Names of libc. Its own functions ask for errno by the first one. */
int *___errno_location(void);
__attribute__((used)) _Noreturn void __stack_chk_fail(void);
int main(int argc, char **argv);
_Noreturn void static_begin(void *stack);

/*
 * A child beside its parent, in the same memory, has its stack among the variables, far below the kernel's stack (thread.h). One that
 * runs while its parent waits has the errno of that.
 */
__attribute__((noinline)) int *__errno_location(void)
{
	extern char _end[]; /* of all variables: the linker's */
	const bool beside = (uintptr_t)__builtin_frame_address(0) < (uintptr_t)_end;

	return &libc.errors[beside];
}

int *___errno_location(void)
{
	return __errno_location();
}

_Noreturn void __stack_chk_fail(void)
{
	__builtin_trap();
}

/* NULL: the kernel has not given it. */
static const unsigned long *auxiliary(unsigned long type)
{
	for (const unsigned long *a = libc.auxiliary; a[0]; a += 2)
		if (a[0] == type)
			return a + 1;
	return NULL;
}

unsigned long getauxval(unsigned long type)
{
	const unsigned long *value = auxiliary(type);

	if (value)
		return *value;
	errno = ENOENT;
	return 0;
}

static void canary_put(void)
{
	const unsigned long *random = auxiliary(AT_RANDOM);
	uintptr_t canary = (uintptr_t)libc.auxiliary; /* where the kernel put them was drawn by lot too */

	if (random)
		memcpy(&canary, (const void *)*random, sizeof(canary));
	/* no text that is read too far tells all of it, none that is too long puts it back */
	((unsigned char *)&canary)[1] = 0;
	__stack_chk_guard = canary;
}

/* The kernel's stack of a new program: the count, the arguments, the environment, the auxiliary values. */
__attribute__((used)) _Noreturn void static_begin(void *stack)
{
	char **argv = (char **)stack + 1, **end;

	end = environ = argv + *(long *)stack + 1;
	while (*end++)
		;
	libc.auxiliary = (unsigned long *)(void *)end;
	canary_put();
	start_leave(main((int)*(long *)stack, argv));
}

__asm__(".pushsection .text.begin,\"ax\",@progbits\n"
	".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call static_begin\n"
	".popsection\n");
#endif
