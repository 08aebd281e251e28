/*
 * cmd_report.c - `sbxc report POLICY -o FILE`: a policy as one page.
 */
#include "cli.h"
#include "report.h"

struct state {
	const char *base, *out;
};

static int take_base(struct cli *c, const char *word)
{
	((struct state *)c->state)->base = word;
	return CLI_OK;
}

static int take_out(struct cli *c, const char *file)
{
	((struct state *)c->state)->out = file;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"-o", "FILE", "where the page goes; - is the standard output", take_out},
    {"--base", "OLD", "also what changed since OLD: a policy, or REV:PATH of git", take_base},
    {NULL, NULL, NULL, NULL},
};

static int make_page(struct cli *c, const struct compile *now)
{
	const struct state *s = c->state;
	const struct diff *change = NULL;
	struct compile old = {0};
	size_t size;
	int code = s->base ? cli_compile_other(c, s->base, CLI_JUDGE, &old) : CLI_OK;
	if (code == CLI_OK && s->base)
		change = diff_policies(c->arena, &old, now);
	if (code == CLI_OK) {
		const char *page = report_html(c->arena, now, change, s->base, &size);
		code = cli_write(s->out, page, size);
	}
	arena_free(old.arena);
	return code;
}

static int run(struct cli *c)
{
	const struct state *s = c->state;
	struct compile k;
	if (c->n_files != 1)
		return cli_usage("report takes one policy", NULL);
	if (!s->out)
		return cli_usage("say where the page goes: -o FILE", NULL);
	int code = cli_compile(c, c->files[0], CLI_PROVE, &k);
	if (code == CLI_OK)
		code = make_page(c, &k);
	arena_free(k.arena);
	return code;
}

const struct command command_report = {
    .options = (const struct cli_option *const[]){options, cli_options_optimize, cli_options_policy, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
