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

/* O_PATH and O_CLOEXEC go with the flags. */
int place_open(int dir, const char *path, int flags, uint64_t resolve);
/* A copy of the mounts at fd and below, attached nowhere. */
int tree_copy(int fd);
int tree_set(int fd, uint64_t attributes, int recursive);
/* tree_copy() and tree_set() in one: Linux 6.15. */
int tree_copy_with(int fd, uint64_t attributes);
int tree_put(int tree, int at);
/* On the name in the folder at; a symbolic link of that name is not followed. */
int tree_put_at(int tree, int at, const char *name);
int fs_open(const char *type);
int fs_option(int fs, const char *name, const char *value);
/* Makes the file system and a mount of it, attached nowhere; closes fs. */
int fs_mount(int fs, uint64_t attributes);

#endif
