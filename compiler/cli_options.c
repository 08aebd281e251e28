/*
 * cli_options.c - the options that several commands take.
 */
#include <string.h>

#include "cli.h"
#include "str.h"

static int take_set(struct cli *c, const char *text)
{
	const char *eq = strchr(text, '=');
	if (!eq || eq == text)
		return cli_usage("--set takes NAME=VALUE", text);
	if (!utf8_valid(text))
		return cli_usage("--set takes UTF-8 text only", NULL);
	if (c->opt.n_sets == CLI_MAX_SETS)
		return cli_usage("too many --set", NULL);
	const char *name = arena_strndup(c->arena, text, (size_t)(eq - text));
	for (unsigned i = 0; i < c->opt.n_sets; i++)
		if (strcmp(c->sets[i].name, name) == 0)
			return cli_usage("--set gives a param twice", name);
	c->sets[c->opt.n_sets++] = (struct compile_set){.name = name, .value = eq + 1};
	return CLI_OK;
}

static int take_std(struct cli *c, const char *dir)
{
	if (!cli_is_dir(dir))
		return cli_usage("--std names no directory", dir);
	c->opt.std_dir = dir;
	return CLI_OK;
}

static int take_format(struct cli *c, const char *what)
{
	for (unsigned i = 0; i < DIAG_FORMATS; i++)
		if (strcmp(what, diag_format_name[i]) == 0)
			return c->diags.format = (enum diag_format)i, CLI_OK;
	return cli_usage("--format takes text, gcc, json, sarif or github", what);
}

static int take_quiet(struct cli *c, const char *value)
{
	(void)value;
	c->quiet = true;
	return CLI_OK;
}

static int take_define(struct cli *c, const char *text)
{
	struct cli_profile *p = &c->profile;
	const char *eq = strchr(text, '=');
	if (!eq || eq == text)
		return cli_usage("-D takes NAME=VALUE", text);
	if (p->n_given == CLI_MAX_SETS)
		return cli_usage("too many -D", NULL);
	const char *name = arena_strndup(c->arena, text, (size_t)(eq - text));
	for (unsigned i = 0; i < p->n_given; i++)
		if (strcmp(p->given[i].name, name) == 0)
			return cli_usage("-D gives a param twice", name);
	p->given[p->n_given++] = (struct ir_binding){name, eq + 1};
	return CLI_OK;
}

static int take_import_dir(struct cli *c, const char *dir)
{
	if (!cli_is_dir(dir))
		return cli_usage("--import-dir names no directory", dir);
	if (c->profile.n_dirs == CLI_MAX_DIRS)
		return cli_usage("too many --import-dir", NULL);
	c->profile.dirs[c->profile.n_dirs++] = dir;
	return CLI_OK;
}

/* -O MODE, and the file after `-O profile`. The last one counts. */
static int take_optimize(struct cli *c, const char *mode)
{
	static const char *const modes[] = {
	    [OPTIMIZE_EVEN] = "even",
	    [OPTIMIZE_SIZE] = "size",
	    [OPTIMIZE_PROFILE] = "profile",
	    [OPTIMIZE_CACHED] = "cached",
	};
	unsigned m = 0;
	while (m < sizeof(modes) / sizeof(modes[0]) && strcmp(mode, modes[m]))
		m++;
	if (m == sizeof(modes) / sizeof(modes[0]))
		return cli_usage("-O takes even, size, cached or profile FILE", mode);
	c->opt.optimize = (enum optimize)m;
	if (m != OPTIMIZE_CACHED) /* which weighs a recording too */
		c->opt.recording = NULL;
	if (m == OPTIMIZE_PROFILE && !(c->opt.recording = cli_next(c)))
		return cli_usage("-O profile takes a recording: COUNT ARCH SYSCALL lines", NULL);
	return CLI_OK;
}

const struct cli_option cli_options_optimize[] = {
    {"-O", "even|size|cached|profile",
     "what the filter is made for: all calls alike, few bytes,\n"
     "calls that Linux 5.11 cannot cache, or those of a FILE",
     take_optimize},
    {NULL, NULL, NULL, NULL},
};

static int take_host(struct cli *c, const char *text)
{
	const char *error = host_parse(c->arena, text, &c->host);
	c->has_host = true;
	return error ? cli_usage("--for", error) : CLI_OK;
}

const struct cli_option cli_options_host[] = {
    {"--for", "HOST",
     "for this Linux: kernel=6.1[,landlock=2][,seccomp=no]\n"
     "[,namespaces=no][,overlay=no][,cgroup=cpu+memory+pids]",
     take_host},
    {NULL, NULL, NULL, NULL},
};

static int take_locked(struct cli *c, const char *value)
{
	(void)value;
	c->opt.locked = true;
	return CLI_OK;
}

const struct cli_option cli_options_policy[] = {
    {"--set", "NAME=VALUE", "the value of a `param` that is not `at load`", take_set},
    {"--std", "DIR", "the library of profiles (default: found beside the program)", take_std},
    {"--locked", NULL, "refuses files that sbx.lock does not name: see `lock`", take_locked},
    {"--format", "text|gcc|json|sarif|github",
     "how errors are shown: for people, editors, programs",
     take_format},
    {NULL, NULL, NULL, NULL},
};

const struct cli_option cli_options_profile[] = {
    {"-D", "NAME=VALUE", "profiles of macOS: the value of a param", take_define},
    {"--import-dir", "DIR",
     "profiles of macOS: where (import \"NAME\") is looked for",
     take_import_dir},
    {NULL, NULL, NULL, NULL},
};

const struct cli_option cli_options_quiet[] = {
    {"-q", NULL, "says nothing when all is well", take_quiet},
    {NULL, NULL, NULL, NULL},
};
