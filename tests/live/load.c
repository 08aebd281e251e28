/*
 * load.c - starts a command again and again, as the library or as a caller of sbx-run would, and says how many ended as they
 * should, how long that took, and what this process has more than before.
 *
 *     load spawn N WIDTH COMMAND [ARG]...          WIDTH at a time, each must end with 7
 *     load launch N WIDTH PLAN SET|- PROGRAM [ARG]...   the same by sbx_launch()
 */
#include <errno.h>
#include <fcntl.h>
#include <sbx.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
enum { GOOD = 7, WIDEST = 1024 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long from_file(const char *path, const char *key)
{
	static char text[1 << 20];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	long lines = 0;
	const char *at;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = 0;
	if (key)
		return (at = strstr(text, key)) ? strtol(at + strlen(key), NULL, 10) : -1;
	for (at = text; (at = strchr(at, '\n')); at++)
		lines++;
	return lines;
}

static long descriptors(void)
{
	long n = 0;

	for (int fd = 0; fd < 4096; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

struct state {
	long descriptors, mappings, resident;
};

static struct state look(void)
{
	return (struct state){descriptors(), from_file("/proc/self/maps", NULL), from_file("/proc/self/status", "VmRSS:")};
}

/* ---- by sbx-run ---- */

static long spawn_all(long n, long width, char **argv)
{
	long good = 0, running = 0;
	int status;

	for (long started = 0; started < n || running;) {
		pid_t pid;
		if (started < n && running < width) {
			if (posix_spawn(&pid, argv[0], NULL, NULL, argv, environ))
				return -1;
			started++;
			running++;
			continue;
		}
		if (wait(&status) > 0) {
			running--;
			good += WIFEXITED(status) && WEXITSTATUS(status) == GOOD;
		}
	}
	return good;
}

/* ---- by the library ---- */

static long end_take(struct sbx_process *p)
{
	struct sbx_status s = {0};
	long good = p && sbx_wait(p, -1, &s) == 1 && s.exited && s.code == GOOD;

	sbx_process_close(p);
	return good;
}

static long launch_all(long n, long width, const struct sbx_plan *plan, const struct sbx_options *o)
{
	static struct sbx_process *running[WIDEST];
	struct sbx_error e;
	long good = 0;

	for (long i = 0; i < n + width; i++) {
		struct sbx_process **slot = &running[i % width];
		if (i >= width)
			good += end_take(*slot);
		*slot = i < n ? sbx_launch(plan, o, &e) : NULL;
		if (i < n && !*slot)
			fputs(e.text, stderr);
	}
	return good;
}

static long launches(long n, long width, char **argv)
{
	const char *const set[] = {argv[1], NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = argv + 2, .set = strcmp(argv[1], "-") ? set : NULL};
	struct sbx_error e;
	struct sbx_plan *plan = sbx_plan_open(argv[0], NULL, &e);
	long good;

	if (!plan)
		return fputs(e.text, stderr), -1;
	good = launch_all(n, width, plan, &o);
	sbx_plan_close(plan);
	return good;
}

static long some(const char *how, long n, long width, char **argv)
{
	return strcmp(how, "launch") ? spawn_all(n, width, argv) : launches(n, width, argv);
}

int main(int argc, char **argv)
{
	long n, width, good;
	struct state a, b;
	double began, took;

	if (argc < 5)
		return 2;
	n = atol(argv[2]);
	width = atol(argv[3]);
	if (width < 1 || width > WIDEST || some(argv[1], width, width, argv + 4) != width) /* what is touched once */
		return 1;
	a = look();
	began = seconds();
	good = some(argv[1], n, width, argv + 4);
	took = seconds() - began;
	b = look();
	printf("%ld of %ld in %.1f s, %.0f a second; more than before: %ld descriptors, %ld mappings, %ld KiB, children %d\n", good, n, took,
	       (double)n / took, b.descriptors - a.descriptors, b.mappings - a.mappings, b.resident - a.resident,
	       waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD);
	return good != n;
}
