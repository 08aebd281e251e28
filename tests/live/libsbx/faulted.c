/*
 * faulted.c - one launch through libsbx, for tests/live/faults.sh: the calls between the two getpgid(MARK) fail there, once
 * each. When it fails, that is said as sbx-run does; in any case nothing of the library may be left in this process.
 *
 *     faulted launch|pool PLAN SET|- PROGRAM [ARG]...
 */
#include <errno.h>
#include <fcntl.h>
#include <sbx.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MARK = 31661, BUSY = 256 };

/* What a launch could leave: descriptors, mappings, children, blocked signals. */
struct state {
	unsigned descriptors, mappings;
	bool children;
	sigset_t blocked;
};

static struct state look(void)
{
	struct state s = {0};
	static char maps[1 << 20];
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	for (ssize_t n; (n = read(fd, maps, sizeof(maps))) > 0;)
		for (ssize_t i = 0; i < n; i++)
			s.mappings += maps[i] == '\n';
	close(fd);
	for (int i = 0; i < BUSY; i++)
		s.descriptors += fcntl(i, F_GETFD) >= 0;
	s.children = waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
	sigprocmask(SIG_SETMASK, NULL, &s.blocked);
	return s;
}

static void same(struct state a, struct state b)
{
	if (a.descriptors != b.descriptors || b.children || a.mappings != b.mappings || memcmp(&a.blocked, &b.blocked, 8))
		printf("LEFT in the caller: %u descriptors, %u mappings, children %d\n", b.descriptors - a.descriptors,
		       b.mappings - a.mappings, b.children);
}

static struct sbx_process *start(bool pool, const struct sbx_plan *plan, const struct sbx_options *o, struct sbx_error *e)
{
	struct sbx_pool *p = pool ? sbx_pool_open(plan, o, 1, e) : NULL;
	struct sbx_process *process = p ? sbx_pool_launch(p, o->argv, NULL, e) : NULL;

	sbx_pool_close(p);
	return pool ? process : sbx_launch(plan, o, e);
}

static int once(bool pool, char **argv)
{
	static struct sbx_error e;
	const char *const set[] = {argv[1], NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = argv + 2, .set = strcmp(argv[1], "-") ? set : NULL};
	struct sbx_plan *plan = sbx_plan_open(argv[0], NULL, &e);
	struct sbx_process *p = plan ? start(pool, plan, &o, &e) : NULL;
	struct sbx_status s = {0};
	int code = e.exit_code;

	while (p && sbx_wait(p, -1, &s) < 0 && errno != ECHILD)
		; /* its poll() failed: asked again */
	if (p)
		code = s.exited ? s.code : -s.signal;

	sbx_process_close(p);
	sbx_plan_close(plan);
	if (!p)
		fputs(e.text, stderr);
	return code;
}

int main(int argc, char **argv)
{
	struct state before;
	int code;

	if (argc < 5)
		return 2;
	free(malloc(100000)); /* the heap is there */
	before = look();
	getpgid(MARK);
	code = once(!strcmp(argv[1], "pool"), argv + 2);
	getpgid(MARK);
	same(before, look());
	fflush(stdout);
	if (code < 0)
		raise(-code);
	return code;
}
