/*
 * cmd_caps.c - `sbxc caps [A [and|or|minus B]...]`: who keeps which guarantee; what a policy asks for and gets; sets.
 */
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "caps_print.h"
#include "cli.h"
#include "str.h"
#include "verify.h"

struct state {
	bool portable, json, md;
};

static int take_portable(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->portable = true;
	return CLI_OK;
}

static int take_json(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->json = true;
	return CLI_OK;
}

static int take_md(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->md = true;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--portable", NULL, "those that hold on every system", take_portable},
    {"--json", NULL, "as JSON", take_json},
    {"--md", NULL, "as the page docs/capabilities.md", take_md},
    {NULL, NULL, NULL, NULL},
};

/* The matrix, less what the host of --for does not have. */
static struct cap_matrix *here(struct cli *c, struct cap_matrix *m)
{
	if (m && c->has_host)
		caps_on_host(c->arena, m, &c->host);
	return m;
}

/* A plan is verified first. NULL after a message. */
static struct cap_matrix *plan_matrix(struct cli *c, const char *dir, int *code)
{
	struct buf done = buf_new(c->arena);
	struct plan_files files;
	const char *failure = NULL;
	struct cap_matrix *m = NULL;
	*code = (int)verify_plan(c->arena, dir, &done, &files, &failure);
	const struct artifact *yaml = *code == CLI_OK ? plan_file(&files, "plan.yaml") : NULL;
	const struct artifact *launch = yaml ? plan_file(&files, "launch.conf") : NULL;
	bool discards = launch && strstr(launch->data, "\ndiscard ");
	if (yaml && !(m = caps_of_plan(c->arena, yaml->data, yaml->size, discards, &failure)))
		*code = CLI_REFUSED;
	if (!m)
		cli_complain("%s: %s", dir, failure ? failure : "it has no plan.yaml");
	return m;
}

/* Of a policy or a plan; NULL after a message. */
static struct cap_matrix *read_matrix(struct cli *c, const char *path, int *code)
{
	struct compile k;
	struct cap_matrix *m = NULL;
	if (cli_is_dir(path))
		return here(c, plan_matrix(c, path, code));
	*code = cli_compile(c, path, CLI_JUDGE, &k);
	if (*code == CLI_OK)
		m = caps_of_policy(c->arena, &k);
	arena_free(k.arena);
	return here(c, m);
}

/* `linux` and `macos` are what can be kept there; anything else is a file that asks for something. */
static int set_of(struct cli *c, const char *word, struct cap_set *out)
{
	int code = CLI_OK;
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (strcmp(word, target_name[t]) != 0)
			continue;
		*out = caps_held_on(here(c, caps_general(c->arena)), TARGET_BIT(t));
		return CLI_OK;
	}
	const struct cap_matrix *m = read_matrix(c, word, &code);
	if (m)
		*out = caps_required(m);
	return code;
}

static bool is_operator(const char *word)
{
	return strcmp(word, "and") == 0 || strcmp(word, "or") == 0 || strcmp(word, "minus") == 0;
}

static void combine(struct cap_set *a, const char *op, const struct cap_set *b)
{
	bool is_and = strcmp(op, "and") == 0, is_or = strcmp(op, "or") == 0;
	for (unsigned c = 0; c < CAP_COUNT; c++)
		a->has[c] = is_and ? a->has[c] && b->has[c] : is_or ? a->has[c] || b->has[c] : a->has[c] && !b->has[c];
}

/* A, then pairs of a word and a set, from left to right. */
static int run_sets(struct cli *c)
{
	struct state *s = c->state;
	struct cap_set all = {0}, one = {0};
	int code = set_of(c, c->files[0], &all);
	for (unsigned i = 1; code == CLI_OK && i < c->n_files; i += 2) {
		if (!is_operator(c->files[i]))
			return cli_usage("between two of them stands and, or, or minus", c->files[i]);
		if (i + 1 == c->n_files)
			return cli_usage("caps A and|or|minus B: the second one is missing", NULL);
		code = set_of(c, c->files[i + 1], &one);
		combine(&all, c->files[i], &one);
	}
	if (code == CLI_OK)
		caps_print_set(&all, s->json, stdout);
	return code;
}

static int print_matrix(struct cli *c, const struct cap_matrix *m)
{
	const struct state *s = c->state;
	if (s->json)
		caps_print_json(m, stdout);
	else if (s->md)
		caps_print_md(m, stdout);
	else
		caps_print_text(m, stdout);
	return CLI_OK;
}

static int run(struct cli *c)
{
	const struct state *s = c->state;
	bool target = false;
	int code = CLI_OK;
	for (unsigned t = 0; c->n_files && t < TARGET_COUNT; t++)
		target |= strcmp(c->files[0], target_name[t]) == 0;
	if ((s->portable || s->md) && c->n_files)
		return cli_usage("--portable and --md are about all there is", NULL);
	if (s->md && (s->portable || s->json))
		return cli_usage("--md is the whole page: without --portable and --json", NULL);
	if (c->n_files > 1 || target)
		return run_sets(c);
	struct cap_matrix *m = c->n_files ? read_matrix(c, c->files[0], &code) : here(c, caps_general(c->arena));
	if (!m)
		return code;
	if (!s->portable)
		return print_matrix(c, m);
	struct cap_set portable = caps_held_on(m, m->targets);
	caps_print_set(&portable, s->json, stdout);
	return CLI_OK;
}

const struct command command_caps = {
    .about = "Without a file: what can be kept where. Of a policy or plan: what it asks for\n"
	     "and gets. A and B may be policies, plans, or a system: `caps p.sbx minus macos`\n"
	     "is what p.sbx requires and macOS cannot keep.\n",
    .options = (const struct cli_option *const[]){options, cli_options_host, cli_options_policy, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
