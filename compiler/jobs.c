/*
 * jobs.c - each worker takes the next number, writes frames {number, size, bytes} into its pipe; a number that was taken and
 * never answered is the one its worker died of.
 */
#include "jobs.h"

#include "arena.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared { /* by parent and workers */
	_Atomic unsigned next;
	_Atomic unsigned now[]; /* for each worker: the number it is at, plus one */
};

struct frame {
	unsigned i;
	size_t size;
};

struct worker {
	pid_t pid;
	int fd; /* -1: there is none */
	char *buf;
	size_t len, cap;
};

struct slot {
	char *data;
	size_t size;
	int signal, code;
	bool done;
};

struct pool {
	const struct jobs *j;
	struct shared *shared;
	struct worker *workers;
	struct slot *slots;
	struct pollfd *polls;
	unsigned finished, delivered;
};

static bool write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		p += w;
		n -= (size_t)w;
	}
	return true;
}

/* In the worker. It leaves without flushing what its parent had not printed yet. */
static _Noreturn void work(const struct pool *p, unsigned w, int fd)
{
	unsigned i;
	while ((i = atomic_fetch_add(&p->shared->next, 1)) < p->j->n) {
		struct text_out result;
		atomic_store(&p->shared->now[w], i + 1);
		text_begin(&result);
		p->j->work(p->j->ctx, i, result.out);
		text_end(&result);
		const struct frame head = {i, result.n};
		if (!write_all(fd, (const char *)&head, sizeof(head)) || !write_all(fd, result.bytes, result.n))
			_exit(1);
		free(result.bytes);
		atomic_store(&p->shared->now[w], 0);
	}
	_exit(0);
}

static const char *start(struct pool *p, unsigned w)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return strerror(errno);
	fflush(NULL);
	atomic_store(&p->shared->now[w], 0);
	pid_t parent = getpid(), pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* whatever ends the parent ends the work */
		if (getppid() != parent)
			_exit(1);
		work(p, w, ends[1]);
	}
	int saved = errno;
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return strerror(saved);
	}
	p->workers[w].pid = pid;
	p->workers[w].fd = ends[0];
	p->workers[w].len = 0;
	return NULL;
}

static void deliver(struct pool *p)
{
	while (p->delivered < p->j->n && p->slots[p->delivered].done) {
		struct slot *s = &p->slots[p->delivered];
		p->j->result(p->j->ctx, p->delivered++,
			     &(struct job_result){.data = s->data, .size = s->size, .signal = s->signal, .code = s->code});
		free(s->data);
		s->data = NULL;
	}
}

static void finish(struct pool *p, unsigned i, struct slot s)
{
	if (p->slots[i].done) {
		free(s.data);
		return;
	}
	s.done = true;
	p->slots[i] = s;
	p->finished++;
	if (p->j->progress)
		p->j->progress(p->j->ctx, p->finished, p->j->n);
	deliver(p);
}

/* Takes the whole frames out of a worker's buffer. False: out of memory. */
static bool take_frames(struct pool *p, struct worker *w)
{
	struct frame head;
	size_t at = 0;
	while (w->len - at >= sizeof(head)) {
		memcpy(&head, w->buf + at, sizeof(head));
		if (w->len - at - sizeof(head) < head.size)
			break;
		char *data = malloc(head.size + 1);
		if (!data)
			return false;
		memcpy(data, w->buf + at + sizeof(head), head.size);
		finish(p, head.i, (struct slot){.data = data, .size = head.size});
		at += sizeof(head) + head.size;
	}
	w->len -= at;
	if (at)
		memmove(w->buf, w->buf + at, w->len);
	return true;
}

/* The worker has ended. What it was at, if anything, ended with it, and another goes on. */
static const char *reap(struct pool *p, unsigned w)
{
	int st = 0;
	close(p->workers[w].fd);
	p->workers[w].fd = -1;
	while (waitpid(p->workers[w].pid, &st, 0) < 0 && errno == EINTR)
		;
	unsigned at = atomic_load(&p->shared->now[w]);
	if (at)
		finish(p, at - 1, (struct slot){.signal = WIFSIGNALED(st) ? WTERMSIG(st) : 0,
						.code = WIFEXITED(st) ? (WEXITSTATUS(st) ? WEXITSTATUS(st) : -1) : 0});
	return atomic_load(&p->shared->next) < p->j->n ? start(p, w) : NULL;
}

static const char *read_some(struct pool *p, unsigned w)
{
	struct worker *k = &p->workers[w];
	if (k->cap - k->len < 65536) {
		char *bigger = realloc(k->buf, k->cap * 2 + 65536);
		if (!bigger)
			return "out of memory";
		k->buf = bigger;
		k->cap = k->cap * 2 + 65536;
	}
	ssize_t n = read(k->fd, k->buf + k->len, k->cap - k->len);
	if (n < 0)
		return errno == EINTR ? NULL : strerror(errno);
	if (n == 0)
		return reap(p, w);
	k->len += (size_t)n;
	return take_frames(p, k) ? NULL : "out of memory";
}

static const char *wait_some(struct pool *p, unsigned workers)
{
	nfds_t n = 0;
	unsigned which[JOBS_MAX_WORKERS];
	for (unsigned w = 0; w < workers; w++) {
		if (p->workers[w].fd < 0)
			continue;
		which[n] = w;
		p->polls[n++] = (struct pollfd){.fd = p->workers[w].fd, .events = POLLIN};
	}
	if (n == 0)
		return "no process is left to do the work";
	if (poll(p->polls, n, -1) < 0)
		return errno == EINTR ? NULL : strerror(errno);
	for (nfds_t i = 0; i < n; i++) {
		const char *error = p->polls[i].revents ? read_some(p, which[i]) : NULL;
		if (error)
			return error;
	}
	return NULL;
}

static const char *run(struct pool *p, unsigned workers)
{
	const char *error = NULL;
	for (unsigned w = 0; w < workers; w++)
		p->workers[w].fd = -1;
	for (unsigned w = 0; w < workers && !error; w++)
		error = start(p, w);
	while (!error && p->finished < p->j->n)
		error = wait_some(p, workers);
	for (unsigned w = 0; w < workers; w++) {
		if (p->workers[w].fd >= 0) {
			close(p->workers[w].fd); /* after an error it ends at its next write */
			waitpid(p->workers[w].pid, NULL, 0);
		}
		free(p->workers[w].buf);
	}
	for (unsigned i = 0; i < p->j->n; i++)
		free(p->slots[i].data);
	return error;
}

/* One piece of work needs no process. */
static void run_here(const struct jobs *j)
{
	struct job_result r = {0};
	struct text_out text;
	text_begin(&text);
	j->work(j->ctx, 0, text.out);
	text_end(&text);
	r.data = text.bytes;
	r.size = text.n;
	j->result(j->ctx, 0, &r);
	free(text.bytes);
}

const char *jobs_run(const struct jobs *j)
{
	unsigned workers = j->workers < 1 ? 1 : j->workers > JOBS_MAX_WORKERS ? JOBS_MAX_WORKERS : j->workers;
	workers = workers > j->n ? j->n : workers;
	if (j->n == 1)
		run_here(j);
	if (j->n <= 1)
		return NULL;
	size_t size = sizeof(struct shared) + workers * sizeof(_Atomic unsigned);
	struct shared *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct pool p = {.j = j, .shared = shared};
	p.workers = calloc(workers, sizeof(*p.workers));
	p.slots = calloc(j->n, sizeof(*p.slots));
	p.polls = calloc(workers, sizeof(*p.polls));
	bool got = shared != MAP_FAILED && p.workers && p.slots && p.polls;
	const char *error = got ? run(&p, workers) : "out of memory";
	if (shared != MAP_FAILED)
		munmap(shared, size);
	free(p.workers);
	free(p.slots);
	free(p.polls);
	return error;
}

unsigned jobs_cores(void)
{
	cpu_set_t set;
	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
