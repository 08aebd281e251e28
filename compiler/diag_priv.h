/*
 * diag_priv.h - the records of diag.c as the renderers see them; nobody else includes this.
 */
#ifndef SBX_DIAG_PRIV_H
#define SBX_DIAG_PRIV_H

#include "diag.h"
#include "name_map.h"

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
	struct loc fix_at; /* no place: there is none */
	const char *fix;
	unsigned seq;
	bool silenced;
	const struct diags *diags;
	struct arena *arena;
};

struct silence {
	uint32_t line;
	enum diag_id id;
	struct loc where;
	bool reason, used;
};

struct diags {
	struct arena *arena;
	const struct src *src;
	struct diag_rec **recs;
	unsigned n, errors, warnings;
	unsigned n_settled;   /* this many are complete, and none is another once more */
	struct name_map said; /* their whole texts */
	struct silence *silences; /* by line, once sorted */
	unsigned n_silences;
	bool silences_sorted;
};

/*
 * One cause, one message: what is wrong with a profile is found at each of its uses. The last record, complete by now, is taken away
 * where it says what another said.
 */
void diag_settle(struct diags *d);


struct diag_out {
	FILE *out;
	const struct src *src;
	bool colour;
};

struct diag_renderer {
	bool whole; /* every record: for programs */
	void (*record)(const struct diag_out *o, const struct diag_rec *r);
	void (*failure)(FILE *out, const char *path, const char *text);
	/* Of formats that are one document; else NULL. `failures` is what failure() wrote. */
	void (*head)(FILE *out);
	void (*tail)(FILE *out, const char *failures, size_t n);
};
extern const struct diag_renderer diag_text, diag_gcc, diag_json, diag_sarif, diag_github;

/* Prints as diags_print() does. `after` is told of each record, and (r: NULL) of each line that says how many are `hidden`. */
typedef void diag_visit_fn(void *ctx, const struct diag_rec *r, enum severity severity, unsigned hidden);
void diags_visit(const struct diags *d, FILE *out, enum diag_format format, bool colour, diag_visit_fn *after, void *ctx);

extern const char *const diag_severity_word[];
/* People want the path they typed; a library profile goes by its name wherever it is installed. */
const char *diag_file_name(const struct src_file *f);
/* Where a location begins and ends: the mark of a missing word may reach past the end of its file. False for no place. */
bool diag_locate(const struct src *src, struct loc where, struct src_pos *beg, struct src_pos *end);

/* diag_escape.c: how bytes nobody vouches for are written. */
/* For terminals: control characters, and what is no UTF-8, as \xHH; tabs as they are. */
void diag_put_text(FILE *out, const char *s, size_t n);
size_t diag_text_width(const char *s, size_t n);
/*
 * As those who read a run's results know a file: by its path from the folder of the run, which is the top of a repository
 * there. Without `./`; what lies elsewhere keeps its whole path.
 */
const char *diag_repository_path(const char *path);
/* That as a relative or file: URI. */
void diag_put_uri(FILE *out, const char *path);
/* A value of a workflow command; `property`: one that stands before its `::`. */
void diag_put_command(FILE *out, const char *s, bool property);

#endif
