/*
 * explain.h - `sbxc explain`: what a policy or a plan means, for people.
 *
 * explain_rules.c says what the program can and cannot do, explain_manifest.c what holds it: from plan.yaml, of a plan as
 * of a policy, so that both read alike. explain_plan.c does the first from the .conf files and their models.
 * explain_seatbelt.c reads the profile of a plan for macOS; explain_seccomp.c prints the plan's own texts about its filter.
 */
#ifndef SBX_EXPLAIN_H
#define SBX_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

#include "../backends/backend.h"
#include "compile.h"
#include "json.h"
#include "manifest_read.h"
#include "validate.h"
#include "verify.h"

/* ---- the filter: seccomp-ARCH.txt, so what is reviewed is what was written ---- */

/* Is this the name of such a text? */
bool explain_is_seccomp(const char *name);
/* Prints those among the artifacts; false when there is none. */
bool explain_artifacts(const struct artifact *v, unsigned n, FILE *out);

/* ---- the rest ---- */

enum explain_form { EXPLAIN_TEXT, EXPLAIN_MARKDOWN, EXPLAIN_JSON };

/* Where it goes, and how; explain_out.c. */
struct explain {
	struct arena *arena;
	FILE *out;
	enum explain_form form;
	struct json json;
	bool in_section;
	unsigned n_rows; /* of the section, or of the table in it */
	bool after_text; /* of Markdown: what comes next is a block of its own */
	struct explain_kept *kept; /* rows of text that wait for the widest of them */
	unsigned n_kept;
};

void explain_begin(struct explain *x);
/* Before anything else is printed to x->out: writes what waits. */
void explain_flush(struct explain *x);
/* Text in lines of some 100 columns, those after the first indented so far. */
void explain_wrapped(struct explain *x, const char *text, unsigned indent);
void explain_end(struct explain *x);
/* Rows belong to the last section; its title in capitals. */
void explain_section(struct explain *x, const char *title);
/* What, on what, where it is said, why (or NULL). */
void explain_row(struct explain *x, const char *what, const char *object, const char *where, const char *because);
/* A number of JSON, beside the sections. */
void explain_number(struct explain *x, const char *key, uint64_t n);
/* A remark for readers; programs get none. */
void explain_note(struct explain *x, const char *text);
/* An item of a list, of the head or of caveats; not for programs. */
void explain_item(struct explain *x, const char *text);
void explain_title(struct explain *x, const char *head, const char *about);
void explain_words(struct explain *x, const char *const *words, unsigned n, unsigned width);

/* CAN and CANNOT of a policy. */
void explain_rules(const struct compile *k, struct explain *out);
/* One access a line, with its place. */
void explain_lines(const struct compile *k, FILE *out);

/* Name, version, targets; then limits, guarantees and caveats. `extra`: what else stands in the head, or "". */
void explain_head(const struct manifest *m, const char *extra, struct explain *x);
void explain_manifest(struct arena *a, const struct manifest *m, struct explain *x);

/* The statements of a profile of ours, each with the line of the policy that it keeps. */
void explain_seatbelt(struct arena *a, const char *text, size_t size, struct explain *x);

/* CAN of a plan: the lines of its .conf files, each with what its model lets pass there. */
void explain_plan(const struct compile *frame, struct validator *v, const struct plan_files *files, struct explain *out);

#endif
