/*
 * cmd_new.c - `sbxc new KIND [NAME]`: a commented policy to start from. The kinds are policies/new/KIND.sbx.in, compiled in.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "str.h"

static const struct kind {
	const char *name;
	const char *text; /* NAME stands for the policy's name */
} kinds[] = {
#include "new.inc"
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

struct state {
	const char *out;
};

static int take_out(struct cli *c, const char *file)
{
	((struct state *)c->state)->out = file;
	return CLI_OK;
}

static const struct cli_option options[] = {
    {"-o", "FILE", "where it goes (default: stdout); a file that is there stays", take_out},
    {NULL, NULL, NULL, NULL},
};

/* What the kind is for: its first line, without the `#`. */
static void print_kinds(FILE *out)
{
	for (unsigned i = 0; i < N_KINDS; i++)
		fprintf(out, "  %-8s %.*s\n", kinds[i].name, (int)strcspn(kinds[i].text, "\n") - 2, kinds[i].text + 2);
}

/* The name of a policy: small letters, digits, single dashes; one slash may stand between two such. */
static bool is_name(const char *s)
{
	bool slash = false;
	for (;;) {
		if (*s < 'a' || *s > 'z')
			return false;
		while ((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') ||
		       (*s == '-' && ((s[1] >= 'a' && s[1] <= 'z') || (s[1] >= '0' && s[1] <= '9'))))
			s++;
		if (*s != '/' || slash)
			return *s == '\0';
		slash = true;
		s++;
	}
}

static const char *filled(struct arena *a, const char *text, const char *name)
{
	struct buf b = buf_new(a);
	for (const char *at; (at = strstr(text, "NAME")); text = at + 4) {
		buf_add(&b, text, (size_t)(at - text));
		buf_puts(&b, name);
	}
	buf_puts(&b, text);
	return buf_str(&b);
}

static int write_file(const char *path, const char *text)
{
	size_t n = strlen(text);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return cli_complain("%s is there already; it was not touched", path), CLI_USAGE;
	bool ok = fd >= 0 && write(fd, text, n) == (ssize_t)n;
	int saved = errno;
	if (fd >= 0 && (close(fd) != 0 || !ok))
		unlink(path);
	if (!ok)
		cli_complain("cannot write %s: %s", path, strerror(saved));
	return ok ? CLI_OK : CLI_USAGE;
}

static int unknown_kind(struct cli *c, const char *word)
{
	const char *names[N_KINDS];
	for (unsigned i = 0; i < N_KINDS; i++)
		names[i] = kinds[i].name;
	const char *hint = suggest(c->arena, word, names, N_KINDS);
	return cli_usage(hint ? arena_printf(c->arena, "there is no such kind (%s)", hint) : "there is no such kind", word);
}

static int run(struct cli *c)
{
	const struct state *s = c->state;
	if (c->n_files == 0) {
		print_kinds(stdout);
		return CLI_OK;
	}
	if (c->n_files > 2)
		return cli_usage("new takes a kind and a name; not expected", c->files[2]);
	for (unsigned i = 0; i < N_KINDS; i++) {
		if (strcmp(kinds[i].name, c->files[0]) != 0)
			continue;
		const char *name = c->n_files > 1 ? c->files[1] : arena_printf(c->arena, "my-%s", kinds[i].name);
		if (!is_name(name))
			return cli_usage("the name of a policy is small letters, digits and dashes, not", name);
		const char *text = filled(c->arena, kinds[i].text, name);
		return s->out ? write_file(s->out, text) : (fputs(text, stdout), CLI_OK);
	}
	return unknown_kind(c, c->files[0]);
}

const struct command command_new = {
    .about = "Without a kind it lists them. The policy compiles, and its own tests pass.\n",
    .options = (const struct cli_option *const[]){options, NULL},
    .state_size = sizeof(struct state),
    .run = run,
};
