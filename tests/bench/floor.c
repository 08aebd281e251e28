/*
 * floor.c - what a launch costs at the least: the calls of one plan written out by hand. It does the
 * work of sbx-run: reads each file of the plan once, drops capabilities, resets signals, confines
 * itself; but it understands nothing of what it reads and checks nothing.
 *
 * run.sh makes floor_plan.h from the plan: FLOOR_PLAN (its path), files[], FLOOR_FS, FLOOR_NET,
 * FLOOR_SCOPES (what is handled), rules[], filter[], limits[], and FLOOR_SETSID. The program is
 * argv[1].
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/plan.h"

enum {
#define RIGHT(constant, word, bit, abi, file) LL_##constant = 1 << bit,
	PLAN_FS_RIGHTS(RIGHT) PLAN_NET_RIGHTS(RIGHT)
#undef RIGHT
#define RIGHT(constant, word, bit, abi, file) SCOPE_##constant = 1 << bit,
	    PLAN_SCOPES(RIGHT)
#undef RIGHT
};

/* What Landlock takes for a place that is no directory. */
#define RIGHT(constant, word, bit, abi, file) ((file) ? LL_##constant : 0) |
static const uint64_t FILE_RIGHTS = PLAN_FS_RIGHTS(RIGHT) 0;
#undef RIGHT

struct floor_rule {
	const char *path;
	uint64_t rights;
};
struct floor_limit {
	int resource;
	rlim_t value;
};

#include "floor_plan.h"

/* The kernel's struct of ABI 6: what handled_access_net and scoped need. */
struct ruleset_attr {
	uint64_t fs, net, scopes;
};

/* The rights that a kernel of this ABI knows; it refuses the others. */
static struct ruleset_attr known(long abi)
{
	struct ruleset_attr k = {0, 0, 0};
#define RIGHT(constant, word, bit, least, file) k.fs |= abi >= (least) ? (uint64_t)1 << (bit) : 0;
	PLAN_FS_RIGHTS(RIGHT)
#undef RIGHT
#define RIGHT(constant, word, bit, least, file) k.net |= abi >= (least) ? (uint64_t)1 << (bit) : 0;
	PLAN_NET_RIGHTS(RIGHT)
#undef RIGHT
#define RIGHT(constant, word, bit, least, file)                                                    \
	k.scopes |= abi >= (least) ? (uint64_t)1 << (bit) : 0;
	PLAN_SCOPES(RIGHT)
#undef RIGHT
	return k;
}

static void confine_files(void)
{
	struct ruleset_attr k =
	    known(syscall(SYS_landlock_create_ruleset, NULL, 0, 1 /* the version */));
	struct ruleset_attr attr = {FLOOR_FS & k.fs, FLOOR_NET & k.net, FLOOR_SCOPES & k.scopes};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (ruleset < 0)
		_exit(125);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		int fd = openat(AT_FDCWD, rules[i].path, O_PATH | O_CLOEXEC);
		if (fd < 0)
			continue; /* as `if-exists` says */
		struct landlock_path_beneath_attr beneath = {rules[i].rights & k.fs, fd};
		if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath,
			    0) != 0)
			_exit(125);
	}
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		_exit(125);
}

/* Of floor_view.c: a floor that looks whether it got what it asked for. */
#ifdef FLOOR_IN_VIEW
static void file_prove(const char *bytes, size_t size);
static void limits_prove(void);
static void capabilities_prove(void);
#else
#define file_prove(bytes, size) ((void)0)
#define limits_prove()          ((void)0)
#define capabilities_prove()    ((void)0)
#endif

#ifndef FLOOR_IN_PROCESS
static void read_plan(void)
{
	static char bytes[65536];
	int dir = openat(AT_FDCWD, FLOOR_PLAN, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct stat st;
		int fd = openat(dir, files[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st) != 0 || read(fd, bytes, (size_t)st.st_size) < 0)
			_exit(125);
		file_prove(bytes, (size_t)st.st_size);
	}
}
#endif

static const struct {
	void *handler;
	unsigned long flags, restorer, mask;
} fresh;

#ifdef FLOOR_IN_PROCESS
/* Handlers of the caller must go before they can run, so each number is set, and the file is not needed. */
static const uint64_t ignored = ~0ull;
#else
/* Only what is ignored would be inherited. The kernel shows it in one file; setting all of them is quicker, and more calls. */
static uint64_t ignored = ~0ull;

static void look_at_signals(void)
{
	static char text[4096];
	if (geteuid() != 0)
		return;
	int fd = openat(AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	const char *line = memmem(text, n > 0 ? (size_t)n : 0, "\nSigIgn:\t", 9);
	ignored = line ? strtoull(line + 9, NULL, 16) : ~0ull;
}
#endif

static void reset_signals(void)
{
	const uint64_t none = 0;
	for (int s = 1; s <= 64; s++)
		if (ignored >> (s - 1) & 1)
			syscall(SYS_rt_sigaction, s, &fresh, NULL, 8);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8);
}

static void drop_capabilities(void)
{
	static const struct __user_cap_data_struct nothing[2];
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	if (geteuid() == 0) {
		for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
		prctl(PR_SET_SECUREBITS,
		      (SECURE_ALL_BITS & ~(1 << SECURE_KEEP_CAPS)) | SECURE_ALL_LOCKS, 0, 0, 0);
	}
	if (syscall(SYS_capset, &head, nothing) != 0)
		_exit(125);
}

/* Everything after the plan was read; returns only on failure. */
static int become(char **argv)
{
	static char *const env[] = {NULL};
	struct sock_fprog prog = {sizeof(filter) / sizeof(filter[0]),
				  (struct sock_filter *)(uintptr_t)filter};
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		syscall(SYS_prlimit64, 0, limits[i].resource,
			&(struct rlimit){limits[i].value, limits[i].value}, NULL);
	limits_prove();
	if (FLOOR_SETSID)
		setsid();
	reset_signals();
	syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
	drop_capabilities();
	capabilities_prove();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return 125;
	confine_files();
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) != 0)
		return 125;
	execve(argv[0], argv, env);
	return 127;
}

#if !defined(FLOOR_IN_PROCESS) && !defined(FLOOR_IN_VIEW) /* lib/lib.c and floor_view.c take the calls without the program */
int main(int argc, char **argv)
{
	if (argc < 2)
		return 125;
	read_plan();
	look_at_signals();
	return become(argv + 1);
}
#endif
