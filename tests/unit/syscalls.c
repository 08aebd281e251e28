/*
 * The table of system calls against others' tables, and the groups.
 */
#include "compiler/syscalls.h"

#include <criterion/criterion.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

static const struct {
	uint32_t scmp;
	unsigned least; /* calls that both know */
} foreign[ARCH_COUNT] = {
    [ARCH_X86_64] = {SCMP_ARCH_X86_64, 300}, [ARCH_AARCH64] = {SCMP_ARCH_AARCH64, 270},
    [ARCH_RISCV64] = {SCMP_ARCH_RISCV64, 270}, [ARCH_S390X] = {SCMP_ARCH_S390X, 310},
    [ARCH_I386] = {SCMP_ARCH_X86, 380},      [ARCH_X32] = {SCMP_ARCH_X32, 300},
    [ARCH_ARM] = {SCMP_ARCH_ARM, 370},
};

/* libseccomp gives negative pseudo-numbers to calls that an arch does not have. */
static unsigned agree_with_libseccomp(enum arch arch)
{
	unsigned n, both = 0;
	const struct syscall_desc *t = syscall_table(&n);
	for (unsigned i = 0; i < n; i++) {
		int nr = seccomp_syscall_resolve_name_arch(foreign[arch].scmp, t[i].name);
		/* Of multiplexers it has direct numbers too, with which it then rewrites rules. */
		if (nr < 0) /* unknown to it, or known as absent */
			continue;
		cr_expect_eq(t[i].nr[arch], nr, "%s on %s: %d, libseccomp has %d", t[i].name,
			     arch_name[arch], t[i].nr[arch], nr);
		both++;
	}
	return both;
}

Test(syscalls, agrees_with_libseccomp)
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		unsigned both = agree_with_libseccomp((enum arch)arch);
		cr_expect_gt(both, foreign[arch].least, "%s: %u", arch_name[arch], both);
	}
}

/* The other direction: a number libseccomp knows has the same name here. */
static void has_name(enum arch arch, uint32_t nr)
{
	char *name = seccomp_syscall_resolve_num_arch(foreign[arch].scmp, (int)nr);
	const struct syscall_desc *d = syscall_by_nr(arch, nr);
	if (name)
		cr_expect(d && !strcmp(d->name, name), "%s %u is %s", arch_name[arch], nr, name);
	free(name);
}

Test(syscalls, misses_no_number_of_libseccomp)
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		for (uint32_t nr = 0; nr < 600; nr++) {
			if (arch != ARCH_X32) /* it takes those without the bit too */
				has_name((enum arch)arch, nr);
			has_name((enum arch)arch, 0x0f0000 + nr);
			has_name((enum arch)arch, 0x40000000 + nr);
		}
}

/* The kernel headers of this machine: x86_64's, and those that `linux-libc-dev-*-cross` brings. */
struct header {
	enum arch arch;
	const char *path;
	const char *base; /* what stands before the + in a number, or NULL */
	uint32_t value;
};
static const struct header headers[] = {
    {ARCH_X86_64, "/usr/include/x86_64-linux-gnu/asm/unistd_64.h", NULL, 0},
    {ARCH_I386, "/usr/include/x86_64-linux-gnu/asm/unistd_32.h", NULL, 0},
    {ARCH_X32, "/usr/include/x86_64-linux-gnu/asm/unistd_x32.h", "__X32_SYSCALL_BIT", 0x40000000},
    {ARCH_S390X, "/usr/s390x-linux-gnu/include/asm/unistd_64.h", NULL, 0},
    {ARCH_ARM, "/usr/arm-linux-gnueabihf/include/asm/unistd-common.h", "__NR_SYSCALL_BASE", 0},
};

static unsigned agree_with_header(FILE *f, const struct header *h)
{
	char line[256], name[128], base[64];
	int nr;
	unsigned both = 0;
	while (fgets(line, sizeof(line), f)) {
		bool read = h->base ? sscanf(line, "#define __NR_%127s (%63s + %d)", name, base, &nr) == 3 &&
					  !strcmp(base, h->base)
				    : sscanf(line, "#define __NR_%127s %d", name, &nr) == 2;
		if (!read)
			continue;
		const struct syscall_desc *d = syscall_by_name(name);
		cr_expect(d && d->nr[h->arch] == (int32_t)h->value + nr, "%s is %d in %s", name, nr, h->path);
		both++;
	}
	return both;
}

Test(syscalls, agrees_with_installed_headers)
{
	unsigned read = 0;
	for (unsigned i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		FILE *f = fopen(headers[i].path, "r");
		if (!f)
			continue;
		cr_expect_gt(agree_with_header(f, &headers[i]), 300, "%s", headers[i].path);
		fclose(f);
		read++;
	}
	if (!read)
		cr_skip_test("no kernel headers of these machines here");
}

Test(syscalls, is_sorted_and_indexed)
{
	unsigned n;
	const struct syscall_desc *t = syscall_table(&n);
	for (unsigned i = 0; i < n; i++) {
		if (i)
			cr_expect_lt(strcmp(t[i - 1].name, t[i].name), 0, "%s", t[i].name);
		cr_expect_eq(syscall_by_name(t[i].name), &t[i]);
		for (unsigned a = 0; a < ARCH_COUNT; a++)
			if (t[i].nr[a] != SYSCALL_NONE)
				cr_expect_eq(syscall_by_nr(a, (uint32_t)t[i].nr[a]), &t[i]);
	}
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		unsigned n_numbers;
		const struct syscall_number *v = syscall_numbers((enum arch)a, &n_numbers);
		for (unsigned i = 0; i < n_numbers; i++) {
			cr_expect(!i || v[i - 1].nr < v[i].nr, "%s", arch_name[a]);
			cr_expect_eq(t[v[i].row].nr[a], (int32_t)v[i].nr);
		}
		cr_expect_gt(n_numbers, 300);
	}
	cr_expect_gt(n, 480);
	cr_expect_null(syscall_by_name("sread"));
	cr_expect_null(syscall_by_nr(ARCH_X86_64, 400));
	cr_expect_null(syscall_by_nr(ARCH_X86_64, UINT32_MAX));
	cr_expect_null(syscall_by_nr(ARCH_X86_64, 512), "x32 only");
	cr_expect_str_eq(syscall_by_nr(ARCH_X32, 0x40000200)->name, "rt_sigaction");
	cr_expect_null(syscall_by_nr(ARCH_X32, 0), "without its bit");
	cr_expect_str_eq(syscall_by_nr(ARCH_ARM, 0x0f0005)->name, "set_tls");
}

Test(syscalls, knows_when_they_came)
{
	const struct syscall_desc *d = syscall_by_name("openat2");
	cr_expect(d->since_major == 5 && d->since_minor == 6);
	d = syscall_by_name("mseal");
	cr_expect(d->since_major == 6 && d->since_minor == 10);
	d = syscall_by_name("read");
	cr_expect(d->since_major == 0 && d->since_minor == 0);
	cr_expect_eq(syscall_by_name("open")->nr[ARCH_AARCH64], SYSCALL_NONE);
	cr_expect_eq(syscall_by_name("renameat")->nr[ARCH_AARCH64], 38);
}

/*
 * Is the call in the group or in one of its groups? Depth beyond reason: a group that holds
 * itself.
 */
static bool group_holds(const struct syscall_group *g, const char *name, unsigned depth)
{
	cr_assert_lt(depth, 8, "group %s", g->name);
	for (unsigned i = 0; i < g->n_members; i++) {
		const char *m = g->members[i];
		if (m[0] == '@' ? group_holds(syscall_group_by_name(m + 1), name, depth + 1)
				: !strcmp(m, name))
			return true;
	}
	return false;
}

Test(groups, hold_every_call_and_nothing_else)
{
	unsigned n, n_groups;
	const struct syscall_desc *t = syscall_table(&n);
	const struct syscall_group *g = syscall_groups(&n_groups);
	cr_expect_leq(n_groups, 27); /* few enough to know them all */
	for (unsigned i = 0; i < n; i++) {
		bool held = false;
		for (unsigned j = 0; j < n_groups; j++)
			held |= group_holds(&g[j], t[i].name, 0);
		cr_expect(held, "%s is in no group", t[i].name);
	}
	for (unsigned j = 0; j < n_groups; j++) {
		cr_expect_gt(strlen(g[j].help), 10);
		for (unsigned k = 0; k < g[j].n_members; k++) {
			const char *m = g[j].members[k];
			cr_expect(m[0] == '@' ? (const void *)syscall_group_by_name(m + 1)
					      : (const void *)syscall_by_name(m),
				  "%s in @%s", m, g[j].name);
		}
	}
	cr_expect_null(syscall_group_by_name("everything"));
}

/* A call may be in @dangerous or in the base of every policy, never in both: see sysmean.c. */
Test(groups, dangerous_holds_what_it_must)
{
	static const char *const calls[] = {"ptrace",
					    "bpf",
					    "io_uring_setup",
					    "kexec_load",
					    "mount",
					    "unshare",
					    "setns",
					    "open_by_handle_at",
					    "keyctl",
					    "userfaultfd",
					    "perf_event_open",
					    "process_vm_writev",
					    "reboot",
					    "init_module",
					    "iopl",
					    "syslog",
					    "chroot"};
	const struct syscall_group *g = syscall_group_by_name("dangerous");
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		cr_expect(group_holds(g, calls[i], 0), "%s", calls[i]);
	cr_expect_not(group_holds(g, "read", 0));
}
