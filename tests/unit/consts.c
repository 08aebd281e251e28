/*
 * consts.c - named constants: lookups both ways. Their values are compared with the headers in
 * tests/consts.sh.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "compiler/consts.h"

Test(consts, thousands_sorted_and_unique)
{
	unsigned n;
	const struct const_desc *t = const_table(&n);
	cr_expect_gt(n, 5000u);
	for (unsigned i = 0; i < n; i++) {
		cr_assert(t[i].arches && const_by_name(const_name(&t[i])) == &t[i], "%s",
			  const_name(&t[i]));
		cr_assert(i == 0 || strcmp(const_name(&t[i - 1]), const_name(&t[i])) < 0);
	}
	cr_expect_null(const_by_name("AF_INTE"));
	cr_expect_null(const_by_name(""));
}

Test(consts, families_are_there)
{
	static const char *const names[] = {
	    "AF_INET",
	    "SOCK_CLOEXEC",
	    "CLONE_NEWUSER",
	    "PROT_EXEC",
	    "MAP_ANONYMOUS",
	    "PR_SET_NO_NEW_PRIVS",
	    "F_SETFL",
	    "FUTEX_WAIT",
	    "TIOCSTI",
	    "TIOCLINUX",
	    "O_TRUNC",
	    "AT_FDCWD",
	    "MADV_DONTNEED",
	    "EPERM",
	    "SIGKILL",
	    "IPPROTO_TCP",
	    "SO_REUSEADDR",
	    "MSG_FASTOPEN",
	    "RLIMIT_NOFILE",
	    "CLOCK_REALTIME",
	    "SCHED_FIFO",
	    "BPF_PROG_LOAD",
	    "MFD_CLOEXEC",
	    "KEYCTL_READ",
	    "PTRACE_ATTACH",
	    "MS_BIND",
	    "MNT_DETACH",
	    "GRND_NONBLOCK",
	    "EPOLL_CTL_ADD",
	    "IORING_OP_OPENAT",
	    "SECCOMP_SET_MODE_FILTER",
	    "PERF_EVENT_IOC_ENABLE",
	    "FS_IOC_SETFLAGS",
	    "ADDR_NO_RANDOMIZE",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cr_expect_not_null(const_by_name(names[i]), "%s", names[i]);
}

Test(consts, values_by_arch)
{
	const struct const_desc *dir = const_by_name("O_DIRECTORY"),
				*low = const_by_name("MAP_32BIT");
	cr_expect(dir->value[ARCH_X86_64] == 0200000 && dir->value[ARCH_AARCH64] == 040000);
	cr_expect_eq(low->arches,
		     ARCH_BIT(ARCH_X86_64) | ARCH_BIT(ARCH_I386) | ARCH_BIT(ARCH_X32), "x86 alone");
	cr_expect_eq(const_by_name("FIOQSIZE")->value[ARCH_ARM], 0x545e);
	cr_expect_eq(const_by_name("FIOQSIZE")->value[ARCH_RISCV64], 0x5460);
	cr_expect_eq(const_by_name("AT_FDCWD")->value[ARCH_X86_64], (uint64_t)-100);
}

Test(consts, back_to_names)
{
	cr_expect_str_eq(const_name(const_by_value(ARCH_X86_64, "AF_", 1, 32)), "AF_UNIX");
	cr_expect_str_eq(const_name(const_by_value(ARCH_X86_64, "AF_", 16, 32)), "AF_NETLINK");
	cr_expect_str_eq(const_name(const_by_value(ARCH_AARCH64, "O_", 040000, 32)), "O_DIRECTORY");
	cr_expect_str_eq(const_name(const_by_value(ARCH_X86_64, "AT_FDCWD", 0xffffff9c, 32)),
			 "AT_FDCWD");
	cr_expect_null(const_by_value(ARCH_X86_64, "AT_FDCWD", 0xffffff9c, 64));
	cr_expect_null(const_by_value(ARCH_X86_64, "AF_", 12345, 32));
	cr_expect_null(const_by_value(ARCH_X86_64, "NO_SUCH_", 0, 32));
}
