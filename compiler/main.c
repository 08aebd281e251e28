/*
 * main.c - finds the command, reads its options, runs it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "codes.h"
#include "str.h"

struct entry {
	const char *name, *synopsis, *about;
	const struct command *command;
};
static const struct entry commands[] = {
#define COMMAND(id, synopsis, about) {#id, synopsis, about, &command_##id},
#include "commands.def"
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(void)
{
	fputs("sbxc - compiles a sandbox policy into what the systems enforce\n\n", stdout);
	for (unsigned i = 0; i < N_COMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].about);
	fputs("\n"
	      "`sbxc COMMAND --help` says how. `compile` may be left out: sbxc P.sbx -o PLAN/\n"
	      "`sbxc --explain E0301` is the page of a diagnostic; also: --version.\n"
	      "Results go to stdout, complaints to stderr. Exit codes: 0 fine, 1 the policy is\n"
	      "refused, 2 wrong use or a file that cannot be read or written, 3 a test failed,\n"
	      "4 `diff --fail-on` found something. Manual: sbxc(1); the language: sbx(5).\n",
	      stdout);
}

/* Continuation lines of a help text are set under its first. */
static void print_option(const struct cli_option *o)
{
	char head[64];
	snprintf(head, sizeof(head), "%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
	printf(strlen(head) < 18 ? "  %-18s" : "  %s\n                    ", head);
	for (const char *c = o->help; *c; c++)
		*c == '\n' ? fputs("\n                    ", stdout) : putchar(*c);
	putchar('\n');
}

static void print_command_help(const struct entry *e)
{
	printf("sbxc %s\n  %s\n", e->synopsis, e->about);
	if (e->command->about)
		printf("\n%s", e->command->about);
	putchar('\n');
	for (unsigned t = 0; e->command->options[t]; t++)
		for (const struct cli_option *o = e->command->options[t]; o->name; o++)
			print_option(o);
}

static void print_version(void)
{
	printf("sbxc %s (edition 1; back ends:", SBX_VERSION);
	for (unsigned i = 0; backends[i]; i++)
		printf(" %s", backends[i]->name);
	printf(")\n");
}

/* Does the word name this option? Then *value is what follows an `=` of a long one, or NULL. */
static bool option_is(const struct cli_option *o, const char *word, const char **value)
{
	size_t n = strlen(o->name);
	*value = NULL;
	if (strncmp(word, o->name, n) != 0)
		return false;
	if (word[n] == '=' && o->value && word[1] == '-')
		*value = word + n + 1;
	return !word[n] || *value;
}

static const struct cli_option *option_find(const struct command *k, const char *word, const char **value)
{
	for (unsigned t = 0; k->options[t]; t++)
		for (const struct cli_option *o = k->options[t]; o->name; o++)
			if (option_is(o, word, value))
				return o;
	return NULL;
}

static int option_unknown(struct cli *c, const char *word)
{
	const char *names[64];
	size_t n = 0;
	for (unsigned t = 0; c->command->options[t]; t++)
		for (const struct cli_option *o = c->command->options[t]; o->name && n < 64; o++)
			names[n++] = o->name;
	const char *hint = suggest(c->arena, word, names, n);
	return cli_usage(hint ? arena_printf(c->arena, "unknown option (%s)", hint) : "unknown option", word);
}

/* One word that begins with a dash. */
static int take_option(struct cli *c, const char *word)
{
	const char *value;
	const struct cli_option *o = option_find(c->command, word, &value);
	if (!o)
		return option_unknown(c, word);
	if (o->value && !value && !(value = cli_next(c)))
		return cli_usage("a value is missing after", word);
	return o->take(c, value);
}

/* -1: go on; otherwise the exit code. */
static int parse_words(struct cli *c, const struct entry *e)
{
	const char *word;
	bool only_files = false;
	while ((word = cli_next(c))) {
		if (only_files || word[0] != '-' || !word[1]) {
			c->files[c->n_files++] = word;
		} else if (strcmp(word, "--") == 0) {
			only_files = true;
		} else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
			print_command_help(e);
			return CLI_OK;
		} else {
			int code = take_option(c, word);
			if (code != CLI_OK)
				return code;
		}
	}
	return -1;
}

static int command_unknown(struct cli *c, const char *word)
{
	const char *names[N_COMMANDS];
	for (unsigned i = 0; i < N_COMMANDS; i++)
		names[i] = commands[i].name;
	const char *hint = suggest(c->arena, word, names, N_COMMANDS);
	return cli_usage(hint ? arena_printf(c->arena, "no command and no file (%s)", hint) : "no command and no file", word);
}

/* The command that the first word names; compiling needs no word. NULL: the word is neither a command nor a file. */
static const struct entry *find_command(struct cli *c)
{
	const char *word = *c->argv;
	for (unsigned i = 0; word && i < N_COMMANDS; i++)
		if (strcmp(word, commands[i].name) == 0) {
			cli_running(word);
			return c->argv++, &commands[i];
		}
	bool like_command = word && word[0] != '-' && !strpbrk(word, "./") && access(word, F_OK) != 0;
	return like_command ? NULL : &commands[0];
}

static int explain_code(struct cli *c, const char *code)
{
	const char *hint;
	if (!code)
		return cli_usage("--explain takes a code, such as E0301", NULL);
	if (code_print(c->arena, code, stdout, &hint))
		return CLI_OK;
	return cli_usage(hint ? arena_printf(c->arena, "there is no such code (%s)", hint) : "there is no such code", code);
}

static int run(struct cli *c)
{
	const struct entry *e = find_command(c);
	if (!e)
		return command_unknown(c, *c->argv);
	c->command = e->command;
	c->opt.bases = !e->command->warns; /* they look at policies, and make no plan */
	c->state = arena_alloc(c->arena, e->command->state_size ? e->command->state_size : 1);
	int code = parse_words(c, e);
	if (code >= 0)
		return code;
	code = e->command->run(c);
	if (code != CLI_USAGE || c->diags.out) /* else nothing was read: it was used wrongly */
		diag_stream_close(cli_diags(c));
	return code;
}

int main(int argc, char **argv)
{
	struct cli c = {.arena = arena_new(), .argv = argv + 1};
	int code = CLI_OK;
	signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error like a full disk */
	c.files = ARENA_ARRAY(c.arena, (size_t)argc, const char *);
	c.opt.sets = c.sets;
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		print_help();
	else if (argc > 1 && strcmp(argv[1], "--version") == 0)
		print_version();
	else if (argc > 1 && strcmp(argv[1], "--explain") == 0)
		code = explain_code(&c, argv[2]);
	else
		code = run(&c);
	arena_free(c.arena);
	bool lost = ferror(stdout); /* before, of which errno says nothing any more */
	if (fflush(stdout) != 0 || lost) {
		cli_complain("cannot write the result: %s", lost ? "the standard output did not take all of it" : strerror(errno));
		return CLI_USAGE;
	}
	return code;
}
