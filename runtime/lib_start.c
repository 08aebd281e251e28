/*
 * lib_start.c - proves a start of the library and makes its child.
 *
 * The child of a start without a supervisor shares the caller's memory (as vfork() does): nothing is copied, and what it
 * finds wrong is where the caller looks. One that stays beside the caller has memory of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply.h"
#include "fds.h"
#include "lib.h"
#include "relay.h"
#include "request.h"

enum { KEEP = 5 };

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif

/* ---- proving ---- */

static void shared_take(struct start *s, struct shared *shared)
{
	s->shared = s->link.shared = shared;
	s->run.fault = &shared->fault;
}

/* Where nothing is shared by itself; before anything is found wrong. */
static bool shared_map(struct start *s)
{
	struct shared *shared =
	    mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared != MAP_FAILED)
		shared_take(s, shared);
	return shared != MAP_FAILED;
}

static struct start *start_room(struct start **spare_at)
{
	struct start *s = __atomic_exchange_n(spare_at, NULL, __ATOMIC_ACQUIRE);

	return s ? s : pool_map(sizeof(*s));
}

/* For the next launch, as zero as it came. False: there is one already, or it was too small. */
static bool room_keep(struct start *s)
{
	struct start **at = s->spare_at, *none = NULL;

	if (s->pool.pieces)
		return false;
	memset(s->room, 0, (size_t)(s->pool.at - s->room));
	memset(&s->pool, 0, offsetof(struct start, room) - offsetof(struct start, pool));
	return __atomic_compare_exchange_n(at, &none, s, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
}

static struct start *start_map(const struct sbx_plan *plan, enum lib_where where)
{
	struct start *s = start_room(plan->spare_at);

	if (!s)
		return NULL;
	s->spare_at = plan->spare_at;
	pool_over(&s->pool, s->room, sizeof(s->room));
	s->link = (struct link){.started = -1, .events = -1, .mailbox = -1, .terminal = -1};
	s->ready = -1;
	s->run.options = &s->options;
	s->run.plan = &plan->plan;
	s->run.pool = &s->pool;
	s->run.host.cgroup.base = s->run.program.fd = s->run.program.interp_fd = s->run.ruleset = s->run.ready = -1;
	s->run.link = &s->link;
	s->run.embedded = true;
	s->run.apart = where != LIB_HERE;
	s->run.program.later = where == LIB_AT_ONCE;
	shared_take(s, &s->own);
	return s;
}

/* A child that shares this memory writes its own numbers there. */
static void opened_note(struct start *s)
{
	const int opened[LIB_OPENED] = {s->run.ruleset, s->run.program.fd, s->run.program.interp_fd, s->run.host.cgroup.base};

	memcpy(s->opened, opened, sizeof(opened));
	for (unsigned i = 0; i < FILES_MAX; i++)
		s->opened[LIB_OPENED + i] = i < s->run.n_files ? s->run.files[i].fd : -1;
}

struct start *lib_start_new(const struct sbx_plan *plan, const struct sbx_options *o, enum lib_where where,
			    struct sbx_error *e)
{
	struct start *s = start_map(plan, where);
	bool proved;

	if (!s) {
		lib_error_step(e, "memory", errno);
		return NULL;
	}
	proved = lib_options_take(s, o) && start_prove(&s->run, s->envp);
	opened_note(s);
	if (!proved) {
		lib_error(e, s->run.fault);
		lib_start_free(s);
		return NULL;
	}
	return s;
}

void lib_start_free(struct start *s)
{
	for (size_t i = 0; i < sizeof(s->opened) / sizeof(s->opened[0]); i++)
		if (s->opened[i] >= 0)
			close(s->opened[i]);
	if (s->shared != &s->own)
		munmap(s->shared, sizeof(*s->shared));
	if (room_keep(s))
		return;
	pool_close(&s->pool);
	munmap(s, sizeof(*s));
}

/* ---- the child ---- */

/* What lives on beside the caller must keep none of its descriptors open. */
static bool descriptors_shed(const struct start *s)
{
	const struct run *r = &s->run;
	int keep[KEEP + FILES_MAX] = {r->ruleset, r->program.fd, s->ready, r->request ? r->request->socket : -1,
				      r->host.cgroup.base};

	for (unsigned i = 0; i < r->n_files; i++)
		keep[KEEP + i] = r->files[i].fd;
	return fds_close_but(keep, KEEP + r->n_files) ||
	       fault_step(r->fault, "descriptors", "close_range");
}

static bool child_start(struct start *s)
{
	struct run *r = &s->run;

	/* while this is still the caller's directory, which a rule may name */
	if (!signals_default(r->fault) || !(start_late(r) || landlock_prepare(r)) ||
	    !stdio_place(s->stdio, r->fault) || (s->sheds && !descriptors_shed(s)))
		return false;
	if (s->directory && chdir(s->directory))
		return fault_step_of(r->fault, "directory", s->directory);
	r->ready = s->ready;
	return (start_late(r) || exec_fd_prepare(r)) && (start_supervised(r) ? start_go(r) : start_here(r));
}

static int child_main(void *arg)
{
	struct start *s = arg;

	child_start(s);
	s->shared->phase = PHASE_FAILED;
	start_leave(fault_exit_code(s->run.fault));
}

static bool signals_block(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	return sigprocmask(SIG_SETMASK, &all, old) == 0;
}

/* No libc call may run in the child of a fork() that libc does not know to be one; these are raw. */
static pid_t child_fork(struct start *s, int *pidfd)
{
	pid_t pid = relay_clone(CLONE_PIDFD, pidfd);

	if (pid == 0) {
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		s->sheds = true;
		child_main(s);
	}
	return pid;
}

#ifndef __SANITIZE_THREAD__
static pid_t child_vfork(struct start *s, int *pidfd)
{
	return clone(child_main, s->stack + sizeof(s->stack), CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, s, pidfd);
}
#else /* a child in the memory of its caller is to ThreadSanitizer a thread that never began: here it gets a copy */
static pid_t child_vfork(struct start *s, int *pidfd)
{
	pid_t pid = shared_map(s) ? relay_clone(CLONE_VFORK | CLONE_PIDFD, pidfd) : -1;

	if (pid == 0)
		child_main(s);
	return pid;
}
#endif

pid_t lib_child_make(struct start *s, enum lib_child kind, int *pidfd)
{
	sigset_t old;
	pid_t pid;
	int error;

	if ((kind == LIB_OWN_MEMORY && !shared_map(s)) || !signals_block(&old))
		return -1;
	pid = kind == LIB_OWN_MEMORY ? child_fork(s, pidfd) : child_vfork(s, pidfd);
	error = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	errno = error;
	return pid;
}

bool lib_child_ran(struct start *s, pid_t pid, int pidfd, struct sbx_error *e)
{
	struct fault *f = s->run.fault;
	siginfo_t info;

	if (s->shared->phase == PHASE_EXEC)
		return true;
	if (s->shared->phase == PHASE_FAILED)
		program_missed(&s->run.plan->launch, s->run.options->argv[0], &s->run.program, f);
	if (s->shared->phase == PHASE_FAILED)
		lib_error(e, f);
	else
		lib_error_step(e, "the process that was to become the program ended", ECHILD);
	/* whatever it is doing: an error means that nothing runs. Where there is a supervisor the program dies with it */
	kill(pid, SIGKILL);
	while (waitid(P_PID, (id_t)pid, &info, WEXITED) && errno == EINTR)
		;
	close(pidfd);
	return false;
}
