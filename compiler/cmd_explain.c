/*
 * cmd_explain.c - `sbxc explain`: what a policy or a plan means, for people.
 */
#include "cli.h"
#include "explain.h"

struct state {
	bool seccomp;
};

static int take_seccomp(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->seccomp = true;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--seccomp", NULL, "what each system call gets, by which line", take_seccomp},
    {NULL, NULL, NULL, NULL},
};

static int explain_policy(struct cli *c, const char *path)
{
	struct compile k;
	c->opt.emit = EMIT_SECCOMP;
	c->opt.emit_to = stdout;
	int code = cli_compile(c, path, CLI_PROVE, &k);
	arena_free(k.arena);
	return code;
}

static int explain_dir(const char *dir)
{
	struct arena *a = arena_new();
	const char *failure = NULL;
	int code = explain_plan(a, dir, stdout, &failure);
	if (code)
		cli_complain("%s: %s", dir, failure);
	arena_free(a);
	return code;
}

static int run(struct cli *c)
{
	const struct state *s = c->state;
	if (c->n_files != 1)
		return cli_usage("explain takes one policy or one plan", NULL);
	if (!s->seccomp)
		return cli_usage("explain takes --seccomp; to explain the rest is not supported yet", NULL);
	return cli_is_dir(c->files[0]) ? explain_dir(c->files[0]) : explain_policy(c, c->files[0]);
}

const struct command command_explain = {
    .options = (const struct cli_option *const[]){options, cli_options_optimize, cli_options_policy, cli_options_quiet, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
