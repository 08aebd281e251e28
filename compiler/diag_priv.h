/*
 * diag_priv.h - the records of diag.c as diag_print.c sees them; nobody else includes this.
 */
#ifndef SBX_DIAG_PRIV_H
#define SBX_DIAG_PRIV_H

#include "diag.h"

struct diag_span {
	struct loc where;
	const char *text;
};

struct diag_line {
	bool is_help;
	const char *text;
};

struct diag_rec {
	enum diag_id id;
	struct loc where;
	const char *text, *label;
	struct diag_span *second;
	unsigned n_second;
	struct diag_line *lines;
	unsigned n_lines;
	unsigned seq;
	struct arena *arena;
};

struct diags {
	struct arena *arena;
	const struct src *src;
	struct diag_rec **recs;
	unsigned n, errors, warnings;
};

#endif
