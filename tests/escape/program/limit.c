/*
 * limit.c - more than the share: processes, memory, time, other cgroups. Only for guests: bare they do harm.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

enum { FORKS = 64, HOG = 96 << 20 };

static int l_forks(const struct world *w)
{
	int error = 0;
	(void)w;
	setpgid(0, 0);
	for (int i = 0; i < FORKS && !error; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			sleep(20);
			_exit(0);
		}
		error = result(pid);
	}
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		;
	return error;
}

static int hog(const struct world *w)
{
	(void)w;
	char *m = mmap(NULL, HOG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m == MAP_FAILED)
		return errno;
	for (size_t i = 0; i < HOG; i += 4096)
		m[i] = 1;
	return 0;
}

/* The hog is a child, so that the program itself could live on and say so. */
static int l_memory(const struct world *w)
{
	return in_child(hog, w);
}

/* Memory of files that have no name counts too. */
static int l_memfd(const struct world *w)
{
	(void)w;
	int fd = memfd_create("hog", MFD_CLOEXEC);
	return fd < 0 ? errno : result(fallocate(fd, 0, 0, HOG));
}

/* A child that left the session, is nobody's and ignores what can be ignored. */
static int l_orphan(const struct world *w)
{
	(void)w;
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		if (fork() == 0) {
			for (int s = 1; s < NSIG; s++)
				signal(s, SIG_IGN);
			close_range(0, ~0U, 0);
			prctl(PR_SET_NAME, "orphan");
			for (;;)
				sleep(60);
		}
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	return result(pid);
}

static int l_raise(const struct world *w)
{
	struct rlimit core, all = {RLIM_INFINITY, RLIM_INFINITY};
	(void)w;
	if (getrlimit(RLIMIT_CORE, &core) != 0)
		return errno;
	return core.rlim_max == RLIM_INFINITY ? 0 : result(setrlimit(RLIMIT_CORE, &all));
}

static int crash(const struct world *w)
{
	struct rlimit core;
	if (chdir(at(w, "in")) != 0 || getrlimit(RLIMIT_CORE, &core) != 0)
		return errno;
	core.rlim_cur = core.rlim_max;
	setrlimit(RLIMIT_CORE, &core);
	prctl(PR_SET_DUMPABLE, 1);
	raise(SIGSEGV);
	return EIO;
}

/* The guest's core_pattern is `core`. */
static int l_core(const struct world *w)
{
	int status;
	unlink(at(w, "in/core"));
	pid_t pid = fork();
	if (pid == 0)
		_exit(crash(w));
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return errno;
	return WIFSIGNALED(status) && WCOREDUMP(status) ? 0 : WIFEXITED(status) ? WEXITSTATUS(status) : EFBIG;
}

/* ---- cgroups ---- */

static const char *own_cgroup(const char *file)
{
	static char path[512];
	char line[256] = "";
	FILE *f = fopen("/proc/self/cgroup", "re");
	while (f && fgets(line, sizeof(line), f) && strncmp(line, "0::", 3) != 0)
		;
	if (f)
		fclose(f);
	line[strcspn(line, "\n")] = 0;
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/%s", line[0] ? line + 3 : "", file);
	return path;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int error = fd < 0 ? errno : write(fd, text, strlen(text)) < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	return error;
}

static int l_memory_max(const struct world *w)
{
	(void)w;
	return write_text(own_cgroup("memory.max"), "max");
}

static int l_leave(const struct world *w)
{
	(void)w;
	return write_text("/sys/fs/cgroup/user/other/cgroup.procs", "0");
}

/* O_PATH needs no right in Landlock, and the cgroup is entered by descriptor. */
static int l_clone_into(const struct world *w)
{
	(void)w;
	int fd = open("/sys/fs/cgroup/user/other", O_PATH | O_CLOEXEC);
	const uint64_t args[11] = {CLONE_INTO_CGROUP, [4] = SIGCHLD, [10] = (uint64_t)fd};
	if (fd < 0)
		return errno;
	long pid = syscall(SYS_clone3, args, sizeof(args));
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return result(pid);
}

const struct attack attacks_limit[] = {
    {"fork-bomb", l_forks},	  {"memory-hog", l_memory},	{"memfd-hog", l_memfd}, {"orphan", l_orphan},
    {"raise-rlimit", l_raise},	  {"core-dump", l_core},	{"cgroup-memory-max", l_memory_max},
    {"cgroup-leave", l_leave},	  {"cgroup-clone-into", l_clone_into}, {NULL, NULL},
};
