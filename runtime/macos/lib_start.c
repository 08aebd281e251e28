/*
 * lib_start.c - proves a start of the library and makes its child, on macOS.
 *
 * The child has memory of its own, but for the part in which it leaves what it finds wrong. Between fork() and the program
 * it calls sandbox_init_with_parameters(), which allocates; macOS lets the child of a fork do so.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lib.h"
#include "macos.h"

/* ---- proving ---- */

static struct start *start_map(const struct plan *plan)
{
	struct start *s = pool_map(sizeof(*s));
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!s || shared == MAP_FAILED) {
		if (s)
			munmap(s, sizeof(*s));
		if (shared != MAP_FAILED)
			munmap(shared, sizeof(*shared));
		return NULL;
	}
	pool_over(&s->pool, s->room, sizeof(s->room));
	s->link = (struct link){.shared = shared, .started = -1, .events = -1, .mailbox = -1, .terminal = -1};
	s->shared = shared;
	s->ready = -1;
	s->run.options = &s->options;
	s->run.plan = plan;
	s->run.pool = &s->pool;
	s->run.ready = -1;
	s->run.link = &s->link;
	s->run.fault = &shared->fault;
	s->run.embedded = true;
	return s;
}

struct start *lib_start_new(const struct sbx_plan *plan, const struct sbx_options *o, enum lib_where where,
			    struct sbx_error *e)
{
	struct start *s = start_map(&plan->plan);

	(void)where; /* a start of macOS opens nothing */
	if (!s) {
		lib_error_step(e, "memory", errno);
		return NULL;
	}
	if (lib_options_take(s, o) && start_prove(&s->run, s->envp))
		return s;
	lib_error(e, s->run.fault);
	lib_start_free(s);
	return NULL;
}

void lib_start_free(struct start *s)
{
	if (s->shared != &s->own)
		munmap(s->shared, sizeof(*s->shared));
	pool_close(&s->pool);
	munmap(s, sizeof(*s));
}

/* ---- the child ---- */

/* Above 2 first, so that no descriptor is overwritten before it was used. */
static bool stdio_place(const struct start *s)
{
	int high[3];

	for (int i = 0; i < 3; i++) {
		int fd = s->stdio[i] < 0 ? open("/dev/null", O_RDWR | O_NOCTTY) : s->stdio[i];

		high[i] = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (high[i] < 0)
			return fault_step(s->run.fault, "stdio", "F_DUPFD");
	}
	for (int i = 0; i < 3; i++)
		if (dup2(high[i], i) != i)
			return fault_step(s->run.fault, "stdio", "dup2");
	return true;
}

/* A process that stays must keep none of the caller's descriptors open; the program gets none anyway. */
static void descriptors_shed(const struct start *s)
{
	int most = getdtablesize();

	for (int fd = 3; fd < most; fd++)
		if (fd != s->ready)
			close(fd);
}

static _Noreturn void child_main(struct start *s)
{
	struct run *r = &s->run;

	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL); /* handlers are code of the caller */
	r->ready = s->ready;
	if (stdio_place(s)) {
		descriptors_shed(s);
		if (s->directory && chdir(s->directory))
			fault_step_of(r->fault, "directory", s->directory);
		else
			start_go(r);
	}
	s->shared->phase = PHASE_FAILED;
	_exit(fault_exit_code(r->fault));
}

/* The pipe ends when the program runs, or never will. */
static void end_wait(int fd)
{
	char byte;

	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
}

pid_t lib_child_make(struct start *s, enum lib_child kind, int *queue)
{
	int ends[2], error;
	pid_t pid;

	(void)kind;
	*queue = -1;
	if (pipe(ends))
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	error = errno;
	if (pid == 0) {
		close(ends[0]);
		s->ready = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
		close(ends[1]);
		child_main(s);
	}
	close(ends[1]);
	if (pid > 0)
		end_wait(ends[0]);
	close(ends[0]);
	errno = error;
	return pid;
}

bool lib_child_ran(struct start *s, pid_t pid, int queue, struct sbx_error *e)
{
	(void)queue;
	if (s->shared->phase == PHASE_EXEC)
		return true;
	if (s->shared->phase == PHASE_FAILED)
		lib_error(e, s->run.fault);
	else
		lib_error_step(e, "the process that was to become the program ended", ECHILD);
	kill(pid, SIGKILL); /* whatever it is doing: an error means that nothing runs */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return false;
}

struct sbx_process *sbx_launch(const struct sbx_plan *plan, const struct sbx_options *options, struct sbx_error *error)
{
	struct start *s = lib_start_new(plan, options, LIB_IN_CHILD, error);
	struct sbx_process *process = NULL;
	int queue;
	pid_t pid;

	if (!s)
		return NULL;
	pid = lib_child_make(s, LIB_OWN_MEMORY, &queue);
	if (pid < 0)
		lib_error_step(error, "fork", errno);
	else if (lib_child_ran(s, pid, queue, error) && !(process = lib_process_new(s, pid, queue)))
		lib_error_step(error, "memory", ENOMEM);
	lib_start_free(s);
	return process;
}
