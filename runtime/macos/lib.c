/*
 * lib.c - libsbx on macOS: plans, launches, waiting. Warm pools and reports are not there, and say so.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/event.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "macos.h"
#include "../sbx.h"

#ifndef SBX_VERSION
#define SBX_VERSION "0.1.0"
#endif

extern char **environ;

enum {
	PLAN_ROOM = 1024 * 1024,
	START_ROOM = (PLAN_MAX_ENV + 3 * PLAN_MAX_PARAMS + 64) * (PLAN_MAX_VALUE + 512),
};

struct sbx_plan {
	struct pool pool;
	struct macos_plan plan;
	char policy[256], version[256];
};

struct sbx_process {
	pid_t pid;
	int queue; /* kqueue: readable when it ended */
	uint64_t began;
	bool ended, supervised;
	struct sbx_status status;
};

const char *sbx_version(void)
{
	return SBX_VERSION;
}

/* ---- errors ---- */

static int give(struct sbx_error *e, const struct fault *f)
{
	if (!e)
		return -1;
	memset(e, 0, sizeof(*e));
	memcpy(e->code, err_number(f->id), strlen(err_number(f->id)));
	e->exit_code = fault_exit_code(f);
	fault_text(f, e->text, sizeof(e->text));
	return -1;
}

static int give_step(struct sbx_error *e, const char *what, int error)
{
	struct fault f;

	fault_step(&f, "library", what, error);
	return give(e, &f);
}

/* ---- plans ---- */

static void span_text(struct span s, char *out, size_t size)
{
	size_t n = s.len < size - 1 ? s.len : size - 1;

	memcpy(out, s.at, n);
	out[n] = 0;
}

struct sbx_plan *sbx_plan_open(const char *directory, const char *digest, struct sbx_error *error)
{
	struct sbx_plan *p = calloc(1, sizeof(*p));
	struct fault f;

	if (!p || !pool_open(&p->pool, PLAN_ROOM)) {
		give_step(error, "memory", ENOMEM);
		free(p);
		return NULL;
	}
	if (!macos_plan_load(&p->plan, &p->pool, directory, digest, &f)) {
		give(error, &f);
		sbx_plan_close(p);
		return NULL;
	}
	close(p->plan.common.dir.fd);
	p->plan.common.dir.fd = -1;
	span_text(p->plan.common.launch.policy, p->policy, sizeof(p->policy));
	span_text(p->plan.common.launch.version, p->version, sizeof(p->version));
	if (!strcmp(p->version, "-"))
		p->version[0] = 0;
	return p;
}

void sbx_plan_close(struct sbx_plan *p)
{
	if (!p)
		return;
	pool_close(&p->pool);
	free(p);
}

const char *sbx_plan_policy(const struct sbx_plan *p)
{
	return p->policy;
}

const char *sbx_plan_policy_version(const struct sbx_plan *p)
{
	return p->version;
}

const char *sbx_plan_id(const struct sbx_plan *p)
{
	return p->plan.common.launch.id;
}

int sbx_plan_guarantee(const struct sbx_plan *p, unsigned number, struct sbx_guarantee *out)
{
	const struct launch *l = &p->plan.common.launch;
	struct macos_start s = {.plan = &p->plan};

	if (number >= l->n_guarantees)
		return -1;
	macos_seatbelt_find(&s.seatbelt);
	span_text(l->guarantees[number].cap, out->name, sizeof(out->name));
	span_text(l->guarantees[number].mechanisms, out->mechanisms, sizeof(out->mechanisms));
	span_text(l->guarantees[number].where, out->where, sizeof(out->where));
	out->required = l->guarantees[number].required;
	out->kept = macos_guarantee_kept(&s, &l->guarantees[number]);
	return 0;
}

/* ---- launching ---- */

/* One start; on the heap, as it is large. */
struct start {
	struct options options;
	struct pool pool;
	struct fault fault;
	struct macos_start s;
};

static void start_free(struct start *t)
{
	if (!t)
		return;
	pool_close(&t->pool);
	free(t);
}

static bool options_take(struct start *t, const struct sbx_options *o)
{
	if (!o || o->size < sizeof(*o) || !o->argv || !o->argv[0] || !o->argv[0][0]) {
		fault_set(&t->fault, ERR_USAGE);
		return fault_line(&t->fault, "wrong", "options.size or options.argv is not set", NULL);
	}
	if (o->file) {
		fault_set(&t->fault, ERR_USAGE);
		return fault_line(&t->fault, "wrong", "`file` is not there on macOS, which has no scratch folder", NULL);
	}
	t->options.argv = o->argv;
	t->options.status_fd = -1;
	t->s.directory = o->directory;
	for (int i = 0; i < 3; i++)
		t->s.stdio[i] = o->stdio ? o->stdio[i] : i;
	for (unsigned i = 0; o->set && o->set[i]; i++) {
		const char *equal = strchr(o->set[i], '=');

		if (i == PLAN_MAX_PARAMS || !equal || equal == o->set[i]) {
			fault_set(&t->fault, ERR_USAGE);
			return fault_line(&t->fault, "wrong", "`set` takes NAME=VALUE, at most 64: ", o->set[i], NULL);
		}
		t->options.sets[t->options.n_sets++] =
		    (struct assignment){.name = {o->set[i], (size_t)(equal - o->set[i])}, .value = equal + 1};
	}
	return true;
}

static struct start *start_new(const struct sbx_plan *plan, const struct sbx_options *o, struct sbx_error *e)
{
	struct start *t = calloc(1, sizeof(*t));

	if (!t || !pool_open(&t->pool, START_ROOM)) {
		give_step(e, "memory", ENOMEM);
		free(t);
		return NULL;
	}
	t->s.plan = &plan->plan;
	t->s.ready = -1;
	t->s.run.options = &t->options;
	t->s.run.pool = &t->pool;
	t->s.run.fault = &t->fault;
	t->s.run.embedded = true;
	if (options_take(t, o) && macos_prove(&t->s, o->envp ? o->envp : environ))
		return t;
	give(e, &t->fault);
	start_free(t);
	return NULL;
}

/* Above 2 first, so that no descriptor is overwritten before it was used. */
static bool stdio_place(struct macos_start *s)
{
	int high[3];

	for (int i = 0; i < 3; i++) {
		int fd = s->stdio[i] < 0 ? open("/dev/null", O_RDWR | O_NOCTTY) : s->stdio[i];

		high[i] = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (high[i] < 0)
			return fault_step(s->run.fault, "stdio", "F_DUPFD", errno);
	}
	for (int i = 0; i < 3; i++)
		if (dup2(high[i], i) != i)
			return fault_step(s->run.fault, "stdio", "dup2", errno);
	return true;
}

/* A process that stays must keep none of the caller's descriptors open; the program gets none anyway. */
static void descriptors_shed(const struct macos_start *s)
{
	int most = getdtablesize();

	for (int fd = 3; fd < most; fd++)
		if (fd != s->ready)
			close(fd);
}

/* macOS makes malloc() usable in the child of a fork, which sandbox_init_with_parameters() needs. */
static _Noreturn void child_main(struct macos_start *s)
{
	for (int i = 1; i < NSIG; i++)
		signal(i, SIG_DFL); /* handlers are code of the caller */
	if (stdio_place(s)) {
		descriptors_shed(s);
		if (s->directory && chdir(s->directory))
			fault_step(s->run.fault, "directory", s->directory, errno);
		else
			macos_go(s);
	}
	(void)!write(s->ready, s->run.fault, sizeof(*s->run.fault));
	_exit(fault_exit_code(s->run.fault));
}

/* The end of the pipe says that the program runs; a fault in it, that it never will. */
static bool ran(int fd, struct fault *f)
{
	char *at = (char *)f;
	size_t got = 0;

	while (got < sizeof(*f)) {
		ssize_t n = read(fd, at + got, sizeof(*f) - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	f->text.buf = f->buf; /* as it lies here */
	return got == 0;
}

static uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* A process that ended already cannot be watched any more: then the queue is made readable at once. */
static int queue_for(pid_t pid)
{
	int queue = kqueue();
	struct kevent e;

	EV_SET(&e, (uintptr_t)pid, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
	if (queue >= 0 && kevent(queue, &e, 1, NULL, 0, NULL) == 0)
		return queue;
	EV_SET(&e, 1, EVFILT_USER, EV_ADD, NOTE_TRIGGER, 0, NULL);
	if (queue < 0 || kevent(queue, &e, 1, NULL, 0, NULL) < 0) {
		close(queue);
		return -1;
	}
	return queue;
}

static struct sbx_process *process_new(const struct start *t, pid_t pid)
{
	struct sbx_process *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->pid = pid;
	p->queue = queue_for(pid);
	p->began = clock_us();
	p->supervised = macos_supervised(&t->s) != NULL;
	if (p->queue >= 0)
		return p;
	free(p);
	return NULL;
}

struct sbx_process *sbx_launch(const struct sbx_plan *plan, const struct sbx_options *options, struct sbx_error *error)
{
	struct start *t = start_new(plan, options, error);
	struct sbx_process *process = NULL;
	int ends[2];
	pid_t pid;

	if (!t)
		return NULL;
	if (pipe(ends)) {
		give_step(error, "pipe", errno);
		start_free(t);
		return NULL;
	}
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		t->s.ready = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
		close(ends[1]);
		child_main(&t->s);
	}
	close(ends[1]);
	if (pid < 0)
		give_step(error, "fork", errno);
	else if (!ran(ends[0], &t->fault))
		give(error, &t->fault);
	else if (!(process = process_new(t, pid)))
		give_step(error, "memory", ENOMEM);
	close(ends[0]);
	if (pid > 0 && !process) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	start_free(t);
	return process;
}

/* ---- what becomes of it ---- */

pid_t sbx_process_pid(const struct sbx_process *p)
{
	return p->pid;
}

int sbx_process_pidfd(const struct sbx_process *p)
{
	return p->queue;
}

static uint64_t timeval_us(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_usec;
}

/* 1: taken; 0: it runs; -1: errno. */
static int status_take(struct sbx_process *p)
{
	struct rusage used;
	int status;
	pid_t got = wait4(p->pid, &status, WNOHANG, &used);

	if (got <= 0)
		return got;
	p->ended = true;
	p->status = (struct sbx_status){
	    .exited = WIFEXITED(status),
	    .code = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
	    .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
	    .limit = p->supervised && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_LIMIT ? "wall" : NULL,
	    .wall_us = clock_us() - p->began,
	    .user_us = timeval_us(used.ru_utime),
	    .system_us = timeval_us(used.ru_stime),
	    .peak_bytes = (uint64_t)used.ru_maxrss, /* bytes on macOS */
	};
	return 1;
}

int sbx_wait(struct sbx_process *p, int timeout_ms, struct sbx_status *status)
{
	uint64_t until = clock_us() + (uint64_t)(timeout_ms > 0 ? timeout_ms : 0) * 1000;
	int got = p->ended ? 1 : status_take(p);

	while (got == 0 && timeout_ms != 0) {
		uint64_t now = clock_us(), left = timeout_ms < 0 ? 1000000 : until > now ? until - now : 0;
		struct timespec wait = {(time_t)(left / 1000000), (long)(left % 1000000) * 1000};
		struct kevent e;

		if (left == 0)
			return 0;
		kevent(p->queue, NULL, 0, &e, 1, &wait);
		got = status_take(p);
	}
	if (got == 1 && status)
		*status = p->status;
	return got;
}

long sbx_process_report(const struct sbx_process *p, const struct sbx_plan *plan, char *buf, size_t size)
{
	(void)p;
	(void)plan;
	(void)buf;
	(void)size;
	errno = ENOTSUP;
	return -1;
}

/* A supervisor ends everything and then itself; it may be stopped. */
int sbx_kill(struct sbx_process *p)
{
	if (p->ended)
		return 0;
	if (!p->supervised)
		return kill(p->pid, SIGKILL);
	return kill(p->pid, MACOS_END_TREE) || kill(p->pid, SIGCONT) ? -1 : 0;
}

void sbx_process_close(struct sbx_process *p)
{
	if (!p)
		return;
	if (sbx_wait(p, 0, NULL) == 0 && sbx_kill(p) == 0)
		sbx_wait(p, -1, NULL);
	close(p->queue);
	free(p);
}

/* ---- confining oneself ---- */

int sbx_apply_self(const struct sbx_plan *plan, const struct sbx_options *options, struct sbx_error *error)
{
	char *itself[] = {NULL, NULL};
	char path[PLAN_MAX_PATH + 1] = "/usr/bin/true"; /* an entry is not asked about: nothing is started */
	struct sbx_options o = {.size = sizeof(o), .argv = itself, .set = options ? options->set : NULL};
	struct start *t;
	bool done;

	if (plan->plan.common.launch.entry.at || plan->plan.common.launch.wall_where.at) {
		struct fault f;

		fault_set(&f, ERR_USAGE);
		fault_line(&f, "wrong", "a process cannot give itself what the plan asks for: an entry, or `limit wall`", NULL);
		return give(error, &f);
	}
	itself[0] = path;
	t = start_new(plan, &o, error);
	if (!t)
		return -1;
	done = macos_apply_rlimits(&t->s) && macos_apply_profile(&t->s);
	if (!done)
		give(error, &t->fault);
	start_free(t);
	return done ? 0 : -1;
}

/* ---- warm pools ---- */

struct sbx_pool *sbx_pool_open(const struct sbx_plan *plan, const struct sbx_options *options, unsigned size,
			       struct sbx_error *error)
{
	(void)plan;
	(void)options;
	(void)size;
	give_step(error, "macOS has no warm pools", ENOTSUP);
	return NULL;
}

struct sbx_process *sbx_pool_launch(struct sbx_pool *pool, char *const *argv, const int *stdio, struct sbx_error *error)
{
	(void)pool;
	(void)argv;
	(void)stdio;
	give_step(error, "macOS has no warm pools", ENOTSUP);
	return NULL;
}

int sbx_pool_fill(struct sbx_pool *pool, struct sbx_error *error)
{
	(void)pool;
	return give_step(error, "macOS has no warm pools", ENOTSUP);
}

unsigned sbx_pool_ready(struct sbx_pool *pool)
{
	(void)pool;
	return 0;
}

void sbx_pool_close(struct sbx_pool *pool)
{
	(void)pool;
}
