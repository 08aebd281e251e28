/*
 * launch.c - times commands from start to exit, interleaved in random order, and prints medians and ratios: of the time
 * that passed, and of the time that processors worked for it (the whole tree, as far as it was waited for). The second
 * depends less on what else the machine does.
 *
 *     launch ROUNDS FLOOR FILE [PAUSE]     a line of FILE: NAME, then the words of a command, tabs between
 *
 * PAUSE: microseconds of rest before each start, in which caches forget; 0 otherwise.
 *
 * The first command is what the others are compared with; FLOOR names the second one, "-" for
 * none. A command that does not exit with 0 is reported as failed and not timed: a launcher that
 * refuses is fast.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 32, MAX_WORDS = 64, MAX_ROUNDS = 10000, MAX_LINE = 8192 };

extern char **environ;

struct command {
	char line[MAX_LINE];
	const char *name;
	char *argv[MAX_WORDS];
	double *us, *cpu;
	int failed; /* exit status of a round that failed, or 0 */
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static double now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* posix_spawn() of glibc is vfork and exec: the cheapest start that a parent of any size has. */
static double run(const struct command *c, posix_spawn_file_actions_t *quiet, useconds_t pause, int *status, double *cpu)
{
	struct rusage used = {0};
	pid_t pid;
	double start;
	if (pause)
		usleep(pause);
	start = now_us();
	int error = posix_spawn(&pid, c->argv[0], quiet, NULL, c->argv, environ);
	if (error) {
		*status = 127 << 8;
		return 0;
	}
	while (wait4(pid, status, 0, &used) < 0)
		;
	start = now_us() - start;
	*cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
	return start;
}

static unsigned read_commands(const char *path, struct command *v, unsigned rounds)
{
	FILE *in = fopen(path, "r");
	unsigned n = 0;
	if (!in)
		die(path);
	while (n < MAX_COMMANDS && fgets(v[n].line, MAX_LINE, in)) {
		struct command *c = &v[n++];
		unsigned words = 0;
		char *save = NULL;
		c->line[strcspn(c->line, "\n")] = '\0';
		c->name = strtok_r(c->line, "\t", &save);
		for (char *w; words < MAX_WORDS - 1 && (w = strtok_r(NULL, "\t", &save));)
			c->argv[words++] = w;
		c->us = calloc(rounds, sizeof(*c->us));
		c->cpu = calloc(rounds, sizeof(*c->cpu));
		if (!c->us || !c->cpu || words == 0)
			die("a command is empty");
	}
	fclose(in);
	return n;
}

static void shuffle(unsigned *order, unsigned n, uint32_t *state)
{
	for (unsigned i = n; i > 1; i--) {
		*state = *state * 1664525u + 1013904223u;
		unsigned k = (*state >> 8) % i, swap = order[i - 1];
		order[i - 1] = order[k];
		order[k] = swap;
	}
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return a < b ? -1 : a > b;
}

static void print_ratio(double value, double to)
{
	if (to > 0)
		printf("  %6.2f", value / to);
	else
		printf("  %6s", "-");
}

static double median(const struct command *c, unsigned rounds)
{
	return c->failed ? 0 : c->us[rounds / 2];
}

static double median_cpu(const struct command *c, unsigned rounds)
{
	return c->failed ? 0 : c->cpu[rounds / 2];
}

static void print_table(const struct command *v, unsigned n, unsigned rounds,
			const char *floor_name)
{
	double base = median(&v[0], rounds), floor_us = 0, floor_cpu = 0;
	for (unsigned i = 0; i < n; i++)
		if (strcmp(v[i].name, floor_name) == 0) {
			floor_us = median(&v[i], rounds);
			floor_cpu = median_cpu(&v[i], rounds);
		}
	printf("    %-34s %9s %9s  %6s  %6s  %9s  %6s\n", "", "median us", "p95 us", "x 1st", "x floor", "cpu us",
	       "x floor");
	for (unsigned i = 0; i < n; i++) {
		if (v[i].failed) {
			printf("    %-34s failed, wait status %d\n", v[i].name, v[i].failed);
			continue;
		}
		printf("    %-34s %9.0f %9.0f", v[i].name, median(&v[i], rounds),
		       v[i].us[rounds * 95 / 100]);
		print_ratio(median(&v[i], rounds), base);
		print_ratio(median(&v[i], rounds), floor_us);
		printf("  %9.0f", median_cpu(&v[i], rounds));
		print_ratio(median_cpu(&v[i], rounds), floor_cpu);
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	static struct command v[MAX_COMMANDS];
	posix_spawn_file_actions_t quiet;
	unsigned order[MAX_COMMANDS];
	uint32_t state = 1;
	long rounds = argc == 4 || argc == 5 ? strtol(argv[1], NULL, 10) : 0;
	const useconds_t pause = argc == 5 ? (useconds_t)strtoul(argv[4], NULL, 10) : 0;
	if (rounds < 1 || rounds > MAX_ROUNDS) {
		fprintf(stderr, "usage: launch ROUNDS FLOOR FILE [PAUSE]\n");
		return 2;
	}
	unsigned n = read_commands(argv[3], v, (unsigned)rounds);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (unsigned i = 0; i < n; i++) {
		int status;
		order[i] = i;
		/* warms the caches, and shows what fails with its message */
		run(&v[i], &quiet, pause, &status, &v[i].cpu[0]);
		v[i].failed = status;
	}
	for (long r = 0; r < rounds; r++) {
		shuffle(order, n, &state);
		for (unsigned i = 0; i < n; i++) {
			struct command *c = &v[order[i]];
			int status = c->failed;
			if (!status)
				c->us[r] = run(c, &quiet, pause, &status, &c->cpu[r]);
			c->failed = status;
		}
	}
	for (unsigned i = 0; i < n; i++) {
		qsort(v[i].us, (size_t)rounds, sizeof(*v[i].us), by_value);
		qsort(v[i].cpu, (size_t)rounds, sizeof(*v[i].cpu), by_value);
	}
	print_table(v, n, (unsigned)rounds, argv[2]);
	return 0;
}
