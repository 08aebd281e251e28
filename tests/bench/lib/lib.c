/*
 * lib.c - what libsbx costs: launches of one program under one plan, from a program that has the plan loaded, against the
 * same calls by hand in a vfork()ed child and against posix_spawn() alone. Interleaved, medians.
 *
 *     lib PLAN ROUNDS PROGRAM [PYTHON PLAN]
 *
 * With a python: from the request to the first byte that the program prints, for a cold launch, for a process of a
 * pool, and for an interpreter that was launched ahead and waits on its stdin. Making ready is not counted: that is the
 * point of it, and what it takes stands in its own row.
 */
#define FLOOR_IN_PROCESS
#include "../floor.c"

#include <sbx.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { MAX_ROUNDS = 100000, MAX_ROWS = 8, STACK = 256 * 1024 };

struct row {
	const char *name;
	void (*prepare)(void); /* not counted; or NULL */
	void (*run)(void);
	double *us;
};

static char **program;
static struct sbx_plan *plan, *python_plan;
static struct sbx_pool *pool, *python_pool;
static struct sbx_options options = {.size = sizeof(options)}, python_options = {.size = sizeof(python_options)};
static struct sbx_process *ahead;
static int ahead_in[2], ahead_out[2];

static void die(const char *what)
{
	fprintf(stderr, "bench lib: %s\n", what);
	exit(2);
}

static void wait_well(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		die("a program failed");
}

static void run_bare(void)
{
	pid_t pid;

	if (posix_spawn(&pid, program[0], NULL, NULL, program, (char *[]){NULL}))
		die("posix_spawn");
	wait_well(pid);
}

/* stdio stays open, whatever its flags, and others cannot write what the program makes. */
static int by_hand(void *arg)
{
	for (int fd = 0; fd < 3; fd++)
		fcntl(fd, F_SETFD, 0);
	umask(umask(022) | 022);
	_exit(become(arg));
}

/* What sbx.h promises is done here too: no handler of the caller's runs in the child, and there is a pidfd. */
static void run_floor(void)
{
	char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	siginfo_t info = {0};
	sigset_t all, old;
	int pidfd;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	clone(by_hand, stack + STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, program, &pidfd);
	sigprocmask(SIG_SETMASK, &old, NULL);
	munmap(stack, STACK);
	if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) || info.si_code != CLD_EXITED || info.si_status)
		die("a program failed");
	close(pidfd);
}

static void finish(struct sbx_process *p, const struct sbx_error *e)
{
	struct sbx_status status;

	if (!p)
		die(e->text);
	if (sbx_wait(p, -1, &status) != 1 || !status.exited || status.code)
		die("a launched program failed");
	sbx_process_close(p);
}

static void run_launch(void)
{
	struct sbx_error e;

	finish(sbx_launch(plan, &options, &e), &e);
}

static void fill(void)
{
	struct sbx_error e;

	if (sbx_pool_fill(pool, &e))
		die(e.text);
}

static void run_pool(void)
{
	struct sbx_error e;

	finish(sbx_pool_launch(pool, program, NULL, &e), &e);
}

/* ---- python: request to first byte ---- */

static char *python[] = {NULL, "-c", "print('ready', flush=True)", NULL};
static char *waiting[] = {NULL, "-c", "import sys\nfor line in sys.stdin:\n print('ready', flush=True)\n break", NULL};

static void first_byte(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1)
		die("python printed nothing");
}

static struct sbx_process *python_start(char **argv, const int *stdio)
{
	struct sbx_error e;
	struct sbx_process *p;

	python_options.argv = argv;
	python_options.stdio = stdio;
	p = sbx_launch(python_plan, &python_options, &e);
	if (!p)
		die(e.text);
	return p;
}

static void run_cold(void)
{
	int out[2], stdio[3] = {-1, -1, 2};

	if (pipe(out))
		die("pipe");
	stdio[1] = out[1];
	struct sbx_process *p = python_start(python, stdio);
	close(out[1]);
	first_byte(out[0]);
	close(out[0]);
	sbx_process_close(p);
}

static void python_fill(void)
{
	struct sbx_error e;

	if (sbx_pool_fill(python_pool, &e))
		die(e.text);
}

static void run_python_pool(void)
{
	struct sbx_error e;
	int out[2], stdio[3] = {-1, -1, 2};

	if (pipe(out))
		die("pipe");
	stdio[1] = out[1];
	struct sbx_process *p = sbx_pool_launch(python_pool, python, stdio, &e);
	if (!p)
		die(e.text);
	close(out[1]);
	first_byte(out[0]);
	close(out[0]);
	sbx_process_close(p);
}

/* One that is started and idle: it is used once, then gone. */
static void ahead_make(void)
{
	int stdio[3] = {-1, -1, 2};

	sbx_process_close(ahead);
	if (pipe(ahead_in) || pipe(ahead_out))
		die("pipe");
	stdio[0] = ahead_in[0];
	stdio[1] = ahead_out[1];
	ahead = python_start(waiting, stdio);
	close(ahead_in[0]);
	close(ahead_out[1]);
	usleep(30000);
}

static void run_ahead(void)
{
	if (write(ahead_in[1], "go\n", 3) != 3)
		die("the request");
	first_byte(ahead_out[0]);
	close(ahead_in[1]);
	close(ahead_out[0]);
}

/* ---- measuring ---- */

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return a < b ? -1 : a > b;
}

/* Each round runs every row once, from another first one. */
static void measure(struct row *v, unsigned n, unsigned rounds, unsigned reference)
{
	for (unsigned i = 0; i < n; i++)
		v[i].us = calloc(rounds, sizeof(double));
	for (unsigned r = 0; r < rounds; r++)
		for (unsigned k = 0; k < n; k++) {
			struct row *row = &v[(k + r) % n];
			if (row->prepare)
				row->prepare();
			double began = now_us();
			row->run();
			row->us[r] = now_us() - began;
		}
	for (unsigned i = 0; i < n; i++)
		qsort(v[i].us, rounds, sizeof(double), by_value);
	printf("    %-44s %9s %9s  %6s\n", "", "median us", "p95 us", "ratio");
	for (unsigned i = 0; i < n; i++)
		printf("    %-44s %9.0f %9.0f  %6.2f\n", v[i].name, v[i].us[rounds / 2], v[i].us[rounds * 95 / 100],
		       v[i].us[rounds / 2] / v[reference].us[rounds / 2]);
}

static void launches(unsigned rounds)
{
	struct row rows[] = {{"posix_spawn, nothing applied", NULL, run_bare, NULL},
			     {"floor: vfork, the same calls by hand", NULL, run_floor, NULL},
			     {"sbx_launch", NULL, run_launch, NULL},
			     {"sbx_pool_launch, making ready not counted", fill, run_pool, NULL}};
	struct sbx_error e;

	options.argv = program;
	pool = sbx_pool_open(plan, &options, 1, &e);
	if (!pool)
		die(e.text);
	printf("\nlibsbx: launch to exit of %s, %u rounds, the plan loaded once (ratio to the floor)\n", strrchr(program[0], '/') + 1, rounds);
	measure(rows, 4, rounds, 1);
	sbx_pool_close(pool);
}

static void pythons(unsigned rounds)
{
	struct row rows[] = {{"cold: sbx_launch", NULL, run_cold, NULL},
			     {"pool: sbx_pool_launch", python_fill, run_python_pool, NULL},
			     {"launched ahead, waits on stdin", ahead_make, run_ahead, NULL}};
	struct sbx_error e;

	python_options.argv = python;
	python_pool = sbx_pool_open(python_plan, &python_options, 1, &e);
	if (!python_pool)
		die(e.text);
	printf("\nlibsbx: request to the first byte of %s, %u rounds (ratio to the cold launch)\n", python[0], rounds);
	measure(rows, 3, rounds, 0);
	sbx_pool_close(python_pool);
	sbx_process_close(ahead);
}

int main(int argc, char **argv)
{
	struct sbx_error e;
	long rounds = argc >= 4 ? strtol(argv[2], NULL, 10) : 0;

	if (rounds < 1 || rounds > MAX_ROUNDS)
		die("usage: lib PLAN ROUNDS PROGRAM [PYTHON PLAN]");
	program = (char *[]){argv[3], NULL};
	plan = sbx_plan_open(argv[1], NULL, &e);
	if (!plan)
		die(e.text);
	launches((unsigned)rounds);
	if (argc < 6)
		return 0;
	python[0] = waiting[0] = argv[4];
	python_plan = sbx_plan_open(argv[5], NULL, &e);
	if (!python_plan)
		die(e.text);
	pythons((unsigned)rounds / 5 + 1);
	return 0;
}
