/*
 * unix.c - Unix sockets of the outside, by path and by abstract name, and descriptors that come through them.
 */
#include "attack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static socklen_t address(struct sockaddr_un *sun, const char *path)
{
	*sun = (struct sockaddr_un){.sun_family = AF_UNIX};
	strncpy(sun->sun_path, path, sizeof(sun->sun_path) - 1);
	if (path[0] == '@')
		sun->sun_path[0] = 0;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + (path[0] != '@'));
}

static int connected(const char *path)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd < 0 || connect(fd, (struct sockaddr *)&sun, len) != 0 ? -1 : fd;
}

static int hears(int fd)
{
	char byte = 0;
	if (fd < 0)
		return errno;
	ssize_t n = recv(fd, &byte, 1, 0);
	int error = n < 0 ? errno : byte == 's' ? 0 : ENODATA;
	close(fd);
	return error;
}

static int u_path(const struct world *w)
{
	return hears(connected(at(w, "out/sock")));
}

static int u_dgram(const struct world *w)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, at(w, "out/dgram"));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? errno : result(sendto(fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&sun, len));
}

static int u_abstract(const struct world *w)
{
	char name[64];
	snprintf(name, sizeof(name), "@sbx-escape-%u", w->port);
	return hears(connected(name));
}

static int u_rights(const struct world *w)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	int fd = connected(at(w, "out/sock")), got = -1;
	if (fd < 0 || recvmsg(fd, &m, MSG_CMSG_CLOEXEC) < 0)
		return errno;
	const struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	if (!c)
		return ENODATA;
	memcpy(&got, CMSG_DATA(c), sizeof(got));
	return fd_reads_secret(got);
}

static int u_bind(const struct world *w)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, at(w, "out/mine"));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int error = fd < 0 ? errno : result(bind(fd, (struct sockaddr *)&sun, len));
	if (!error)
		unlink(sun.sun_path);
	return error;
}

/* A pair of datagram sockets is not tied to its other end. */
static int u_pair(const struct world *w)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, at(w, "out/dgram"));
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) != 0)
		return errno;
	return result(sendto(pair[0], "x", 1, MSG_DONTWAIT, (struct sockaddr *)&sun, len));
}

const struct attack attacks_unix[] = {
    {"unix-path", u_path},   {"unix-dgram", u_dgram}, {"unix-abstract", u_abstract},
    {"scm-rights", u_rights}, {"unix-bind", u_bind},   {"unix-pair", u_pair}, {NULL, NULL},
};
