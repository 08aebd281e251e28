/*
 * pool.c - a program that stands ready, started three times:  pool PLAN NAME=VALUE PROGRAM [ARG]...
 *
 * What is isolated between uses: everything, because nothing is used twice. A process of the pool has run no code of the
 * program when a request takes it; afterwards it is gone.
 */
#include <sbx.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	struct sbx_error error;
	struct sbx_status status;

	if (argc < 4) {
		fprintf(stderr, "usage: %s PLAN NAME=VALUE PROGRAM [ARG]...\n", argv[0]);
		return 2;
	}
	const char *const set[] = {argv[2], NULL};
	struct sbx_options options = {.size = sizeof(options), .argv = argv + 3, .set = set};
	struct sbx_plan *plan = sbx_plan_open(argv[1], NULL, &error);
	struct sbx_pool *pool = plan ? sbx_pool_open(plan, &options, 2, &error) : NULL;
	if (!pool) {
		fputs(error.text, stderr);
		return error.exit_code;
	}
	for (int i = 0; i < 3; i++) {
		struct sbx_process *process = sbx_pool_launch(pool, argv + 3, NULL, &error);
		if (!process) {
			fputs(error.text, stderr);
			return error.exit_code;
		}
		sbx_wait(process, -1, &status);
		sbx_process_close(process);
		if (sbx_pool_fill(pool, &error))
			fputs(error.text, stderr);
	}
	sbx_pool_close(pool);
	sbx_plan_close(plan);
	return 0;
}
