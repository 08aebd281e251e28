/*
 * watch_look.c - what a job uses, on Linux: by its cgroup all of it, else the process of the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "cgroup_file.h"
#include "watch.h"

static void look_at_cgroup(int dir, struct watched_use *u)
{
	u->cpu_ms = cgroup_file_number(dir, "cpu.stat", "usage_usec") / 1000;
	u->cpu_known = cgroup_file_there(dir, "cpu.stat");
	u->memory = cgroup_file_number(dir, "memory.current", "");
	u->memory_known = cgroup_file_there(dir, "memory.current");
	u->processes = cgroup_file_number(dir, "pids.current", "");
	u->processes_known = cgroup_file_there(dir, "pids.current");
}

/* The only child of process 1 at the start is the program; later orphans come after it. */
static uint64_t program_of(pid_t init)
{
	char path[96], buf[512];
	uint64_t pid = 0;
	struct span left;

	text_print(path, sizeof(path), "/proc/%u/task/%u/children", init, init);
	if (cgroup_file_read(AT_FDCWD, path, buf, sizeof(buf))) {
		left = span_of(buf);
		span_number(span_cut(&left, ' '), INT32_MAX, &pid);
	}
	return pid;
}

/* Fields of /proc/PID/stat after the name, which may hold anything: utime 14, stime 15, rss 24. */
static void look_at_process(uint64_t pid, struct watched_use *u)
{
	enum { UTIME = 14, STIME = 15, RSS = 24, NAME = 2 };
	char path[96], buf[1024];
	const char *at;
	struct span left;

	text_print(path, sizeof(path), "/proc/%u/stat", (unsigned)pid);
	at = pid && cgroup_file_read(AT_FDCWD, path, buf, sizeof(buf)) ? strrchr(buf, ')') : NULL;
	if (!at)
		return;
	left = span_of(at);
	for (int field = NAME; left.len > 0; field++) {
		uint64_t n;
		if (!span_number(span_cut(&left, ' '), UINT64_MAX, &n))
			continue;
		if (field == UTIME || field == STIME)
			u->cpu_ms += n * 1000 / getauxval(AT_CLKTCK);
		if (field == RSS) {
			u->memory = n * getauxval(AT_PAGESZ);
			u->cpu_known = u->memory_known = true;
		}
	}
}

void watch_look(const struct watched *w, struct watched_use *u)
{
	if (w->cgroup >= 0)
		look_at_cgroup(w->cgroup, u);
	if (!u->memory_known && !u->cpu_known)
		look_at_process(w->init ? program_of(w->process) : (uint64_t)w->process, u);
}
