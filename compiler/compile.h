/*
 * compile.h - the pipeline, and what it is given.
 */
#ifndef SBX_COMPILE_H
#define SBX_COMPILE_H

#include <stdbool.h>
#include <stdio.h>

#include "../backends/backend.h"
#include "diag.h"
#include "guarantee.h"
#include "ir.h"

struct expect_observer;
struct name_map;
struct compile_set { /* --set NAME=VALUE */
	const char *name, *value;
};

enum compile_emit { EMIT_NONE, EMIT_AST, EMIT_IR, EMIT_SECCOMP };

struct compile_options {
	const char *path;    /* the policy file */
	const char *text;    /* the policy itself, when it is in no file; `path` names it then */
	const struct src_reader *reader; /* that reads it and its imports, or NULL: they are files */
	const char *std_dir; /* folder of the library profiles, or NULL when none was found */
	const struct compile_set *sets;
	unsigned n_sets;
	const char *question; /* of `why`: question_text(), or NULL; with the --given values */
	const struct compile_set *given;
	unsigned n_given;
	const struct expect_observer *observer; /* of the tests, or NULL */
	const char *entry; /* a program that takes the place of the policy's entry, or NULL; the tests do not speak of it then */
	const char *out_dir; /* -o, or NULL: check only */
	const char *depfile; /* --depfile, or NULL */
	enum optimize optimize;
	bool locked;           /* --locked: only the imports and profiles that sbx.lock names */
	const char *recording; /* -O profile FILE, or NULL */
	bool bases;    /* no plan is wanted: a policy may leave the program to those that extend it */
	const struct name_map *extended; /* or if one of these names is its own: extended_names(), or NULL */
	bool libraries; /* a file without a policy is one: its profiles are walked with their defaults */
	enum compile_emit emit;
	FILE *emit_to;
};

enum compile_result {
	COMPILE_OK = 0,
	COMPILE_REFUSED = 1, /* the policy has errors; see the diagnostics */
	COMPILE_IO = 2,      /* a file could not be read or written; `failure` says which */
	COMPILE_TEST = 3,    /* a test of the policy failed */
};

struct compile {
	struct arena *arena;
	struct src *src;
	struct diags *diags;
	const struct compile_options *opt;
	const struct ir *ir;           /* compile_read() */
	const struct meaning *meaning; /* compile_read(): what decide() is asked with */
	const struct ir_test *question; /* compile_read(): of the options, or NULL */
	struct guarantees guarantees;  /* compile_judge() */
	struct lower lower;            /* compile_lower(): the artifacts; compile_prove() adds the certificates */
	const char *id;                /* compile_prove(): of the plan */
	const char *failure;           /* COMPILE_IO: one line for people */
	unsigned n_expect;             /* compile_prove(): expectations that were checked */
	unsigned n_files;              /* compile_write(): of the plan */
	unsigned n_caveats;            /* compile_judge() */
	bool starts_nothing;           /* compile_read(): it is a base */
	bool library;                  /* compile_read(): there is no policy, but profiles to judge, and nothing to prove */
	unsigned n_profiles;           /* compile_read(), of a library */
	bool unchanged;                /* compile_write(): the plan was already there, byte for byte */
};

/* Does another file of this run extend the policy of this name? */
bool compile_is_extended(const struct compile_options *opt, const char *name);

/*
 * The phases, each after the one before it returned COMPILE_OK. A command takes as many as it needs. compile_read()
 * fills c (arena, src and diags are made here), whatever it returns; the caller frees c->arena.
 */
enum compile_result compile_parse(struct compile *c, const struct compile_options *opt); /* parse only; instead of the others */
enum compile_result compile_read(struct compile *c, const struct compile_options *opt); /* parse, resolve */
enum compile_result compile_judge(struct compile *c); /* lint, guarantees */
enum compile_result compile_lower(struct compile *c); /* the artifacts; compile_prove() does it when this was not called */
enum compile_result compile_prove(struct compile *c); /* compare with the policy, run its tests */
enum compile_result compile_write(struct compile *c); /* to opt->out_dir */

/* All of them, as far as the options ask. */
enum compile_result compile_policy(struct compile *c, const struct compile_options *opt);

#endif
