/*
 * cmd_normalize.c - `sbxc normalize POLICY.sbx`: the effective policy as text.
 */
#include "cli.h"
#include "normalize.h"

struct state {
	bool origins;
};

static int take_origins(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->origins = true;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--origins", NULL, "each line ends with a comment: where it comes from", take_origins},
    {NULL, NULL, NULL, NULL},
};

static int run(struct cli *c)
{
	const struct state *s = c->state;
	struct compile k;
	const char *text;
	if (c->n_files != 1)
		return cli_usage("normalize takes one policy", NULL);
	int code = cli_compile(c, c->files[0], CLI_READ, &k);
	if (code == CLI_OK) {
		code = (int)normalize(&k, s->origins, &text);
		if (code == CLI_OK)
			fputs(text, stdout);
		else
			cli_complain("%s: %s", c->files[0], text);
	}
	arena_free(k.arena);
	return code;
}

const struct command command_normalize = {
    .about = "Profiles, bases, variables and --set are resolved; it compiles, and means the\n"
	     "same. For plain `git diff`: git config diff.sbx.textconv 'sbxc normalize', and\n"
	     "`*.sbx diff=sbx` in .gitattributes.\n",
    .options = (const struct cli_option *const[]){options, cli_options_policy, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
