/*
 * floor_view.c - what a launch in private views costs at the least: the namespaces, the tree and process 1 that
 * sbx-run makes for one plan, written out by hand on top of floor.c. Nothing is checked, and no place is looked at
 * before it is mounted.
 *
 *     floor_view all|no-net init|alone PROGRAM
 *
 * alone: the program is process 1 itself, and whatever it leaves behind nobody reaps: one process fewer.
 *
 * run.sh makes floor_view.h beside floor_plan.h: links[] and folders[] of the tree, and what is bound in it.
 */
#include <arpa/inet.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define FLOOR_IN_VIEW
#include "floor.c"

struct floor_bind {
	const char *from, *to;
	int folder, writable, device;
};

#include "floor_view.h"

static void must(int good)
{
	if (!good)
		_exit(125);
}

static void put(int proc, const char *name, const char *text)
{
	int fd = openat(proc, name, O_WRONLY | O_CLOEXEC);

	must(fd >= 0 && write(fd, text, strlen(text)) > 0);
	close(fd);
}

static void maps_write(unsigned uid, unsigned gid)
{
	int proc = openat(AT_FDCWD, "/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[64];

	put(proc, "setgroups", "deny");
	snprintf(text, sizeof(text), "%u %u 1", gid, gid);
	put(proc, "gid_map", text);
	snprintf(text, sizeof(text), "%u %u 1", uid, uid);
	put(proc, "uid_map", text);
	close(proc);
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
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, b->from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

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
	int root;

	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
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

int main(int argc, char **argv)
{
	struct clone_args args = {.exit_signal = SIGCHLD};
	unsigned uid = getuid(), gid = getgid();
	int net = argc > 3 && strcmp(argv[1], "all") == 0;
	pid_t pid;

	if (argc < 4)
		return 125;
	read_plan();
	look_at_signals();
	args.flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | (net ? CLONE_NEWNET : 0);
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		_exit(inside(uid, gid, net, strcmp(argv[2], "init") == 0, argv + 3));
	return pid < 0 ? 125 : exit_code(pid);
}
