/*
 * cmd_diff.c - `sbxc diff OLD NEW`: what a change of a policy changes, for its reviewers.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "diff_plan.h"
#include "diff_profile.h"
#include "diff_since.h"
#include "json.h"
#include "markdown.h"
#include "profile_file.h"

enum fail_on { FAIL_NEVER, FAIL_WIDEN, FAIL_ANY, FAIL_GUARANTEE };

typedef void diff_form(const struct diff *d, FILE *out);

struct state {
	enum fail_on fail_on;
	diff_form *print; /* NULL: text */
	const char *since; /* REV, or NULL */
	unsigned n_changed;
	size_t printed; /* of one comment on a tree */
	unsigned n_left, n_left_grow; /* what has no room in it */
	struct json json; /* of a tree */
};

static int take_fail_on(struct cli *c, const char *what)
{
	static const char *const names[] = {[FAIL_WIDEN] = "widen", [FAIL_ANY] = "any", [FAIL_GUARANTEE] = "guarantee"};
	for (unsigned i = FAIL_WIDEN; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(what, names[i]) == 0)
			return ((struct state *)c->state)->fail_on = (enum fail_on)i, CLI_OK;
	return cli_usage("--fail-on takes widen, any or guarantee", what);
}

static int take_form(struct cli *c, diff_form *print)
{
	struct state *s = c->state;
	if (s->print && s->print != print)
		return cli_usage("--md or --json, not both", NULL);
	s->print = print;
	return CLI_OK;
}

static int take_markdown(struct cli *c, const char *value)
{
	(void)value;
	return take_form(c, diff_markdown);
}

static int take_json(struct cli *c, const char *value)
{
	(void)value;
	return take_form(c, diff_json);
}

static int take_since(struct cli *c, const char *rev)
{
	((struct state *)c->state)->since = rev;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--since", "REV", "compares every policy of the files and directories that are\nnamed with the same file in this revision of git", take_since},
    {"--fail-on", "widen|any|guarantee",
     "exit 4 when something was opened (widen), a guarantee\n"
     "became weaker (guarantee), or more than text changed (any)",
     take_fail_on},
    {"--md", NULL, "as Markdown, for a comment on the change", take_markdown},
    {"--json", NULL, "as JSON", take_json},
    {NULL, NULL, NULL, NULL},
};

static bool hits(const struct state *s, const struct diff *d)
{
	switch (s->fail_on) {
	case FAIL_NEVER:
		return false;
	case FAIL_WIDEN:
		return d->n_of[DIFF_GROWS] > 0;
	case FAIL_ANY:
		return d->n > 0 || d->n_tests > 0;
	case FAIL_GUARANTEE:
		return d->n_weaker > 0;
	}
	return true;
}

static int show(struct cli *c, const struct diff *d)
{
	const struct state *s = c->state;
	if (s->print)
		s->print(d, stdout);
	else
		diff_print(d, stdout, cli_colour(stdout));
	return hits(s, d) ? CLI_DIFF : CLI_OK;
}

/* ---- a tree and a revision ---- */

/* What is new allows all that it allows; that something is gone is a change. */
static int tell_missing(const struct state *s, enum diff_file what, const char *path, bool first)
{
	bool is_new = what == FILE_NEW;
	const char *next = is_new ? "new: all that it allows is" : "gone";
	fputs(first ? "" : "\n", stdout);
	if (s->print) {
		fputs("### ", stdout);
		markdown_text(stdout, path);
		fprintf(stdout, ": %s\n", is_new ? "NEW" : "gone");
		fputs(is_new ? "\nAll that it allows is new: `sbxc explain` says it.\n" : "", stdout);
	} else {
		diag_show(stdout, path);
		printf("   %s\n", next);
	}
	return s->fail_on == FAIL_ANY || (is_new && s->fail_on == FAIL_WIDEN) ? CLI_DIFF : CLI_OK;
}

/* Every file that was looked at, also those that say what they said. */
static int tell_json(struct cli *c, enum diff_file what, const char *path, const struct diff *d)
{
	struct state *s = c->state;
	bool changed = what != FILE_COMPARED || d->n || d->n_tests, is_new = what == FILE_NEW;
	s->n_changed += changed;
	json_open(&s->json, NULL, '{');
	json_text(&s->json, "file", path);
	json_text(&s->json, "is", is_new ? "new" : what == FILE_GONE ? "gone" : changed ? "changed" : "same");
	if (what == FILE_COMPARED)
		diff_json_put(&s->json, "diff", d);
	json_close(&s->json);
	bool hit = what == FILE_COMPARED ? hits(s, d) : s->fail_on == FAIL_ANY || (is_new && s->fail_on == FAIL_WIDEN);
	return hit ? CLI_DIFF : CLI_OK;
}

static int since_json(struct cli *c)
{
	struct state *s = c->state;
	unsigned n[FILE_KINDS] = {0};
	s->json = json_new(stdout);
	json_open(&s->json, NULL, '{');
	json_text(&s->json, "since", s->since);
	json_open(&s->json, "files", '[');
	int code = diff_since(c, s->since, tell_json, n);
	json_close(&s->json);
	json_number(&s->json, "compared", n[FILE_COMPARED]);
	json_number(&s->json, "changed", s->n_changed - n[FILE_NEW] - n[FILE_GONE]);
	json_number(&s->json, "new", n[FILE_NEW]);
	json_number(&s->json, "gone", n[FILE_GONE]);
	json_close(&s->json);
	return code;
}

/*
 * One comment for the tree: GitHub takes 65536 characters, and one that is larger is posted nowhere. A policy whose table has
 * no room has its verdict, and at least it is counted.
 */
static int show_markdown(struct cli *c, const char *path, const struct diff *d)
{
	enum { TABLES = 50000, HEADS = 60000 };
	struct state *s = c->state;
	struct text_out t;
	text_begin(&t);
	diff_markdown(d, t.out);
	text_end(&t);
	if (s->printed + t.n > TABLES) {
		free(t.bytes);
		text_begin(&t);
		fputs("### ", t.out);
		markdown_text(t.out, path);
		fprintf(t.out, ": %s\n\n**Its %u changes, %u of which open something, have no room here: `sbxc diff` says all.**\n",
			diff_verdict(d), d->n, d->n_of[DIFF_GROWS]);
		text_end(&t);
	}
	bool fits = s->printed + t.n <= HEADS;
	if (fits)
		fwrite(t.bytes, 1, t.n, stdout);
	s->printed += fits ? t.n : 0;
	s->n_left += !fits;
	s->n_left_grow += !fits && d->n_of[DIFF_GROWS];
	free(t.bytes);
	return hits(s, d) ? CLI_DIFF : CLI_OK;
}

static int tell(struct cli *c, enum diff_file what, const char *path, const struct diff *d)
{
	struct state *s = c->state;
	bool first = s->n_changed == 0;
	if (what == FILE_COMPARED && !d->n && !d->n_tests)
		return CLI_OK;
	s->n_changed++;
	if (what != FILE_COMPARED)
		return tell_missing(s, what, path, first);
	fputs(first || s->n_left ? "" : "\n", stdout);
	if (s->print)
		return show_markdown(c, path, d);
	diag_show(stdout, path);
	fputs("   ", stdout);
	return show(c, d);
}

static int run_since(struct cli *c)
{
	struct state *s = c->state;
	unsigned n[FILE_KINDS] = {0};
	if (c->n_files == 0)
		return cli_usage("--since compares the files and directories that are named: none is", NULL);
	if (s->print == diff_json)
		return since_json(c);
	int code = diff_since(c, s->since, tell, n);
	unsigned changed = s->n_changed - n[FILE_NEW] - n[FILE_GONE];
	if (!s->print)
		printf("%ssince %s: %u compared, %u changed, %u new, %u gone\n", s->n_changed ? "\n" : "", s->since, n[FILE_COMPARED], changed,
		       n[FILE_NEW], n[FILE_GONE]);
	else if (s->n_left)
		printf("\n**%u more policies, %u of which open something, have no room here.**\n", s->n_left, s->n_left_grow);
	else if (!s->n_changed && code == CLI_OK)
		fputs("No policy allows or promises anything else than before.\n", stdout);
	return code;
}

/* ---- two plans, two profiles, two policies ---- */

static int open_plan(struct cli *c, const char *dir, struct plan_open *p)
{
	const char *failure = NULL;
	int code = plan_open(c->arena, dir, &c->opt, p, &failure);
	if (code)
		cli_complain("%s: %s", dir, failure ? failure : "it cannot be read back");
	return code;
}

static int run_plans(struct cli *c)
{
	struct plan_open old = {.manifest = NULL}, now = {.manifest = NULL};
	const char *failure = NULL;
	int code = open_plan(c, c->files[0], &old);
	if (code == CLI_OK && (code = open_plan(c, c->files[1], &now)) == CLI_OK) {
		const struct diff *d = diff_plans(c->arena, &old, &now, &failure);
		if (!d)
			cli_complain("%s", failure);
		code = d ? show(c, d) : CLI_REFUSED;
		validator_close(&now.models);
	}
	if (old.models.scratch)
		validator_close(&old.models);
	arena_free(old.frame.arena);
	arena_free(now.frame.arena);
	return code;
}

static bool is_profile(const char *file)
{
	size_t n = strlen(file);
	return n > 3 && strcmp(file + n - 3, ".sb") == 0;
}

static int run_profiles(struct cli *c)
{
	const struct profile *old = NULL, *now = NULL;
	if (c->opt.n_sets)
		return cli_usage("--set is for policies: -D gives the params of a profile", NULL);
	int code = profile_file_open(c, c->files[0], &old);
	int second = code == CLI_USAGE ? CLI_OK : profile_file_open(c, c->files[1], &now);
	code = code > second ? code : second;
	return code == CLI_OK ? show(c, diff_profiles(c->arena, c->files[0], old, c->files[1], now)) : code;
}

static int run(struct cli *c)
{
	struct compile old = {0}, now = {0};
	if (((struct state *)c->state)->since)
		return run_since(c);
	if (c->n_files != 2)
		return cli_usage("diff takes OLD and NEW: two policies, each a file or REV:PATH of git, or two plans", NULL);
	if (is_profile(c->files[0]) && is_profile(c->files[1]))
		return run_profiles(c);
	if (is_profile(c->files[0]) || is_profile(c->files[1]))
		return cli_usage("a profile of macOS is compared with a profile: `sbxc --emit seatbelt` makes one of a policy", NULL);
	if (c->profile.n_given || c->profile.n_dirs)
		return cli_usage("-D and --import-dir go with profiles of macOS", NULL);
	if (cli_is_dir(c->files[0]) && cli_is_dir(c->files[1]))
		return run_plans(c);
	if (cli_is_dir(c->files[0]) || cli_is_dir(c->files[1]))
		return cli_usage("a plan is compared with a plan: compile the policy first", NULL);
	int code = cli_compile_other(c, c->files[0], CLI_JUDGE, &old);
	int second = code == CLI_USAGE ? CLI_OK : cli_compile_other(c, c->files[1], CLI_JUDGE, &now);
	code = code > second ? code : second;
	if (code == CLI_OK)
		code = show(c, diff_policies(c->arena, &old, &now));
	arena_free(old.arena);
	arena_free(now.arena);
	return code;
}

const struct command command_diff = {
    .about = "OLD and NEW are policies, or `REV:PATH` of git (imports come from the same\n"
	     "revision), or both are plans, or profiles of macOS (FILE.sb). With --since any\n"
	     "files and directories may be named.\n",
    .options = (const struct cli_option *const[]){options, cli_options_profile, cli_options_policy, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
