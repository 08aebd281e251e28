/*
 * look.c - what can be learnt of files, mounts and processes outside without opening anything.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The numbers of all machines from 5.4 on; the oldest headers do not have the names. */
enum { NR_STATMOUNT = 457, NR_LISTMOUNT = 458, NR_GETXATTRAT = 464, NR_LISTXATTRAT = 465, NR_FILE_GETATTR = 468, NR_LISTNS = 470 };
#define PIDFD_GET_UTS_NS 0xff0aUL
#define SIOCGSKNS_NR	 0x894cUL
#define PIDFD_GET_INFO_NR 0xc040ff0bUL
enum { SO_PEERPIDFD_NR = 77 };

struct ns_ask { /* NS_ID_REQ_SIZE_VER0 of linux/nsfs.h */
	uint32_t size, spare;
	uint64_t id;
	uint32_t type, spare2;
	uint64_t user;
};

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

static int l_listxattrat(const struct world *w)
{
	char names[256];
	long n = syscall(NR_LISTXATTRAT, AT_FDCWD, at(w, "out/secret"), 0, names, sizeof(names));
	return n < 0 ? errno : memmem(names, (size_t)n, SECRET_ATTRIBUTE, sizeof(SECRET_ATTRIBUTE)) ? 0 : EOPNOTSUPP;
}

/* Its flags and its project. */
static int l_file_getattr(const struct world *w)
{
	uint64_t attr[3];
	return result(syscall(NR_FILE_GETATTR, AT_FDCWD, at(w, "out/secret"), attr, sizeof(attr), 0));
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

/* The namespaces of the host. */
static int l_listns(const struct world *w)
{
	const struct ns_ask ask = {.size = sizeof(ask)};
	uint64_t ids[8];
	(void)w;
	return result(syscall(NR_LISTNS, &ask, ids, 8UL, 0));
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

/* User, groups, parent and cgroup of a process, by its descriptor. */
static int l_pidfd_info(const struct world *w)
{
	uint64_t info[8] = {7}; /* PIDFD_INFO_PID, _CREDS, _CGROUPID */
	int fd = (int)syscall(SYS_pidfd_open, w->victim, 0);
	return fd < 0 ? errno : result(ioctl(fd, PIDFD_GET_INFO_NR, info));
}

/* A descriptor of the process at the other end of a socket. */
static int l_peer_pidfd(const struct world *w)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), pidfd = -1;
	socklen_t len = sizeof(pidfd);
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", at(w, "out/sock"));
	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
		return errno;
	return getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD_NR, &pidfd, &len) != 0 ? errno : close_fd(pidfd);
}

/* Any socket answers about the network of the host, one without a network too. */
static int l_interface(const struct world *w)
{
	int pair[2];
	struct ifreq ask = {.ifr_name = "lo"};
	(void)w;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	return result(ioctl(pair[0], SIOCGIFINDEX, &ask));
}

const struct attack attacks_look[] = {
    {"getxattr-out", l_getxattr},   {"lgetxattr-out", l_lgetxattr}, {"getxattrat-out", l_getxattrat},
    {"listxattr-out", l_listxattr}, {"readlink-out", l_readlink},   {"inotify-out", l_inotify},
    {"listmount", l_listmount},	    {"statmount", l_statmount},	    {"process-session", l_session},
    {"robust-list", l_robust_list}, {"pidfd-namespace", l_pidfd_namespace}, {"socket-namespace", l_socket_namespace},
    {"listxattrat-out", l_listxattrat}, {"file-getattr-out", l_file_getattr}, {"listns", l_listns},
    {"pidfd-info", l_pidfd_info}, {"peer-pidfd", l_peer_pidfd}, {"interface", l_interface},
    {NULL, NULL},
};
