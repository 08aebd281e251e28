/*
 * request.c - both ends of a pool's request.
 */
#include "request.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apply.h"

enum { STDIO = 3 };

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(STDIO * sizeof(int))];
};

/* Every argument with its NUL, one after the other; 0 when they do not fit. */
static size_t args_pack(char *const *argv, char *bytes)
{
	size_t at = 0;

	for (unsigned i = 1; argv[0] && argv[i]; i++) {
		size_t n = strlen(argv[i]) + 1;
		if (i >= REQUEST_ARGS || n > REQUEST_BYTES - at - 1)
			return 0;
		memcpy(bytes + at, argv[i], n);
		at += n;
	}
	bytes[at] = 0; /* so that a request without arguments is a message too */
	return at + 1;
}

static bool args_unpack(struct request *q, size_t size)
{
	unsigned n = 1; /* argv[0] stays */

	if (!size || q->bytes[size - 1])
		return false;
	for (size_t at = 0; at < size - 1; at += strlen(q->bytes + at) + 1) {
		if (n >= REQUEST_ARGS)
			return false;
		q->argv[n++] = q->bytes + at;
	}
	q->argv[n] = NULL;
	return true;
}

/* A descriptor that stands for -1, so that exactly three travel. */
static int null_open(const int *stdio)
{
	for (int i = 0; i < STDIO; i++)
		if (stdio[i] < 0)
			return open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
	return -1;
}

bool request_send(int socket, char *const *argv, const int *stdio, char *bytes)
{
	union control control = {.room = {0}};
	size_t size = args_pack(argv, bytes);
	struct iovec part = {.iov_base = bytes, .iov_len = size};
	struct msghdr m = {.msg_iov = &part,
			   .msg_iovlen = 1,
			   .msg_control = control.room,
			   .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int null, error, fds[STDIO];
	ssize_t sent;

	if (!size) {
		errno = E2BIG;
		return false;
	}
	null = null_open(stdio);
	for (int i = 0; i < STDIO; i++)
		fds[i] = stdio[i] < 0 ? null : stdio[i];
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(c), fds, sizeof(fds));
	sent = sendmsg(socket, &m, MSG_NOSIGNAL);
	error = errno;
	if (null >= 0)
		close(null);
	errno = error;
	return sent == (ssize_t)size;
}

/* Each stands where it belongs: it only must not close on exec. */
static bool stdio_stays(const int *stdio, struct fault *f)
{
	for (int i = 0; i < STDIO; i++)
		if (fcntl(stdio[i], F_SETFD, 0))
			return fault_step(f, "stdio", "F_SETFD");
	return true;
}

bool stdio_place(const int *stdio, struct fault *f)
{
	int high[STDIO];

	if (stdio[0] == 0 && stdio[1] == 1 && stdio[2] == 2)
		return stdio_stays(stdio, f);
	for (int i = 0; i < STDIO; i++) {
		high[i] = stdio[i] < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY)
				       : fcntl(stdio[i], F_DUPFD_CLOEXEC, STDIO);
		if (high[i] >= 0 && high[i] < STDIO) {
			int low = high[i];
			high[i] = fcntl(low, F_DUPFD_CLOEXEC, STDIO);
			close(low);
		}
		if (high[i] < 0)
			return fault_step(f, "stdio", "dup");
	}
	for (int i = 0; i < STDIO; i++)
		if (dup2(high[i], i) != i)
			return fault_step(f, "stdio", "dup2");
	for (int i = 0; i < STDIO; i++)
		close(high[i]);
	return true;
}

static bool request_take(struct request *q, int *stdio)
{
	union control control = {.room = {0}};
	struct iovec part = {.iov_base = q->bytes, .iov_len = REQUEST_BYTES};
	struct msghdr m = {.msg_iov = &part,
			   .msg_iovlen = 1,
			   .msg_control = control.room,
			   .msg_controllen = sizeof(control.room)};
	struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(q->socket, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (!c || c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(STDIO * sizeof(int)) ||
	    m.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return false;
	memcpy(stdio, CMSG_DATA(c), STDIO * sizeof(int));
	return args_unpack(q, (size_t)n);
}

/* One byte says that this process stands ready. The other end closed: the pool is gone, and so is this. */
bool apply_request(struct run *r)
{
	int stdio[STDIO];

	if (!r->request)
		return true;
	if (send(r->request->socket, "", 1, MSG_NOSIGNAL) != 1 || !request_take(r->request, stdio))
		return fault_step_error(r->fault, "request", "the pool was closed", EPIPE);
	return stdio_place(stdio, r->fault);
}
