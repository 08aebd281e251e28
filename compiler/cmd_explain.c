/*
 * cmd_explain.c - `sbxc explain`: what a policy or a plan means, for people; and the page of a code.
 */
#include <string.h>

#include "cli.h"
#include "codes.h"
#include "explain.h"
#include "manifest.h"
#include "plan_question.h"
#include "str.h"

struct state {
	bool seccomp, lines;
	enum explain_form form;
};

static int take_seccomp(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->seccomp = true;
	return CLI_OK;
}

static int take_lines(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->lines = true;
	return CLI_OK;
}

static int take_form(struct cli *c, enum explain_form form)
{
	struct state *s = c->state;
	if (s->form != EXPLAIN_TEXT && s->form != form)
		return cli_usage("--md or --json, not both", NULL);
	s->form = form;
	return CLI_OK;
}

static int take_json(struct cli *c, const char *value)
{
	(void)value;
	return take_form(c, EXPLAIN_JSON);
}

static int take_md(struct cli *c, const char *value)
{
	(void)value;
	return take_form(c, EXPLAIN_MARKDOWN);
}

static const struct cli_option options[] = {
    {"--md", NULL, "as Markdown, for a comment on a change", take_md},
    {"--json", NULL, "as JSON", take_json},
    {"--lines", NULL, "every access on a line of its own, and where it is said", take_lines},
    {"--seccomp", NULL, "what each system call gets, by which line", take_seccomp},
    {NULL, NULL, NULL, NULL},
};

/* ---- a policy ---- */

/* What it extends, the nearest first. */
static const char *extra_of(struct arena *a, const struct manifest *m)
{
	struct buf b = buf_new(a);
	for (unsigned i = 0; i < manifest_count(m, LIST_BASES); i++) {
		const char *version = manifest_get(m, LIST_BASES, i, "version");
		buf_printf(&b, "  extends %s%s%s", manifest_get(m, LIST_BASES, i, "name"), version[0] ? " " : "", version);
	}
	return buf_str(&b);
}

static void explain_drops(const struct manifest *m, struct explain *x)
{
	if (manifest_count(m, LIST_DROPS))
		explain_section(x, "TAKEN FROM WHAT IT EXTENDS");
	for (unsigned i = 0; i < manifest_count(m, LIST_DROPS); i++) {
		const char *line = manifest_get(m, LIST_DROPS, i, "line"), *at = manifest_get(m, LIST_DROPS, i, "at");
		const char *because = manifest_get(m, LIST_DROPS, i, "because");
		if (x->form == EXPLAIN_TEXT)
			explain_row(x, "drop", line + strlen("drop "), at, because);
		else
			explain_row(x, line, "", at, because);
	}
}

static void explain_tests(const struct compile *k, struct explain *x)
{
	if (x->form == EXPLAIN_JSON) {
		explain_number(x, "expectations", k->n_expect);
		return;
	}
	explain_section(x, "TESTS");
	if (!k->n_expect)
		fprintf(x->out, "%snone\n", x->form == EXPLAIN_TEXT ? "  " : "");
	else
		fprintf(x->out, "%s%u expectation%s hold\n", x->form == EXPLAIN_TEXT ? "  " : "", k->n_expect, k->n_expect == 1 ? "" : "s");
}

static int explain_proved(struct compile *k, struct explain *x)
{
	size_t size;
	const char *error = NULL;
	const char *yaml = manifest_yaml(k, k->meaning, &k->guarantees, k->id, k->lower.artifacts, k->lower.n_artifacts, &size);
	const struct manifest *m = yaml ? manifest_read(k->arena, yaml, size, &error) : NULL;
	if (!m)
		return cli_complain("its manifest cannot be read back: %s", error ? error : "a value is no UTF-8"), CLI_REFUSED;
	explain_begin(x);
	explain_head(m, extra_of(k->arena, m), x);
	explain_rules(k, x);
	explain_drops(m, x);
	explain_manifest(k->arena, m, x);
	explain_tests(k, x);
	explain_end(x);
	return CLI_OK;
}

static int explain_policy(struct cli *c, const char *path)
{
	const struct state *s = c->state;
	struct compile k;
	if (s->seccomp) {
		c->opt.emit = EMIT_SECCOMP;
		c->opt.emit_to = stdout;
	}
	int code = cli_compile(c, path, s->lines ? CLI_READ : CLI_PROVE, &k);
	if (code == CLI_OK && s->lines)
		explain_lines(&k, stdout);
	else if (code == CLI_OK && !s->seccomp)
		code = explain_proved(&k, &(struct explain){.arena = k.arena, .out = stdout, .form = s->form});
	arena_free(k.arena);
	return code;
}

/* ---- a plan ---- */

static int explain_opened(struct cli *c, const struct compile *k, struct validator *v, const struct plan_files *files,
			  const struct manifest *m)
{
	const struct state *s = c->state;
	struct explain x = {.arena = c->arena, .out = stdout, .form = s->form};
	if (s->seccomp && !explain_artifacts(files->v, files->n, stdout))
		return cli_complain("the plan has no filter of system calls"), CLI_USAGE;
	if (s->seccomp)
		return CLI_OK;
	explain_begin(&x);
	if (!s->lines)
		explain_head(m, extra_of(c->arena, m), &x);
	explain_plan(k, v, files, &x);
	if (!s->lines)
		explain_drops(m, &x);
	if (!s->lines)
		explain_manifest(c->arena, m, &x);
	explain_end(&x);
	return CLI_OK;
}

static int explain_dir(struct cli *c, const char *dir)
{
	struct plan_open p;
	const char *failure = NULL;
	int code = plan_open(c->arena, dir, &c->opt, &p, &failure);
	if (code == CLI_OK) {
		code = explain_opened(c, &p.frame, &p.models, &p.files, p.manifest);
		validator_close(&p.models);
	} else if (failure) {
		cli_complain("%s: %s", dir, failure);
	} else {
		diag_stream_diags(cli_diags(c), p.frame.diags);
	}
	arena_free(p.frame.arena);
	return code;
}

static int run(struct cli *c)
{
	const struct state *s = c->state;
	const char *hint;
	if (c->n_files != 1)
		return cli_usage("explain takes one policy, one plan, or one code", NULL);
	if (s->seccomp && s->lines)
		return cli_usage("--lines or --seccomp, not both", NULL);
	if ((s->seccomp || s->lines) && s->form != EXPLAIN_TEXT)
		return cli_usage("--lines and --seccomp are text: without --json and --md", NULL);
	if (code_is_one(c->files[0]))
		return code_print(c->arena, c->files[0], stdout, &hint)
			   ? CLI_OK
			   : cli_usage(hint ? arena_printf(c->arena, "there is no such code (%s)", hint) : "there is no such code",
				       c->files[0]);
	return cli_is_dir(c->files[0]) ? explain_dir(c, c->files[0]) : explain_policy(c, c->files[0]);
}

const struct command command_explain = {
    .about = "What the program can and cannot do, its limits, and who keeps each guarantee how\n"
	     "well. A plan is verified first. Of a code, such as E0301: its page.\n",
    .options = (const struct cli_option *const[]){options, cli_options_optimize, cli_options_policy, cli_options_quiet, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
