/*
 * meta.c - files that may only be read, changed all the same: their length, mode, owner, times, attributes.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif
enum { NR_SETXATTRAT = 463, NR_REMOVEXATTRAT = 466, NR_FILE_SETATTR = 469 };
#define FS_IOC_ENABLE_VERITY_NR	 0x40806685UL
#define BTRFS_IOC_SNAP_CREATE_NR 0x50009401UL

static int m_truncate(const struct world *w)
{
	return result(truncate(at(w, "ro/file"), 0));
}

static int m_open_trunc(const struct world *w)
{
	return close_fd((int)syscall(SYS_openat, AT_FDCWD, at(w, "ro/file"), O_RDONLY | O_TRUNC, 0));
}

/* Access mode 3 asks for neither reading nor writing. */
static int m_open_trunc_3(const struct world *w)
{
	return close_fd((int)syscall(SYS_openat, AT_FDCWD, at(w, "ro/file"), 3 | O_TRUNC, 0));
}

static int m_openat2_trunc(const struct world *w)
{
	const uint64_t how[3] = {O_RDONLY | O_TRUNC, 0, 0};
	return close_fd((int)syscall(SYS_openat2, AT_FDCWD, at(w, "ro/file"), how, sizeof(how)));
}

static int m_chmod(const struct world *w)
{
	return result(syscall(SYS_fchmodat, AT_FDCWD, at(w, "ro/file"), 0666));
}

static int m_fchmodat2(const struct world *w)
{
	return result(syscall(SYS_fchmodat2, AT_FDCWD, at(w, "ro/file"), 0666, 0));
}

static int m_fchmod(const struct world *w)
{
	int fd = open(at(w, "ro/file"), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : result(fchmod(fd, 0666));
}

static int m_chown(const struct world *w)
{
	return result(syscall(SYS_fchownat, AT_FDCWD, at(w, "ro/file"), getuid(), getgid(), 0));
}

static int m_utimes(const struct world *w)
{
	return result(utimensat(AT_FDCWD, at(w, "ro/file"), NULL, 0));
}

static int m_setxattr(const struct world *w)
{
	return result(setxattr(at(w, "ro/file"), "user.sbx", "x", 1, 0));
}

static int m_removexattr(const struct world *w)
{
	int error = result(removexattr(at(w, "ro/file"), "user.none"));
	return error == ENODATA ? 0 : error;
}

/* The flags it has, set again: needs to be the owner, and changes nothing. */
static int m_setflags(const struct world *w)
{
	int flags, fd = open(at(w, "ro/file"), O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
		return errno;
	return result(ioctl(fd, FS_IOC_SETFLAGS, &flags));
}

static int m_fsetxattr(const struct world *w)
{
	int fd = open(at(w, "ro/file"), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : result(fsetxattr(fd, "user.sbx", "x", 1, 0));
}

/* Makes a file that may only be read one that nobody can write; what it is given is none. */
static int m_verity(const struct world *w)
{
	char nothing[128] = {0};
	int fd = open(at(w, "ro/file"), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : result(ioctl(fd, FS_IOC_ENABLE_VERITY_NR, nothing));
}

/* A snapshot on btrfs, which asks no security module; the name is none. */
static int m_snapshot(const struct world *w)
{
	static char nothing[4096];
	int fd = open(at(w, "ro"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? errno : result(ioctl(fd, BTRFS_IOC_SNAP_CREATE_NR, nothing));
}

static int m_setxattrat(const struct world *w)
{
	const struct {
		uint64_t value;
		uint32_t size, flags;
	} args = {(uint64_t)(uintptr_t)"x", 1, 0};
	return result(syscall(NR_SETXATTRAT, AT_FDCWD, at(w, "ro/file"), 0, "user.sbx", &args, sizeof(args)));
}

static int m_removexattrat(const struct world *w)
{
	int error = result(syscall(NR_REMOVEXATTRAT, AT_FDCWD, at(w, "ro/file"), 0, "user.none"));
	return error == ENODATA ? 0 : error;
}

/* No flags, which is what it has. */
static int m_file_setattr(const struct world *w)
{
	const uint64_t attr[3] = {0};
	return result(syscall(NR_FILE_SETATTR, AT_FDCWD, at(w, "ro/file"), attr, sizeof(attr), 0));
}

/* Whoever outside wants the lock waits as long as this program likes. */
static int m_lock(const struct world *w)
{
	int fd = open(at(w, "ro/file"), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : result(flock(fd, LOCK_EX | LOCK_NB));
}

/* Whoever outside opens it for writing waits until this program lets go, or for 45 s. */
static int m_lease(const struct world *w)
{
	int fd = open(at(w, "ro/file"), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? errno : result(fcntl(fd, F_SETLEASE, F_RDLCK));
}

const struct attack attacks_meta[] = {
    {"truncate-ro", m_truncate}, {"open-trunc-ro", m_open_trunc}, {"open-trunc-3-ro", m_open_trunc_3},
    {"openat2-trunc-ro", m_openat2_trunc}, {"chmod-ro", m_chmod}, {"fchmodat2-ro", m_fchmodat2},
    {"fchmod-ro", m_fchmod},	 {"chown-ro", m_chown},	  {"utimes-ro", m_utimes},
    {"setxattr-ro", m_setxattr}, {"removexattr-ro", m_removexattr}, {"setflags-ro", m_setflags},
    {"fsetxattr-ro", m_fsetxattr}, {"verity-ro", m_verity}, {"snapshot-ro", m_snapshot},
    {"setxattrat-ro", m_setxattrat}, {"removexattrat-ro", m_removexattrat}, {"file-setattr-ro", m_file_setattr},
    {"lock-ro", m_lock},	 {"lease-ro", m_lease},
    {NULL, NULL},
};
