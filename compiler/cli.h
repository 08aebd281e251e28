/*
 * cli.h - the command line: commands, their options, and what they share.
 *
 * A command is one const struct in its file cmd_NAME.c and one line in commands.def. Its options are a table; help,
 * usage errors and completion come from it. Results go to stdout, complaints to stderr through cli_complain() and
 * cli_usage(); the exit codes are those of enum cli_exit.
 */
#ifndef SBX_CLI_H
#define SBX_CLI_H

#include "compile.h"
#include "host.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_REFUSED = 1, /* a policy or plan is refused */
	CLI_USAGE = 2,	 /* wrong use, or a file that cannot be read or written */
	CLI_TEST = 3,	 /* a test or a `never` failed */
	CLI_DIFF = 4,	 /* `diff --fail-on` hit */
};

enum { CLI_MAX_SETS = 64, CLI_MAX_DIRS = 16 };

/* What profiles of macOS are read with. */
struct cli_profile {
	struct ir_binding given[CLI_MAX_SETS]; /* -D */
	unsigned n_given;
	const char *dirs[CLI_MAX_DIRS]; /* --import-dir */
	unsigned n_dirs;
};

struct cli;

struct cli_option {
	const char *name;  /* "--set", "-q" */
	const char *value; /* what its value is called; NULL: it is a switch */
	const char *help;  /* one line */
	/* Takes it into c (its `state`, or what is shared). 0, or an exit code after cli_usage(). value: NULL for a switch. */
	int (*take)(struct cli *c, const char *value);
};

struct command {
	const char *about; /* further lines for `sbxc NAME --help`, or NULL */
	const struct cli_option *const *options; /* tables, each ended by a name of NULL; the list ends with NULL */
	size_t state_size;			 /* of the command's own state, zeroed: cli.state */
	/* Runs on c->files (what was no option). Returns the exit code. */
	int (*run)(struct cli *c);
	/* What it finds in policies is its result: formats for programs go to stdout, and nothing else does then. */
	bool finds;
	/* Warnings are its business; the others print what they find in a policy when it is refused. */
	bool warns;
};

struct cli {
	struct arena *arena;
	const struct command *command;
	struct compile_options opt;
	struct compile_set sets[CLI_MAX_SETS];
	struct diag_stream diags; /* --format; main() closes it */
	bool quiet;
	struct host host; /* --for; has_host: it was given */
	bool has_host;
	struct cli_profile profile;
	const char **files;
	unsigned n_files;
	void *state;
	char **argv; /* what is not read yet; options that take two words call cli_next() */
};

/* The next word of the command line; NULL at its end. */
const char *cli_next(struct cli *c);
/* The command that runs, for cli_usage(). */
void cli_running(const char *command);
/* "sbxc: FMT: arg" (arg may be NULL), with the way to --help. Returns CLI_USAGE. */
int cli_usage(const char *fmt, const char *arg);
/* One line on stderr, "sbxc: ...". */
void cli_complain(const char *fmt, ...) SBX_PRINTF(1, 2);
/* May this stream carry colour? A terminal, no NO_COLOR, TERM is not dumb. */
bool cli_colour(FILE *stream);
bool cli_is_dir(const char *path);
/* Where the run's diagnostics go, ready for use. */
struct diag_stream *cli_diags(struct cli *c);
/* Is stdout taken by diagnostics in a format for programs? */
bool cli_stdout_taken(const struct cli *c);

/* Writes a result into a file; `-` is stdout. CLI_OK, or CLI_USAGE after a complaint. */
int cli_write(const char *path, const char *text, size_t size);

/* Option tables that commands share. */
extern const struct cli_option cli_options_policy[];   /* --set, --std, --format: whatever reads a policy */
extern const struct cli_option cli_options_optimize[]; /* -O: whatever makes artifacts */
extern const struct cli_option cli_options_quiet[];    /* -q */
extern const struct cli_option cli_options_host[];     /* --for: whatever judges another Linux */
extern const struct cli_option cli_options_profile[];  /* -D, --import-dir: whatever reads profiles of macOS */

/* Finds the library of profiles beside the program, unless --std named one. */
void cli_find_std(struct cli *c);

/*
 * Runs the phases up to and with the last one named on the policy at `path`, prints its diagnostics (see `warns`). The caller
 * frees k->arena. CLI_OK or the exit code.
 */
enum cli_phase { CLI_READ, CLI_JUDGE, CLI_PROVE, CLI_WRITE };
enum compile_result cli_phases(struct cli *c, const char *path, enum cli_phase last, struct compile *k); /* prints nothing */
enum compile_result cli_run_phases(const struct compile_options *opt, enum cli_phase last, struct compile *k);
int cli_compile(struct cli *c, const char *path, enum cli_phase last, struct compile *k);

/*
 * The same for a policy to compare with: `word` is a file or REV:PATH of git. Its warnings are no command's business.
 */
int cli_compile_other(struct cli *c, const char *word, enum cli_phase last, struct compile *k);

/* Runs one(c, file) for each file; the worst exit code. */
int cli_each(struct cli *c, int (*one)(struct cli *c, const char *file));

#define COMMAND(id, synopsis, about) extern const struct command command_##id;
#include "commands.def"

#endif
