/*
 * caps.c - the matrix of guarantees is whole, says why where something is missing, and knows the kernels.
 */
#include "core_help.h"

#include "compiler/caps.h"
#include "compiler/host.h"

static const char *lack(struct arena *a, const char *host, const char *mechanisms)
{
	struct host h;
	const char *error = host_parse(a, host, &h);
	cr_assert_null(error, "%s: %s", host, error);
	return host_lacks(a, &h, mechanisms);
}

Test(caps, every_cell_says_why_it_is_less)
{
	struct arena *a = arena_new();
	const struct cap_matrix *m = caps_general(a);
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		cr_assert_not_null(cap_ask[c], "%s has no line in cap_ask.def", cap_name[c]);
		for (unsigned t = 0; t < TARGET_COUNT; t++) {
			const struct cap_cell *cell = &m->v[t][c];
			cr_expect(cell->asked);
			cr_expect(cell->level == LEVEL_ENFORCED || cell->note, "%s on %s", cap_name[c], target_name[t]);
			cr_expect_eq(cell->mechanism != NULL, cell->level != LEVEL_ABSENT, "%s on %s", cap_name[c],
				     target_name[t]);
		}
	}
	arena_free(a);
}

Test(caps, rows_that_are_known)
{
	static const struct {
		enum cap cap;
		enum target target;
		enum level level;
		const char *mechanism, *kernel;
	} rows[] = {
	    {CAP_FS_READ_SCOPE, TARGET_LINUX, LEVEL_ENFORCED, "landlock:1+seccomp", "5.13"},
	    {CAP_NET_UDP, TARGET_LINUX, LEVEL_ENFORCED, "landlock:10+seccomp", "7.2"},
	    {CAP_NET_DISABLE, TARGET_LINUX, LEVEL_ENFORCED, "seccomp", "4.14"},
	    {CAP_FS_READ_DENY, TARGET_LINUX, LEVEL_ENFORCED, "landlock:1+namespace", "5.13"},
	    {CAP_FS_WRITE_EPHEMERAL, TARGET_LINUX, LEVEL_ENFORCED, "namespace", "5.12"},
	    {CAP_SIGNAL_SCOPE, TARGET_LINUX, LEVEL_ENFORCED, "landlock:6", "6.12"},
	    {CAP_RES_FILES, TARGET_LINUX, LEVEL_ENFORCED, "rlimit", NULL},
	    {CAP_NET_CONNECT_HOST, TARGET_LINUX, LEVEL_DELEGATED, "seccomp", "4.14"},
	    {CAP_NET_CONNECT_HOST, TARGET_MACOS, LEVEL_DELEGATED, "seatbelt", NULL},
	    {CAP_PROC_NO_EXEC, TARGET_MACOS, LEVEL_PARTIAL, "seatbelt", NULL},
	    {CAP_RES_MEMORY, TARGET_MACOS, LEVEL_ABSENT, NULL, NULL},
	    {CAP_SYSCALL_FILTER, TARGET_MACOS, LEVEL_ABSENT, NULL, NULL},
	    {CAP_MACH_RESTRICT, TARGET_MACOS, LEVEL_ENFORCED, "seatbelt", NULL},
	};
	struct arena *a = arena_new();
	const struct cap_matrix *m = caps_general(a);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cap_cell *c = &m->v[rows[i].target][rows[i].cap];
		cr_expect_eq(c->level, rows[i].level, "%s", cap_name[rows[i].cap]);
		cr_expect_str_eq(c->mechanism ? c->mechanism : "", rows[i].mechanism ? rows[i].mechanism : "");
		cr_expect_str_eq(c->kernel ? c->kernel : "", rows[i].kernel ? rows[i].kernel : "");
	}
	arena_free(a);
}

/* With a kernel given, what it lacks is absent, and nothing else changes. */
Test(caps, on_a_host)
{
	struct arena *a = arena_new();
	struct host h;
	cr_assert_null(host_parse(a, "kernel=6.7", &h));
	const struct cap_matrix *all = caps_general(a);
	struct cap_matrix *here = caps_general(a);
	caps_on_host(a, here, &h);
	cr_expect_eq(here->v[TARGET_LINUX][CAP_NET_CONNECT_PORT].level, LEVEL_ENFORCED);
	cr_expect_eq(here->v[TARGET_LINUX][CAP_FS_IOCTL_SCOPE].level, LEVEL_ABSENT);
	cr_expect_not_null(strstr(here->v[TARGET_LINUX][CAP_FS_IOCTL_SCOPE].note, "6.10"));
	for (unsigned c = 0; c < CAP_COUNT; c++)
		cr_expect_eq(here->v[TARGET_MACOS][c].level, all->v[TARGET_MACOS][c].level);
	arena_free(a);
}

/* Private views keep what the Landlock of the kernel does not yet, unless the host forbids them. */
Test(caps, in_private_views)
{
	static const struct {
		const char *host, *mechanism;
	} rows[] = {
	    {"kernel=6.12", "landlock:6"},
	    {"kernel=6.12,namespaces=no", "landlock:6"},
	    {"kernel=6.7", "namespace"},
	    {"kernel=6.7,namespaces=no", NULL},
	    {"kernel=5.10", NULL},
	};
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host h;
		cr_assert_null(host_parse(a, rows[i].host, &h));
		struct cap_matrix *m = caps_general(a);
		caps_on_host(a, m, &h);
		const struct cap_cell *c = &m->v[TARGET_LINUX][CAP_SIGNAL_SCOPE];
		cr_expect_eq(c->level, rows[i].mechanism ? LEVEL_ENFORCED : LEVEL_ABSENT, "%s", rows[i].host);
		if (rows[i].mechanism)
			cr_expect_str_eq(c->mechanism, rows[i].mechanism, "%s", rows[i].host);
	}
	arena_free(a);
}

Test(caps, each_kernel_has_the_landlock_that_came_with_it)
{
	static const struct {
		const char *kernel;
		unsigned abi;
	} rows[] = {{"5.12", 0}, {"5.13", 1}, {"5.18", 1}, {"5.19", 2},	 {"6.1.176-amd64", 2}, {"6.2", 3}, {"6.6", 3},
		    {"6.7", 4},	 {"6.9", 4},  {"6.10", 5}, {"6.11", 5}, {"6.12", 6},	       {"6.14", 6}, {"6.15", 7},
		    {"6.18", 7}, {"7.0", 8},  {"7.1", 9},  {"7.2", 10},	 {"7.3", 11},	       {"7.9", 11}, {"8.0", 11}};
	struct arena *a = arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host h;
		cr_assert_null(host_parse(a, arena_printf(a, "kernel=%s", rows[i].kernel), &h));
		cr_expect_eq(h.landlock, rows[i].abi, "%s: %u", rows[i].kernel, h.landlock);
	}
	arena_free(a);
}

Test(caps, what_a_host_lacks)
{
	struct arena *a = arena_new();
	cr_expect_null(lack(a, "kernel=6.7", "landlock:4+seccomp"));
	cr_expect_not_null(lack(a, "kernel=6.6", "landlock:4+seccomp"));
	cr_expect_null(lack(a, "kernel=6.6,landlock=4", "landlock:4"));
	cr_expect_not_null(lack(a, "kernel=7.3,landlock=none", "landlock:1"));
	cr_expect_null(lack(a, "kernel=6.1", "launch"));
	cr_expect_null(lack(a, "kernel=6.1", "cgroup:memory"));
	cr_expect_not_null(lack(a, "kernel=6.1", "cgroup:io"), "systemd does not delegate it");
	cr_expect_null(lack(a, "kernel=6.1,cgroup=io", "cgroup:io"));
	cr_expect_not_null(lack(a, "kernel=6.1,cgroup=io", "cgroup:memory"));
	cr_expect_not_null(lack(a, "kernel=6.1,namespaces=no", "namespace"));
	cr_expect_null(lack(a, "kernel=5.12", "namespace"));
	cr_expect_not_null(lack(a, "kernel=5.11", "namespace"), "private views need mount_setattr()");
	cr_expect_null(lack(a, "kernel=6.1", "overlay"));
	cr_expect_not_null(lack(a, "kernel=5.10", "overlay"), "a user without privileges cannot mount it");
	cr_expect_not_null(lack(a, "kernel=6.1,overlay=no", "overlay"));
	cr_expect_not_null(lack(a, "kernel=6.1", "seatbelt"));
	cr_expect_not_null(lack(a, "kernel=6.1", "seccomp+nothing"));
	cr_expect_str_eq(host_least_kernel(a, "landlock:4+seccomp"), "6.7");
	cr_expect_null(host_least_kernel(a, "landlock:4+nothing"));
	arena_free(a);
}

/* A host where only TCP sockets or only connect() is there needs no Landlock for ports. */
Test(caps, ports_without_landlock)
{
	static const struct {
		const char *lines, *mechanism;
	} rows[] = {
	    {"allow listen tcp \"*:80\"", "seccomp"},
	    {"allow connect udp \"*:53\"", "seccomp"},
	    {"allow connect tcp \"*:443\"", "landlock:4+seccomp"},
	    {"allow listen tcp \"*:80\"\n    allow connect udp \"*:53\"", "landlock:4+seccomp"},
	    {"allow listen tcp \"*:80\"\n    allow connect unix \"/run/x\"", "landlock:4+seccomp"},
	    {"allow listen tcp \"*:80\"\n    allow syscall connect because \"x\"", "landlock:4+seccomp"},
	    {"allow listen tcp \"*:80\"\n    default syscall with log", "landlock:4+seccomp"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena *a = arena_new();
		struct compile c = core_resolve(arena_printf(a,
							     "sbx 1\npolicy t {\n    targets linux\n    entry \"/bin/true\"\n"
							     "    isolate none\n    %s\n}\n",
							     rows[i].lines));
		const struct guarantees g = guarantees_check(c.arena, c.ir, c.diags);
		const struct guarantee *found = guarantee_find(&g, TARGET_LINUX, CAP_NET_CONNECT_PORT);
		cr_assert_not_null(found);
		if (found->answer.level == LEVEL_ENFORCED)
			cr_expect_str_eq(found->answer.mechanism, rows[i].mechanism, "%s", rows[i].lines);
		else
			cr_expect_str_eq(rows[i].mechanism, "landlock:4+seccomp");
		arena_free(c.arena);
		arena_free(a);
	}
}
