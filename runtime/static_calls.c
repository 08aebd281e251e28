/*
 * static_calls.c - the system calls that the static loader makes by their own names, where libc does nothing for them
 * but to take them there: a number and a jump each. Libc's have 20 to 130 bytes, for cancellation, kernels older than
 * Landlock and canaries of their own.
 *
 * For one machine; elsewhere libc's serve.
 */
#if defined(__x86_64__) && defined(__LP64__)
#include <sys/syscall.h>

/* The unit test has these functions beside libc's. */
#ifndef CALL_PREFIX
#define CALL_PREFIX
#endif

#define TEXT_OF(x)   #x
#define EXPANDED(x)  TEXT_OF(x)
#define ENTRY(name)  ".globl " CALL_PREFIX #name "\n.type " CALL_PREFIX #name ", @function\n" CALL_PREFIX #name ":\n"
#define FULL(number) "	push $" EXPANDED(number) "\n	pop %rax\n	jmp 1b\n"
/* A function of C whose arguments are those of the call, in its order. */
#define CALL(name)            ENTRY(name) FULL(SYS_##name)
#define CALL_AS(name, number) ENTRY(name) FULL(number)

/* Arguments that follow "..." are where they always are: what a call does not look at may be anything. */
__asm__(".pushsection .text.calls,\"ax\",@progbits\n"
	/* all but the number one further */
	ENTRY(syscall)
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %rcx\n"
	"	mov %r9, %r8\n"
	"	mov 8(%rsp), %r9\n"
	"1:	mov %rcx, %r10\n"
	"	syscall\n"
	"	cmp $-4095, %rax\n"
	"	jae 2f\n"
	"	ret\n"
	"2:	mov %rax, %rdi\n" /* sets errno */
	"	jmp __syscall_ret\n"
	ENTRY(clone) /* without the values behind "...", which libc's looks at */
	"	call __clone\n"
	"	mov %rax, %rdi\n"
	"	jmp __syscall_ret\n"
	CALL(access) CALL(chdir) CALL(chroot) CALL(close) CALL(dup2) CALL(dup3) CALL(execve) CALL(fchdir) CALL(fchmod)
	CALL(fcntl) CALL(flock) CALL(fstat) CALL(fstatfs) CALL(geteuid) CALL(getgroups) CALL(getpgrp) CALL(getpid)
	CALL(getresgid) CALL(getresuid) CALL(getuid) CALL(ioctl) CALL(kill) CALL(lseek) CALL(lstat)
	CALL(mkdirat) CALL(mknodat) CALL(mmap) CALL(mount) CALL(mremap) CALL(munmap) CALL(open) CALL(openat) CALL(pipe2) CALL(poll)
	CALL(prctl) CALL(read) CALL(readlink) CALL(readlinkat) CALL(recvmsg) CALL(renameat) CALL(sendfile) CALL(sendmsg) CALL(sethostname)
	CALL(setpgid) CALL(setsid) CALL(socket) CALL(socketpair) CALL(stat) CALL(symlinkat) CALL(timerfd_create)
	CALL(timerfd_settime) CALL(umask) CALL(unlinkat) CALL(unshare) CALL(wait4) CALL(write)
	CALL(getrandom) CALL_AS(fstatat, SYS_newfstatat) CALL_AS(pread, SYS_pread64) CALL_AS(prlimit, SYS_prlimit64)
	CALL_AS(umount2, SYS_umount2)
	".popsection\n");
#endif
