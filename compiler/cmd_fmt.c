/*
 * cmd_fmt.c - `sbxc fmt FILE...`: lays files out, in place.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "../grammar/parse.h"
#include "cli.h"
#include "fmt.h"
#include "plan_write.h"
#include "str.h"
#include "tree.h"

struct state {
	bool check, to_stdout;
};

static int take_check(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->check = true;
	return CLI_OK;
}

static int take_stdout(struct cli *c, const char *value)
{
	(void)value;
	((struct state *)c->state)->to_stdout = true;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"--check", NULL, "writes nothing; names the files it would change, ends with 1", take_check},
    {"--stdout", NULL, "prints the result instead of writing the files", take_stdout},
    {NULL, NULL, NULL, NULL},
};

/* ---- one file ---- */

static int read_stdin(struct arena *a, struct src *src, const struct src_file **file)
{
	struct buf b = buf_new(a);
	char part[65536];
	ssize_t n;
	while ((n = read(STDIN_FILENO, part, sizeof(part))) != 0) {
		if (n < 0 && errno != EINTR)
			return cli_complain("cannot read the standard input: %s", strerror(errno)), CLI_USAGE;
		if (n > 0)
			buf_add(&b, part, (size_t)n);
		if (b.len > SRC_MAX_FILE)
			return cli_complain("the standard input is larger than 16 MiB"), CLI_USAGE;
	}
	return src_add(src, "standard input", buf_str(&b), b.len, file) == SRC_OK ? CLI_OK : CLI_USAGE;
}

static int read_file(struct cli *c, struct arena *a, struct src *src, const char *path, const struct src_file **file)
{
	if (strcmp(path, "-") == 0)
		return read_stdin(a, src, file);
	enum src_error e = src_open(src, path, path, file);
	if (e == SRC_OK)
		return CLI_OK;
	diag_stream_failure(cli_diags(c), path,
			    arena_printf(a, "cannot read %s: %s", path,
					 e == SRC_ERRNO ? strerror(errno) : "it is no regular file of at most 16 MiB"));
	return CLI_USAGE;
}

static int write_result(struct cli *c, struct arena *a, const char *path, const char *text, size_t size)
{
	const struct state *s = c->state;
	const char *failure = s->check ? NULL : file_write(a, path, text, size);
	if (failure)
		return cli_complain("%s", failure), CLI_USAGE;
	if (s->check || !c->quiet)
		printf("%s\n", path);
	return s->check ? CLI_REFUSED : CLI_OK;
}

static int fmt_text(struct cli *c, struct arena *a, const char *path, const struct src_file *file)
{
	const struct state *s = c->state;
	size_t size;
	const char *text = fmt_source(a, file, &size);
	if (!text) {
		cli_complain("%s: the result would not say the same: a defect of sbxc; nothing was written", path);
		return CLI_REFUSED;
	}
	if (s->to_stdout || strcmp(path, "-") == 0) {
		fwrite(text, 1, size, stdout);
		return CLI_OK;
	}
	if (size == file->size && memcmp(text, file->text, size) == 0)
		return CLI_OK;
	return write_result(c, a, path, text, size);
}

static int fmt_one(struct cli *c, const char *path)
{
	struct arena *a = arena_new();
	struct src *src = src_new(a);
	struct diags *diags = diags_new(a, src);
	const struct src_file *file;
	int code = read_file(c, a, src, path, &file);
	if (code == CLI_OK) {
		parse_source(a, diags, file);
		diag_stream_diags(cli_diags(c), diags);
		code = diag_errors(diags) ? CLI_REFUSED : fmt_text(c, a, path, file);
	}
	arena_free(a);
	return code;
}

static int fmt_any(struct cli *c, const char *path)
{
	struct tree_files t = {.arena = c->arena};
	int worst = CLI_OK;
	if (!cli_is_dir(path))
		return fmt_one(c, path);
	if (!tree_find(&t, path)) {
		diag_stream_failure(cli_diags(c), t.failed, arena_printf(c->arena, "cannot read %s: %s", t.failed, t.why));
		return CLI_USAGE;
	}
	for (unsigned i = 0; i < t.n; i++) {
		int code = fmt_one(c, t.v[i]);
		worst = code > worst ? code : worst;
	}
	return worst;
}

static int run(struct cli *c)
{
	const struct state *s = c->state;
	if (c->n_files == 0)
		return cli_usage("no file was named", NULL);
	if (s->check && s->to_stdout)
		return cli_usage("--check prints names and --stdout the result: not both", NULL);
	return cli_each(c, fmt_any);
}

const struct command command_fmt = {
    .about = "Names each file that it changes. `-` is the standard input; its result goes to\n"
	     "stdout. A file with a fault in its syntax is refused and stays as it is.\n",
    .options = (const struct cli_option *const[]){options, cli_options_quiet, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
