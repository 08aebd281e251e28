/*
 * sim.c - see sim.h. A kqueue is an epoll with a descriptor for each event.
 */
#undef posix_spawn
#undef confstr
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

/* ---- kqueue ---- */

int kqueue(void)
{
	return epoll_create1(EPOLL_CLOEXEC);
}

/* Blocked, an ignored signal is still seen. */
static int signal_open(int number)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, number);
	return sigprocmask(SIG_BLOCK, &one, NULL) ? -1 : signalfd(-1, &one, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int timer_open(const struct kevent *k)
{
	struct timespec t = {k->data / 1000, k->data % 1000 * 1000000};
	struct itimerspec when = {.it_value = t, .it_interval = k->flags & EV_ONESHOT ? (struct timespec){0, 0} : t};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd >= 0 && timerfd_settime(fd, 0, &when, NULL) == 0 ? fd : -1;
}

static int event_open(const struct kevent *k)
{
	switch (k->filter) {
	case EVFILT_PROC:
		return (int)syscall(SYS_pidfd_open, (pid_t)k->ident, 0);
	case EVFILT_SIGNAL:
		return signal_open((int)k->ident);
	case EVFILT_TIMER:
		return timer_open(k);
	case EVFILT_USER:
		return eventfd(k->fflags & NOTE_TRIGGER ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK);
	default:
		errno = EINVAL;
		return -1;
	}
}

/* A trigger comes as a change of its own: it is made readable then. */
static int change(int queue, const struct kevent *k)
{
	int fd = event_open(k);
	struct epoll_event e = {.events = EPOLLIN,
				.data.u64 = (uint64_t)(uint32_t)fd << 32 | (uint64_t)(uint8_t)-k->filter << 24 | k->ident};

	return fd >= 0 ? epoll_ctl(queue, EPOLL_CTL_ADD, fd, &e) : -1;
}

int kevent(int queue, const struct kevent *changes, int n_changes, struct kevent *events, int n_events,
	   const struct timespec *wait)
{
	struct epoll_event e;
	char sink[sizeof(struct signalfd_siginfo)];

	for (int i = 0; i < n_changes; i++)
		if (change(queue, &changes[i]))
			return -1;
	if (!n_events || epoll_wait(queue, &e, 1, wait ? (int)(wait->tv_sec * 1000 + wait->tv_nsec / 1000000) : -1) != 1)
		return 0;
	*events = (struct kevent){.ident = e.data.u64 & 0xffffff, .filter = (int16_t)-(int)(e.data.u64 >> 24 & 0xff)};
	if (events->filter == EVFILT_SIGNAL || events->filter == EVFILT_TIMER)
		(void)!read((int)(e.data.u64 >> 32), sink, sizeof(sink));
	return 1;
}

/* ---- processes ---- */

int proc_listallpids(void *pids, int bytes)
{
	DIR *proc = opendir("/proc");
	int n = 0;

	for (struct dirent *d; proc && (d = readdir(proc));) {
		int pid = atoi(d->d_name);
		if (pid > 0 && (!pids || n < bytes / (int)sizeof(pid_t))) {
			if (pids)
				((pid_t *)pids)[n] = pid;
			n++;
		}
	}
	if (proc)
		closedir(proc);
	return n;
}

int proc_pid_rusage(int pid, int flavor, rusage_info_t *info)
{
	if (flavor != RUSAGE_INFO_V0 || kill(pid, 0))
		return -1;
	*(struct rusage_info_v0 *)info = (struct rusage_info_v0){24000000, 24000000, 3 << 20}; /* two seconds, 3 MiB */
	return 0;
}

/* As on Apple processors: 24 ticks a microsecond. */
int mach_timebase_info(mach_timebase_info_data_t *out)
{
	*out = (mach_timebase_info_data_t){125, 3};
	return 0;
}

int sim_exec(pid_t *pid, const char *path, const posix_spawn_file_actions_t *files, const posix_spawnattr_t *attr,
	     char *const argv[], char *const envp[])
{
	short flags = 0;
	sigset_t mask, defaults;

	posix_spawnattr_getflags(attr, &flags);
	if (pid || !files)
		abort(); /* it was to become the program */
	posix_spawnattr_getsigmask(attr, &mask);
	posix_spawnattr_getsigdefault(attr, &defaults);
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&defaults, i) == 1)
			signal(i, SIG_DFL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	syscall(SYS_close_range, 3, ~0u, 4 /* CLOSE_RANGE_CLOEXEC */);
	execve(path, argv, envp);
	return errno;
}

size_t sim_confstr(int name, char *buf, size_t size)
{
	const char *dir = getenv("SIM_TMPDIR");

	return name == _CS_DARWIN_USER_TEMP_DIR && dir ? (size_t)snprintf(buf, size, "%s/", dir) + 1 : 0;
}

int issetugid(void)
{
	return 0;
}

/* ---- Seatbelt ---- */

int sandbox_check(pid_t pid, const char *operation, int type, ...)
{
	return pid == getpid() && !operation && !type && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

int sandbox_init_with_parameters(const char *profile, uint64_t flags, const char *const params[], char **error)
{
	static char wrong[] = "not a profile of this plan, or a value is missing";
	bool good = strstr(profile, "\n(version 1)\n") && flags == 0;

	for (unsigned i = 0; good && params[i]; i += 2)
		good = params[i + 1] && params[i + 1][0] == '/';
	if (good && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		return 0;
	*error = wrong;
	errno = EPERM;
	return -1;
}
