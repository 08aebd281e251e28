/*
 * cmd_check.c - `sbxc check POLICY.sbx...`: everything but writing.
 */
#include "cli.h"

static int check_one(struct cli *c, const char *path)
{
	struct compile k;
	int code = cli_compile(c, path, CLI_PROVE, &k);
	if (code == CLI_OK && !c->quiet && !cli_stdout_taken(c))
		printf("%s: ok, %u expectation%s passed, %u caveat%s\n", path, k.n_expect, k.n_expect == 1 ? "" : "s",
		       k.n_caveats, k.n_caveats == 1 ? "" : "s");
	arena_free(k.arena);
	return code;
}

static int run(struct cli *c)
{
	if (c->n_files == 0)
		return cli_usage("no policy file was named", NULL);
	return cli_each(c, check_one);
}

const struct command command_check = {
    .options = (const struct cli_option *const[]){cli_options_optimize, cli_options_policy, cli_options_quiet, NULL},
    .run = run,
    .finds = true,
};
