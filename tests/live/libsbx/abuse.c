/*
 * abuse.c - callers of libsbx that do what one should not count on, for tests/live/libsbx-abuse.sh.
 *
 *     abuse gone PLAN PROGRAM           the plan is removed when it is open
 *     abuse changed PLAN OTHER PROGRAM  it is exchanged for another one then
 *     abuse opens PLAN                  10,000 times open and closed
 *     abuse exchanged PLAN OTHER        opened by 4 threads while another exchanges the two
 *     abuse forks PLAN PROGRAM          4 threads launch, another forks; its children launch too
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sbx.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPENS = 10000, THREADS = 4, EACH = 50, EXCHANGED = 400, EXCHANGE = 2 /* RENAME_EXCHANGE */, PATIENCE = 120 };

static const char *plan_path, *other_path;
static char *program;
static struct sbx_plan *plan;
static atomic_bool done;

static struct sbx_plan *open_plan(const char *path)
{
	struct sbx_error e;
	struct sbx_plan *p = sbx_plan_open(path, NULL, &e);

	if (!p)
		fputs(e.text, stderr);
	return p;
}

static int exchange(void)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, plan_path, AT_FDCWD, other_path, EXCHANGE);
}

/* What `PROGRAM exit N` ended with. */
static int launch(int wanted)
{
	char code[8];
	struct sbx_options o = {.size = sizeof(o), .argv = (char *[]){program, (char[]){"exit"}, code, NULL}};
	struct sbx_error e;
	struct sbx_status s = {0};
	struct sbx_process *p;

	snprintf(code, sizeof(code), "%d", wanted);
	p = sbx_launch(plan, &o, &e);
	if (!p)
		fputs(e.text, stderr);
	if (!p || sbx_wait(p, -1, &s) != 1)
		s.code = -1;
	sbx_process_close(p);
	return s.code;
}

static unsigned lines_of(const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned n = 0;

	for (int c; f && (c = getc(f)) != EOF;)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static unsigned descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static long resident_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

static int opens(void)
{
	unsigned fds, maps;
	long kib;

	for (int i = 0; i < 100; i++) /* the heap has its size then */
		sbx_plan_close(open_plan(plan_path));
	fds = descriptors();
	maps = lines_of("/proc/self/maps");
	kib = resident_kib();
	for (int i = 0; i < OPENS; i++)
		sbx_plan_close(open_plan(plan_path));
	printf("descriptors %d maps %d grown %d\n", (int)(descriptors() - fds), (int)(lines_of("/proc/self/maps") - maps),
	       resident_kib() - kib > 512);
	return 0;
}

static void *exchanger(void *arg)
{
	while (!done)
		if (exchange())
			abort();
	return arg;
}

/* Counts what is neither of the two, and no refusal. */
static void *opener(void *seen)
{
	long wrong = 0;

	for (int i = 0; i < EXCHANGED; i++) {
		struct sbx_error e;
		struct sbx_plan *p = sbx_plan_open(plan_path, NULL, &e);
		const char *version = p ? sbx_plan_policy_version(p) : "";
		if (p && (!strcmp(version, "1.0.0") || !strcmp(version, "2.0.0")))
			atomic_fetch_or((atomic_int *)seen, version[0] == '1' ? 1 : 2);
		else
			wrong += p || strncmp(e.code, "E06", 3) || !e.text[0];
		sbx_plan_close(p);
	}
	return (void *)wrong;
}

static void *launcher(void *me)
{
	long wrong = 0;

	for (long i = 0; i < EACH; i++)
		wrong += launch((int)((long)me * EACH + i) % 120) != ((long)me * EACH + i) % 120;
	return (void *)wrong;
}

static atomic_long forked, forked_wrong;

static void *forker(void *arg)
{
	while (!done) {
		int status;
		pid_t pid = fork();
		if (pid == 0)
			_exit(launch(7) != 7);
		forked++;
		forked_wrong += pid < 0 || waitpid(pid, &status, 0) != pid || status != 0;
	}
	return arg;
}

/* 4 of the one beside one of the other; the sum of what was wrong. */
static long beside(void *(*many)(void *), void *(*one)(void *), void *arg)
{
	pthread_t t[THREADS], side;
	void *got;
	long wrong = 0;

	pthread_create(&side, NULL, one, NULL);
	for (long i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, many, arg ? arg : (void *)i);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], &got);
		wrong += (long)got;
	}
	done = true;
	pthread_join(side, NULL);
	return wrong;
}

static int removed(void)
{
	char command[4096];

	snprintf(command, sizeof(command), "rm -r '%s'", plan_path);
	plan = open_plan(plan_path);
	return !plan || system(command) || printf("code %d\n", launch(7)) < 0;
}

static int changed(void)
{
	plan = open_plan(plan_path);
	return !plan || exchange() || printf("version %s code %d\n", sbx_plan_policy_version(plan), launch(7)) < 0;
}

static int exchanged(void)
{
	atomic_int seen = 0;
	long wrong = beside(opener, exchanger, &seen);

	printf("wrong %ld both %d\n", wrong, seen == 3);
	return 0;
}

static int forks(void)
{
	plan = open_plan(plan_path);
	if (!plan)
		return 1;
	long wrong = beside(launcher, forker, NULL);
	printf("wrong %ld of the forked %ld some %d children %d\n", wrong, forked_wrong, forked > 0,
	       waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD);
	return 0;
}

/* Five threads that launch, and nobody who forks beside them. */
static int launches(void)
{
	plan = open_plan(plan_path);
	if (!plan)
		return 1;
	long wrong = beside(launcher, launcher, NULL);
	printf("wrong %ld children %d\n", wrong, waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		int (*run)(void);
	} ways[] = {{"gone", 4, removed}, {"changed", 5, changed}, {"opens", 3, opens}, {"exchanged", 4, exchanged}, {"forks", 4, forks},
		    {"launches", 4, launches}};

	alarm(PATIENCE);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (argc == ways[i].args && !strcmp(argv[1], ways[i].name)) {
			plan_path = argv[2];
			other_path = argv[3];
			program = argv[argc - 1];
			return ways[i].run();
		}
	return 2;
}
