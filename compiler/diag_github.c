/*
 * diag_github.c - the format github: workflow commands, which GitHub shows beside the lines of a change.
 */
#include "diag_priv.h"

static const char *const command[] = {[SEV_ERROR] = "error", [SEV_WARNING] = "warning", [SEV_NOTE] = "notice"};

static void put_place(const struct diag_out *o, struct loc where)
{
	struct src_pos p, end;
	if (!diag_locate(o->src, where, &p, &end))
		return;
	fputs("file=", o->out);
	diag_put_command(o->out, diag_repository_path(diag_file_name(p.file)), true);
	fprintf(o->out, ",line=%u,col=%u", p.line, p.column);
	if (end.line == p.line && end.column > p.column)
		fprintf(o->out, ",endColumn=%u", end.column);
	fputc(',', o->out);
}

static void record(const struct diag_out *o, const struct diag_rec *r)
{
	const struct diag_info *info = diag_info(r->id);
	fprintf(o->out, "::%s ", command[info->severity]);
	put_place(o, r->where);
	fprintf(o->out, "title=%s %s::", info->code, info->slug);
	diag_put_command(o->out, r->text, false);
	for (unsigned i = 0; i < r->n_lines; i++) {
		fprintf(o->out, "%%0A%s: ", r->lines[i].is_help ? "help" : "note");
		diag_put_command(o->out, r->lines[i].text, false);
	}
	fputc('\n', o->out);
}

static void failure(FILE *out, const char *path, const char *text)
{
	fputs("::error ", out);
	if (path) {
		fputs("file=", out);
		diag_put_command(out, diag_repository_path(path), true);
		fputc(',', out);
	}
	fputs("title=sbxc::", out);
	diag_put_command(out, text, false);
	fputc('\n', out);
}

const struct diag_renderer diag_github = {.whole = true, .record = record, .failure = failure};
