/*
 * jobs.c - supervised launches through libsbx, for tests/live/libsbx-jobs.sh.
 *
 *     jobs one PLAN SET PROGRAM [ARG]...      one launch: its status on one line, then its report
 *     jobs threads PLAN SET PROGRAM           8 threads launch 25 each: `exit N`, each told its own N
 *     jobs many PLAN SET PROGRAM              100 at once from one thread
 *     jobs leave PLAN SET PROGRAM [ARG]...    launches and kills itself, as a caller that crashes
 *     jobs aged PLAN SET PROGRAM              two of a pool that stood ready for 700 ms: `exit 3`, and `sleep 20000`
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sbx.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, EACH = 25, MANY = 100 };

static struct sbx_plan *plan;
static const char *const *set;
static char *program;

static struct sbx_process *start(char *const *argv, const int *stdio)
{
	struct sbx_options o = {.size = sizeof(o), .argv = argv, .set = set, .stdio = stdio};
	struct sbx_error e;
	struct sbx_process *p = sbx_launch(plan, &o, &e);

	if (!p)
		fputs(e.text, stderr);
	return p;
}

static unsigned descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int one(char *const *argv)
{
	static char text[1 << 20], few[16];
	struct sbx_process *p = start(argv, NULL);
	struct sbx_status s = {0};
	long size, again;

	if (!p)
		return 1;
	again = sbx_process_report(p, plan, text, sizeof(text));
	printf("running %ld %d\n", again, errno == EBUSY);
	if (sbx_wait(p, -1, &s) != 1)
		return 1;
	printf("exited %d code %d signal %d limit %s wall %d cpu-of %s memory-of %s peak %d\n", s.exited, s.code, s.signal,
	       s.limit ? s.limit : "none", s.wall_us > 0, s.cpu_of_job ? "job" : "waited",
	       s.memory_of_job ? "job" : "process", s.peak_bytes > 0);
	size = sbx_process_report(p, plan, text, sizeof(text));
	again = sbx_process_report(p, plan, few, sizeof(few));
	printf("sizes %d\n", size > 0 && again == size && (size_t)size == strlen(text) && strlen(few) == 15 &&
				 sbx_process_report(p, plan, NULL, 0) == size);
	fputs(text, stdout);
	sbx_process_close(p);
	return 0;
}

static long wrong_end(struct sbx_process *p, int wanted)
{
	struct sbx_status s = {0};
	long wrong = !p || sbx_wait(p, -1, &s) != 1 || !s.exited || s.code != wanted;

	sbx_process_close(p);
	return wrong;
}

static void *thread(void *arg)
{
	long wrong = 0, me = (long)arg;
	char code[8];

	for (int i = 0; i < EACH; i++) {
		int wanted = (int)(me * EACH + i) % 120;
		snprintf(code, sizeof(code), "%d", wanted);
		wrong += wrong_end(start((char *[]){program, (char[]){"exit"}, code, NULL}, NULL), wanted);
	}
	return (void *)wrong;
}

static long threads(void)
{
	pthread_t t[THREADS];
	long wrong = 0;
	void *one_wrong;

	for (long i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, thread, (void *)i);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], &one_wrong);
		wrong += (long)one_wrong;
	}
	return wrong;
}

/* Their output goes where the descriptors say, also when these are high numbers. */
static long many(void)
{
	struct sbx_process *p[MANY];
	int pipes[2], null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char byte, lines = 0;
	long wrong = 0;

	if (null < 0 || pipe2(pipes, O_CLOEXEC))
		return -1;
	for (int i = 0; i < MANY; i++)
		p[i] = start((char *[]){program, (char[]){"print"}, (char[]){"x"}, NULL}, (int[]){-1, pipes[1], null});
	close(pipes[1]);
	for (int i = 0; i < MANY; i++)
		wrong += wrong_end(p[i], 0);
	while (read(pipes[0], &byte, 1) == 1)
		lines += byte == 'x';
	close(pipes[0]);
	close(null);
	return wrong + (lines != MANY);
}

static void aged_end(struct sbx_pool *pool, char *const *argv)
{
	struct sbx_error e;
	struct sbx_process *p = sbx_pool_launch(pool, argv, NULL, &e);
	struct sbx_status s = {0};

	if (!p || sbx_wait(p, -1, &s) != 1)
		fputs(e.text, stderr);
	printf(" code %d limit %s within %d", s.code, s.limit ? s.limit : "none", s.wall_us < 700000);
	sbx_process_close(p);
}

/* What stands ready uses no time of its job. */
static int aged(void)
{
	struct sbx_options o = {.size = sizeof(o), .argv = (char *[]){program, NULL}, .set = set};
	struct sbx_error e;
	struct sbx_pool *pool = sbx_pool_open(plan, &o, 2, &e);

	if (!pool)
		return fputs(e.text, stderr), 1;
	usleep(700000);
	printf("ready %u", sbx_pool_ready(pool));
	aged_end(pool, (char *[]){program, (char[]){"exit"}, (char[]){"3"}, NULL});
	aged_end(pool, (char *[]){program, (char[]){"sleep"}, (char[]){"20000"}, NULL});
	puts("");
	sbx_pool_close(pool);
	return 0;
}

int main(int argc, char **argv)
{
	const char *sets[2] = {0};
	struct sbx_error e;
	unsigned before;
	long wrong;

	if (argc < 5)
		return 2;
	sets[0] = argv[3];
	set = strcmp(argv[3], "-") ? sets : NULL;
	program = argv[4];
	before = descriptors();
	plan = sbx_plan_open(argv[2], NULL, &e);
	if (!plan)
		return fputs(e.text, stderr), 1;
	if (!strcmp(argv[1], "one"))
		return one(argv + 4);
	if (!strcmp(argv[1], "aged"))
		return aged();
	if (!strcmp(argv[1], "leave")) {
		if (!start(argv + 4, NULL))
			return 1;
		raise(SIGKILL);
	}
	wrong = strcmp(argv[1], "many") ? threads() : many();
	sbx_plan_close(plan);
	printf("wrong %ld descriptors %d children %d\n", wrong, (int)(descriptors() - before),
	       waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD);
	return 0;
}
