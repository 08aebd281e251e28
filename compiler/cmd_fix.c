/*
 * cmd_fix.c - `sbxc fix --edition N POLICY...`: rewrites files into a newer edition. There is one edition, so there is
 * nothing to rewrite yet, and the command says so; it will not say it of a file that it cannot read.
 */
#include <string.h>

#include "cli.h"
#include "str.h"

enum { NEWEST = 1 };

struct state {
	uint64_t edition;
};

static int take_edition(struct cli *c, const char *value)
{
	struct state *s = c->state;
	if (!parse_u64(value, strlen(value), UINT32_MAX, &s->edition) || s->edition == 0)
		return cli_usage("--edition takes a number", value);
	if (s->edition > NEWEST)
		return cli_usage("this sbxc knows edition 1 and no newer one; not known", value);
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--edition", "N", "the edition to rewrite into; 1 is the only one there is", take_edition},
    {NULL, NULL, NULL, NULL},
};

static int fix_one(struct cli *c, const char *path)
{
	struct compile k;
	c->opt.path = path;
	int code = (int)compile_parse(&k, &c->opt);
	diag_stream_diags(cli_diags(c), k.diags);
	if (code == CLI_USAGE)
		diag_stream_failure(cli_diags(c), path, k.failure);
	else if (code == CLI_OK && !c->quiet && !cli_stdout_taken(c))
		printf("%s: of edition 1 already, the newest; nothing to rewrite\n", path);
	arena_free(k.arena);
	return code;
}

static int run(struct cli *c)
{
	if (!((const struct state *)c->state)->edition)
		return cli_usage("fix takes --edition N", NULL);
	if (c->n_files == 0)
		return cli_usage("no policy file was named", NULL);
	return cli_each(c, fix_one);
}

const struct command command_fix = {
    .options = (const struct cli_option *const[]){options, cli_options_quiet, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
