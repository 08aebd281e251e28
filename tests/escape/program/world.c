/*
 * world.c - what is outside of the sandbox: files, a process of the same user, listeners on loopback and Unix sockets.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

const char victim_memory[64] = SECRET; /* the program is not relocated: the attack knows its place in the victim */

/* A function that returns 42. */
#if defined(__x86_64__)
static const char code[] = "\x6a\x2a\x58\xc3";
#elif defined(__aarch64__)
static const char code[] = "\x40\x05\x80\x52\xc0\x03\x5f\xd6";
#else
static const char code[] = "none";
#endif

static void die(const char *what)
{
	fprintf(stderr, "escape world: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void put_file(const struct world *w, const char *name, const char *text, mode_t mode)
{
	int fd = open(at(w, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, text, strlen(text)) < 0 || fchmod(fd, mode) != 0)
		die(name);
	close(fd);
}

static void make_files(const struct world *w)
{
	static const char *const dirs[] = {"out", "out/dir", "in", "in/masked", "in/deep", "in/deep/masked", "in/.git",
					    "in/.git/hooks", "ro", "ro/dir"};
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (mkdir(at(w, dirs[i]), 0755) != 0 && errno != EEXIST)
			die(dirs[i]);
	put_file(w, "out/secret", SECRET "\n", 0644);
	put_file(w, "out/file", "a file outside\n", 0666);
	put_file(w, "out/prog", "#!/nowhere\n", 0755);
	put_file(w, "in/own", "a file inside\n", 0644);
	put_file(w, "in/masked/secret", SECRET "\n", 0644);
	put_file(w, "in/deep/masked/secret", SECRET "\n", 0644);
	put_file(w, "in/.git/config", "", 0644);
	put_file(w, "ro/file", "a file to read\n", 0644);
	put_file(w, "ro/dir/file", "another\n", 0644);
	put_file(w, "ro/code", code, 0644);
	(void)!setxattr(at(w, "out/secret"), SECRET_ATTRIBUTE, SECRET, strlen(SECRET), 0);
	unlink(at(w, "out/link"));
	if (symlink(SECRET, at(w, "out/link")) != 0)
		die("out/link");
}

static pid_t make_victim(const struct world *w)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	int fd = open(at(w, "out/secret"), O_RDONLY);
	char *argv[] = {"escape", "victim", NULL}, *envp[] = {"SECRET=" SECRET, NULL};
	/* environ of /proc is that of an exec: start this program again */
	if (fd < 0 || dup2(fd, 9) != 9 || chdir(at(w, "out")) != 0)
		die("victim");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0); /* it can be told from the others as a group too */
	execve("/proc/self/exe", argv, envp);
	_exit(1);
}

/* In its current folder, the outside, lies what may be read: there it shows that a signal came. */
static void show_signal(int sig)
{
	(void)sig;
	close(open("../ro/signalled", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
}

int victim_wait(void)
{
	signal(SIGIO, show_signal);
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY); /* Yama would let nobody in, and hide what the plan does */
	signal(SIGURG, SIG_IGN);
	for (;;)
		pause();
}

/* ---- listeners ---- */

static int inet_socket(uint16_t port, int type, int protocol)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int on = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 || (type == SOCK_STREAM && listen(fd, 16) != 0))
		die("a port of the world");
	return fd;
}

static int unix_socket(const char *path, int type)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path) + (path[0] != '@'));
	if (path[0] == '@')
		sun.sun_path[0] = 0;
	else
		unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sun, len) != 0 || (type == SOCK_STREAM && listen(fd, 16) != 0))
		die(path);
	return fd;
}

/* Whoever connects gets a byte and, on a Unix socket, a descriptor of the secret. */
static void serve(const struct world *w, int listener)
{
	char byte = 's', control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec iov = {&byte, 1};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), secret = open(at(w, "out/secret"), O_RDONLY | O_CLOEXEC);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	*c = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))};
	memcpy(CMSG_DATA(c), &secret, sizeof(secret));
	if (sendmsg(fd, &m, MSG_NOSIGNAL) < 0)
		send(fd, &byte, 1, MSG_NOSIGNAL);
	close(secret);
	close(fd);
}

int world_make(int argc, char **argv)
{
	struct world w = {.dir = argv[2], .port = (uint16_t)atoi(argv[3])};
	char abstract[64];
	(void)argc;
	umask(022);
	make_files(&w);
	w.victim = make_victim(&w);
	snprintf(abstract, sizeof(abstract), "@sbx-escape-%u", w.port);
	inet_socket(w.port, SOCK_DGRAM, 0);
	unix_socket(at(&w, "out/dgram"), SOCK_DGRAM);
	struct pollfd p[] = {
	    {.fd = inet_socket(w.port, SOCK_STREAM, 0), .events = POLLIN},
	    {.fd = unix_socket(at(&w, "out/sock"), SOCK_STREAM), .events = POLLIN},
	    {.fd = unix_socket(abstract, SOCK_STREAM), .events = POLLIN},
	};
	printf("%d\n", (int)w.victim);
	fclose(stdout);
	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (poll(p, 3, -1) > 0 || errno == EINTR)
		for (int i = 0; i < 3; i++)
			if (p[i].revents & POLLIN)
				serve(&w, p[i].fd);
	return 1;
}
