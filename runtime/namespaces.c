/*
 * namespaces.c - which namespaces a plan asks for, what stands against them on this host, and what
 * has to be filled in: the maps of user and group, the loopback device, the host name.
 */
#include "namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "fds.h"
#include "relay.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	unsigned view, flag;
} views[] = {
    {ISOLATE_USER, CLONE_NEWUSER}, {ISOLATE_PID, CLONE_NEWPID}, {ISOLATE_MOUNT, CLONE_NEWNS},
    {ISOLATE_NET, CLONE_NEWNET},   {ISOLATE_IPC, CLONE_NEWIPC}, {ISOLATE_UTS, CLONE_NEWUTS},
};

bool namespaces_wanted(const struct run *r, unsigned view)
{
	return !r->host.no_namespaces && (r->plan->launch.isolate & view);
}

unsigned namespaces_flags(const struct run *r)
{
	unsigned flags = 0;

	for (size_t i = 0; i < COUNT(views); i++)
		if (namespaces_wanted(r, views[i].view))
			flags |= views[i].flag;
	return flags;
}

/* ---- why not --------------------------------------------------------------------------------- */

/* The first line of a short file; false when it is longer, empty or not there. */
static bool line_is_read(const char *path, char *text, size_t size)
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text[0] && (size_t)n < size - 1;
}

/* Settings of a host: the file, the value that stands against it, what that means and the fix. Read by text_nth() only. */
static const char settings[] SAID_ARRAY =
    "/proc/sys/user/max_user_namespaces\0"
    "0\0"
    "user.max_user_namespaces is 0\0"
    "sysctl user.max_user_namespaces=15000\0"
    "/proc/sys/kernel/unprivileged_userns_clone\0"
    "0\0"
    "kernel.unprivileged_userns_clone is 0\0"
    "sysctl kernel.unprivileged_userns_clone=1\0"
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns\0"
    "1\0"
    "AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)\0"
    "an AppArmor profile for sbx-run with `userns,`, or sysctl kernel.apparmor_restrict_unprivileged_userns=0\0";

static bool (no_namespace)(struct run *r, const char *step, int error)
{
	const char *cause = NULL, *fix = SAID("write `isolate none because ...`, or run it where namespaces are allowed");
	char text[96]; /* a setting, or the label of a process */

	if (error == EAGAIN) {
		cause = SAID("the user has as many processes as its limit lets it have");
		fix = SAID("end some of them, or raise the limit (ulimit -u)");
	}
	for (const char *path = text_nth(settings, 0); *path && !cause; path = text_nth(path, 4))
		if (line_is_read(path, text, sizeof(text)) && !strcmp(text, text_nth(path, 1))) {
			cause = text_nth(path, 2);
			fix = text_nth(path, 3);
		}
	if (!cause && host_filtered())
		cause = SAID("a system call filter is on this process already, as in containers");
	if (!cause && (error == ENOSPC || error == EUSERS))
		cause = SAID("namespaces are nested too deep, or too many of them exist");
	if (!cause && error == EINVAL)
		cause = SAID("this kernel was built without one of these namespaces");
	/* create_user_ns() of the kernel: EPERM below a changed root, and for ids that have no number outside */
	if (!cause && error == EPERM)
		cause = SAID("this is a chroot, where the kernel makes no user namespaces, or a security module forbids them");
	fault_set(r->fault, ERR_NO_NAMESPACE);
	errno = error;
	(fault_errno)(r->fault, step);
	/* what AppArmor and SELinux say, who have a name for every process */
	if (!cause && error == EACCES && line_is_read("/proc/self/attr/current", text, sizeof(text))) {
		fault_add(r->fault, "likely a security module, which calls this process `%s`", text);
		fix = SAID("let that have user namespaces (AppArmor: `userns,`), or write `isolate none because ...`");
	}
	if (cause)
		fault_add(r->fault, "likely %s", cause);
	return fault_add(r->fault, "fix %s", fix);
}
#define no_namespace(r, step, error) FAULT_FALSE(no_namespace(r, SAID(step), error))

bool namespaces_refused(struct run *r, int error)
{
	return no_namespace(r, "clone", error);
}

/* ---- maps ------------------------------------------------------------------------------------ */

/* This process in the proc file system itself, not what somebody mounted in its place. */
static int proc_open(struct run *r)
{
	struct statfs fs;
	int fd = openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_CLOEXEC), self = -1;

	if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC)
		self = openat(fd, "self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (self >= 0) {
		fd_leave(fd);
		return self;
	}
	fault_say(r->fault, ERR_NO_NAMESPACE, "missing /proc is not the proc file system");
	return -1;
}

static bool map_write(int proc, const char *name, const char *text, size_t len)
{
	int fd = openat(proc, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	bool good = fd >= 0 && write(fd, text, len) == (ssize_t)len;
	int error = errno;

	if (fd >= 0)
		fd_leave(fd);
	errno = error;
	return good;
}

/* One number inside for one outside. */
static bool map_make(int proc, const char *name, uint64_t inside, uint64_t outside)
{
	char line[3 * NUM_TEXT];

	return map_write(
	    proc, name, line,
	    text_print(line, sizeof(line), "%zu %zu 1\n", (size_t)inside, (size_t)outside));
}

/* The real, effective and saved ones. */
static bool ids_are(uint64_t user, uint64_t group)
{
	uid_t u[3];
	gid_t g[3];

	return getresuid(&u[0], &u[1], &u[2]) == 0 && getresgid(&g[0], &g[1], &g[2]) == 0 && u[0] == user &&
	       u[1] == user && u[2] == user && g[0] == group && g[1] == group && g[2] == group;
}

/*
 * Written by this process to its own files, so that no number of a process can be taken by another
 * meanwhile. The files are its own only while it is dumpable, which lets processes of the same user
 * look at it: nothing secret is here yet. The auxiliary vector knows who started it.
 */
static bool maps_write(struct run *r)
{
	const struct launch *l = &r->plan->launch;
	uint64_t uid = getauxval(AT_UID), gid = getauxval(AT_GID);
	uint64_t user = amount_get(&r->vars, &l->user);
	uint64_t inner_uid = l->user_set ? user : uid, inner_gid = l->user_set ? user : gid;
	int proc = proc_open(r);
	bool good;

	if (proc < 0)
		return false;
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
		return fault_step(r->fault, "namespaces", "PR_SET_DUMPABLE");
	good = (map_write(proc, "setgroups", "deny", 4) || errno == ENOENT) &&
	       map_make(proc, "gid_map", inner_gid, gid) &&
	       map_make(proc, "uid_map", inner_uid, uid);
	if (!good)
		return no_namespace(r, "the maps of user and group", errno);
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return fault_step(r->fault, "namespaces", "PR_SET_DUMPABLE");
	signals_look_in(r, proc);
	fd_leave(proc);
	if (ids_are(inner_uid, inner_gid))
		return true;
	return no_namespace(r, "user and group are not those of the maps", EPERM);
}

/* ---- the rest -------------------------------------------------------------------------------- */

static bool loopback_up(struct run *r)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return fault_step(r->fault, "network", "socket");
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		return fault_step(r->fault, "network", "loopback up");
	close(fd);
	return true;
}

static bool hostname_set(struct run *r)
{
	struct span name = r->plan->launch.hostname;

	if (!name.at || sethostname(name.at, name.len) == 0)
		return true;
	return fault_step(r->fault, "host name", "sethostname");
}

bool apply_namespaces(struct run *r)
{
	if ((namespaces_wanted(r, ISOLATE_USER) && !maps_write(r)) ||
	    (namespaces_wanted(r, ISOLATE_NET) && !loopback_up(r)) ||
	    (namespaces_wanted(r, ISOLATE_UTS) && !hostname_set(r)))
		return false;
	if (namespaces_wanted(r, ISOLATE_CGROUP) && unshare(CLONE_NEWCGROUP))
		return no_namespace(r, "unshare of the cgroup namespace", errno);
	return true;
}

/* ---- a host that may have none --------------------------------------------------------------- */

bool namespaces_possible(const struct run *r)
{
	pid_t pid = relay_clone(namespaces_flags(r), NULL);
	int status;

	if (pid == 0)
		_exit(0);
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return true;
}
