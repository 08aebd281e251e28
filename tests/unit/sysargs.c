/*
 * sysargs.c - the table of arguments: that it is whole, that derived conditions agree with it, and
 * that the running kernel reads as many bits of an argument as it says.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiler/derive.h"
#include "compiler/sysargs.h"
#include "compiler/syscalls.h"

#define GARBAGE 0x5a5a5a5a00000000ull

static unsigned bits_of(const char *call, const char *arg)
{
	struct sysarg out;
	return sysarg_find(syscall_by_name(call), ARCH_X86_64, arg, &out) ? out.bits : 99;
}

Test(sysargs, every_call_has_its_row)
{
	unsigned n, known = 0;
	const struct syscall_desc *calls = syscall_table(&n);
	for (unsigned i = 0; i < n; i++) {
		struct sysarg arg, again;
		for (unsigned k = 0; sysarg_nth(&calls[i], ARCH_X86_64, k, &arg); k++) {
			cr_assert_lt(k, 6u, "%s", calls[i].name);
			cr_assert(arg.name[0] && arg.index == k);
			cr_assert(sysarg_find(&calls[i], ARCH_X86_64, arg.name, &again));
			cr_assert_eq(again.index, k);
			known++;
		}
	}
	cr_expect_gt(known, 1000u);
	/* rows of the right calls, wherever in the table */
	cr_expect_eq(bits_of("accept4", "flags"), 32u);
	cr_expect_eq(bits_of("openat", "dfd"), 32u);
	cr_expect_eq(bits_of("write", "count"), 64u);
	cr_expect_eq(bits_of("writev", "fd"), 32u);
	cr_expect_eq(bits_of("chmod", "mode"), 16u);
	cr_expect_eq(bits_of("openat", "pathname"), 0u);
	cr_expect_eq(bits_of("socket", "domain"), 32u);
	cr_expect_eq(bits_of("socket", "family"), 32u);
	cr_expect_eq(bits_of("ioctl", "request"), 32u);
	cr_expect_eq(bits_of("socket", "no"), 99u);
}

Test(sysargs, places_differ_by_arch)
{
	struct sysarg x, y;
	const struct syscall_desc *clone = syscall_by_name("clone");
	cr_assert(sysarg_find(clone, ARCH_X86_64, "tls", &x) &&
		  sysarg_find(clone, ARCH_AARCH64, "tls", &y));
	cr_expect(x.index == 4 && y.index == 3);
	cr_expect_not(sysarg_find(syscall_by_name("open"), ARCH_AARCH64, "flags", &x));
}

/*
 * What derive.def compares, it compares on the bits the kernel reads, and of one argument on all ABIs of a line. Single bits of
 * the low half (flags such as PROT_EXEC) are the same ones however wide the argument is.
 */
static void check_derived(const struct derive_way *w, const struct sys_test *t)
{
	const struct syscall_desc *call = syscall_by_name(w->name);
	struct sysarg arg, first = {.name = ""};
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (call->nr[a] == SYSCALL_NONE || !(w->arches & ARCH_BIT(a)))
			continue;
		cr_assert(sysarg_nth(call, (enum arch)a, t->arg, &arg), "%s on %s", call->name,
			  arch_name[a]);
		first = first.name[0] ? first : arg;
		bool low_bits = t->width == 32 && t->mask < UINT32_MAX && arg.bits == 64;
		cr_expect(arg.bits == t->width || low_bits, "%s, %s on %s", call->name, arg.name, arch_name[a]);
		cr_expect_str_eq(arg.name, first.name, "%s on %s", call->name, arch_name[a]);
	}
}

Test(sysargs, derived_conditions_have_the_width)
{
	unsigned n;
	const struct derive_way *w = derive_ways(&n);
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < w[i].cond.any[0].n_tests; k++)
			check_derived(&w[i], &w[i].cond.any[0].tests[k]);
}

/* A half register holds no 64 bits; those come in two. */
Test(sysargs, of_32_bit_abis)
{
	static const enum arch half[] = {ARCH_I386, ARCH_ARM};
	unsigned n, known = 0;
	const struct syscall_desc *calls = syscall_table(&n);
	for (unsigned i = 0; i < n; i++)
		for (unsigned a = 0; a < 2; a++) {
			struct sysarg arg;
			for (unsigned k = 0; sysarg_nth(&calls[i], half[a], k, &arg); k++, known++)
				cr_expect_neq(arg.bits, 64, "%s(%s) on %s", calls[i].name, arg.name,
					      arch_name[half[a]]);
		}
	cr_expect_gt(known, 1500u);
	struct sysarg arg;
	cr_expect(sysarg_find(syscall_by_name("pread64"), ARCH_I386, "poslo", &arg) && arg.index == 3);
	cr_expect(sysarg_find(syscall_by_name("pread64"), ARCH_ARM, "pos_lo", &arg) && arg.index == 4,
		  "pairs begin with an even register");
	cr_expect(sysarg_find(syscall_by_name("chown"), ARCH_I386, "user", &arg) && arg.bits == 16);
	cr_expect(sysarg_find(syscall_by_name("clone"), ARCH_S390X, "flags", &arg) && arg.index == 1);
	cr_expect(sysarg_find(syscall_by_name("mmap2"), ARCH_I386, "prot", &arg) && arg.bits == 32);
	cr_expect_not(sysarg_find(syscall_by_name("mmap"), ARCH_I386, "prot", &arg), "behind a pointer");
	cr_expect(sysarg_find(syscall_by_name("lseek"), ARCH_X32, "offset", &arg) && arg.bits == 64);
}

Test(sysargs, constants_of_arguments)
{
	struct sysarg_consts c = sysarg_consts(syscall_by_name("mmap"), "prot");
	cr_expect(c.flags);
	cr_expect_str_eq(c.prefix[0], "PROT_");
	cr_expect_str_eq(sysarg_consts(syscall_by_name("fcntl"), "cmd").prefix[0], "F_");
	cr_expect_str_eq(sysarg_consts(syscall_by_name("fcntl"), "arg").prefix[0], "");
}

/* ---- the running kernel ---- */

/* A call that has a known result, and an argument that gets garbage in its upper half. */
struct probe {
	const char *call, *arg;
	long args[6];
};

static long call_with(const struct probe *p, const struct syscall_desc *d, unsigned index,
		      uint64_t garbage)
{
	long v[6];
	memcpy(v, p->args, sizeof(v));
	v[index] = (long)((uint64_t)v[index] ^ garbage);
	errno = 0;
	long r = syscall(d->nr[ARCH_X86_64], v[0], v[1], v[2], v[3], v[4], v[5]);
	return r < 0 ? -errno : r;
}

static void check_probe(const struct probe *p)
{
	struct sysarg arg;
	const struct syscall_desc *d = syscall_by_name(p->call);
	cr_assert(sysarg_find(d, ARCH_X86_64, p->arg, &arg), "%s has no %s", p->call, p->arg);
	long plain = call_with(p, d, arg.index, 0), odd = call_with(p, d, arg.index, GARBAGE);
	cr_expect_eq(plain == odd, arg.bits < 64,
		     "%s(%s): %ld, with garbage above %ld, table says %u bits", p->call, p->arg,
		     plain, odd, arg.bits);
}

#ifdef __x86_64__
Test(sysargs, the_kernel_reads_as_many_bits)
{
	int fd = memfd_create("sysargs", 0), pair[2], left = 0;
	char byte = 'x';
	struct iovec one = {&byte, 1};
	cr_assert(fd >= 0 && write(fd, "abcd", 4) == 4 &&
		  socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	cr_assert_neq(page, MAP_FAILED);
	const struct probe probes[] = {
	    {"lseek", "fd", {fd, 1, SEEK_SET}},
	    {"lseek", "offset", {fd, 1, SEEK_SET}},
	    {"lseek", "whence", {fd, 1, SEEK_SET}},
	    {"pread64", "pos", {fd, (long)&byte, 1, 0}},
	    {"pread64", "fd", {fd, (long)&byte, 1, 0}},
	    {"read", "count", {fd, (long)&byte, 0}},
	    {"writev", "fd", {pair[0], (long)&one, 1}},
	    {"writev", "vlen", {pair[0], (long)&one, 1}},
	    {"preadv", "fd", {fd, (long)&one, 1, 0, 0}},
	    {"pwritev2", "fd", {fd, (long)&one, 1, 0, 0, 0}},
	    {"fcntl", "fd", {fd, F_GETFD}},
	    {"fcntl", "cmd", {fd, F_GETFD}},
	    {"ioctl", "fd", {pair[1], FIONREAD, (long)&left}},
	    {"ioctl", "cmd", {pair[1], FIONREAD, (long)&left}},
	    {"fchmod", "mode", {fd, 0600}},
	    {"kill", "pid", {getpid(), 0}},
	    {"kill", "sig", {getpid(), 0}},
	    {"tgkill", "tgid", {getpid(), getpid(), 0}},
	    {"madvise", "behavior", {(long)page, 4096, MADV_NORMAL}},
	    {"mprotect", "prot", {(long)page, 4096, PROT_READ}},
	    {"mlock", "start", {(long)page, 4096}},
	    {"prctl", "option", {PR_GET_DUMPABLE}},
	    {"prctl", "arg2", {PR_SET_PDEATHSIG, 0}},
	    {"personality", "personality", {0xffffffff}},
	    {"getpriority", "which", {0, 0}},
	    {"openat", "dfd", {0xffffff9c, (long)"/dev/null/x", O_RDONLY}},
	    {"unshare", "flags", {0}},
	    {"shutdown", "how", {pair[0], 9}},
	    {"poll", "timeout", {0, 0, 0}},
	    {"wait4", "upid", {getpid(), 0, WNOHANG, 0}},
	    {"dup3", "flags", {fd, fd, 0}},
	    {"getrandom", "flags", {(long)&byte, 1, 0}},
	    {"membarrier", "cmd", {0, 0, 0}},
	    {"sched_getparam", "pid", {0, (long)&left}},
	    {"timerfd_create", "clockid", {99, 0}},
	};
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		check_probe(&probes[i]);
	close(fd);
}

/* Descriptors are new each time, so success is what counts; clone() makes a child each time. */
Test(sysargs, the_kernel_cuts_sockets_and_clone)
{
	long s = syscall(SYS_socket, AF_UNIX | GARBAGE, SOCK_STREAM | GARBAGE, 0 | GARBAGE);
	cr_expect_geq(s, 0, "socket reads 32 bits of its arguments");
	long zero = open("/dev/zero", O_RDONLY);
	long m = syscall(SYS_mmap, 0, 4096, PROT_READ, MAP_SHARED, zero ^ (long)GARBAGE, 0);
	cr_expect_neq(m, -1, "mmap reads 32 bits of its descriptor");
	long pid = syscall(SYS_clone, SIGCHLD | GARBAGE, 0, 0, 0, 0);
	if (pid == 0)
		_exit(7);
	int status = 0;
	cr_assert_gt(pid, 0, "clone reads 32 bits of its flags");
	cr_assert_eq(waitpid((pid_t)pid, &status, 0), pid);
	cr_expect_eq(WEXITSTATUS(status), 7);
	cr_expect_eq(
	    bits_of("socket", "family") + bits_of("mmap", "fd") + bits_of("clone", "flags"), 96u);
}
#endif
