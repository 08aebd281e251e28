/*
 * look.c - what can be learnt of files, mounts and processes outside without opening anything.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The numbers of all machines from 5.4 on; the oldest headers do not have the names. */
enum { NR_STATMOUNT = 457, NR_LISTMOUNT = 458, NR_GETXATTRAT = 464 };
#define PIDFD_GET_UTS_NS 0xff0aUL
#define SIOCGSKNS_NR	 0x894cUL

struct mnt_id_ask { /* MNT_ID_REQ_SIZE_VER0 of linux/mount.h */
	uint32_t size, spare;
	uint64_t id, param;
};

static int holds_secret(ssize_t n, const char *value)
{
	return n < 0 ? errno : memmem(value, (size_t)n, SECRET, strlen(SECRET)) ? 0 : ENODATA;
}

static int l_getxattr(const struct world *w)
{
	char value[64];
	return holds_secret(getxattr(at(w, "out/secret"), SECRET_ATTRIBUTE, value, sizeof(value)), value);
}

static int l_lgetxattr(const struct world *w)
{
	char value[64];
	return holds_secret(lgetxattr(at(w, "out/secret"), SECRET_ATTRIBUTE, value, sizeof(value)), value);
}

static int l_getxattrat(const struct world *w)
{
	char value[64];
	struct {
		uint64_t value;
		uint32_t size, flags;
	} args = {(uint64_t)(uintptr_t)value, sizeof(value), 0};
	long n = syscall(NR_GETXATTRAT, AT_FDCWD, at(w, "out/secret"), 0, SECRET_ATTRIBUTE, &args, sizeof(args));
	return holds_secret(n, value);
}

static int l_listxattr(const struct world *w)
{
	char names[256];
	ssize_t n = listxattr(at(w, "out/secret"), names, sizeof(names));
	return n < 0 ? errno : memmem(names, (size_t)n, SECRET_ATTRIBUTE, sizeof(SECRET_ATTRIBUTE)) ? 0 : EOPNOTSUPP;
}

static int l_readlink(const struct world *w)
{
	char target[64];
	return holds_secret(readlink(at(w, "out/link"), target, sizeof(target)), target);
}

static int l_inotify(const struct world *w)
{
	int fd = inotify_init1(IN_CLOEXEC);
	return fd < 0 ? errno : result(inotify_add_watch(fd, at(w, "out"), IN_ALL_EVENTS));
}

static int l_listmount(const struct world *w)
{
	const struct mnt_id_ask ask = {.size = sizeof(ask), .id = UINT64_MAX /* LSMT_ROOT */};
	uint64_t ids[8];
	(void)w;
	return result(syscall(NR_LISTMOUNT, &ask, ids, 8UL, 0));
}

static int l_statmount(const struct world *w)
{
	const struct mnt_id_ask ask = {.size = sizeof(ask), .id = UINT64_MAX - 1}; /* of none */
	char buf[512];
	(void)w;
	int error = result(syscall(NR_STATMOUNT, &ask, buf, sizeof(buf), 0));
	return error == ENOENT ? 0 : error;
}

static int l_session(const struct world *w)
{
	return result(getsid(w->victim));
}

static int l_robust_list(const struct world *w)
{
	void *head;
	size_t len;
	return result(syscall(SYS_get_robust_list, w->victim, &head, &len));
}

/* By a descriptor of the process no setns() is needed to hold its namespace. */
static int l_pidfd_namespace(const struct world *w)
{
	int fd = (int)syscall(SYS_pidfd_open, w->victim, 0);
	return fd < 0 ? errno : close_fd(ioctl(fd, PIDFD_GET_UTS_NS, 0));
}

static int l_socket_namespace(const struct world *w)
{
	int pair[2];
	(void)w;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	return close_fd(ioctl(pair[0], SIOCGSKNS_NR));
}

const struct attack attacks_look[] = {
    {"getxattr-out", l_getxattr},   {"lgetxattr-out", l_lgetxattr}, {"getxattrat-out", l_getxattrat},
    {"listxattr-out", l_listxattr}, {"readlink-out", l_readlink},   {"inotify-out", l_inotify},
    {"listmount", l_listmount},	    {"statmount", l_statmount},	    {"process-session", l_session},
    {"robust-list", l_robust_list}, {"pidfd-namespace", l_pidfd_namespace}, {"socket-namespace", l_socket_namespace},
    {NULL, NULL},
};
