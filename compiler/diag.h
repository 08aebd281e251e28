/*
 * diag.h - diagnostics are records in a queue; one renderer for each format prints them.
 *
 * Nothing else in the compiler writes to stderr. Every record has an id from diag.def: number and slug for ever.
 * How to word one: docs/contributing.md.
 */
#ifndef SBX_DIAG_H
#define SBX_DIAG_H

#include <stdbool.h>
#include <stdio.h>

#include "src.h"

enum diag_id {
#define DIAG(id, number, severity, slug, description) DIAG_##id,
#include "diag.def"
	DIAG_COUNT
};

enum severity { SEV_ERROR, SEV_WARNING, SEV_NOTE };

enum { DIAG_MAX_ERRORS = 20 }; /* printed, and as many warnings; the rest is counted */

struct diags;
struct diag_rec;

struct diags *diags_new(struct arena *a, const struct src *src);

/*
 * Queues a record at `where`. The message starts lower case, has no full stop, speaks of the policy. The returned
 * record (never NULL) takes the details below; all text is copied into the arena.
 */
struct diag_rec *diag(struct diags *d, enum diag_id id, struct loc where, const char *fmt, ...) SBX_PRINTF(4, 5);
/* The string of this text inside of a statement, for a caret at it alone; the statement where it is not written so, or twice. */
struct loc diag_string_in(const struct diags *d, struct loc statement, const char *text);
/* Short text beside the caret. */
void diag_label(struct diag_rec *r, const char *fmt, ...) SBX_PRINTF(2, 3);
/* A second place that matters, with its own short text. */
void diag_second(struct diag_rec *r, struct loc where, const char *fmt, ...) SBX_PRINTF(3, 4);
/* A fact that explains. */
void diag_note(struct diag_rec *r, const char *fmt, ...) SBX_PRINTF(2, 3);
/* The one change that most likely fixes it, as text that can be pasted. A NULL from suggest() may be passed with
 * diag_help_if, or with what helps then. */
void diag_help(struct diag_rec *r, const char *fmt, ...) SBX_PRINTF(2, 3);
void diag_help_if(struct diag_rec *r, const char *text);
void diag_help_or(struct diag_rec *r, const char *text, const char *other);
/*
 * What a program may do by itself: put this text in the place of the bytes at `where`; the last one counts. A help that
 * says no more than "did you mean `X`?" (suggest() with one word) makes X the fix of the marked word without being told.
 */
void diag_fix(struct diag_rec *r, struct loc where, const char *fmt, ...) SBX_PRINTF(3, 4);

unsigned diag_errors(const struct diags *d);
unsigned diag_warnings(const struct diags *d);
/* Was a record with this id queued, and not silenced, whose place overlaps `where`? For "one cause, one message". */
bool diag_seen(const struct diags *d, enum diag_id id, struct loc where);

/*
 * `# sbx: allow(NAME) reason`: a warning with the id whose place begins on the line that starts at this offset is not said.
 * where: the comment.
 */
void diag_silence(struct diags *d, uint32_t line, enum diag_id id, struct loc where, bool reason);
/* Is a warning of this kind silenced at this place? The silence counts as used then. */
bool diag_is_silenced(struct diags *d, enum diag_id id, struct loc where);
/* Warns of silences without a reason, and of those in `file` that silenced nothing. When all warnings are queued. */
void diags_check_silences(struct diags *d, const struct src_file *file);

enum diag_format { DIAG_TEXT, DIAG_GCC, DIAG_JSON, DIAG_SARIF, DIAG_GITHUB, DIAG_FORMATS };
extern const char *const diag_format_name[DIAG_FORMATS];
/*
 * Prints all records in order of place (file order, then offset). People get DIAG_MAX_ERRORS of a kind, programs all. Of
 * sarif these are elements for the list `results` of a document, each with a comma before it: struct diag_stream.
 */
void diags_print(const struct diags *d, FILE *out, enum diag_format format, bool colour);

/* The first of them in one line, as the format gcc has it; "" when there is none. From the arena. */
const char *diags_first(struct arena *a, const struct diags *d);

/*
 * All that one run of a command has to say in one format, which is valid as a whole: several policies, files that could
 * not be read. Zeroed but for its first three members, it is ready for use.
 */
struct diag_stream {
	FILE *out;
	enum diag_format format;
	bool colour;
	bool open, any;     /* the head is written; a record is */
	char *failures;     /* sarif: they stand after the records */
	size_t n_failures;
};
void diag_stream_diags(struct diag_stream *s, const struct diags *d);
/* The same records, as diags_print() gave them in another process. */
void diag_stream_text(struct diag_stream *s, const char *text, size_t n);
/* What is no fault of a policy's text: a file that cannot be read. path: or NULL. */
void diag_stream_failure(struct diag_stream *s, const char *path, const char *text);
/* Ends it; a sarif document is written also when nothing was to say. */
void diag_stream_close(struct diag_stream *s);

/* A name of a file, or other bytes that nobody vouches for, escaped for a terminal; and how wide that is. */
void diag_show(FILE *out, const char *text);
size_t diag_shown_width(const char *text);

struct diag_info {
	const char *code; /* "E0100" */
	const char *slug; /* "unknown-word" */
	enum severity severity;
	const char *description;
};
const struct diag_info *diag_info(enum diag_id id);

#endif
