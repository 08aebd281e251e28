/*
 * output.c - copies what the program writes, up to the limit; never blocks on a slow reader, so that
 * the other duties of the supervisor go on.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool stream_open(struct stream *s, int to)
{
	int ends[2];

	*s = (struct stream){.from = -1, .theirs = -1, .to = to};
	if (pipe2(ends, O_CLOEXEC))
		return false;
	s->from = ends[0];
	s->theirs = ends[1];
	return fcntl(s->from, F_SETFL, O_NONBLOCK) == 0;
}

static bool same_file(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

bool output_open(struct output *o, uint64_t limit)
{
	o->left = limit;
	o->over = o->lost = o->terminal = false;
	o->n = same_file(STDOUT_FILENO, STDERR_FILENO) ? 1 : 2;
	return stream_open(&o->streams[0], STDOUT_FILENO) &&
	       (o->n == 1 || stream_open(&o->streams[1], STDERR_FILENO));
}

bool output_open_terminal(struct output *o, uint64_t limit, int outer)
{
	*o = (struct output){.n = 1, .left = limit, .terminal = true};
	o->streams[0].from = fcntl(outer, F_DUPFD_CLOEXEC, 3);
	o->streams[0].to = STDOUT_FILENO;
	o->streams[0].theirs = -1;
	return o->streams[0].from >= 0;
}

bool output_enter(const struct output *o)
{
	return dup2(o->streams[0].theirs, STDOUT_FILENO) >= 0 &&
	       dup2(o->streams[o->n - 1].theirs, STDERR_FILENO) >= 0;
}

void output_started(struct output *o)
{
	for (unsigned i = 0; i < o->n; i++)
		if (o->streams[i].theirs >= 0) {
			close(o->streams[i].theirs);
			o->streams[i].theirs = -1;
		}
}

struct pollfd stream_poll(const struct stream *s, bool rests)
{
	if (s->len > s->sent)
		return (struct pollfd){.fd = s->to, .events = POLLOUT};
	return (struct pollfd){.fd = rests ? -1 : s->from, .events = POLLIN};
}

bool stream_write(struct stream *s)
{
	ssize_t n = write(s->to, s->buf + s->sent, s->len - s->sent);

	if (n > 0)
		s->sent += (unsigned)n;
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

unsigned output_poll(const struct output *o, struct pollfd *p)
{
	for (unsigned i = 0; i < o->n; i++)
		p[i] = stream_poll(&o->streams[i], false);
	return o->n;
}

static void stream_end(struct stream *s)
{
	close(s->from); /* the program gets SIGPIPE, as it would from the reader that went away */
	s->from = -1;
	s->len = s->sent = 0;
}

static void write_on(struct output *o, struct stream *s)
{
	if (stream_write(s))
		return;
	o->lost |= errno != EPIPE;
	stream_end(s);
}

/* What lies beyond the limit is dropped; true when something was read. */
static bool stream_read(struct output *o, struct stream *s)
{
	ssize_t n = read(s->from, s->buf, sizeof(s->buf));

	s->len = s->sent = 0;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		/* EIO: nobody has that terminal open any more */
		o->lost |= n < 0 && !(o->terminal && errno == EIO);
		stream_end(s);
	}
	if (n <= 0)
		return false;
	o->over |= (uint64_t)n > o->left;
	s->len = (unsigned)((uint64_t)n > o->left ? o->left : (uint64_t)n);
	o->left -= s->len;
	return true;
}

void output_copy(struct output *o, const struct pollfd *p)
{
	for (unsigned i = 0; i < o->n; i++) {
		struct stream *s = &o->streams[i];
		if (s->from < 0 || !p[i].revents)
			continue;
		if (s->len > s->sent)
			write_on(o, s);
		else
			stream_read(o, s);
	}
}

static void stream_flush(struct output *o, struct stream *s)
{
	while (s->from >= 0 && s->sent < s->len) {
		struct pollfd p = {.fd = s->to, .events = POLLOUT};
		if (poll(&p, 1, -1) >= 0)
			write_on(o, s);
	}
}

void output_finish(struct output *o)
{
	for (unsigned i = 0; i < o->n; i++) {
		struct stream *s = &o->streams[i];
		do
			stream_flush(o, s);
		while (s->from >= 0 && !o->over && stream_read(o, s));
		stream_flush(o, s);
	}
}
