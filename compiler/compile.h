/*
 * compile.h - the pipeline, and what it is given.
 */
#ifndef SBX_COMPILE_H
#define SBX_COMPILE_H

#include <stdbool.h>
#include <stdio.h>

#include "../backends/backend.h"
#include "diag.h"
#include "ir.h"

struct compile_set { /* --set NAME=VALUE */
	const char *name, *value;
};

enum compile_emit { EMIT_NONE, EMIT_AST, EMIT_IR, EMIT_SECCOMP };

struct compile_options {
	const char *path;    /* the policy file */
	const char *std_dir; /* folder of the library profiles, or NULL when none was found */
	const struct compile_set *sets;
	unsigned n_sets;
	const char *out_dir; /* -o, or NULL: check only */
	const char *depfile; /* --depfile, or NULL */
	enum optimize optimize;
	const char *recording; /* -O profile FILE, or NULL */
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
	const struct ir *ir;
	const char *failure;    /* COMPILE_IO: one line for people */
	unsigned n_expect;      /* expectations that were checked */
	unsigned n_files;       /* of the plan */
	bool unchanged;         /* the plan was already there, byte for byte */
	unsigned n_caveats;
};

/* Fills c (arena, src and diags are made here) and runs every phase. The caller frees c->arena. */
enum compile_result compile_policy(struct compile *c, const struct compile_options *opt);

#endif
