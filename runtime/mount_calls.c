/*
 * mount_calls.c - the calls of mount_calls.h.
 */
#include "mount_calls.h"

#include <sys/syscall.h>

int place_open(int dir, const char *path, int flags, uint64_t resolve)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = {(uint64_t)(O_PATH | O_CLOEXEC | flags), 0, resolve};

	return (int)syscall(NR_OPENAT2, dir, path, &how, sizeof(how));
}

int tree_copy(int fd)
{
	return (int)syscall(NR_OPEN_TREE, fd, "",
			    TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | TREE_RECURSIVE);
}

struct mount_attributes {
	uint64_t set, clear, propagation, userns;
};

int tree_set(int fd, uint64_t attributes, int recursive)
{
	struct mount_attributes attr = {attributes, 0, 0, 0};

	return (int)syscall(NR_MOUNT_SETATTR, fd, "",
			    AT_EMPTY_PATH | (recursive ? TREE_RECURSIVE : 0), &attr, sizeof(attr));
}

int tree_copy_with(int fd, uint64_t attributes)
{
	struct mount_attributes attr = {attributes, 0, 0, 0};

	return (int)syscall(NR_OPEN_TREE_ATTR, fd, "", TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | TREE_RECURSIVE, &attr,
			    sizeof(attr));
}

int tree_put(int tree, int at)
{
	return (int)syscall(NR_MOVE_MOUNT, tree, "", at, "", MOVE_BY_FD);
}

int tree_put_at(int tree, int at, const char *name)
{
	return (int)syscall(NR_MOVE_MOUNT, tree, "", at, name, MOVE_FROM_FD);
}

int fs_open(const char *type)
{
	return (int)syscall(NR_FSOPEN, type, FD_CLOEXEC_MOUNT);
}

int fs_option(int fs, const char *name, const char *value)
{
	return (int)syscall(NR_FSCONFIG, fs, value ? CONFIG_STRING : CONFIG_FLAG, name, value, 0);
}

int fs_mount(int fs, uint64_t attributes)
{
	int mount = -1;

	if (syscall(NR_FSCONFIG, fs, CONFIG_CREATE, NULL, NULL, 0) == 0)
		mount = (int)syscall(NR_FSMOUNT, fs, FD_CLOEXEC_MOUNT, attributes);
	close(fs);
	return mount;
}
