/*
 * namespace.c - new namespaces give capabilities inside, and with them mounts and most of the kernel.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int n_unshare_user(const struct world *w)
{
	(void)w;
	return result(unshare(CLONE_NEWUSER));
}

static int n_unshare_net(const struct world *w)
{
	(void)w;
	return result(unshare(CLONE_NEWNET));
}

static int n_mount_nested(const struct world *w)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return errno;
	return result(mount("none", at(w, "in"), "tmpfs", 0, NULL));
}

static int n_bind_nested(const struct world *w)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
		return errno;
	if (mount(at(w, "out"), at(w, "in"), NULL, MS_BIND, NULL) != 0)
		return errno;
	return reads_secret(at(w, "in/secret"));
}

static int n_mount(const struct world *w)
{
	if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0) /* bare the test must not mount where it lives */
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return result(mount(at(w, "out"), at(w, "in"), NULL, MS_BIND, NULL));
}

static int reap(long pid)
{
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
	return result(pid);
}

static int n_clone_user(const struct world *w)
{
	(void)w;
	return reap(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0UL));
}

static int n_clone3_user(const struct world *w)
{
	const uint64_t args[11] = {CLONE_NEWUSER, [4] = SIGCHLD};
	(void)w;
	return reap(syscall(SYS_clone3, args, sizeof(args)));
}

static int n_setns(const struct world *w)
{
	int fd = open(proc_of(w->victim, "ns/uts"), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : result(setns(fd, CLONE_NEWUTS));
}

static int n_fsopen(const struct world *w)
{
	(void)w;
	return close_fd((int)syscall(SYS_fsopen, "tmpfs", 1 /* FSOPEN_CLOEXEC */));
}

/* The file system under a mount, to change its options. */
static int n_fspick(const struct world *w)
{
	(void)w;
	return close_fd((int)syscall(SYS_fspick, AT_FDCWD, "/", 1 /* FSPICK_CLOEXEC */));
}

static int n_open_tree(const struct world *w)
{
	return close_fd((int)syscall(SYS_open_tree, AT_FDCWD, at(w, "out"), 1 | O_CLOEXEC /* OPEN_TREE_CLONE */));
}

static int n_pivot(const struct world *w)
{
	int error = result(syscall(SYS_pivot_root, at(w, "out/nothing"), at(w, "out/nothing")));
	return error == ENOENT ? 0 : error;
}

static int n_open_tree_attr(const struct world *w)
{
	return close_fd((int)syscall(467, AT_FDCWD, at(w, "out"), 1 | O_CLOEXEC, NULL, 0UL));
}

static int n_mount_setattr(const struct world *w)
{
	const uint64_t nothing[4] = {0};
	int error = result(syscall(442, AT_FDCWD, at(w, "out/nothing"), 0, nothing, sizeof(nothing)));
	return error == ENOENT ? 0 : error;
}

static int n_move_mount(const struct world *w)
{
	int error = result(syscall(SYS_move_mount, AT_FDCWD, at(w, "out/nothing"), AT_FDCWD, at(w, "out/nothing"), 0));
	return error == ENOENT ? 0 : error;
}

/* A clock of its own, by the newest of the calls that make namespaces. */
static int n_unshare_time(const struct world *w)
{
	(void)w;
	return result(unshare(0x80 /* CLONE_NEWTIME */));
}

const struct attack attacks_namespace[] = {
    {"unshare-user", n_unshare_user}, {"unshare-net", n_unshare_net}, {"mount-nested", n_mount_nested},
    {"bind-nested", n_bind_nested},   {"mount", n_mount},	      {"clone-user", n_clone_user},
    {"clone3-user", n_clone3_user},   {"setns", n_setns},	      {"fsopen", n_fsopen},
    {"open-tree", n_open_tree},	      {"pivot-root", n_pivot},	      {"fspick", n_fspick},
    {"open-tree-attr", n_open_tree_attr}, {"mount-setattr", n_mount_setattr}, {"move-mount", n_move_mount},
    {"unshare-time", n_unshare_time}, {NULL, NULL},
};
