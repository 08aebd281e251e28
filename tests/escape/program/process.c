/*
 * process.c - the victim: a process of the same user outside of the sandbox.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NR_PROCESS_MRELEASE = 448 };

static int v_mem(const struct world *w)
{
	char buf[sizeof(SECRET)];
	int fd = open(proc_of(w->victim, "mem"), O_RDWR | O_CLOEXEC);
	if (fd < 0 || pread(fd, buf, sizeof(buf), (off_t)(uintptr_t)victim_memory) < 0)
		return errno;
	return memcmp(buf, SECRET, sizeof(buf)) == 0 ? 0 : ENODATA;
}

static int v_environ(const struct world *w)
{
	return reads_secret(proc_of(w->victim, "environ"));
}

static int v_root(const struct world *w)
{
	char below[4096];
	snprintf(below, sizeof(below), "root%s/out/secret", w->dir);
	return reads_secret(proc_of(w->victim, below));
}

static int v_cwd(const struct world *w)
{
	return reads_secret(proc_of(w->victim, "cwd/secret"));
}

static int v_fd(const struct world *w)
{
	return reads_secret(proc_of(w->victim, "fd/9"));
}

static int v_exe(const struct world *w)
{
	return close_fd(open(proc_of(w->victim, "exe"), O_RDONLY | O_CLOEXEC));
}

/* The program that started this one: the loader, where it stays. */
static int v_loader(const struct world *w)
{
	return close_fd(open(proc_of(w->parent, "exe"), O_RDONLY | O_CLOEXEC));
}

static int v_oom(const struct world *w)
{
	return close_fd(open(proc_of(w->victim, "oom_score_adj"), O_WRONLY | O_CLOEXEC));
}

static int v_ptrace(const struct world *w)
{
	int error = result(ptrace(PTRACE_SEIZE, w->victim, NULL, NULL));
	if (!error) { /* only a stopped one can be let go; the end of this child does it */
		ptrace(PTRACE_INTERRUPT, w->victim, NULL, NULL);
		waitpid(w->victim, NULL, 0);
		ptrace(PTRACE_DETACH, w->victim, NULL, NULL);
	}
	return error;
}

static int v_readv(const struct world *w)
{
	char buf[sizeof(SECRET)];
	struct iovec to = {buf, sizeof(buf)}, from = {(void *)(uintptr_t)victim_memory, sizeof(buf)};
	if (process_vm_readv(w->victim, &to, 1, &from, 1, 0) < 0)
		return errno;
	return memcmp(buf, SECRET, sizeof(buf)) == 0 ? 0 : ENODATA;
}

static int v_writev(const struct world *w)
{
	struct iovec nothing = {NULL, 0}, to = {(void *)(uintptr_t)victim_memory, 0};
	return result(process_vm_writev(w->victim, &nothing, 1, &to, 1, 0));
}

static int v_getfd(const struct world *w)
{
	int pidfd = (int)syscall(SYS_pidfd_open, w->victim, 0);
	int fd = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, 9, 0);
	return fd < 0 ? errno : fd_reads_secret(fd);
}

static int v_kcmp(const struct world *w)
{
	return result(syscall(SYS_kcmp, getpid(), w->victim, KCMP_VM, 0, 0));
}

static int v_kill(const struct world *w)
{
	return result(kill(w->victim, SIGURG));
}

static int v_tgkill(const struct world *w)
{
	return result(syscall(SYS_tgkill, w->victim, w->victim, SIGURG));
}

static int v_queue(const struct world *w)
{
	return result(sigqueue(w->victim, SIGURG, (union sigval){0}));
}

static int v_pidfd_signal(const struct world *w)
{
	int fd = (int)syscall(SYS_pidfd_open, w->victim, 0);
	return fd < 0 ? errno : result(syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0));
}

static int v_parent(const struct world *w)
{
	return result(kill(w->parent, SIGURG)); /* ignored by everybody who did not ask for it */
}

static int v_prlimit(const struct world *w)
{
	struct rlimit now;
	return result(prlimit(w->victim, RLIMIT_CORE, NULL, &now));
}

static int v_priority(const struct world *w)
{
	return result(setpriority(PRIO_PROCESS, (id_t)w->victim, 19)); /* the least: whoever runs the test may be nice */
}

static int v_affinity(const struct world *w)
{
	cpu_set_t all;
	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		return errno;
	return result(sched_setaffinity(w->victim, sizeof(all), &all));
}

static int v_ioprio(const struct world *w)
{
	return result(syscall(SYS_ioprio_set, 1, w->victim, 2 << 13 | 4));
}

static int v_move_pages(const struct world *w)
{
	int status;
	void *page = (void *)((uintptr_t)victim_memory & ~(uintptr_t)4095);
	return result(syscall(SYS_move_pages, w->victim, 1UL, &page, NULL, &status, 0));
}

static int v_setns(const struct world *w)
{
	int fd = (int)syscall(SYS_pidfd_open, w->victim, 0);
	return fd < 0 ? errno : result(setns(fd, CLONE_NEWUTS));
}

static int v_madvise(const struct world *w)
{
	struct iovec page = {(void *)((uintptr_t)victim_memory & ~(uintptr_t)4095), 4096};
	int fd = (int)syscall(SYS_pidfd_open, w->victim, 0);
	return fd < 0 ? errno : result(syscall(SYS_process_madvise, fd, &page, 1UL, 20 /* MADV_COLD */, 0));
}

static int v_scheduler(const struct world *w)
{
	const struct sched_param least = {0};
	return result(sched_setscheduler(w->victim, SCHED_OTHER, &least));
}

static int v_attributes(const struct world *w)
{
	const struct { /* SCHED_ATTR_SIZE_VER0 of linux/sched/types.h */
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} least = {.size = sizeof(least), .nice = 19};
	return result(syscall(SYS_sched_setattr, w->victim, &least, 0));
}

static int v_parameters(const struct world *w)
{
	const struct sched_param least = {0};
	return result(sched_setparam(w->victim, &least));
}

static int v_ioprio_user(const struct world *w)
{
	(void)w;
	int error = result(syscall(SYS_ioprio_set, 3, 3999999999U, 2 << 13 | 4));
	return error == ESRCH ? 0 : error;
}

static int v_migrate(const struct world *w)
{
	const unsigned long first[2] = {1};
	return result(syscall(SYS_migrate_pages, w->victim, 65UL, first, first));
}

/* Memory of one that is killed; this one lives. */
static int v_release(const struct world *w)
{
	int fd = (int)syscall(SYS_pidfd_open, w->victim, 0);
	return fd < 0 ? errno : result(syscall(NR_PROCESS_MRELEASE, fd, 0));
}

/* A whole process group; the victim's is its own. */
static int v_kill_group(const struct world *w)
{
	return result(kill(-w->victim, SIGURG));
}

/* Of all processes of a user; this one has none. */
static int v_priority_user(const struct world *w)
{
	(void)w;
	int error = result(setpriority(PRIO_USER, 3999999999U, 19));
	return error == ESRCH ? 0 : error;
}

/* A descriptor sends a signal to whom it was told, when something happens to it. */
static int v_sigio(const struct world *w)
{
	int pair[2], patience = getenv("SBX_ESCAPE_SECRET") ? 500 : 20; /* outside of a sandbox it has to come */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	if (fcntl(pair[0], F_SETOWN, w->victim) != 0 || fcntl(pair[0], F_SETFL, O_ASYNC | O_NONBLOCK) != 0)
		return errno;
	if (write(pair[1], "x", 1) != 1)
		return errno;
	int error = EPERM;
	for (; error && patience > 0; patience--)
		if (access(at(w, "ro/signalled"), F_OK) == 0)
			error = 0;
		else
			usleep(10000);
	fcntl(pair[0], F_SETFL, O_NONBLOCK); /* or its end would be told too */
	return error;
}

/* The loader, where it stays: its memory and its descriptors. */
static int v_loader_mem(const struct world *w)
{
	return close_fd(open(proc_of(w->parent, "mem"), O_RDWR | O_CLOEXEC));
}

static int v_loader_fd(const struct world *w)
{
	int pidfd = (int)syscall(SYS_pidfd_open, w->parent, 0);
	return pidfd < 0 ? errno : close_fd((int)syscall(SYS_pidfd_getfd, pidfd, 0, 0));
}

const struct attack attacks_process[] = {
    {"proc-mem", v_mem},	 {"proc-environ", v_environ}, {"proc-root", v_root},	 {"proc-cwd", v_cwd},
    {"proc-fd", v_fd},		 {"proc-exe", v_exe},	      {"proc-loader", v_loader}, {"proc-oom-score", v_oom},
    {"ptrace", v_ptrace},	 {"vm-read", v_readv},	      {"vm-write", v_writev},	 {"pidfd-getfd", v_getfd},
    {"kcmp", v_kcmp},		 {"kill", v_kill},	      {"tgkill", v_tgkill},	 {"sigqueue", v_queue},
    {"pidfd-signal", v_pidfd_signal}, {"kill-parent", v_parent}, {"prlimit", v_prlimit}, {"setpriority", v_priority},
    {"setaffinity", v_affinity}, {"ioprio", v_ioprio},	      {"move-pages", v_move_pages}, {"setns-pidfd", v_setns},
    {"process-madvise", v_madvise}, {"setscheduler", v_scheduler}, {"setpriority-user", v_priority_user},
    {"sigio", v_sigio},		 {"loader-mem", v_loader_mem}, {"loader-fd", v_loader_fd},
    {"setattr", v_attributes},	 {"setparam", v_parameters},  {"ioprio-user", v_ioprio_user}, {"migrate-pages", v_migrate},
    {"process-mrelease", v_release}, {"kill-group", v_kill_group},
    {NULL, NULL},
};
