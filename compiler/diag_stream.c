/*
 * diag_stream.c - the formats by name, the order of the records, and one valid output of a whole run.
 */
#include <stdlib.h>
#include <string.h>

#include "diag_priv.h"

static const struct diag_renderer *const renderers[DIAG_FORMATS] = {
    [DIAG_TEXT] = &diag_text,   [DIAG_GCC] = &diag_gcc,	      [DIAG_JSON] = &diag_json,
    [DIAG_SARIF] = &diag_sarif, [DIAG_GITHUB] = &diag_github,
};
const char *const diag_format_name[DIAG_FORMATS] = {
    [DIAG_TEXT] = "text",   [DIAG_GCC] = "gcc",	      [DIAG_JSON] = "json",
    [DIAG_SARIF] = "sarif", [DIAG_GITHUB] = "github",
};
const char *const diag_severity_word[] = {[SEV_ERROR] = "error", [SEV_WARNING] = "warning", [SEV_NOTE] = "note"};

const char *diag_file_name(const struct src_file *f)
{
	return f->is_std ? f->name : f->spelled;
}

bool diag_locate(const struct src *src, struct loc where, struct src_pos *beg, struct src_pos *end)
{
	if (!src_locate(src, where.beg, beg))
		return false;
	if (where.end < where.beg || !src_locate(src, where.end, end) || end->file != beg->file)
		*end = *beg;
	return true;
}

static int by_place(const void *x, const void *y)
{
	const struct diag_rec *a = *(struct diag_rec *const *)x, *b = *(struct diag_rec *const *)y;
	if (a->where.beg != b->where.beg)
		return a->where.beg < b->where.beg ? -1 : 1;
	return a->seq < b->seq ? -1 : a->seq > b->seq;
}

/* What people are not shown. */
struct hidden {
	unsigned errors, warnings;
};

static bool is_hidden(struct hidden *h, enum severity severity)
{
	unsigned *n = severity == SEV_ERROR ? &h->errors : severity == SEV_WARNING ? &h->warnings : NULL;
	return n && ++*n > DIAG_MAX_ERRORS;
}

static unsigned put_hidden(FILE *out, unsigned n, const char *word)
{
	unsigned more = n > DIAG_MAX_ERRORS ? n - DIAG_MAX_ERRORS : 0;
	if (more)
		fprintf(out, "%u more %s%s %s not shown\n", more, word, more == 1 ? "" : "s", more == 1 ? "is" : "are");
	return more;
}

void diags_visit(const struct diags *d, FILE *out, enum diag_format format, bool colour, diag_visit_fn *after, void *ctx)
{
	const struct diag_renderer *renderer = renderers[format];
	const struct diag_out o = {.out = out, .src = d->src, .colour = colour};
	struct hidden hidden = {0};
	if (diag_errors(d) == 0 && d->n == 0) /* asked in this order: the records are settled then */
		return;
	struct diag_rec **sorted = ARENA_ARRAY(d->arena, d->n, struct diag_rec *);
	memcpy(sorted, d->recs, d->n * sizeof(struct diag_rec *));
	qsort(sorted, d->n, sizeof(struct diag_rec *), by_place);
	for (unsigned i = 0; i < d->n; i++) {
		enum severity severity = diag_info(sorted[i]->id)->severity;
		if (sorted[i]->silenced || (!renderer->whole && is_hidden(&hidden, severity)))
			continue;
		renderer->record(&o, sorted[i]);
		after(ctx, sorted[i], severity, 0);
	}
	if (renderer->whole)
		return;
	unsigned more = put_hidden(out, hidden.errors, "error");
	if (more)
		after(ctx, NULL, SEV_ERROR, more);
	more = put_hidden(out, hidden.warnings, "warning");
	if (more)
		after(ctx, NULL, SEV_WARNING, more);
}

static void ignore(void *ctx, const struct diag_rec *r, enum severity severity, unsigned hidden)
{
	(void)ctx;
	(void)r;
	(void)severity;
	(void)hidden;
}

void diags_print(const struct diags *d, FILE *out, enum diag_format format, bool colour)
{
	diags_visit(d, out, format, colour, ignore, NULL);
}

const char *diags_first(struct arena *a, const struct diags *d)
{
	struct text_out text;
	text_begin(&text);
	diags_print(d, text.out, DIAG_GCC, false);
	text_end(&text);
	const char *line = arena_strndup(a, text.bytes, strcspn(text.bytes, "\n"));
	free(text.bytes);
	return line;
}

/* ---- a whole run ---- */

static void stream_open(struct diag_stream *s)
{
	if (!s->open && renderers[s->format]->head)
		renderers[s->format]->head(s->out);
	s->open = true;
}

void diag_stream_text(struct diag_stream *s, const char *text, size_t n)
{
	stream_open(s);
	bool comma = renderers[s->format]->head && !s->any && n;
	fwrite(text + comma, 1, n - comma, s->out);
	s->any |= n != 0;
}

void diag_stream_diags(struct diag_stream *s, const struct diags *d)
{
	struct text_out text;
	if (!renderers[s->format]->head) {
		diags_print(d, s->out, s->format, s->colour);
		return;
	}
	text_begin(&text);
	diags_print(d, text.out, s->format, s->colour);
	text_end(&text);
	diag_stream_text(s, text.bytes, text.n);
	free(text.bytes);
}

void diag_stream_failure(struct diag_stream *s, const char *path, const char *text)
{
	struct text_out all;
	if (!renderers[s->format]->tail) {
		renderers[s->format]->failure(s->out, path, text);
		return;
	}
	text_begin(&all);
	if (s->n_failures) {
		fwrite(s->failures, 1, s->n_failures, all.out);
		fputc(',', all.out);
	}
	renderers[s->format]->failure(all.out, path, text);
	text_end(&all);
	free(s->failures);
	s->failures = all.bytes;
	s->n_failures = all.n;
}

void diag_stream_close(struct diag_stream *s)
{
	const struct diag_renderer *r = renderers[s->format];
	if (!r->tail)
		return;
	stream_open(s);
	r->tail(s->out, s->failures, s->n_failures);
	free(s->failures);
	s->failures = NULL;
}
