/*
 * diag_gcc.c - the format gcc: one line each, as editors and problem matchers read it.
 */
#include <string.h>

#include "diag_priv.h"

static void record(const struct diag_out *o, const struct diag_rec *r)
{
	struct src_pos p;
	const struct diag_info *info = diag_info(r->id);
	if (src_locate(o->src, r->where.beg, &p)) {
		const char *name = diag_file_name(p.file);
		diag_put_text(o->out, name, strlen(name));
		fprintf(o->out, ":%u:%u: ", p.line, p.column);
	}
	fprintf(o->out, "%s: ", diag_severity_word[info->severity]);
	diag_put_text(o->out, r->text, strlen(r->text));
	bool lint = info->severity == SEV_WARNING; /* whose name a silence needs */
	fprintf(o->out, " [%s%s%s]\n", info->code, lint ? " " : "", lint ? info->slug : "");
}

static void failure(FILE *out, const char *path, const char *text)
{
	(void)path; /* the text names it */
	fputs("sbxc: error: ", out);
	diag_put_text(out, text, strlen(text));
	fputc('\n', out);
}

const struct diag_renderer diag_gcc = {.record = record, .failure = failure};
