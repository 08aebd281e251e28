/*
 * cmd_why.c - `sbxc why POLICY.sbx|PLAN/ OP... OBJECT`: what one access gets, and by which line. With --profile, of a
 * profile of macOS.
 */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "plan_question.h"
#include "question.h"
#include "say.h"
#include "profile_file.h"
#include "why.h"
#include "why_profile.h"

enum { MAX_GIVEN = 64 };

struct state {
	uint32_t targets; /* 0: all of the policy's */
	bool exit_code, json;
	const char *profile;
	struct compile_set given[MAX_GIVEN];
	unsigned n_given;
};

static int take_on(struct cli *c, const char *name)
{
	struct state *s = c->state;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (strcmp(name, target_name[t]) == 0)
			return s->targets |= TARGET_BIT(t), CLI_OK;
	return cli_usage("--on takes linux or macos", name);
}

static int take_given(struct cli *c, const char *text)
{
	struct state *s = c->state;
	const char *eq = strchr(text, '=');
	if (!eq || eq == text)
		return cli_usage("--given takes NAME=VALUE", text);
	if (s->n_given == MAX_GIVEN)
		return cli_usage("too many --given", NULL);
	const char *name = arena_strndup(c->arena, text, (size_t)(eq - text));
	for (unsigned i = 0; i < s->n_given; i++)
		if (strcmp(s->given[i].name, name) == 0)
			return cli_usage("--given gives a value twice", name);
	s->given[s->n_given++] = (struct compile_set){name, eq + 1};
	return CLI_OK;
}

static int take_exit_code(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->exit_code = true;
	return CLI_OK;
}

static int take_json(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->json = true;
	return CLI_OK;
}

static int take_profile(struct cli *c, const char *file)
{
	((struct state *)c->state)->profile = file;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--profile", "FILE.sb",
     "asks this profile of macOS, whoever wrote it; operations\n"
     "may be those of SBPL: `file-read-metadata /etc`",
     take_profile},
    {"--on", "linux|macos", "answers for this system only", take_on},
    {"--given", "NAME=VALUE",
     "the value of a variable or param that is given at load;\n"
     "HOME is that of the caller unless it is given",
     take_given},
    {"--exit-code", NULL, "ends with 1 when any of it is denied", take_exit_code},
    {"--json", NULL, "the answer as JSON", take_json},
    {NULL, NULL, NULL, NULL},
};

/* As the loader finds it: the entry of the real user in /etc/passwd, and no other source of names. */
static const struct passwd *passwd_entry(uid_t uid)
{
	FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *pw = NULL;
	while (f && (pw = fgetpwent(f)) && pw->pw_uid != uid)
		continue;
	if (f)
		fclose(f);
	return pw;
}

static void add_home(struct cli *c)
{
	struct state *s = c->state;
	const struct passwd *pw = passwd_entry(getuid());
	for (unsigned i = 0; i < s->n_given; i++)
		if (strcmp(s->given[i].name, "HOME") == 0)
			return;
	if (pw && pw->pw_dir && pw->pw_dir[0] == '/' && pw->pw_dir[1] && s->n_given < MAX_GIVEN)
		s->given[s->n_given++] = (struct compile_set){"HOME", arena_strdup(c->arena, pw->pw_dir)};
}

static int refused(struct cli *c, const struct compile *k, enum compile_result result)
{
	diag_stream_diags(cli_diags(c), k->diags);
	if (result == COMPILE_IO)
		diag_stream_failure(cli_diags(c), c->opt.path, k->failure);
	return (int)result;
}

static int print(struct cli *c, struct why *w)
{
	const struct state *s = c->state;
	w->targets = s->targets ? s->targets : TARGETS_ALL;
	if (!(w->targets & w->k->ir->targets)) {
		cli_complain("it is not for %s", say_targets(c->arena, w->targets));
		return CLI_USAGE;
	}
	why_ask(w);
	s->json ? why_print_json(w, stdout) : why_print(w, stdout);
	return s->exit_code && why_denied(w) ? CLI_REFUSED : CLI_OK;
}

/* The artifacts, for how a refusal shows; a policy that is refused has none. */
static bool open_models(struct compile *k, struct validator *v)
{
	if (compile_judge(k) != COMPILE_OK || diag_errors(k->diags) || compile_lower(k) != COMPILE_OK)
		return false;
	*v = (struct validator){.arena = k->arena, .diags = k->diags, .src = k->src, .meaning = k->meaning,
				.guarantees = &k->guarantees};
	return validator_open(v, k->lower.artifacts, k->lower.n_artifacts);
}

static int why_policy(struct cli *c, const char *path)
{
	struct compile k;
	struct validator v;
	c->opt.path = path;
	enum compile_result result = compile_read(&k, &c->opt);
	if (result != COMPILE_OK || !k.question) {
		int code = refused(c, &k, result);
		arena_free(k.arena);
		return code;
	}
	struct why w = {.arena = k.arena, .k = &k};
	w.models = open_models(&k, &v) ? &v : NULL;
	int code = print(c, &w);
	if (w.models)
		validator_close(&v);
	arena_free(k.arena);
	return code;
}

static int why_plan(struct cli *c, const char *dir)
{
	struct plan_open p;
	const char *failure = NULL;
	int code = plan_open(c->arena, dir, &c->opt, &p, &failure);
	if (code == CLI_OK) {
		struct why w = {.arena = p.frame.arena, .k = &p.frame, .models = &p.models, .from_plan = true, .plan = &p};
		code = print(c, &w);
		validator_close(&p.models);
	} else if (failure) {
		cli_complain("%s: %s", dir, failure);
	} else {
		code = refused(c, &p.frame, COMPILE_REFUSED);
	}
	arena_free(p.frame.arena);
	return code;
}

static int why_profile(struct cli *c)
{
	const struct state *s = c->state;
	const struct profile_question *q;
	const char *error = NULL;
	const struct profile *p = NULL;
	if (s->targets || s->n_given || c->opt.n_sets)
		return cli_usage("--on, --given and --set are for policies: -D gives the params of a profile", NULL);
	int code = profile_file_open(c, s->profile, &p);
	if (code != CLI_OK)
		return code;
	q = profile_ask(c->arena, p, c->files, c->n_files, &error);
	if (!q)
		return cli_usage(error, NULL);
	(s->json ? why_profile_json : why_profile_print)(s->profile, q, stdout);
	return s->exit_code && why_profile_denied(q) ? CLI_REFUSED : CLI_OK;
}

static int run(struct cli *c)
{
	struct state *s = c->state;
	if (s->profile)
		return why_profile(c);
	if (c->profile.n_given || c->profile.n_dirs)
		return cli_usage("-D and --import-dir go with --profile", NULL);
	if (c->n_files < 2)
		return cli_usage("why takes a policy or a plan, then an access: `why p.sbx read /etc/passwd`", NULL);
	for (unsigned i = 2; i + 1 < c->n_files; i++)
		if (c->files[i][0] == '/')
			return cli_usage("why takes one place: ask about each by itself", NULL);
	add_home(c);
	c->opt.given = s->given;
	c->opt.n_given = s->n_given;
	c->opt.question = question_text(c->arena, c->files + 1, c->n_files - 1);
	if (cli_is_dir(c->files[0]))
		return why_plan(c, c->files[0]);
	cli_find_std(c);
	return why_policy(c, c->files[0]);
}

const struct command command_why = {
    .about = "An access is what may stand after `expect allow`: `read /srv/x`, `env HOME`,\n"
	     "`connect tcp 1.1.1.1:443`, `syscall 'ioctl where cmd == TIOCSTI'`.\n",
    .options = (const struct cli_option *const[]){options, cli_options_profile, cli_options_policy, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
