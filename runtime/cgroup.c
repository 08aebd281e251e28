/*
 * cgroup.c - makes the cgroup of a start, sets and reads back its limits, kills and removes it.
 *
 * Nothing is allocated, and all is undone in the order opposite to that of making.
 */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup_file.h"
#include "system.h"

static const char job_prefix[] = "sbx-job-", leaf_prefix[] = "sbx-sup-";

enum { TRIES = 16, KILL_WAIT_MS = 5000 };

static bool (cgroup_fault)(struct fault *f, const char *what)
{
	fault_set(f, ERR_CGROUP);
	return (fault_errno)(f, what);
}
#define cgroup_fault(f, what) cgroup_fault(f, SAID(what))

static void short_wait(int ms)
{
	poll(NULL, 0, ms);
}

/* ---- directories --------------------------------------------------------------------------- */

static bool name_make(char name[CGROUP_NAME], const char *prefix)
{
	struct text t = text_over(name, CGROUP_NAME);
	unsigned char random[6];

	if (!random_bytes(random, sizeof(random)))
		return false;
	text_str(&t, prefix);
	text_hex(&t, random, sizeof(random));
	return true;
}

static int dir_open(int base, const char *name)
{
	return openat(base, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/*
 * A new cgroup, locked. Somebody who cleans up may take the lock between mkdir and flock, and then
 * removes it: another name, then.
 */
static int dir_make(int base, const char *prefix, char name[CGROUP_NAME])
{
	for (int i = 0; i < TRIES; i++) {
		if (!name_make(name, prefix))
			return -1;
		if (mkdirat(base, name, 0755)) {
			if (errno == EEXIST)
				continue;
			return -1;
		}
		int fd = dir_open(base, name);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
		    faccessat(fd, "cgroup.procs", F_OK, 0) == 0)
			return fd;
		if (fd >= 0)
			close(fd);
		unlinkat(base, name, AT_REMOVEDIR);
	}
	errno = EAGAIN;
	return -1;
}

static void kill_listed(int dir)
{
	char buf[16 * 1024];

	/* one page of pids at a time; what is read no second time is dead. Some are not for us to kill: not for ever, then */
	for (int waited = 0; waited < KILL_WAIT_MS; waited++) {
		if (!cgroup_file_read(dir, "cgroup.procs", buf, sizeof(buf)) && errno != E2BIG)
			return;
		uint64_t pid;
		if (!buf[0])
			return;
		if (strlen(buf) == sizeof(buf) - 1) /* cut: the last number may be a part of one */
			*strrchr(buf, '\n') = 0;
		struct span left = span_of(buf);
		while (left.len > 0)
			if (span_number(span_cut(&left, '\n'), INT32_MAX, &pid) && pid > 1)
				kill((pid_t)pid, SIGKILL);
		short_wait(1);
	}
}

/* Before Linux 5.14: frozen, nothing in it can fork while it is killed. */
static void dir_kill(int dir)
{
	if (cgroup_file_write(dir, "cgroup.kill", "1"))
		return;
	cgroup_file_write(dir, "cgroup.freeze", "1");
	kill_listed(dir);
	cgroup_file_write(dir, "cgroup.freeze", "0");
}

static bool dir_remove(int base, const char *name, int wait_ms)
{
	for (int waited = 0;; waited++) {
		if (unlinkat(base, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return true;
		if (errno != EBUSY || waited >= wait_ms)
			return false;
		short_wait(1);
	}
}

/* ---- what a supervisor left that was killed ------------------------------------------------ */

static void leftover_look(int base, const char *name)
{
	int fd;

	if (strncmp(name, job_prefix, strlen(job_prefix)) &&
	    strncmp(name, leaf_prefix, strlen(leaf_prefix)))
		return;
	fd = dir_open(base, name);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		dir_kill(fd);
		dir_remove(base, name, 50);
	}
	close(fd);
}

static void leftovers_remove(int base)
{
	char buf[4096];
	int fd = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long n;

	while (fd >= 0 && (n = syscall(SYS_getdents64, fd, buf, sizeof(buf))) > 0)
		for (long at = 0; at < n;) {
			const struct dirent *d = (const void *)(buf + at);
			leftover_look(base, d->d_name);
			at += d->d_reclen;
		}
	if (fd >= 0)
		close(fd);
}

/* ---- controllers --------------------------------------------------------------------------- */

static bool controllers_write(int base, char sign, unsigned bits)
{
	for (unsigned c = 0; c < CONTROLLER_COUNT; c++) {
		char word[16] = {sign};
		struct text t = {word, 1, sizeof(word), false};
		if (!(bits >> c & 1))
			continue;
		text_str(&t, controller_word(c));
		/* EBUSY while somebody moves in or out */
		for (int i = 0; !cgroup_file_write(base, "cgroup.subtree_control", word); i++) {
			if (errno != EBUSY || i == TRIES)
				return false;
			short_wait(1);
		}
	}
	return true;
}

static bool move_aside(struct cgroup *g, const struct cgroup_place *p, struct fault *f)
{
	g->leaf = dir_make(p->base, leaf_prefix, g->leaf_name);
	if (g->leaf < 0)
		return cgroup_fault(f, "mkdir of a leaf for the supervisor");
	if (!cgroup_file_write(g->leaf, "cgroup.procs", "0"))
		return cgroup_fault(f, "moving the supervisor to its leaf");
	return true;
}

/* ---- limits -------------------------------------------------------------------------------- */

/* What the file shows after `value` was written: memory is counted in pages. */
static void expected(const struct cgroup_setting *s, const char *value, char *out, size_t cap)
{
	struct text t = text_over(out, cap);
	uint64_t n, page = getauxval(AT_PAGESZ);
	char number[NUM_TEXT];

	if (s->controller == CONTROLLER_MEMORY && strcmp(s->file, "memory.oom.group") &&
	    span_number(span_of(value), INT64_MAX, &n))
		text_str(&t,
			 n / page >= INT64_MAX / page ? "max" : num_text(number, n / page * page));
	else
		text_str(&t, value);
}

static bool (limit_fault)(struct fault *f, const char *file, const char *value, const char *what)
{
	fault_say(f, ERR_CGROUP, "limit %s %s", file, value);
	return (fault_errno)(f, what);
}
#define limit_fault(f, file, value, what) limit_fault(f, file, value, SAID(what))

/* Without swap in the kernel there is nothing to limit, and no file for it. */
static bool no_swap_anyway(const char *file, const char *value)
{
	return !strcmp(file, "memory.swap.max") && errno == ENOENT && !strcmp(value, "0") &&
	       access("/proc/swaps", F_OK) != 0;
}

static bool limit_set(int dir, const struct cgroup_setting *s, const char *value, struct fault *f)
{
	const char *file = s->file;
	char want[128], has[128];

	if (!cgroup_file_write(dir, file, value))
		return no_swap_anyway(file, value) || limit_fault(f, file, value, "write");
	expected(s, value, want, sizeof(want));
	if (!cgroup_file_read(dir, file, has, sizeof(has)))
		return limit_fault(f, file, value, "read");
	return !strcmp(has, want) ||
	       fault_say(f, ERR_CGROUP, "limit %s %s\nwrong the kernel keeps another value", file, value);
}

static bool limits_set(int dir, const struct cgroup_place *p, const struct cgroup_conf *conf,
		       const struct vars *v, struct fault *f)
{
	for (unsigned i = 0; i < conf->n; i++) {
		const struct cgroup_setting *s = &conf->settings[i];
		char value[128];
		struct text t = text_over(value, sizeof(value));
		if (s->controller != CONTROLLER_COUNT && !(p->usable >> s->controller & 1))
			continue; /* the guarantees said that it may be missing */
		cgroup_value(s, v, &t);
		if (s->controller == CONTROLLER_IO ? !cgroup_disks_limit(dir, value, f)
						   : !limit_set(dir, s, value, f))
			return false;
	}
	return true;
}

/* ---- the whole ----------------------------------------------------------------------------- */

bool cgroup_begin(struct cgroup *g, const struct cgroup_place *p, struct fault *f)
{
	*g = (struct cgroup){.base = p->base, .dir = -1, .leaf = -1};
	leftovers_remove(p->base);
	return !p->move || move_aside(g, p, f);
}

bool cgroup_make(struct cgroup *g, const struct cgroup_place *p, const struct cgroup_conf *conf,
		 const struct vars *v, struct fault *f)
{
	if (p->enable && !controllers_write(p->base, '+', p->enable))
		return cgroup_fault(f, "write of cgroup.subtree_control");
	g->enabled = p->move ? p->enable : 0;
	g->dir = dir_make(p->base, job_prefix, g->name);
	if (g->dir < 0)
		return cgroup_fault(f, "mkdir of the cgroup");
	return limits_set(g->dir, p, conf, v, f);
}

void cgroup_reopen(struct cgroup *g)
{
	if (g->name[0])
		g->dir = dir_open(g->base, g->name);
}

void cgroup_kill(const struct cgroup *g)
{
	dir_kill(g->dir);
}

void cgroup_count(const struct cgroup *g, struct cgroup_counts *out)
{
	*out = (struct cgroup_counts){
	    .memory_peak = cgroup_file_number(g->dir, "memory.peak", ""),
	    .pids_peak = cgroup_file_number(g->dir, "pids.peak", ""),
	    .oom_kills = cgroup_file_number(g->dir, "memory.events", "oom_kill"),
	    .pids_refused = cgroup_file_number(g->dir, "pids.events", "max"),
	    .has_cpu = faccessat(g->dir, "cpu.stat", R_OK, 0) == 0,
	    .cpu_user_us = cgroup_file_number(g->dir, "cpu.stat", "user_usec"),
	    .cpu_system_us = cgroup_file_number(g->dir, "cpu.stat", "system_usec"),
	};
}

/*
 * Back to where the loader was: that cgroup takes no process while it gives controllers away. Another
 * job may still need them; then the leaf is left to its owner's next start.
 */
static bool move_back(struct cgroup *g)
{
	bool back = controllers_write(g->base, '-', g->enabled) &&
		    cgroup_file_write(g->base, "cgroup.procs", "0") &&
		    dir_remove(g->base, g->leaf_name, 0);

	close(g->leaf);
	g->leaf = -1;
	return back;
}

bool cgroup_end(struct cgroup *g)
{
	bool gone;

	if (g->dir < 0)
		return true;
	dir_kill(g->dir);
	gone = dir_remove(g->base, g->name, KILL_WAIT_MS);
	close(g->dir);
	g->dir = -1;
	return gone;
}

bool cgroup_leave(struct cgroup *g)
{
	return g->leaf < 0 || move_back(g);
}
