/*
 * floor_view.c - what a launch in private views costs at the least: the namespaces, the tree and process 1 that
 * sbx-run makes for one plan, written out by hand on top of floor.c. Nothing is checked, and no place is looked at
 * before it is mounted.
 *
 *     floor_view all|no-net init|alone|checked PROGRAM
 *
 * alone: the program is process 1 itself, and whatever it leaves behind nobody reaps: one process fewer.
 *
 * checked: what nobody may leave out whose loader has to be right, in the straightest way: the files of the plan are hashed, each place is
 * opened through no link and mounted by that descriptor, what was set is asked back, signals are waited for beside the child (to be
 * passed on), and a pipe tells a start that failed from a program that did.
 *
 * run.sh makes floor_view.h beside floor_plan.h: links[] and folders[] of the tree, and what is bound in it.
 */
#include <arpa/inet.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#define FLOOR_IN_VIEW
#include "floor.c"

struct floor_bind {
	const char *from, *to;
	int folder, writable, device;
};

#include "floor_view.h"

#include "runtime/sha256.h"

static int checked;

static void must(int good)
{
	if (!good)
		_exit(125);
}

/* Of one of these the hash is known, as SHA256SUMS says it: here all that counts is that it was made. */
static void file_prove(const char *bytes, size_t size)
{
	char hex[SHA256_HEX + 1];

	if (checked)
		sha256_hex(bytes, size, hex);
}

static void limits_prove(void)
{
	for (size_t i = 0; checked && i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit now;
		must(syscall(SYS_prlimit64, 0, limits[i].resource, NULL, &now) == 0 && now.rlim_max == limits[i].value);
	}
}

static void capabilities_prove(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct now[2];

	if (checked)
		must(syscall(SYS_capget, &head, now) == 0 && !(now[0].permitted | now[1].permitted));
}

/* The place as it is, through no link. */
static int place_look(const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
	struct stat st;
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	must(fd >= 0 && fstat(fd, &st) == 0);
	return fd;
}

static void links_look(void)
{
	char path[256], target[256];

	for (size_t i = 0; checked && i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(path, sizeof(path), "/%s", links[i][1]);
		must(!links[i][0] || readlinkat(AT_FDCWD, path, target, sizeof(target)) == (ssize_t)strlen(links[i][0]));
	}
}

/* /proc, and no other file system in its place. */
static void proc_look(void)
{
	struct statfs fs;

	if (checked)
		must(statfs("/proc", &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC);
}

static void ids_look(unsigned uid, unsigned gid)
{
	uid_t u[3];
	gid_t g[3];

	if (checked)
		must(getresuid(u, u + 1, u + 2) == 0 && getresgid(g, g + 1, g + 2) == 0 && u[0] == uid && u[1] == uid && u[2] == uid &&
		     g[0] == gid && g[1] == gid && g[2] == gid);
}

static void put(int proc, const char *name, const char *text)
{
	int fd = openat(proc, name, O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && write(fd, text, strlen(text)) > 0);
	close(fd);
}

static void maps_write(unsigned uid, unsigned gid)
{
	int proc;
	char text[64];

	proc_look();
	proc = openat(AT_FDCWD, "/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	put(proc, "setgroups", "deny");
	snprintf(text, sizeof(text), "%u %u 1", gid, gid);
	put(proc, "gid_map", text);
	snprintf(text, sizeof(text), "%u %u 1", uid, uid);
	put(proc, "uid_map", text);
	close(proc);
	ids_look(uid, gid);
}

static void loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	must(ioctl(fd, SIOCSIFFLAGS, &request) == 0);
	close(fd);
}

static int root_make(void)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), root;

	must(fs >= 0);
	must(syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "mode", "0755", 0) == 0);
	must(syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, "size", "1048576", 0) == 0);
	must(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0);
	root = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
			    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	must(root >= 0);
	close(fs);
	must(syscall(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) == 0);
	return root;
}

static void bind_place(int root, const struct floor_bind *b)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_NOSUID | (b->device ? 0 : MOUNT_ATTR_NODEV) |
					      (b->writable ? 0 : MOUNT_ATTR_RDONLY)};
	int from = checked ? place_look(b->from) : AT_FDCWD;
	int tree = (int)syscall(SYS_open_tree, from, checked ? "" : b->from,
				OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | (checked ? AT_EMPTY_PATH : 0));

	must(tree >= 0);
	must(syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) == 0);
	if (!b->folder)
		must(mknodat(root, b->to, S_IFREG | 0444, 0) == 0);
	must(syscall(SYS_move_mount, tree, "", root, b->to, MOVE_MOUNT_F_EMPTY_PATH) == 0);
	close(tree);
}

static void tree_make(void)
{
	struct mount_attr ro = {.attr_set = MOUNT_ATTR_RDONLY};
	char caller[4096];
	int root;

	must(getcwd(caller, sizeof(caller)) != NULL);
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	links_look();
	root = root_make();
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		must(mkdirat(root, folders[i], 0755) == 0);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		must(!links[i][0] || symlinkat(links[i][0], root, links[i][1]) == 0);
	for (size_t i = 0; i < sizeof(binds) / sizeof(binds[0]); i++)
		bind_place(root, &binds[i]);
	must(syscall(SYS_mount_setattr, root, "", AT_EMPTY_PATH, &ro, sizeof(ro)) == 0);
	must(fchdir(root) == 0 && syscall(SYS_pivot_root, ".", ".") == 0);
	must(umount2(".", MNT_DETACH) == 0 && chdir("/") == 0);
	if (chdir(caller) != 0) /* where the caller is, if the tree has it */
		return;
}

static int exit_code(pid_t pid)
{
	int status = 0;
	pid_t got;

	while ((got = waitpid(-1, &status, 0)) > 0 && got != pid)
		;
	return got == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

static int inside(unsigned uid, unsigned gid, int net, int init, char **argv)
{
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	maps_write(uid, gid);
	if (net)
		loopback_up();
	must(unshare(CLONE_NEWCGROUP) == 0);
	tree_make();
	pid = init ? (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) : 0;
	if (pid == 0)
		return become(argv);
	syscall(SYS_close_range, 0u, ~0u, 0);
	return exit_code(pid);
}

/* A signal would be passed on here; the end of the pipe says that the program runs, or that it never will. */
static int supervise(pid_t pid, int signals, int started)
{
	struct pollfd p = {.fd = signals, .events = POLLIN};
	struct signalfd_siginfo info;
	char failed;
	int status = 0;

	for (;;) {
		must(poll(&p, 1, -1) == 1 && read(signals, &info, sizeof(info)) == sizeof(info));
		if (info.ssi_signo == SIGCHLD && waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	return read(started, &failed, 1) == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

/* Where a check fails in the child the pipe would say so; none does here. */
static int signals_open(int started[2])
{
	sigset_t all;
	int fd;

	if (!checked)
		return -1;
	sigfillset(&all);
	must(sigprocmask(SIG_SETMASK, &all, NULL) == 0 && pipe2(started, O_CLOEXEC) == 0);
	fd = signalfd(-1, &all, SFD_CLOEXEC);
	must(fd >= 0);
	return fd;
}

int main(int argc, char **argv)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	unsigned uid = getuid(), gid = getgid();
	int net = argc > 3 && strcmp(argv[1], "all") == 0;
	pid_t pid;

	int signals, started[2];

	if (argc < 4)
		return 125;
	checked = strcmp(argv[2], "checked") == 0;
	read_plan();
	look_at_signals();
	args.flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | (net ? CLONE_NEWNET : 0);
	signals = signals_open(started);
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(inside(uid, gid, net, strcmp(argv[2], "alone") != 0, argv + 3));
	if (checked)
		close(started[1]);
	return pid < 0 ? 125 : checked ? supervise(pid, signals, started[0]) : exit_code(pid);
}
