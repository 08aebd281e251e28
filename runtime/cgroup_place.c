/*
 * cgroup_place.c - looks for a cgroup of this process in which jobs can be made: its own one, else
 * the parent of that (a service manager that puts its processes into a leaf leaves the rest to them).
 *
 * The kernel gives controllers only to children of a cgroup that holds no process itself; so where
 * this loader is alone in it, it can move to a leaf of its own first. The root is exempt.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "cgroup.h"
#include "cgroup_file.h"
#include "kernel.h"

static const char delegate_user[] SAID_ARRAY = "systemd-run --user --scope -q -p Delegate=yes sbx-run ... (a "
				    "user manager delegates memory, pids and cpu)";
static const char delegate_root[] SAID_ARRAY = "systemd-run --scope -q -p Delegate=yes sbx-run ...";

static const char *fix_delegate(void)
{
	return geteuid() ? delegate_user : delegate_root;
}

/* "memory pids cpu" as bits. */
static unsigned controllers_read(int dir, const char *name)
{
	char buf[512];
	struct span left;
	unsigned bits = 0;

	if (!cgroup_file_read(dir, name, buf, sizeof(buf)))
		return 0;
	left = span_of(buf);
	while (left.len > 0) {
		struct span word = span_cut(&left, ' ');
		for (unsigned c = 0; c < CONTROLLER_COUNT; c++)
			if (span_is(word, controller_word(c)))
				bits |= 1u << c;
	}
	return bits;
}

/* Does the cgroup hold a process beside this one? What cannot be read counts as one. */
static bool others_in(int dir)
{
	char buf[256], mine[NUM_TEXT];

	num_text(mine, (uint64_t)getpid());
	if (!cgroup_file_read(dir, "cgroup.procs", buf, sizeof(buf)))
		return true;
	return buf[0] && strcmp(buf, mine) != 0;
}

static bool holds_me(int dir)
{
	char buf[256];

	return !cgroup_file_read(dir, "cgroup.procs", buf, sizeof(buf)) || buf[0];
}

static bool is_root(int dir)
{
	return faccessat(dir, "cgroup.type", F_OK, 0) != 0 && errno == ENOENT;
}

/* What jobs below this directory could have. */
static struct cgroup_place look(int dir, unsigned wanted)
{
	struct cgroup_place p = {.base = dir};
	unsigned given, there;

	if (!cgroup_file_writable(dir, ".") || !cgroup_file_writable(dir, "cgroup.procs")) {
		p.base = -1;
		p.lack = "no cgroup is delegated to this user";
		return p;
	}
	given = controllers_read(dir, "cgroup.subtree_control");
	there = controllers_read(dir, "cgroup.controllers");
	p.usable = given & wanted;
	p.enable = wanted & there & ~given;
	if (wanted & ~there & ~given)
		p.lack = "the controller is not delegated, or attached to cgroup v1";
	if (!p.enable)
		return p;
	if (!cgroup_file_writable(dir, "cgroup.subtree_control")) {
		p.lack = "the controllers of this cgroup are not delegated";
		p.enable = 0;
	} else if (!is_root(dir) && others_in(dir)) {
		p.lack = "the cgroup of this process holds other processes too, and gives its controllers away only when it holds "
			 "none";
		p.enable = 0;
	}
	p.usable |= p.enable;
	p.move = p.enable && !is_root(dir) && holds_me(dir);
	return p;
}

/* The hierarchy: alone at its place, or beside those of v1. */
static int root_open(void)
{
	static const char *const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	struct statfs fs;

	for (unsigned i = 0; i < 2; i++) {
		int fd = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_MAGIC)
			return fd;
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

/* The line "0::/PATH" of /proc/self/cgroup; a path outside of what is mounted here begins with /.. */
static const char *own_path(char *buf, size_t cap)
{
	char *line = cgroup_file_read(AT_FDCWD, "/proc/self/cgroup", buf, cap) ? buf : NULL;

	while (line && strncmp(line, "0::/", 4))
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
	if (!line || !strncmp(line, "0::/..", 6))
		return NULL;
	line[strcspn(line, "\n")] = 0;
	return line + 4;
}

static unsigned count(unsigned set)
{
	unsigned n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

static bool better(const struct cgroup_place *a, const struct cgroup_place *b)
{
	return a->base >= 0 && (b->base < 0 || count(a->usable) > count(b->usable));
}

void cgroup_probe(struct cgroup_place *p, unsigned wanted)
{
	char buf[4096];
	int root = root_open(), own = -1;
	const char *path = own_path(buf, sizeof(buf));

	*p = (struct cgroup_place){.base = -1};
	if (root >= 0 && path)
		own = openat(root, *path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root >= 0)
		close(root);
	if (own < 0) {
		p->lack = root < 0 ? "cgroup v2 is not mounted on /sys/fs/cgroup"
				   : "the cgroup of this process cannot be seen here";
		return;
	}
	*p = look(own, wanted);
	if (p->lack && !is_root(own)) {
		int parent = openat(own, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		struct cgroup_place above = look(parent, wanted);
		if (parent >= 0 && better(&above, p))
			*p = above;
		else if (parent >= 0)
			close(parent);
	}
	if (p->lack)
		p->fix = fix_delegate();
}
