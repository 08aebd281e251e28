/*
 * report_priv.h - what the parts of the report share.
 */
#ifndef SBX_REPORT_PRIV_H
#define SBX_REPORT_PRIV_H

#include "html.h"
#include "report.h"

struct report {
	struct arena *a;
	struct html *h;
	const struct compile *k;
	const struct ir *ir;
	const struct diff *change; /* or NULL */
	const char *base;
	const struct src_file **files; /* by name */
	size_t n_files;
};

enum { REPORT_MANY = 40 }; /* rows that are read without a fold around them */

/* ---- the parts, in the order of the page ---- */

void report_change(struct report *r);  /* what changed */
void report_access(struct report *r);  /* what it can do */
void report_tree(struct report *r);    /* the same of files, drawn */
void report_holds(struct report *r);   /* what holds it */
void report_detail(struct report *r);  /* limits, environment, system calls, artifacts */
void report_filter(struct report *r, enum arch machine, const char *text); /* of those, one filter: lines and instructions */
void report_tests(struct report *r);
void report_origin(struct report *r);  /* where it comes from */
void report_source(struct report *r); /* of that, the text of the files */

/* ---- pieces: report.c ---- */

/* A section with a heading; the caller closes it. `id` is its anchor. */
void report_section(struct report *r, const char *id, const char *title);
/* A table with the words of its head, ended by NULL; the caller closes it with report_table_end(). */
void report_table(struct report *r, const char *caption, const char *const *heads);
/* The same under no caption, of a kind that the style knows. */
void report_table_of(struct report *r, const char *kind, const char *const *heads);
void report_table_end(struct report *r);
/* Begins a cell under this head; html_close() ends it. */
void report_cell(struct report *r, const char *head);
void report_text_cell(struct report *r, const char *head, const char *text);
void report_code_cell(struct report *r, const char *head, const char *text);
/* A word that must not be passed over: bold, in a frame. */
void report_mark(struct report *r, const char *word);
/* " on linux" where a fact is not of all targets. */
void report_targets(struct report *r, uint32_t targets);
/* Before all others: sets the files of the report. */
void report_files(struct report *r);
/* "file:line", which leads to the line on the page. */
void report_place(struct report *r, struct loc loc);
/* The same of a line that is known by its text: "old p.sbx:7" is not on the page and leads nowhere. */
void report_where(struct report *r, const char *where);
/* The line and the reason, in one cell. */
void report_line_cell(struct report *r, const struct origin *o);
/* A fold with this on its head; html_close() ends it. */
void report_fold(struct report *r, const char *head);
/* A sentence of ours: what stands between backquotes is code. */
void report_prose(struct report *r, const char *text);
/* "1 place", "2 places" */
const char *report_count(struct arena *a, unsigned n, const char *one, const char *many);

#endif
