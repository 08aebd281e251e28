/*
 * files.c PLAN PROGRAM ARG NAME=PATH [pool]: launches PROGRAM ARG twice under the plan with the input file, from a pool if asked for,
 * and says how each ended. Then once with the options of a caller that knows no input files.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sbx.h"

static int failed;

static void end(struct sbx_process *p, const struct sbx_error *e)
{
	struct sbx_status s;

	if (p && sbx_wait(p, -1, &s) == 1)
		printf("code %d\n", s.exited ? s.code : 128 + s.signal);
	else
		printf("%s", e->text);
	failed |= !p;
	fflush(stdout);
	sbx_process_close(p);
}

int main(int argc, char **argv)
{
	struct sbx_error e = {.text = ""};
	struct sbx_plan *plan = sbx_plan_open(argv[1], NULL, &e);
	char *args[] = {argv[2], "cat", argv[3], NULL};
	const char *const files[] = {argv[4], NULL};
	struct sbx_options o = {.size = sizeof(o), .argv = args, .file = files};
	struct sbx_pool *pool = NULL;

	if (!plan)
		return printf("%s", e.text), 2;
	if (argc > 5 && !(pool = sbx_pool_open(plan, &o, 2, &e)))
		return printf("%s", e.text), 2;
	for (int i = 0; i < 2; i++)
		end(pool ? sbx_pool_launch(pool, args, NULL, &e) : sbx_launch(plan, &o, &e), &e);
	sbx_pool_close(pool);
	o.size = offsetof(struct sbx_options, file);
	end(sbx_launch(plan, &o, &e), &e);
	sbx_plan_close(plan);
	return failed;
}
