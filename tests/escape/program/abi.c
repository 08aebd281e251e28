/*
 * abi.c - calls by another door of the processor, where a filter for one ABI would not look.
 */
#include "attack.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
static long int80(long nr, long a, long b, long c)
{
	long rc;
	__asm__ volatile("int $0x80" : "=a"(rc) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return rc;
}

static int a_ldt(const struct world *w)
{
	char table[8];
	(void)w;
	return result(syscall(SYS_modify_ldt, 0 /* read */, table, sizeof(table)));
}

static int a_iopl(const struct world *w)
{
	(void)w;
	return result(syscall(SYS_iopl, 3));
}

/* A number of i386 means another call to a filter for x86_64: 20 is writev there, 288 accept4. */
static int a_int80(const struct world *w)
{
	(void)w;
	long rc = int80(20 /* getpid of i386 */, 0, 0, 0);
	return rc == getpid() ? 0 : (int)-rc;
}

static int a_int80_keyctl(const struct world *w)
{
	(void)w;
	long rc = int80(288 /* keyctl of i386 */, 0, -3, 1);
	return rc >= 0 ? 0 : (int)-rc;
}

static int a_x32(const struct world *w)
{
	(void)w;
	return result(syscall(0x40000000 | 39 /* getpid */));
}

/* ptrace(PTRACE_TRACEME) by x32's own number for it: 521. */
static int a_x32_ptrace(const struct world *w)
{
	(void)w;
	return result(syscall(0x40000000 | 521, 0, 0, 0, 0));
}
#endif

const struct attack attacks_abi[] = {
#if defined(__x86_64__)
    {"int80", a_int80}, {"int80-keyctl", a_int80_keyctl}, {"x32", a_x32}, {"x32-ptrace", a_x32_ptrace},
    {"modify-ldt", a_ldt}, {"iopl", a_iopl},
#endif
    {NULL, NULL},
};
