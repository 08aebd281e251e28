/*
 * cmd_verify.c - `sbxc verify PLAN/...`: the proof again, from plans alone.
 */
#include "cli.h"
#include "verify.h"

static int verify_one(struct cli *c, const char *dir)
{
	struct arena *a = arena_new();
	struct buf done = buf_new(a);
	const char *failure;
	enum verify_result result = verify_plan(a, dir, &done, NULL, &failure);
	if (!c->quiet)
		fputs(buf_str(&done), stdout);
	if (result != VERIFY_OK)
		cli_complain("%s: %s", dir, failure);
	else if (!c->quiet)
		printf("%s: verified\n", dir);
	arena_free(a);
	return (int)result;
}

static int run(struct cli *c)
{
	if (c->n_files == 0)
		return cli_usage("no plan was named", NULL);
	return cli_each(c, verify_one);
}

const struct command command_verify = {
    .options = (const struct cli_option *const[]){cli_options_quiet, NULL},
    .run = run,
};
