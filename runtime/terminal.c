/*
 * terminal.c - a pseudo-terminal pair between the program and whoever called the loader.
 */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
	UNLOCK = 0x40045431,    /* TIOCSPTLCK */
	OPEN_PEER = 0x5441,     /* TIOCGPTPEER: Linux 4.13; needs no name in /dev/pts */
	END_OF_FILE = 'D' - '@' /* control-D */
};

bool terminal_open(struct terminal *t)
{
	struct winsize size;
	int zero = 0;

	*t = (struct terminal){.outer = -1, .inner = -1};
	t->real = tcgetattr(STDIN_FILENO, &t->before) == 0;
	t->outer = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (t->outer < 0 || ioctl(t->outer, UNLOCK, &zero))
		return false;
	t->inner = ioctl(t->outer, OPEN_PEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->inner < 0)
		return false;
	if (t->real &&
	    (tcsetattr(t->inner, TCSANOW, &t->before) || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) ||
	     ioctl(t->inner, TIOCSWINSZ, &size)))
		return false;
	t->keys = (struct stream){.from = STDIN_FILENO, .to = t->outer, .theirs = -1};
	return true;
}

bool terminal_enter(int inner, bool with_stdin)
{
	if (ioctl(inner, TIOCSCTTY, 0))
		return false;
	for (int fd = with_stdin ? 0 : 1; fd < 3; fd++)
		if (dup2(inner, fd) < 0)
			return false;
	return true;
}

/* An end that stays open here would keep the end of the program's output from being seen. */
void terminal_started(struct terminal *t)
{
	close(t->inner);
	t->inner = -1;
}

/* In the background a change of the terminal would be one behind the back of who uses it now. */
void terminal_take(struct terminal *t)
{
	struct termios raw = t->before;

	if (!t->real || t->raw || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return;
	cfmakeraw(&raw);
	t->raw = tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0;
}

void terminal_give_back(struct terminal *t)
{
	if (t->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &t->before);
	t->raw = false;
}

void terminal_resize(const struct terminal *t)
{
	struct winsize size;

	if (t->real && ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(t->outer, TIOCSWINSZ, &size); /* the kernel tells the program */
}

struct pollfd terminal_poll(const struct terminal *t)
{
	/* keys of a terminal that is not ours now are not read */
	return stream_poll(&t->keys, t->real && !t->raw);
}

/* The end of a file is what a person types to say so. */
static void keys_read(struct terminal *t)
{
	struct stream *s = &t->keys;
	ssize_t n = read(s->from, s->buf, sizeof(s->buf));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		s->from = -1;
		s->buf[0] = END_OF_FILE;
		n = 1;
	}
	s->len = (unsigned)n;
	s->sent = 0;
}

void terminal_copy(struct terminal *t, const struct pollfd *p)
{
	struct stream *s = &t->keys;

	if (!p->revents)
		return;
	if (s->len == s->sent)
		keys_read(t);
	else if (!stream_write(s))
		s->len = s->sent = 0; /* nobody is there to read it */
}
