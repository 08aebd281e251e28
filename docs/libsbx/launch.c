/*
 * launch.c - one program under a plan:  launch PLAN NAME=VALUE PROGRAM [ARG]...
 *
 *     cc launch.c $(pkg-config --cflags --libs sbx)
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
	struct sbx_process *process = plan ? sbx_launch(plan, &options, &error) : NULL;
	if (!process) {
		fputs(error.text, stderr);
		return error.exit_code;
	}
	sbx_wait(process, -1, &status);
	printf("%s: ended with %d after %llu us\n", sbx_plan_policy(plan), status.exited ? status.code : 128 + status.signal,
	       (unsigned long long)status.wall_us);
	sbx_process_close(process);
	sbx_plan_close(plan);
	return 0;
}
