/*
 * diag_json.c - the format json: one object a line, with byte offsets, for programs.
 */
#include "diag_priv.h"
#include "json.h"

static void put_text(struct json *j, const char *key, const char *text)
{
	if (text)
		json_text(j, key, text);
	else
		json_null(j, key);
}

static void put_place(struct json *j, const struct src *src, struct loc where)
{
	struct src_pos p, end;
	if (!diag_locate(src, where, &p, &end)) {
		json_null(j, "file");
		return;
	}
	json_text(j, "file", diag_file_name(p.file));
	json_number(j, "byte_start", (size_t)(p.line_text - p.file->text) + p.column - 1);
	json_number(j, "byte_end", (size_t)(end.line_text - end.file->text) + end.column - 1);
	json_number(j, "line", p.line);
	json_number(j, "column", p.column);
	json_number(j, "end_line", end.line);
	json_number(j, "end_column", end.column);
}

static void put_span(struct json *j, const struct src *src, struct loc where, const char *label, bool primary)
{
	json_open(j, NULL, '{');
	put_place(j, src, where);
	json_bool(j, "primary", primary);
	put_text(j, "label", label);
	json_close(j);
}

static void put_spans(struct json *j, const struct src *src, const struct diag_rec *r)
{
	json_open(j, "spans", '[');
	if (!loc_none(r->where))
		put_span(j, src, r->where, r->label, true);
	for (unsigned i = 0; i < r->n_second; i++)
		put_span(j, src, r->second[i].where, r->second[i].text, false);
	json_close(j);
}

static void put_lines(struct json *j, const struct diag_rec *r, const char *key, bool help)
{
	json_open(j, key, '[');
	for (unsigned i = 0; i < r->n_lines; i++)
		if (r->lines[i].is_help == help)
			json_text(j, NULL, r->lines[i].text);
	json_close(j);
}

static void put_head(struct json *j, const struct diag_info *info, const char *level, const char *message)
{
	json_open(j, NULL, '{');
	put_text(j, "code", info ? info->code : NULL);
	put_text(j, "name", info ? info->slug : NULL);
	json_text(j, "level", level);
	json_text(j, "message", message);
}

static void record(const struct diag_out *o, const struct diag_rec *r)
{
	const struct diag_info *info = diag_info(r->id);
	struct json j = {.out = o->out, .compact = true};
	put_head(&j, info, diag_severity_word[info->severity], r->text);
	put_spans(&j, o->src, r);
	put_lines(&j, r, "notes", false);
	put_lines(&j, r, "help", true);
	if (r->fix) {
		json_open(&j, "fix", '{');
		put_place(&j, o->src, r->fix_at);
		json_text(&j, "text", r->fix);
		json_close(&j);
	} else {
		json_null(&j, "fix");
	}
	json_close(&j);
}

static void failure(FILE *out, const char *path, const char *text)
{
	struct json j = {.out = out, .compact = true};
	put_head(&j, NULL, "error", text);
	json_open(&j, "spans", '[');
	if (path) {
		json_open(&j, NULL, '{');
		json_text(&j, "file", path);
		json_bool(&j, "primary", true);
		json_null(&j, "label");
		json_close(&j);
	}
	json_close(&j);
	json_open(&j, "notes", '[');
	json_close(&j);
	json_open(&j, "help", '[');
	json_close(&j);
	json_null(&j, "fix");
	json_close(&j);
}

const struct diag_renderer diag_json = {.whole = true, .record = record, .failure = failure};
