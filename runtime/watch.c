/*
 * watch.c - says what a job uses: by its cgroup all of it, else the process of the program.
 */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "cgroup_file.h"

struct use {
	uint64_t cpu_ms, memory, processes;
	bool cpu_known, memory_known, processes_known;
};

static void look_at_cgroup(int dir, struct use *u)
{
	u->cpu_ms = cgroup_file_number(dir, "cpu.stat", "usage_usec") / 1000;
	u->cpu_known = cgroup_file_there(dir, "cpu.stat");
	u->memory = cgroup_file_number(dir, "memory.current", "");
	u->memory_known = cgroup_file_there(dir, "memory.current");
	u->processes = cgroup_file_number(dir, "pids.current", "");
	u->processes_known = cgroup_file_there(dir, "pids.current");
}

static void proc_path(char *buf, size_t cap, uint64_t pid, const char *rest)
{
	char number[NUM_TEXT];
	struct text t = text_over(buf, cap);

	text_str(&t, "/proc/");
	text_str(&t, num_text(number, pid));
	text_str(&t, rest);
}

/* The only child of process 1 at the start is the program; later orphans come after it. */
static uint64_t program_of(pid_t init)
{
	char path[96], buf[512], number[NUM_TEXT], rest[64];
	struct text t = text_over(rest, sizeof(rest));
	uint64_t pid = 0;

	text_str(&t, "/task/");
	text_str(&t, num_text(number, (uint64_t)init));
	text_str(&t, "/children");
	proc_path(path, sizeof(path), (uint64_t)init, rest);
	if (cgroup_file_read(AT_FDCWD, path, buf, sizeof(buf)))
		span_number((struct span){buf, strspn(buf, "0123456789")}, INT32_MAX, &pid);
	return pid;
}

/* Fields of /proc/PID/stat after the name, which may hold anything: utime 14, stime 15, rss 24. */
static void look_at_process(uint64_t pid, struct use *u)
{
	enum { UTIME = 14, STIME = 15, RSS = 24, AFTER_NAME = 3 };
	char path[96], buf[1024];
	const char *at;

	proc_path(path, sizeof(path), pid, "/stat");
	at = pid && cgroup_file_read(AT_FDCWD, path, buf, sizeof(buf)) ? strrchr(buf, ')') : NULL;
	for (int field = AFTER_NAME; at && field <= RSS; field++) {
		uint64_t n = 0;
		at = strchr(at, ' ');
		at += at != NULL;
		if (!at || !span_number((struct span){at, strspn(at, "0123456789")}, UINT64_MAX, &n))
			continue;
		if (field == UTIME || field == STIME)
			u->cpu_ms += n * 1000 / getauxval(AT_CLKTCK);
		if (field == RSS) {
			u->memory = n * getauxval(AT_PAGESZ);
			u->cpu_known = u->memory_known = true;
		}
	}
}

/* "12.3 MiB" */
static void put_tenths(struct text *t, uint64_t tenths, const char *unit)
{
	char number[NUM_TEXT];

	text_str(t, num_text(number, tenths / 10));
	text_str(t, ".");
	text_str(t, num_text(number, tenths % 10));
	text_str(t, unit);
}

void watch_line(const struct watched *w)
{
	char line[160], number[NUM_TEXT];
	struct text t = text_over(line, sizeof(line));
	struct use u = {0};

	if (w->cgroup >= 0)
		look_at_cgroup(w->cgroup, &u);
	if (!u.memory_known && !u.cpu_known)
		look_at_process(w->init ? program_of(w->process) : (uint64_t)w->process, &u);
	put_tenths(&t, w->wall_us / 100000, " s");
	text_str(&t, w->cgroup >= 0 ? ", job:" : ", program:");
	if (u.cpu_known) {
		text_str(&t, " cpu ");
		put_tenths(&t, u.cpu_ms / 100, " s");
	}
	if (u.memory_known) {
		text_str(&t, " memory ");
		put_tenths(&t, u.memory / 104857, " MiB"); /* tenths of 2^20 */
	}
	if (u.processes_known) {
		text_str(&t, " processes ");
		text_str(&t, num_text(number, u.processes));
	}
	note_print(line, NULL);
}
