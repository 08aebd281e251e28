/*
 * diag_json.c - the format json: one object a line, with byte offsets, for programs.
 */
#include "diag_priv.h"

static void put_place(const struct diag_out *o, struct loc where)
{
	struct src_pos p, end;
	if (!diag_locate(o->src, where, &p, &end)) {
		fputs("\"file\":null", o->out);
		return;
	}
	fputs("\"file\":", o->out);
	diag_put_json(o->out, diag_file_name(p.file));
	size_t beg = (size_t)(p.line_text - p.file->text) + p.column - 1;
	fprintf(o->out, ",\"byte_start\":%zu,\"byte_end\":%zu", beg,
		(size_t)(end.line_text - end.file->text) + end.column - 1);
	fprintf(o->out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", p.line, p.column, end.line,
		end.column);
}

static void put_span(const struct diag_out *o, struct loc where, const char *label, bool primary)
{
	fputc('{', o->out);
	put_place(o, where);
	fprintf(o->out, ",\"primary\":%s,\"label\":", primary ? "true" : "false");
	diag_put_json(o->out, label);
	fputc('}', o->out);
}

static void put_spans(const struct diag_out *o, const struct diag_rec *r)
{
	bool placed = !loc_none(r->where);
	fputs(",\"spans\":[", o->out);
	if (placed)
		put_span(o, r->where, r->label, true);
	for (unsigned i = 0; i < r->n_second; i++) {
		if (placed || i)
			fputc(',', o->out);
		put_span(o, r->second[i].where, r->second[i].text, false);
	}
	fputc(']', o->out);
}

static void put_lines(const struct diag_out *o, const struct diag_rec *r, const char *key, bool help)
{
	bool any = false;
	fprintf(o->out, ",\"%s\":[", key);
	for (unsigned i = 0; i < r->n_lines; i++) {
		if (r->lines[i].is_help != help)
			continue;
		if (any)
			fputc(',', o->out);
		any = true;
		diag_put_json(o->out, r->lines[i].text);
	}
	fputc(']', o->out);
}

static void record(const struct diag_out *o, const struct diag_rec *r)
{
	const struct diag_info *info = diag_info(r->id);
	fprintf(o->out, "{\"code\":\"%s\",\"name\":\"%s\",\"level\":\"%s\",\"message\":", info->code, info->slug,
		diag_severity_word[info->severity]);
	diag_put_json(o->out, r->text);
	put_spans(o, r);
	put_lines(o, r, "notes", false);
	put_lines(o, r, "help", true);
	fputs(",\"fix\":", o->out);
	if (r->fix) {
		fputc('{', o->out);
		put_place(o, r->fix_at);
		fputs(",\"text\":", o->out);
		diag_put_json(o->out, r->fix);
		fputc('}', o->out);
	} else {
		fputs("null", o->out);
	}
	fputs("}\n", o->out);
}

static void failure(FILE *out, const char *path, const char *text)
{
	fputs("{\"code\":null,\"name\":null,\"level\":\"error\",\"message\":", out);
	diag_put_json(out, text);
	fputs(",\"spans\":[", out);
	if (path) {
		fputs("{\"file\":", out);
		diag_put_json(out, path);
		fputs(",\"primary\":true,\"label\":null}", out);
	}
	fputs("],\"notes\":[],\"help\":[],\"fix\":null}\n", out);
}

const struct diag_renderer diag_json = {.whole = true, .record = record, .failure = failure};
