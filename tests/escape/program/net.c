/*
 * net.c - the network, by every kind of socket; traffic goes to loopback only.
 */
#include "attack.h"

#include <errno.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static int hello(int fd)
{
	char byte = 0;
	ssize_t n = recv(fd, &byte, 1, 0);
	int error = n < 0 ? errno : byte == 's' ? 0 : ENODATA;
	close(fd);
	return error;
}

static int connects(const struct world *w, int protocol)
{
	struct sockaddr_in sin = loopback(w->port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0)
		return errno;
	return hello(fd);
}

static int t_tcp(const struct world *w) { return connects(w, 0); }
static int t_mptcp(const struct world *w) { return connects(w, IPPROTO_MPTCP); }

/* Through an IPv6 socket, where a rule might look at AF_INET alone. */
static int t_tcp_mapped(const struct world *w)
{
	struct sockaddr_in6 sin = {.sin6_family = AF_INET6, .sin6_port = htons(w->port)};
	sin.sin6_addr.s6_addr[10] = sin.sin6_addr.s6_addr[11] = 0xff;
	sin.sin6_addr.s6_addr[12] = 127;
	sin.sin6_addr.s6_addr[15] = 1;
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0)
		return errno;
	return hello(fd);
}

static int fastopen(const struct world *w, bool message)
{
	struct sockaddr_in sin = loopback(w->port);
	struct iovec iov = {"x", 1};
	struct msghdr m = {.msg_name = &sin, .msg_namelen = sizeof(sin), .msg_iov = &iov, .msg_iovlen = 1};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	ssize_t n = message ? sendmsg(fd, &m, MSG_FASTOPEN) : sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&sin, sizeof(sin));
	return n < 0 ? errno : hello(fd);
}

static int t_fastopen(const struct world *w) { return fastopen(w, false); }
static int t_fastopen_msg(const struct world *w) { return fastopen(w, true); }

static int listens(uint16_t port, int protocol)
{
	struct sockaddr_in sin = loopback(port);
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, protocol);
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0)
		return errno;
	return result(listen(fd, 1));
}

static int t_listen(const struct world *w) { return listens((uint16_t)(w->port + 1), 0); }
static int t_listen_mptcp(const struct world *w) { return listens((uint16_t)(w->port + 1), IPPROTO_MPTCP); }

static int t_listen_unbound(const struct world *w)
{
	(void)w;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? errno : result(listen(fd, 1));
}

static int t_udp(const struct world *w)
{
	struct sockaddr_in sin = loopback(w->port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? errno : result(sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin)));
}

static int t_udp_bind(const struct world *w)
{
	struct sockaddr_in sin = loopback((uint16_t)(w->port + 1));
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? errno : result(bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
}

static int t_ping(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP));
}

static int t_raw(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP));
}

static int t_packet(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
}

static int t_netlink(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
}

static int t_vsock(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int t_alg(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
}

static int t_sctp(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP));
}

static int t_xdp(const struct world *w)
{
	(void)w;
	return close_fd(socket(44 /* AF_XDP */, SOCK_RAW | SOCK_CLOEXEC, 0));
}

/* A TCP socket becomes one of another family by the name of an upper protocol; that of none, without the module. */
static int t_ulp(const struct world *w)
{
	(void)w;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return fd < 0 ? errno : result(setsockopt(fd, IPPROTO_TCP, 31 /* TCP_ULP */, "smc", 4));
}

static int t_smc(const struct world *w) { return connects(w, 256 /* IPPROTO_SMC */); }

static int t_udplite(const struct world *w)
{
	(void)w;
	return close_fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDPLITE));
}

static int t_fastopen_many(const struct world *w)
{
	struct sockaddr_in sin = loopback(w->port);
	struct iovec iov = {"x", 1};
	struct mmsghdr m = {{.msg_name = &sin, .msg_namelen = sizeof(sin), .msg_iov = &iov, .msg_iovlen = 1}, 0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno;
	return sendmmsg(fd, &m, 1, MSG_FASTOPEN) < 0 ? errno : hello(fd);
}

const struct attack attacks_net[] = {
    {"tcp-connect", t_tcp},	    {"tcp-mapped", t_tcp_mapped}, {"mptcp-connect", t_mptcp},
    {"fastopen", t_fastopen},	    {"fastopen-msg", t_fastopen_msg}, {"tcp-listen", t_listen},
    {"mptcp-listen", t_listen_mptcp}, {"listen-unbound", t_listen_unbound}, {"udp-send", t_udp},
    {"udp-bind", t_udp_bind},	    {"ping", t_ping},		  {"raw", t_raw},
    {"packet", t_packet},	    {"netlink", t_netlink},	  {"vsock", t_vsock},
    {"af-alg", t_alg},		    {"sctp", t_sctp},		  {"xdp", t_xdp},
    {"tcp-ulp", t_ulp},		    {"smc-connect", t_smc},	  {"udplite", t_udplite},
    {"fastopen-many", t_fastopen_many}, {NULL, NULL},
};
