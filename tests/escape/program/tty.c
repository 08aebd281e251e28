/*
 * tty.c - keystrokes into the terminal that the sandbox was started on, and its session.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int t_sti(const struct world *w)
{
	(void)w;
	return result(ioctl(0, TIOCSTI, "x"));
}

/* The kernel reads 32 bits of the command, a filter may read 64. */
static int t_sti_high(const struct world *w)
{
	(void)w;
	return result(syscall(SYS_ioctl, 0UL, 0x1234500000000UL | TIOCSTI, "x"));
}

static int t_linux(const struct world *w)
{
	char shift_state = 6;
	(void)w;
	return result(ioctl(0, TIOCLINUX, &shift_state));
}

static int t_open(const struct world *w)
{
	(void)w;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	return fd < 0 ? errno : result(ioctl(fd, TIOCSTI, "x"));
}

/* The discipline it has, set again. */
static int t_discipline(const struct world *w)
{
	int plain = 0;
	(void)w;
	return result(ioctl(0, TIOCSETD, &plain));
}

/* The other end of a terminal of its own, by no path. */
static int t_peer(const struct world *w)
{
	int unlocked = 0, fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	(void)w;
	if (fd < 0 || ioctl(fd, TIOCSPTLCK, &unlocked) != 0)
		return errno;
	return close_fd(ioctl(fd, TIOCGPTPEER, O_RDWR | O_NOCTTY));
}

const struct attack attacks_tty[] = {
    {"tiocsti", t_sti}, {"tiocsti-high", t_sti_high}, {"tioclinux", t_linux}, {"dev-tty", t_open},
    {"tty-discipline", t_discipline}, {"tty-peer", t_peer}, {NULL, NULL},
};

/* Descriptor 0 becomes a terminal that is the controlling one of a new session; 1 and 2 stay. */
int pty_run(char **argv)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), status;
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return perror("escape pty"), 126;
	const char *name = ptsname(master);
	pid_t pid = fork();
	if (pid == 0) {
		setsid();
		int fd = open(name, O_RDWR); /* the first terminal of a session leader is its controlling one */
		if (fd < 0 || dup2(fd, 0) < 0)
			_exit(126);
		if (fd > 0)
			close(fd);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 126;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
