/*
 * apply_fds.c - leaves the program stdin, stdout and stderr, and the loader what it still needs,
 * which closes itself on exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "apply.h"
#include "fds.h"
#include "request.h"

/* In the library the process is not ours, so nothing is left open in it. */
#ifdef SBX_LIBRARY
#define LEAVES 0
#else
#define LEAVES 32
#endif

enum {
	FIRST = 3,
	LEFT_OPEN = LEAVES,
	HIGHEST = 1 << 20,
	CLOSE_ON_EXEC = 1 << 2, /* CLOSE_RANGE_CLOEXEC */
};

static bool range_close(unsigned first, unsigned last)
{
	if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
		return true;
	if (errno != ENOSYS)
		return false;
	/*
	 * Before Linux 5.9, or behind a filter: one by one. Descriptors above the largest limit of
	 * a kernel do not exist.
	 */
	for (unsigned fd = first; fd <= last && fd < HIGHEST; fd++)
		close((int)fd);
	return true;
}

void fd_leave(int fd)
{
	if (fd >= LEFT_OPEN)
		close(fd);
}

/*
 * Linux 5.11: marks them all, and exec closes them; what the loader still needs is marked already.
 * Until then nothing but the loader runs.
 */
static bool all_marked(void)
{
	return syscall(SYS_close_range, FIRST, ~0u, CLOSE_ON_EXEC) == 0;
}

bool fds_close_but(const int *keep, unsigned n)
{
	for (unsigned from = FIRST;;) {
		int next = -1; /* the lowest to keep from here on */
		for (unsigned i = 0; i < n; i++)
			if (keep[i] >= (int)from && (next < 0 || keep[i] < next))
				next = keep[i];
		if (!range_close(from, next < 0 ? ~0u : (unsigned)next - 1))
			return false;
		if (next < 0)
			return true;
		from = (unsigned)next + 1;
	}
}

bool apply_fds(struct run *r)
{
	const struct link *l = r->link;
	const int keep[] = {r->ruleset, r->plan->launch.exec_fd, l ? l->started : -1, l ? l->mailbox : -1,
			    r->request ? r->request->socket : -1};

	if (all_marked() || fds_close_but(keep, sizeof(keep) / sizeof(keep[0])))
		return true;
	return fault_step(r->fault, "descriptors", "close_range");
}

/*
 * The number must be below the soft limit to be made, and the limit that the program gets is at or
 * below the number.
 */
static bool nofile_raise(struct run *r)
{
	struct rlimit now, wanted;
	rlim_t need = (rlim_t)r->plan->launch.exec_fd + 1;

	if (prlimit(0, RLIMIT_NOFILE, NULL, &now))
		return fault_step(r->fault, "exec-fd", "getrlimit");
	if (now.rlim_cur >= need)
		return true;
	wanted.rlim_cur = need;
	wanted.rlim_max = now.rlim_max < need ? need : now.rlim_max;
	if (prlimit(0, RLIMIT_NOFILE, &wanted, NULL) == 0)
		return true;
	fault_set(r->fault, ERR_EXEC_FD);
	fault_errno(r->fault, "setrlimit of open files");
	fault_add(r->fault, "fix raise the hard limit (ulimit -Hn) to %zu or more", (size_t)need);
	return fault_where(r->fault, r->plan->launch.entry_where);
}

bool exec_fd_prepare(struct run *r)
{
	if (r->plan->launch.exec_fd < 0 || r->options->dry_run)
		return true;
	if (!nofile_raise(r))
		return false;
	if (r->program.fd == r->plan->launch.exec_fd)
		return true;
	/* anything else on this number may go, a descriptor of the caller too */
	if (r->ruleset == r->plan->launch.exec_fd)
		r->ruleset = fcntl(r->ruleset, F_DUPFD_CLOEXEC, FIRST);
	if (r->ruleset == -1 && r->host.landlock)
		return fault_step(r->fault, "exec-fd", "F_DUPFD");
	if (dup3(r->program.fd, r->plan->launch.exec_fd, O_CLOEXEC) != r->plan->launch.exec_fd)
		return fault_step(r->fault, "exec-fd", "dup3");
	return true;
}
