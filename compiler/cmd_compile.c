/*
 * cmd_compile.c - `sbxc POLICY.sbx -o PLAN/`.
 */
#include <string.h>

#include "cli.h"
#include "emit.h"

struct state {
	const char *artifacts; /* --emit, when it names artifacts */
};

static int take_out(struct cli *c, const char *dir)
{
	if (!dir[0])
		return cli_usage("-o names no directory", NULL);
	c->opt.out_dir = dir;
	return CLI_OK;
}

static int take_depfile(struct cli *c, const char *file)
{
	c->opt.depfile = file;
	return CLI_OK;
}

static int take_emit(struct cli *c, const char *what)
{
	c->opt.emit_to = stdout;
	if (strcmp(what, "ast") == 0)
		c->opt.emit = EMIT_AST;
	else if (strcmp(what, "ir") == 0)
		c->opt.emit = EMIT_IR;
	else if (emit_is_list(what))
		((struct state *)c->state)->artifacts = what;
	else
		return cli_usage("--emit takes ast, ir, or artifacts (" EMIT_WORDS ")", what);
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"-o", "DIR", "the plan directory: made, or replaced as a whole", take_out},
    {"--depfile", "FILE", "writes the inputs as a rule for make and ninja; needs -o", take_depfile},
    {"--emit", "WHAT",
     "what a phase made of the policy (ast, ir), or artifacts by\n"
     "themselves, joined by commas: seccomp (of each machine),\n"
     "seccomp-MACHINE, landlock, cgroup, launch, seatbelt,\n"
     "launch-macos, egress, report; -o - prints one",
     take_emit},
    {NULL, NULL, NULL, NULL},
};

static int check_use(const struct cli *c)
{
	if (c->n_files == 0)
		return cli_usage("no policy file was named", NULL);
	if (c->n_files > 1)
		return cli_usage("one policy at a time, or `sbxc check FILE...`; not expected", c->files[1]);
	const struct state *s = c->state;
	bool to_stdout = c->opt.out_dir && strcmp(c->opt.out_dir, "-") == 0;
	if (to_stdout && !s->artifacts)
		return cli_usage("-o - takes one artifact: name it with --emit", NULL);
	if (s->artifacts && c->opt.depfile)
		return cli_usage("--depfile is for plans", NULL);
	if (!c->opt.out_dir && !s->artifacts && c->opt.emit == EMIT_NONE)
		return cli_usage("say where the plan goes: -o DIR, or write `sbxc check FILE`", NULL);
	if (c->opt.depfile && !c->opt.out_dir)
		return cli_usage("--depfile needs -o", NULL);
	return CLI_OK;
}

static void print_success(const struct cli *c, const struct compile *k)
{
	const char *s1 = k->n_expect == 1 ? "" : "s", *s2 = k->n_caveats == 1 ? "" : "s";
	printf("%s: %u files%s, %u expectation%s passed, %u caveat%s%s\n", c->opt.out_dir, k->n_files,
	       k->unchanged ? ", unchanged" : "", k->n_expect, s1, k->n_caveats, s2,
	       k->n_caveats ? " (plan.yaml lists them)" : "");
}

static int run_emit(struct cli *c, const char *list)
{
	struct compile k;
	const char *out = c->opt.out_dir && strcmp(c->opt.out_dir, "-") != 0 ? c->opt.out_dir : NULL;
	c->opt.out_dir = NULL;
	int code = cli_compile(c, c->files[0], CLI_PROVE, &k);
	const char *failure = code == CLI_OK ? emit_write(c->arena, &k, list, out) : NULL;
	if (failure) {
		cli_complain("%s", failure);
		code = CLI_USAGE;
	}
	arena_free(k.arena);
	return code;
}

static int run(struct cli *c)
{
	struct compile k;
	int code = check_use(c);
	if (code != CLI_OK)
		return code;
	if (((struct state *)c->state)->artifacts)
		return run_emit(c, ((struct state *)c->state)->artifacts);
	bool printing = c->opt.emit != EMIT_NONE;
	code = cli_compile(c, c->files[0], printing ? CLI_READ : CLI_WRITE, &k);
	if (code == CLI_OK && !printing && !c->quiet)
		print_success(c, &k);
	arena_free(k.arena);
	return code;
}

const struct command command_compile = {
    .options = (const struct cli_option *const[]){options, cli_options_optimize, cli_options_policy, cli_options_quiet, NULL},
    .state_size = sizeof(struct state),
    .run = run,
    .warns = true,
};
