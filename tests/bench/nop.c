/*
 * nop.c - the program that does nothing: static, no libc, one system call.
 */
#include <sys/syscall.h>

void _start(void);

void _start(void)
{
#if defined(__x86_64__)
	__asm__ volatile("syscall" : : "a"(SYS_exit_group), "D"(0) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long nr __asm__("x8") = SYS_exit_group, code __asm__("x0") = 0;
	__asm__ volatile("svc 0" : : "r"(nr), "r"(code) : "memory");
#endif
	__builtin_unreachable();
}
