/*
 * cmd_test.c - `sbxc test FILE|DIR...`: the tests of policies, what decided them, what they do not notice.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "json.h"
#include "junit.h"
#include "live.h"
#include "rule_lines.h"
#include "say.h"
#include "str.h"
#include "tree.h"

struct state {
	bool verbose, coverage, mutate, json, live;
	struct json out;
	const char *junit_file;
	struct junit junit;
	unsigned n_refused; /* files whose policies could not be tested */
	unsigned n_files, n_tests, n_expect, n_failed, n_lines, n_decided, n_mutants, n_survive;
	unsigned n_tried, n_live_failed, n_not_tried; /* --live */
};

#define SWITCH(name, field)                                                                                                    \
	static int take_##name(struct cli *c, const char *value)                                                               \
	{                                                                                                                      \
		(void)value;                                                                                                   \
		((struct state *)c->state)->field = true;                                                                      \
		return CLI_OK;                                                                                                 \
	}
SWITCH(verbose, verbose)
SWITCH(coverage, coverage)
SWITCH(mutate, mutate)
SWITCH(json, json)
SWITCH(live, live)
#undef SWITCH

static int take_junit(struct cli *c, const char *file)
{
	((struct state *)c->state)->junit_file = file;
	return strcmp(file, "-") == 0 ? cli_usage("--junit names a file, beside what is printed", NULL) : CLI_OK;
}

static const struct cli_option options[] = {
    {"-v", NULL, "each expectation, and the line that decided it", take_verbose},
    {"--coverage", NULL, "the rule lines that decided no expectation", take_coverage},
    {"--mutate", NULL, "the lines that could go, one by one, and no test would fail", take_mutate},
    {"--live", NULL,
     "tries what harms nobody under the real loader, each beside\n"
     "the same attempt without it; the rest counts for nothing",
     take_live},
    {"--json", NULL, "the results as JSON", take_json},
    {"--junit", "FILE", "writes the results as JUnit XML too, for CI systems", take_junit},
    {NULL, NULL, NULL, NULL},
};

/* ---- one file ---- */

struct seen {
	const struct ir_test *test;
	const struct ir_test_expect *expect;
	enum target target;
	bool held;
	const struct decision *by; /* of the first outcome; NULL: a guarantee */
};

struct file {
	struct cli *cli;
	struct compile *k;
	const char *path;
	struct rule_lines lines;
	struct seen *seen;
	unsigned n_seen, n_failed;
};

static void on_expect(void *ctx, const struct expect_seen *s)
{
	struct file *f = ctx;
	if (!f->lines.k)
		f->lines = rule_lines_of(f->k->arena, f->k);
	rule_lines_seen(&f->lines, s);
	ARENA_GROW(f->k->arena, f->seen, f->n_seen);
	f->seen[f->n_seen++] = (struct seen){.test = s->test, .expect = s->expect, .target = s->target, .held = s->held,
					     .by = s->outcomes && s->outcomes->n ? &s->outcomes->v[0].decision : NULL};
	f->n_failed += !s->held;
}

/* What decided it: a line, or that there is none. */
static const char *decider(const struct file *f, const struct seen *s)
{
	struct arena *a = f->k->arena;
	if (!s->by)
		return cap_help[s->expect->cap];
	if (s->by->by)
		return say_origin(a, f->k->src, s->by->by);
	if (s->by->hole)
		return arena_printf(a, "the `except` at %s", src_where(f->k->src, a, s->by->hole->loc));
	return s->by->reason ? s->by->reason : "no rule allows it";
}

static void print_seen(const struct file *f)
{
	const struct ir_test *test = NULL;
	bool several = f->k->ir->targets & (f->k->ir->targets - 1);
	for (unsigned i = 0; i < f->n_seen; i++) {
		const struct seen *s = &f->seen[i];
		if (s->test != test)
			printf("  %s\n", say_string(f->k->arena, s->test->title));
		test = s->test;
		printf("    %-4s  %-5s  %-58s  %s\n", s->held ? "ok" : "FAIL", several ? target_name[s->target] : "",
		       say_expect(f->k->arena, f->k->ir, s->expect) + strlen("expect "), decider(f, s));
	}
}

static void print_lines(const struct file *f, bool mutants)
{
	for (unsigned i = 0; i < f->lines.n; i++) {
		const struct rule_line *l = &f->lines.v[i];
		if (mutants ? l->survives : rule_line_counts(l) && !l->decided)
			printf("    %s  %s\n", src_where(f->k->src, f->k->arena, l->loc), rule_line_text(&f->lines, l));
	}
}

static void count(struct file *f)
{
	struct state *s = f->cli->state;
	s->n_files++;
	s->n_tests += f->k->ir->n_tests;
	s->n_expect += f->n_seen;
	s->n_failed += f->n_failed;
	for (unsigned i = 0; i < f->lines.n; i++) {
		s->n_lines += rule_line_counts(&f->lines.v[i]);
		s->n_decided += rule_line_counts(&f->lines.v[i]) && f->lines.v[i].decided;
		s->n_mutants++;
		s->n_survive += f->lines.v[i].survives;
	}
}

static void print_file(const struct file *f)
{
	const struct state *s = f->cli->state;
	if (s->verbose || s->coverage || s->mutate)
		printf("%s\n", f->path);
	if (s->verbose)
		print_seen(f);
	if (s->coverage) {
		printf("  decided no expectation:\n");
		print_lines(f, false);
	}
	if (s->mutate) {
		printf("  no test notices when it is gone:\n");
		print_lines(f, true);
	}
}

/* ---- JSON ---- */

static void json_seen(struct json *j, const struct file *f)
{
	json_open(j, "expectations", '[');
	for (unsigned i = 0; i < f->n_seen; i++) {
		const struct seen *s = &f->seen[i];
		json_open(j, NULL, '{');
		json_text(j, "test", s->test->title);
		json_text(j, "expect", say_expect(f->k->arena, f->k->ir, s->expect) + strlen("expect "));
		json_text(j, "target", target_name[s->target]);
		json_text(j, "at", src_where(f->k->src, f->k->arena, s->expect->loc));
		json_bool(j, "held", s->held);
		json_text(j, "decided-by", decider(f, s));
		json_close(j);
	}
	json_close(j);
}

static void json_lines(struct json *j, const struct file *f, const char *key, bool mutants)
{
	json_open(j, key, '[');
	for (unsigned i = 0; i < f->lines.n; i++) {
		const struct rule_line *l = &f->lines.v[i];
		if (!(mutants ? l->survives : rule_line_counts(l) && !l->decided))
			continue;
		json_open(j, NULL, '{');
		json_text(j, "at", src_where(f->k->src, f->k->arena, l->loc));
		json_text(j, "line", rule_line_text(&f->lines, l));
		json_close(j);
	}
	json_close(j);
}

static void json_file(struct json *j, const struct file *f, int code)
{
	const struct state *s = f->cli->state;
	json_open(j, NULL, '{');
	json_text(j, "file", f->path);
	json_number(j, "exit", (unsigned long long)code);
	json_seen(j, f);
	if (s->coverage)
		json_lines(j, f, "decided-none", false);
	if (s->mutate)
		json_lines(j, f, "unnoticed", true);
	json_close(j);
}

/* ---- JUnit ---- */

static const char *case_name(const struct file *f, const struct seen *s)
{
	bool several = f->k->ir->targets & (f->k->ir->targets - 1);
	return arena_printf(f->k->arena, "%s: %s%s%s", s->test->title, say_expect(f->k->arena, f->k->ir, s->expect),
			    several ? " on " : "", several ? target_name[s->target] : "");
}

/* Where the expectation stands, and what there is instead. */
static const char *case_message(const struct file *f, const struct seen *s)
{
	struct arena *a = f->k->arena;
	const char *at = src_where(f->k->src, a, s->expect->loc);
	if (!s->by)
		return arena_printf(a, "%s: it does not hold", at);
	bool wanted = s->expect->kind == EXPECT_ALLOW;
	return arena_printf(a, "%s: expected %s, got %s: %s", at, wanted ? "allow" : "deny",
			    s->by->allow == wanted ? "both" : wanted ? "deny" : "allow", decider(f, s));
}

static void junit_file(const struct file *f, int code)
{
	struct junit *j = &((struct state *)f->cli->state)->junit;
	for (unsigned i = 0; i < f->n_seen; i++) {
		const struct seen *s = &f->seen[i];
		junit_case(j, s->held ? JUNIT_PASSED : JUNIT_FAILED, f->path, case_name(f, s), s->held ? NULL : case_message(f, s));
	}
	if (code != CLI_OK && !f->n_failed)
		junit_case(j, JUNIT_ERROR, f->path, "the policy compiles",
			   f->k->failure ? f->k->failure : diags_first(f->k->arena, f->k->diags));
}

/* ---- live ---- */

static void on_live(void *ctx, const struct live_seen *seen)
{
	static const char *const words[] = {[LIVE_HELD] = "ok", [LIVE_FAILED] = "FAIL", [LIVE_NOT_TRIED] = "not tried"};
	static const enum junit_result results[] = {
	    [LIVE_HELD] = JUNIT_PASSED, [LIVE_FAILED] = JUNIT_FAILED, [LIVE_NOT_TRIED] = JUNIT_SKIPPED};
	const struct file *f = ctx;
	struct state *s = f->cli->state;
	s->n_tried += seen->result != LIVE_NOT_TRIED;
	s->n_live_failed += seen->result == LIVE_FAILED;
	s->n_not_tried += seen->result == LIVE_NOT_TRIED;
	const char *what = say_expect(f->k->arena, f->k->ir, seen->expect) + strlen("expect ");
	junit_case(&s->junit, results[seen->result], f->path, arena_printf(f->k->arena, "live %s: %s", op_name[seen->op], what),
		   seen->result == LIVE_HELD ? NULL : seen->why);
	if (s->json || !(s->verbose || seen->result == LIVE_FAILED))
		return;
	printf("    live %-9s  %-12s  %-50s  %s\n", words[seen->result], op_name[seen->op], what, seen->why);
}

/* The programs beside this one, or installed with it. */
static const char *find_program(struct arena *a, const char *name)
{
	static const char *const places[] = {"", "../libexec/sbx/"};
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	const char *path = name;
	exe[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(exe, '/');
	if (!slash)
		return name;
	slash[1] = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *real = realpath(arena_printf(a, "%s%s%s", exe, places[i], name), NULL);
		path = real ? arena_strdup(a, real) : path;
		free(real);
	}
	return path;
}

static int try_live(struct file *f)
{
	struct state *s = f->cli->state;
	unsigned failed = s->n_live_failed;
	struct arena *a = f->k->arena;
	struct live l = {.arena = a, .k = f->k, .loader = find_program(a, "sbx-run"), .probe = find_program(a, "sbx-probe"),
			 .seen = on_live, .ctx = f};
	const char *why = live_run(&l);
	if (why)
		junit_case(&s->junit, JUNIT_SKIPPED, f->path, "live", why);
	if (why)
		cli_complain("%s: not tried live: %s", f->path, why);
	return s->n_live_failed > failed ? CLI_TEST : CLI_OK;
}

/* ---- files ---- */

static int test_one(struct cli *c, const char *path)
{
	struct state *s = c->state;
	struct compile k;
	struct file f = {.cli = c, .k = &k, .path = path};
	const struct expect_observer observer = {on_expect, &f};
	c->opt.observer = &observer;
	int code = cli_compile(c, path, CLI_PROVE, &k);
	c->opt.observer = NULL;
	if (k.library && code == CLI_OK) {
		arena_free(k.arena); /* profiles hold no tests */
		return CLI_OK;
	}
	junit_file(&f, code);
	if (k.ir && (code == CLI_OK || code == CLI_TEST)) {
		if (!f.lines.k)
			f.lines = rule_lines_of(k.arena, &k);
		if (s->mutate && code == CLI_OK)
			rule_lines_mutate(&f.lines);
		count(&f);
		s->json ? json_file(&s->out, &f, code) : print_file(&f);
		if (s->live && code == CLI_OK)
			code = try_live(&f);
	} else {
		s->n_refused++;
		if (s->json)
			json_file(&s->out, &(struct file){.cli = c, .k = &k, .path = path}, code);
	}
	junit_suite(&s->junit, path);
	arena_free(k.arena);
	return code;
}

static int test_dir(struct cli *c, const char *dir)
{
	struct tree_files t = {.arena = c->arena};
	int worst = CLI_OK;
	if (!tree_find(&t, dir)) {
		diag_stream_failure(cli_diags(c), t.failed, arena_printf(c->arena, "cannot read %s: %s", t.failed, t.why));
		return CLI_USAGE;
	}
	for (unsigned i = 0; i < t.n; i++) {
		int code = test_one(c, t.v[i]);
		worst = code > worst ? code : worst;
	}
	return worst;
}

static int test_any(struct cli *c, const char *path)
{
	return cli_is_dir(path) ? test_dir(c, path) : test_one(c, path);
}

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void print_sums(const struct state *s)
{
	printf("%u file%s, %u test%s, %u expectation%s, %u failed", s->n_files, plural(s->n_files), s->n_tests, plural(s->n_tests),
	       s->n_expect, plural(s->n_expect), s->n_failed);
	if (s->n_refused)
		printf(", %u file%s not tested", s->n_refused, plural(s->n_refused));
	if (s->coverage)
		printf(", %u of %u rule lines decided one", s->n_decided, s->n_lines);
	if (s->mutate)
		printf(", %u of %u lines could go unnoticed", s->n_survive, s->n_mutants);
	if (s->live)
		printf("; live: %u tried, %u failed, %u not tried", s->n_tried, s->n_live_failed, s->n_not_tried);
	putchar('\n');
}

static int run(struct cli *c)
{
	struct state *s = c->state;
	if (c->n_files == 0)
		return cli_usage("no policy file was named", NULL);
	s->out = json_new(stdout);
	s->junit = junit_new(c->arena);
	c->opt.libraries = true;
	if (s->json) {
		json_open(&s->out, NULL, '{');
		json_open(&s->out, "files", '[');
	}
	int code = cli_each(c, test_any);
	if (s->json) {
		json_close(&s->out);
		json_number(&s->out, "expectations", s->n_expect);
		json_number(&s->out, "failed", s->n_failed);
		json_number(&s->out, "lines", s->n_lines);
		json_number(&s->out, "decided", s->n_decided);
		if (s->live) {
			json_number(&s->out, "live-tried", s->n_tried);
			json_number(&s->out, "live-failed", s->n_live_failed);
			json_number(&s->out, "live-not-tried", s->n_not_tried);
		}
		json_close(&s->out);
	} else if (!c->quiet && !cli_stdout_taken(c)) {
		print_sums(s);
	}
	const char *junit = s->junit_file ? junit_document(&s->junit) : NULL;
	if (junit && cli_write(s->junit_file, junit, strlen(junit)) != CLI_OK)
		return CLI_USAGE;
	if (s->live && code == CLI_OK && s->n_tried == 0) {
		cli_complain("nothing could be tried live");
		return CLI_USAGE;
	}
	return code;
}

const struct command command_test = {
    .about = "Asks every expectation of the meaning and of the models of the artifacts. A file\n"
	     "may hold tests only and import its policy. Ends with 3 when a test fails.\n",
    .options = (const struct cli_option *const[]){options, cli_options_optimize, cli_options_policy, cli_options_quiet, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
