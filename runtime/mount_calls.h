/*
 * mount_calls.h - the mount interfaces of Linux 5.2 to 6.15, by number: libc has none of them.
 *
 * Everything goes by descriptor, so no name is looked up twice and /proc/self/mountinfo is not read.
 * Each returns a descriptor or 0, and -1 with errno.
 */
#ifndef SBX_MOUNT_CALLS_H
#define SBX_MOUNT_CALLS_H

#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Values of include/uapi/linux/{mount,openat2}.h; the numbers are the same on every machine. */
enum {
	NR_OPEN_TREE = 428,
	NR_MOVE_MOUNT = 429,
	NR_FSOPEN = 430,
	NR_FSCONFIG = 431,
	NR_FSMOUNT = 432,
	NR_OPENAT2 = 437,
	NR_MOUNT_SETATTR = 442,
	NR_OPEN_TREE_ATTR = 467,

	TREE_CLONE = 1,
	TREE_RECURSIVE = 0x8000,
	MOVE_FROM_FD = 0x4,      /* the path of the tree is empty */
	MOVE_BY_FD = 0x4 | 0x40, /* both paths are */
	FD_CLOEXEC_MOUNT = 1,    /* of fsopen, fsmount */
	CONFIG_FLAG = 0,
	CONFIG_STRING = 1,
	CONFIG_CREATE = 6,

	ATTR_RDONLY = 1,
	ATTR_NOSUID = 2,
	ATTR_NODEV = 4,
	ATTR_NOEXEC = 8,

	RESOLVE_NO_MAGIC = 0x2,
	RESOLVE_NO_LINKS = 0x4,
	RESOLVE_BELOW = 0x8,
};

static inline int place_open(int dir, const char *path, int flags, uint64_t resolve)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = {(uint64_t)(O_PATH | O_CLOEXEC | flags), 0, resolve};

	return (int)syscall(NR_OPENAT2, dir, path, &how, sizeof(how));
}

/* A copy of the mounts at fd and below, attached nowhere. */
static inline int tree_copy(int fd)
{
	return (int)syscall(NR_OPEN_TREE, fd, "",
			    TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | TREE_RECURSIVE);
}

struct mount_attributes {
	uint64_t set, clear, propagation, userns;
};

static inline int tree_set(int fd, uint64_t attributes, int recursive)
{
	struct mount_attributes attr = {attributes, 0, 0, 0};

	return (int)syscall(NR_MOUNT_SETATTR, fd, "",
			    AT_EMPTY_PATH | (recursive ? TREE_RECURSIVE : 0), &attr, sizeof(attr));
}

/* tree_copy() and tree_set() in one: Linux 6.15. */
static inline int tree_copy_with(int fd, uint64_t attributes)
{
	struct mount_attributes attr = {attributes, 0, 0, 0};

	return (int)syscall(NR_OPEN_TREE_ATTR, fd, "", TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | TREE_RECURSIVE, &attr,
			    sizeof(attr));
}

static inline int tree_put(int tree, int at)
{
	return (int)syscall(NR_MOVE_MOUNT, tree, "", at, "", MOVE_BY_FD);
}

/* On the name in the folder at; a symbolic link of that name is not followed. */
static inline int tree_put_at(int tree, int at, const char *name)
{
	return (int)syscall(NR_MOVE_MOUNT, tree, "", at, name, MOVE_FROM_FD);
}

static inline int fs_open(const char *type)
{
	return (int)syscall(NR_FSOPEN, type, FD_CLOEXEC_MOUNT);
}

static inline int fs_option(int fs, const char *name, const char *value)
{
	return (int)syscall(NR_FSCONFIG, fs, value ? CONFIG_STRING : CONFIG_FLAG, name, value, 0);
}

/* Makes the file system and a mount of it, attached nowhere; closes fs. */
static inline int fs_mount(int fs, uint64_t attributes)
{
	int mount = -1;

	if (syscall(NR_FSCONFIG, fs, CONFIG_CREATE, NULL, NULL, 0) == 0)
		mount = (int)syscall(NR_FSMOUNT, fs, FD_CLOEXEC_MOUNT, attributes);
	close(fs);
	return mount;
}

#endif
