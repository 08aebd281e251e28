/*
 * cmd_check.c - `sbxc check FILE|DIR...`: everything but writing, of many policies at once.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "diag_records.h"
#include "extended.h"
#include "jobs.h"
#include "lint.h"
#include "rule_lines.h"
#include "since.h"
#include "str.h"
#include "tree.h"

/* What a worker tells of one file: this head, the diagnostics, the failure's text, what the host of --for lacks. */
struct found {
	int code;
	bool library, starts_nothing;
	unsigned n_profiles, n_expect, errors, warnings;
	unsigned n_lines, n_decided; /* of rules: all, and those that decided an expectation */
	enum since since;
	uint32_t targets;
	struct {
		unsigned enforced, caveats;
	} on[TARGET_COUNT];
	size_t n_diags, n_failure, n_host;
};

struct check {
	struct cli *cli;
	unsigned workers;
	bool deny_warnings, lints;
	const char *since; /* REV, or NULL */
	struct revision_tree rev;
	const char **files;
	unsigned n_files;
	int width; /* of the longest name */
	struct diag_records said;
	bool progress; /* a line of it stands on the terminal */
	/* the sums */
	int worst;
	unsigned n_expect, n_lines, n_decided, errors, warnings, refused, unread, n_since[SINCE_COMPARED + 1];
};

/* ---- one file, in a worker ---- */

static void count_guarantees(struct found *f, const struct compile *k)
{
	f->targets = k->ir->targets;
	for (unsigned i = 0; i < k->guarantees.n; i++) {
		const struct guarantee *g = &k->guarantees.v[i];
		if (guarantee_is_caveat(g))
			f->on[g->target].caveats++;
		else
			f->on[g->target].enforced++;
	}
}

struct coverage {
	const struct compile *k;
	struct rule_lines lines;
};

static void on_expect(void *ctx, const struct expect_seen *s)
{
	struct coverage *c = ctx;
	if (!c->lines.k)
		c->lines = rule_lines_of(c->k->arena, c->k);
	rule_lines_seen(&c->lines, s);
}

/* Of a policy without tests no line is counted: there is nothing to cover it. */
static void count_lines(struct found *f, const struct coverage *c)
{
	for (unsigned i = 0; i < c->lines.n; i++) {
		f->n_lines += rule_line_counts(&c->lines.v[i]);
		f->n_decided += rule_line_counts(&c->lines.v[i]) && c->lines.v[i].decided;
	}
}

static void check_one(void *ctx, unsigned i, FILE *out)
{
	const struct check *x = ctx;
	struct compile k;
	struct coverage coverage = {.k = &k};
	const struct expect_observer observer = {on_expect, &coverage};
	struct found f = {0};
	x->cli->opt.observer = &observer;
	f.code = (int)cli_phases(x->cli, x->files[i], CLI_PROVE, &k);
	x->cli->opt.observer = NULL;
	count_lines(&f, &coverage);
	if (f.code == CLI_OK && x->since) {
		bool could = since_check(x->cli, &x->rev, &k, &f.since);
		f.code = !could ? CLI_USAGE : diag_errors(k.diags) ? CLI_REFUSED : CLI_OK;
	}
	f.library = k.library;
	f.starts_nothing = k.starts_nothing;
	f.n_profiles = k.n_profiles;
	f.n_expect = k.n_expect;
	f.errors = diag_errors(k.diags);
	f.warnings = diag_warnings(k.diags);
	if (f.code == CLI_OK && x->deny_warnings && f.warnings)
		f.code = CLI_REFUSED;
	if (k.ir && !k.library)
		count_guarantees(&f, &k);
	struct text_out diags;
	text_begin(&diags);
	diag_records_write(k.diags, diags.out, x->cli->diags.format, cli_diags(x->cli)->colour);
	text_end(&diags);
	f.n_diags = diags.n;
	f.n_failure = f.code == CLI_USAGE && k.failure ? strlen(k.failure) : 0;
	struct buf host = buf_new(k.arena);
	if (f.code == CLI_OK && !f.library && x->cli->has_host && host_refusals(&x->cli->host, &k, &host))
		f.code = CLI_REFUSED;
	f.n_host = host.len;
	fwrite(&f, sizeof(f), 1, out);
	fwrite(diags.bytes, 1, f.n_diags, out);
	fwrite(f.n_failure ? k.failure : "", 1, f.n_failure, out);
	fwrite(buf_str(&host), 1, f.n_host, out);
	free(diags.bytes);
	arena_free(k.arena);
}

/* ---- the results, in order ---- */

static const char *s_if_many(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void progress_erase(struct check *x)
{
	if (x->progress)
		fputs("\r\033[K", stderr);
	x->progress = false;
}

static void show_progress(void *ctx, unsigned done, unsigned n)
{
	struct check *x = ctx;
	if (done < n)
		fprintf(stderr, "\r\033[K%u of %u", done, n);
	else
		fputs("\r\033[K", stderr);
	x->progress = done < n;
	fflush(stderr);
}

static void print_targets(const struct found *f)
{
	const char *gap = "";
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(f->targets & TARGET_BIT(t)))
			continue;
		printf("%s%s: %u enforced", gap, target_name[t], f->on[t].enforced);
		if (f->on[t].caveats)
			printf(", %u caveat%s", f->on[t].caveats, s_if_many(f->on[t].caveats));
		gap = "   ";
	}
}

static void print_counts(const struct found *f, const struct diag_news *news)
{
	if (f->errors)
		printf("%u error%s", f->errors, s_if_many(f->errors));
	if (f->warnings)
		printf("%s%u warning%s", f->errors ? ", " : "", f->warnings, s_if_many(f->warnings));
	if (f->errors + f->warnings > news->errors + news->warnings)
		fputs(news->errors + news->warnings ? ", some said above" : ", said above", stdout);
}

static void print_name(const struct check *x, const char *name)
{
	size_t width = diag_shown_width(name);
	diag_show(stdout, name);
	printf("%*s  ", (int)width < x->width ? x->width - (int)width : 0, "");
}

static void print_status(const struct check *x, const char *name, const struct found *f, const struct diag_news *news)
{
	if (x->cli->quiet || cli_stdout_taken(x->cli) || (f->code == CLI_USAGE && !f->errors))
		return;
	print_name(x, name);
	if (f->code == CLI_OK && !f->warnings)
		fputs("ok", stdout);
	print_counts(f, news);
	if (f->code != CLI_OK && f->n_host && !f->errors)
		fputs("refused there", stdout);
	if (f->code != CLI_OK) {
		putchar('\n');
		return;
	}
	fputs("   ", stdout);
	if (f->starts_nothing)
		fputs("base: starts nothing itself   ", stdout);
	if (f->library)
		printf("library: %u profile%s", f->n_profiles, s_if_many(f->n_profiles));
	else
		print_targets(f);
	if (f->since == SINCE_NEW) {
		fputs("   new since ", stdout);
		diag_show(stdout, x->since);
	}
	putchar('\n');
}

/* The worker died: a defect of ours, whatever the file holds. */
static void crashed(struct check *x, const char *name, const struct job_result *r)
{
	const char *how = r->signal ? arena_printf(x->cli->arena, "signal %d (%s)", r->signal, strsignal(r->signal))
				    : arena_printf(x->cli->arena, "code %d", r->code);
	diag_stream_failure(cli_diags(x->cli), name,
			    arena_printf(x->cli->arena, "%s: an internal error: the check of it ended with %s", name, how));
	x->worst = CLI_USAGE > x->worst ? CLI_USAGE : x->worst;
	x->unread++;
}

static void take_result(void *ctx, unsigned i, const struct job_result *r)
{
	struct check *x = ctx;
	struct found f;
	progress_erase(x);
	if (r->signal || r->code || r->size < sizeof(f)) {
		crashed(x, x->files[i], r);
		return;
	}
	memcpy(&f, r->data, sizeof(f));
	const char *diags = r->data + sizeof(f);
	const struct diag_news news = diag_records_new(&x->said, diags, f.n_diags);
	print_status(x, x->files[i], &f, &news);
	if (!cli_stdout_taken(x->cli)) /* a result: with -q too */
		fwrite(diags + f.n_diags + f.n_failure, 1, f.n_host, stdout);
	fflush(stdout); /* before what stderr says of it */
	diag_stream_text(cli_diags(x->cli), news.text, news.size);
	if (f.n_failure)
		diag_stream_failure(cli_diags(x->cli), x->files[i],
				    arena_strndup(x->cli->arena, diags + f.n_diags, f.n_failure));
	fflush(cli_diags(x->cli)->out);
	x->n_expect += f.n_expect;
	x->n_lines += f.n_lines;
	x->n_decided += f.n_decided;
	x->n_since[f.since]++;
	x->errors += news.errors;
	x->warnings += news.warnings;
	x->refused += f.code == CLI_REFUSED || f.code == CLI_TEST;
	x->unread += f.code == CLI_USAGE;
	x->worst = f.code > x->worst ? f.code : x->worst;
}

static void print_sums(const struct check *x)
{
	if (x->cli->quiet || cli_stdout_taken(x->cli))
		return;
	printf("%u file%s, %u expectation%s passed", x->n_files, s_if_many(x->n_files), x->n_expect, s_if_many(x->n_expect));
	if (x->n_lines)
		printf(", %u of %u rule lines covered", x->n_decided, x->n_lines);
	if (x->refused)
		printf(", %u refused", x->refused);
	if (x->unread)
		printf(", %u not checked", x->unread);
	if (x->errors)
		printf(", %u error%s", x->errors, s_if_many(x->errors));
	if (x->warnings)
		printf(", %u warning%s", x->warnings, s_if_many(x->warnings));
	putchar('\n');
	if (x->since) {
		fputs("since ", stdout);
		diag_show(stdout, x->since);
		printf(": %u compared, %u new\n", x->n_since[SINCE_COMPARED], x->n_since[SINCE_NEW]);
	}
}

/* ---- which files ---- */

static void add_file(struct check *x, const char *path)
{
	ARENA_GROW(x->cli->arena, x->files, x->n_files);
	x->files[x->n_files++] = path;
}

static int collect(struct check *x)
{
	struct cli *c = x->cli;
	for (unsigned i = 0; i < c->n_files; i++) {
		struct tree_files t = {.arena = c->arena};
		if (!cli_is_dir(c->files[i])) {
			add_file(x, c->files[i]);
			continue;
		}
		if (!tree_find(&t, c->files[i])) {
			diag_stream_failure(cli_diags(c), t.failed,
					    arena_printf(c->arena, "cannot read %s: %s", t.failed, t.why));
			return CLI_USAGE;
		}
		if (t.n == 0) {
			diag_stream_failure(cli_diags(c), c->files[i],
					    arena_printf(c->arena, "%s holds no file that ends in .sbx", c->files[i]));
			return CLI_USAGE;
		}
		for (unsigned k = 0; k < t.n; k++)
			add_file(x, t.v[k]);
	}
	return CLI_OK;
}

static int widest(const struct check *x)
{
	enum { WIDE = 60 };
	size_t width = 0;
	for (unsigned i = 0; i < x->n_files; i++) {
		size_t w = diag_shown_width(x->files[i]);
		width = w > width ? w : width;
	}
	return width > WIDE ? WIDE : (int)width;
}

/* ---- the command ---- */

static int take_jobs(struct cli *c, const char *value)
{
	struct check *x = c->state;
	uint64_t n;
	if (!parse_u64(value, strlen(value), JOBS_MAX_WORKERS, &n) || n == 0)
		return cli_usage("-j takes a number of processes from 1 to 1024", value);
	x->workers = (unsigned)n;
	return CLI_OK;
}

static int take_deny_warnings(struct cli *c, const char *value)
{
	(void)value;
	((struct check *)c->state)->deny_warnings = true;
	return CLI_OK;
}

static int take_lints(struct cli *c, const char *value)
{
	(void)value;
	((struct check *)c->state)->lints = true;
	return CLI_OK;
}

static int take_since(struct cli *c, const char *rev)
{
	((struct check *)c->state)->since = rev;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--lints", NULL, "lists the warnings, each with its why; checks nothing", take_lints},
    {"-j", "N", "checks in N processes (default: one a processor)", take_jobs},
    {"--deny-warnings", NULL, "a warning refuses a policy, as an error does", take_deny_warnings},
    {"--since", "REV",
     "refuses a policy that allows more than in this revision of\n"
     "git without a major step of its version (less: a minor one)",
     take_since},
    {NULL, NULL, NULL, NULL},
};

static int run(struct cli *c)
{
	struct check *x = c->state;
	x->cli = c;
	if (x->lints) {
		lint_list(stdout);
		return CLI_OK;
	}
	if (c->n_files == 0)
		return cli_usage("no policy file was named", NULL);
	c->opt.libraries = true;
	cli_find_std(c);
	int code = collect(x);
	if (code != CLI_OK)
		return code;
	const char *failure = x->since ? revision_tree_open(c->arena, x->since, &x->rev) : NULL;
	if (failure) {
		diag_stream_failure(cli_diags(c), NULL, failure);
		return CLI_USAGE;
	}
	if (x->n_files > 1)
		c->opt.extended = extended_names(c->arena, x->files, x->n_files);
	x->width = widest(x);
	x->said.arena = c->arena;
	struct jobs j = {.n = x->n_files, .workers = x->workers ? x->workers : jobs_cores(), .ctx = x,
			 .work = check_one, .result = take_result};
	if (x->n_files > 1 && c->diags.format == DIAG_TEXT && cli_colour(stderr))
		j.progress = show_progress;
	const char *error = jobs_run(&j);
	if (error) {
		diag_stream_failure(cli_diags(c), NULL, arena_printf(c->arena, "not everything was checked: %s", error));
		return CLI_USAGE;
	}
	print_sums(x);
	if (c->has_host && !c->quiet && !cli_stdout_taken(c))
		printf("for %s\n", host_text(c->arena, &c->host));
	return x->worst;
}

const struct command command_check = {
    .about = "Of a directory: every .sbx file below it, but for names that begin with a dot.\n"
	     "A library's profiles are checked with the defaults of their parameters.\n",
    .options =
	(const struct cli_option *const[]){options, cli_options_host, cli_options_optimize,
						    cli_options_policy, cli_options_quiet, NULL},
    .state_size = sizeof(struct check),
    .run = run,
    .warns = true,
    .finds = true,
};
