/*
 * at_once.c - starts a command many times without waiting in between, then waits for all: how many a second, and whether
 * any failed. Commands take turns, so that each meets the machine in the same state.
 *
 *     at_once N ROUNDS FILE     a line of FILE: NAME, then the words of a command, tabs between
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 16, MAX_WORDS = 64, MAX_LINE = 8192, MAX_ROUNDS = 100 };

extern char **environ;

struct command {
	char line[MAX_LINE];
	const char *name;
	char *argv[MAX_WORDS];
	double rate[MAX_ROUNDS];
	unsigned failed;
};

static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double all_at_once(struct command *c, unsigned n, posix_spawn_file_actions_t *quiet)
{
	double start = now_s();
	unsigned running = 0;
	int status;
	pid_t pid;

	for (unsigned i = 0; i < n; i++)
		if (posix_spawn(&pid, c->argv[0], quiet, NULL, c->argv, environ) == 0)
			running++;
		else
			c->failed++;
	for (; running && waitpid(-1, &status, 0) > 0; running--)
		c->failed += status != 0;
	return n / (now_s() - start);
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return a < b ? -1 : a > b;
}

int main(int argc, char **argv)
{
	static struct command v[MAX_COMMANDS];
	posix_spawn_file_actions_t quiet;
	unsigned n = argc == 4 ? (unsigned)atoi(argv[1]) : 0, rounds = argc == 4 ? (unsigned)atoi(argv[2]) : 0, count = 0;
	FILE *in = argc == 4 ? fopen(argv[3], "r") : NULL;

	if (!n || !rounds || rounds > MAX_ROUNDS || !in) {
		fprintf(stderr, "usage: at_once N ROUNDS FILE\n");
		return 2;
	}
	for (; count < MAX_COMMANDS && fgets(v[count].line, MAX_LINE, in); count++) {
		char *save = NULL;
		unsigned words = 0;
		v[count].line[strcspn(v[count].line, "\n")] = '\0';
		v[count].name = strtok_r(v[count].line, "\t", &save);
		for (char *w; words < MAX_WORDS - 1 && (w = strtok_r(NULL, "\t", &save));)
			v[count].argv[words++] = w;
	}
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	for (unsigned r = 0; r < rounds; r++)
		for (unsigned i = 0; i < count; i++)
			v[i].rate[r] = all_at_once(&v[i], n, &quiet);
	printf("    %-34s %12s  %7s\n", "", "launches/s", "failed");
	for (unsigned i = 0; i < count; i++) {
		qsort(v[i].rate, rounds, sizeof(v[i].rate[0]), by_value);
		printf("    %-34s %12.0f  %7u\n", v[i].name, v[i].rate[rounds / 2], v[i].failed);
	}
	return 0;
}
