/*
 * cli.c - what commands share: options, complaints, reading a policy.
 */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan_write.h"
#include "revision.h"
#include "str.h"

const char *cli_next(struct cli *c)
{
	return *c->argv ? *c->argv++ : NULL;
}

static const char *running; /* the command whose help answers a wrong use of it */

void cli_running(const char *command)
{
	running = command;
}

int cli_usage(const char *fmt, const char *arg)
{
	fprintf(stderr, "sbxc: %s%s%s\n", fmt, arg ? ": " : "", arg ? arg : "");
	fprintf(stderr, "      try `sbxc %s%s--help`\n", running ? running : "", running ? " " : "");
	return CLI_USAGE;
}

void cli_complain(const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	fputs("sbxc: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}

bool cli_colour(FILE *stream)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
	return isatty(fileno(stream)) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

bool cli_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool cli_stdout_taken(const struct cli *c)
{
	return c->command->finds && c->diags.format != DIAG_TEXT && c->diags.format != DIAG_GCC;
}

struct diag_stream *cli_diags(struct cli *c)
{
	if (!c->diags.out) {
		c->diags.out = cli_stdout_taken(c) ? stdout : stderr;
		c->diags.colour = cli_colour(c->diags.out);
	}
	return &c->diags;
}

int cli_write(const char *path, const char *text, size_t size)
{
	const char *failure = NULL;
	struct arena *a = arena_new();
	if (strcmp(path, "-") != 0)
		failure = file_write(a, path, text, size);
	else
		fwrite(text, 1, size, stdout); /* whose errors main() finds */
	if (failure)
		cli_complain("%s", failure);
	arena_free(a);
	return failure ? CLI_USAGE : CLI_OK;
}

/* ---- reading policies ---- */

/* policies/std beside the build folder, or share/sbx/std beside the installed bin folder. */
static const char *find_std(struct arena *a)
{
	static const char *const places[] = {"../policies/std", "../share/sbx/std"};
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	char *slash = strrchr(exe, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *dir = arena_printf(a, "%s/%s", exe, places[i]);
		if (cli_is_dir(dir))
			return dir;
	}
	return NULL;
}

void cli_find_std(struct cli *c)
{
	if (!c->opt.std_dir)
		c->opt.std_dir = find_std(c->arena);
}

enum compile_result cli_run_phases(const struct compile_options *opt, enum cli_phase last, struct compile *k)
{
	enum compile_result result = compile_read(k, opt);
	if (result == COMPILE_OK && last >= CLI_JUDGE)
		result = compile_judge(k);
	if (k->library)
		return result;
	if (result == COMPILE_OK && last >= CLI_PROVE)
		result = compile_prove(k);
	if (result == COMPILE_OK && last >= CLI_WRITE)
		result = compile_write(k);
	return result == COMPILE_OK && diag_errors(k->diags) ? COMPILE_REFUSED : result;
}

enum compile_result cli_phases(struct cli *c, const char *path, enum cli_phase last, struct compile *k)
{
	cli_find_std(c);
	c->opt.path = path;
	return cli_run_phases(&c->opt, last, k);
}

int cli_compile(struct cli *c, const char *path, enum cli_phase last, struct compile *k)
{
	enum compile_result result = cli_phases(c, path, last, k);
	if (c->command->warns || result != COMPILE_OK)
		diag_stream_diags(cli_diags(c), k->diags);
	if (result == COMPILE_IO)
		diag_stream_failure(cli_diags(c), path, k->failure);
	return (int)result;
}

int cli_compile_other(struct cli *c, const char *word, enum cli_phase last, struct compile *k)
{
	struct compile_options *opt = ARENA_NEW(c->arena, struct compile_options);
	struct revision *rev = ARENA_NEW(c->arena, struct revision);
	cli_find_std(c);
	*opt = c->opt;
	opt->path = word;
	opt->out_dir = opt->depfile = NULL;
	*k = (struct compile){0};
	if (revision_is(word)) {
		const char *failure = revision_open(c->arena, word, rev);
		if (failure)
			return cli_complain("%s", failure), CLI_USAGE;
		opt->path = rev->path;
		opt->reader = &rev->reader;
	}
	enum compile_result result = cli_run_phases(opt, last, k);
	if (result != COMPILE_OK)
		diag_stream_diags(cli_diags(c), k->diags);
	if (result == COMPILE_IO)
		diag_stream_failure(cli_diags(c), word, k->failure);
	if (result == COMPILE_OK && k->library) {
		cli_complain("%s holds profiles and no policy, so there is nothing to compare", word);
		return CLI_REFUSED;
	}
	if (result == COMPILE_REFUSED)
		cli_complain("%s is refused, so nothing can be compared with it", word);
	return (int)result;
}

int cli_each(struct cli *c, int (*one)(struct cli *c, const char *file))
{
	int worst = CLI_OK;
	for (unsigned i = 0; i < c->n_files; i++) {
		int code = one(c, c->files[i]);
		worst = code > worst ? code : worst;
	}
	return worst;
}
