/*
 * static_start.c - what runs before main() in the static loader, instead of libc's.
 *
 * Libc's prepares for threads, for cancellation and for a dynamic linker: 2 KB, two system calls and a page that no start
 * here needs. Errors of calls lie where the thread's register points: a child that runs beside its parent in the same memory has
 * its own, and one that runs while the parent waits has that of its parent.
 *
 * For one machine; elsewhere libc's serves.
 */
#if defined(__x86_64__) && defined(__LP64__)
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "start.h"
#include "thread.h"

/* By their names these two come first of all variables, and the memory of sbx_run.c begins behind them, on their page. */
_Alignas(4096) char **environ;
static struct {
	unsigned long *auxiliary;
	struct thread {
		/* as far as compilers know it: its address first, the canary at 40 */
		uintptr_t address, others[4], canary;
		int error; /* errno */
	} threads[2]; /* the second is the child's */
} libc;

/* Names of libc. Its own functions ask for errno by the first one. */
int *___errno_location(void);
_Noreturn void __stack_chk_fail(void);
int main(int argc, char **argv);
_Noreturn void static_begin(void *stack);

__attribute__((noinline)) int *__errno_location(void)
{
	struct thread *t;

	__asm__("mov %%fs:0, %0" : "=r"(t));
	return &t->error;
}

int *___errno_location(void)
{
	return __errno_location();
}

_Noreturn void __stack_chk_fail(void)
{
	__builtin_trap();
}

/* NULL: the kernel has not given it. Without errno, which the beginning has not yet. */
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

/* Where processors have an instruction for it, Linux 5.9 and later let a process use that, and say so. */
static void thread_set(struct thread *t, uintptr_t canary)
{
	enum { SET_FS = 0x1002, HWCAP2_FSGSBASE = 1 << 1 };
	const unsigned long *more = auxiliary(AT_HWCAP2);

	t->address = (uintptr_t)t;
	t->canary = canary;
	if (more && *more & HWCAP2_FSGSBASE)
		__asm__ volatile("wrfsbase %0" : : "r"(t) : "memory");
	else
		syscall(SYS_arch_prctl, SET_FS, t);
}

void thread_begin(void)
{
	thread_set(&libc.threads[1], libc.threads[0].canary);
}

static void canary_put(void)
{
	const unsigned long *random = auxiliary(AT_RANDOM);
	uintptr_t canary = (uintptr_t)libc.auxiliary; /* where the kernel put them was drawn by lot too */

	if (random)
		memcpy(&canary, (const void *)*random, sizeof(canary));
	/* no text that is read too far tells all of it, none that is too long puts it back */
	((unsigned char *)&canary)[1] = 0;
	thread_set(&libc.threads[0], canary);
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
