/*
 * lib_pool.c - warm pools: processes that wait for their request behind everything but the filter and the exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib.h"
#include "request.h"

enum { POOL_MAX = 256 };

/* One that stands ready. */
struct ready {
	struct start *start; /* shared memory with it: why it failed */
	pid_t pid;
	int pidfd, socket;
};

struct sbx_pool {
	const struct sbx_plan *plan;
	struct sbx_options options;
	char *bytes; /* REQUEST_BYTES, for packing */
	unsigned size, n;
	struct ready ready[POOL_MAX];
};

/* ---- making one ---- */

static bool request_room(struct start *s)
{
	struct request *q = pool_take(&s->pool, sizeof(*q));
	char **argv = pool_take(&s->pool, (REQUEST_ARGS + 1) * sizeof(*argv));
	char *bytes = pool_take(&s->pool, REQUEST_BYTES);

	if (!q || !argv || !bytes)
		return false;
	*q = (struct request){.socket = -1, .argv = argv, .bytes = bytes};
	argv[0] = s->options.argv[0];
	s->options.argv = argv;
	s->run.request = q;
	return true;
}

/* The child's byte says that it is ready; the end of the socket, that it never will be. */
static bool stands_ready(int socket)
{
	char byte;
	ssize_t n;

	do
		n = recv(socket, &byte, 1, 0);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

static bool ready_make(struct sbx_pool *p, struct ready *out, struct sbx_error *e)
{
	struct start *s = lib_start_new(p->plan, &p->options, LIB_IN_CHILD, e);
	int pair[2], pidfd = -1;
	pid_t pid;

	if (!s)
		return false;
	if (!request_room(s) || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) {
		lib_error_step(e, "socket", errno);
		lib_start_free(s);
		return false;
	}
	s->run.request->socket = pair[1];
	s->stdio[0] = s->stdio[1] = s->stdio[2] = -1; /* until its request */
	pid = lib_child_make(s, LIB_OWN_MEMORY, &pidfd);
	if (pid < 0)
		lib_error_step(e, "clone", errno);
	close(pair[1]);
	if (pid > 0 && stands_ready(pair[0])) {
		*out = (struct ready){.start = s, .pid = pid, .pidfd = pidfd, .socket = pair[0]};
		return true;
	}
	close(pair[0]);
	if (pid > 0)
		lib_child_ran(s, pid, pidfd, e);
	lib_start_free(s);
	return false;
}

/* Closing the socket ends it; it is waited for, so that nothing is left behind. */
static void ready_end(struct ready *r)
{
	struct sbx_process *process;

	close(r->socket);
	process = lib_process_new(r->start, r->pid, r->pidfd);
	sbx_process_close(process);
	lib_start_free(r->start);
}

/* ---- the pool ---- */

struct sbx_pool *sbx_pool_open(const struct sbx_plan *plan, const struct sbx_options *options, unsigned size,
			       struct sbx_error *error)
{
	struct sbx_pool *p = NULL;

	if (size < 1 || size > POOL_MAX || !options || options->size < offsetof(struct sbx_options, file)) {
		lib_error_step(error, "size of the pool: 1 to 256, or options.size", EINVAL);
		return NULL;
	}
	p = calloc(1, sizeof(*p));
	if (p)
		p->bytes = malloc(REQUEST_BYTES);
	if (!p || !p->bytes) {
		lib_error_step(error, "memory", ENOMEM);
		free(p);
		return NULL;
	}
	p->plan = plan;
	memcpy(&p->options, options, options->size < sizeof(*options) ? options->size : sizeof(*options));
	p->size = size;
	if (sbx_pool_fill(p, error) == 0)
		return p;
	sbx_pool_close(p);
	return NULL;
}

int sbx_pool_fill(struct sbx_pool *p, struct sbx_error *error)
{
	while (sbx_pool_ready(p) < p->size) {
		if (!ready_make(p, &p->ready[p->n], error))
			return -1;
		p->n++;
	}
	return 0;
}

unsigned sbx_pool_ready(struct sbx_pool *p)
{
	for (unsigned i = p->n; i-- > 0;) {
		struct pollfd end = {.fd = p->ready[i].pidfd, .events = POLLIN};
		if (poll(&end, 1, 0) <= 0)
			continue;
		ready_end(&p->ready[i]);
		p->ready[i] = p->ready[--p->n];
	}
	return p->n;
}

/* The socket ends when the program runs: it is closed on exec. */
static void exec_wait(int socket)
{
	struct pollfd end = {.fd = socket, .events = POLLIN};
	char byte;
	ssize_t n;

	while ((n = recv(socket, &byte, 1, 0)) < 0 && errno == EINTR)
		;
	/* the program may have begun all the same: "nothing was started" must not be said of it */
	while (n < 0 && poll(&end, 1, -1) < 0 && errno == EINTR)
		;
}

struct sbx_process *sbx_pool_launch(struct sbx_pool *p, char *const *argv, const int *stdio, struct sbx_error *error)
{
	static const int own[] = {0, 1, 2};
	struct sbx_process *process = NULL;
	struct ready r;
	bool sent;

	if (error)
		memset(error, 0, sizeof(*error));
	if (sbx_pool_ready(p) == 0 && (!ready_make(p, &p->ready[0], error) || !++p->n))
		return NULL;
	r = p->ready[--p->n];
	sent = request_send(r.socket, argv, stdio ? stdio : own, p->bytes);
	if (!sent) {
		lib_error_step(error, "the request", errno);
		ready_end(&r);
		return NULL;
	}
	exec_wait(r.socket);
	close(r.socket);
	if (lib_child_ran(r.start, r.pid, r.pidfd, error) && !(process = lib_process_new(r.start, r.pid, r.pidfd)))
		lib_error_step(error, "memory", ENOMEM);
	lib_start_free(r.start);
	return process;
}

void sbx_pool_close(struct sbx_pool *p)
{
	if (!p)
		return;
	while (p->n)
		ready_end(&p->ready[--p->n]);
	free(p->bytes);
	free(p);
}
