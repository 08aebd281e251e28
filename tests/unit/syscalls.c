/*
 * The table of system calls against others' tables, and the groups.
 */
#include "compiler/syscalls.h"

#include <criterion/criterion.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

static const uint32_t scmp_arch[ARCH_COUNT] = {
    [ARCH_X86_64] = SCMP_ARCH_X86_64,
    [ARCH_AARCH64] = SCMP_ARCH_AARCH64,
};

/* libseccomp gives negative pseudo-numbers to calls that an arch does not have. */
static unsigned agree_with_libseccomp(enum arch arch)
{
	unsigned n, both = 0;
	const struct syscall_desc *t = syscall_table(&n);
	for (unsigned i = 0; i < n; i++) {
		int nr = seccomp_syscall_resolve_name_arch(scmp_arch[arch], t[i].name);
		if (nr < 0) /* unknown to it, or known as absent */
			continue;
		cr_expect_eq(t[i].nr[arch], nr, "%s on %s: %d, libseccomp has %d", t[i].name,
			     arch_name[arch], t[i].nr[arch], nr);
		both++;
	}
	return both;
}

Test(syscalls, agrees_with_libseccomp_on_x86_64)
{
	cr_expect_gt(agree_with_libseccomp(ARCH_X86_64), 300);
}

Test(syscalls, agrees_with_libseccomp_on_aarch64)
{
	cr_expect_gt(agree_with_libseccomp(ARCH_AARCH64), 270);
}

/* The other direction: a number libseccomp knows has the same name here. */
Test(syscalls, misses_no_number_of_libseccomp)
{
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		for (int nr = 0; nr < 500; nr++) {
			char *name = seccomp_syscall_resolve_num_arch(scmp_arch[arch], nr);
			const struct syscall_desc *d = syscall_by_nr(arch, (uint32_t)nr);
			if (name)
				cr_expect(d && !strcmp(d->name, name), "%s %d is %s",
					  arch_name[arch], nr, name);
			free(name);
		}
	}
}

/* The kernel headers of this machine (x86_64's, when it is one). */
Test(syscalls, agrees_with_installed_headers)
{
	static const char *const paths[] = {"/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
					    "/usr/include/asm/unistd_64.h"};
	FILE *f = NULL;
	for (unsigned i = 0; !f && i < 2; i++)
		f = fopen(paths[i], "r");
	if (!f)
		cr_skip_test("no x86_64 kernel headers here");
	char line[256], name[128];
	int nr, both = 0;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "#define __NR_%127s %d", name, &nr) != 2)
			continue;
		const struct syscall_desc *d = syscall_by_name(name);
		cr_expect(d && d->nr[ARCH_X86_64] == nr, "%s is %d in the header", name, nr);
		both++;
	}
	fclose(f);
	cr_expect_gt(both, 300);
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
	cr_expect_gt(n, 380);
	cr_expect_null(syscall_by_name("sread"));
	cr_expect_null(syscall_by_nr(ARCH_X86_64, 400));
	cr_expect_null(syscall_by_nr(ARCH_X86_64, UINT32_MAX));
	cr_expect_null(syscall_by_nr(ARCH_X86_64, 512), "x32 only");
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
	cr_expect_leq(n_groups, 25);
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
