/*
 * alloc.c - counts who allocates: the caller, or a process that the library made. Linked with --wrap, so that each call of the library
 * comes here first.
 *
 *     alloc PLAN NAME=VALUE PROGRAM [ARG]...      prints `caller 1 children N` for a launch and for a pool of two, then `failed 1 wrong N`:
 *                                                 each allocation of the caller fails once, which is E0626, and nothing is left
 */
#include <errno.h>
#include <sbx.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	unsigned caller, children;
} *count; /* shared with processes that have memory of their own */
static pid_t me;
static unsigned left; /* allocations until one fails; 0: none does */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *at, size_t size);
void __real_free(void *at);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *at, size_t size);
void __wrap_free(void *at);

/* Not getpid(): one that shares this memory has the caller's in a cache of some libraries. */
static void note(void)
{
	if (!count)
		return;
	if (syscall(SYS_getpid) == me)
		count->caller++;
	else
		__atomic_add_fetch(&count->children, 1, __ATOMIC_RELAXED);
}

/* Of the caller. */
static bool fails(void)
{
	note();
	if (!left || syscall(SYS_getpid) != me || --left)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size)
{
	if (fails())
		return NULL;
	return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
	if (fails())
		return NULL;
	return __real_calloc(n, size);
}

void *__wrap_realloc(void *at, size_t size)
{
	if (fails())
		return NULL;
	return __real_realloc(at, size);
}

void __wrap_free(void *at)
{
	note();
	__real_free(at);
}

static int failed(const struct sbx_error *e)
{
	fputs(e->text, stderr);
	return 1;
}

/* One launch; -1: refused, with its reason in bytes that held something else. */
static int once(const char *dir, const struct sbx_options *o, unsigned *wrong)
{
	struct sbx_error e;
	struct sbx_status status;
	int code = -1;

	memset(&e, 'x', sizeof(e));
	struct sbx_plan *plan = sbx_plan_open(dir, NULL, &e);
	struct sbx_process *p = plan ? sbx_launch(plan, o, &e) : NULL;
	if (p && sbx_wait(p, -1, &status) == 1)
		code = status.exited ? status.code : 128;
	*wrong += !p && (strcmp(e.code, "E0626") != 0 || e.exit_code != 125);
	sbx_process_close(p);
	sbx_plan_close(plan);
	*wrong += waitpid(-1, NULL, WNOHANG) != -1;
	return code;
}

static void each_fails(const char *dir, const struct sbx_options *o)
{
	unsigned wrong = 0, refused = 0;

	for (unsigned n = 1; n < 1000; n++) {
		left = n;
		int code = once(dir, o, &wrong);
		if (left)
			break; /* it took fewer */
		refused += code < 0;
		wrong += code > 0;
	}
	left = 0;
	printf("failed %d wrong %u\n", refused > 0, wrong);
}

int main(int argc, char **argv)
{
	struct sbx_error e;
	struct sbx_status status;

	if (argc < 4)
		return 2;
	const char *const set[] = {argv[2], NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = argv + 3, .set = set};
	me = getpid();
	count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		return 2;
	if (fork() == 0) /* the control: what a child allocates is seen */
		_exit(!__wrap_malloc(1));
	wait(NULL);
	if (!count->children)
		return 3;
	count->children = 0;
	struct sbx_plan *plan = sbx_plan_open(argv[1], NULL, &e);
	struct sbx_process *p = plan ? sbx_launch(plan, &o, &e) : NULL;
	if (!p)
		return failed(&e);
	sbx_wait(p, -1, &status);
	sbx_process_close(p);
	struct sbx_pool *pool = sbx_pool_open(plan, &o, 2, &e);
	p = pool ? sbx_pool_launch(pool, argv + 3, NULL, &e) : NULL;
	if (!p)
		return failed(&e);
	sbx_wait(p, -1, &status);
	sbx_process_close(p);
	sbx_pool_close(pool);
	sbx_plan_close(plan);
	printf("caller %d children %u\n", count->caller > 0, count->children);
	each_fails(argv[1], &o);
	return status.exited ? status.code : 1;
}
