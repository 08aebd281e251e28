/*
 * run.h - one start: what was asked for, the proved plan, what was opened for it. The steps of
 * apply.h work on it.
 */
#ifndef SBX_RUN_H
#define SBX_RUN_H

#include "files.h"
#include "grants.h"
#include "host.h"
#include "link.h"
#include "plan_load.h"
#include "program.h"

struct options {
	unsigned n_sets, n_files;
	const char *digest; /* or NULL */
	bool dry_run;
	bool watch;
	int status_fd;      /* -1: none */
	const char *report; /* or NULL */
	const char *plan;
	char *const *argv; /* PROGRAM and its arguments */
	struct assignment sets[PLAN_MAX_PARAMS];
	struct file_option files[FILES_MAX];
};

struct report;
struct opened;

/* Folders, by name, in which the program may make symbolic links that stay (links.h). */
struct link_places {
	const char **path;
	unsigned n;
	unsigned n_written; /* with those behind, in which it can only change what is there */
};

struct run {
	/* first what every step looks at */
	/*
	 * In the supervised shape it lies in memory that parent and child share, so that the parent
	 * can print what the child found; nobody else prints.
	 */
	struct fault *fault;
	const struct plan *plan;
	const struct options *options;
	struct report *report; /* or NULL */
	struct pool *pool; /* for this start alone; after start_prove() only by the process that makes the tree: view_items.c */
	struct link *link; /* to the supervisor or the library; NULL in place */
	struct request *request; /* NULL: the program is started at once */
	/* What the path lines found while the program's tree was made (view_items.h), in their order; NULL: nothing. */
	const struct opened *opened;
	char **envp;
	uint64_t fs_known; /* rights that the host's Landlock knows */
	int ruleset; /* -1: the host has no Landlock, and the plan only prefers it */
	pid_t session; /* made by start_go(); 0: not yet */
	int ready;     /* the supervisor closes it when the program runs; -1: nobody waits */
	bool dropped; /* capabilities went before a fork, no_new_privs came */
	/*
	 * In the library start_prove() runs in a process that is not ours: its limits and the numbers
	 * of its descriptors change in the child only.
	 */
	bool embedded;
	bool apart; /* the library's child: what it opens, nobody else has open, and it closes on exec */
	unsigned n_files;
	struct vars vars;
	struct link_places link_places; /* links.h */
	/* Where the place of each assert is by the links of the host, which the program's tree may lack; NULL: no such tree. */
	const char *const *denied;
	unsigned n_denied; /* of the denied, how many are looked at */
	const char **profile_values; /* macOS: NAME, VALUE, ..., NULL for its profile */
	struct host host;
	struct grants grants;
	uint64_t ignored; /* signals that the caller may have left so: bit n - 1 stands for signal n */
	struct bpf_program observed; /* the filter that is installed where somebody answers it */
	struct program program;
	struct param params[PLAN_MAX_PARAMS];
	struct input_file files[FILES_MAX];
};

/* The path of a template that is written in that line, and of the place of a rule. False after a fault. */
bool run_path(struct run *r, struct span tmpl, struct span where, char path[PLAN_MAX_PATH + 1]);
bool run_rule_path(struct run *r, const struct landlock_rule *rule, char path[PLAN_MAX_PATH + 1]);

#endif
