/*
 * diag_sarif.c - the format sarif: one document of SARIF 2.1.0, its rules from diag.def.
 *
 * Records are elements of `results`, each with a comma before it, so that those of several processes can stand side by side;
 * the stream leaves the first comma out. Columns count characters here, not bytes.
 */
#include "codes.h"
#include "diag_priv.h"
#include "json.h"
#include "str.h"

static const char *const level[] = {[SEV_ERROR] = "error", [SEV_WARNING] = "warning", [SEV_NOTE] = "note"};

static void put_text(FILE *out, const char *key, const char *text)
{
	fprintf(out, ",\"%s\":{\"text\":", key);
	json_string(out, text);
	fputc('}', out);
}

/* With the page of each code, for viewers where there is no `sbxc --explain`. */
static void put_rules(FILE *out)
{
	struct arena *a = arena_new();
	for (unsigned i = 0; i < DIAG_COUNT; i++) {
		const struct diag_info *info = diag_info((enum diag_id)i);
		const char *about = code_about(a, info->code);
		fprintf(out, "%s{\"id\":\"%s\",\"name\":\"%s\"", i ? "," : "", info->code, info->slug);
		put_text(out, "shortDescription", info->description);
		put_text(out, "fullDescription", about ? about : info->description);
		put_text(out, "help", arena_printf(a, "%s\nExamples: sbxc --explain %s", about ? about : info->description, info->code));
		fprintf(out, ",\"defaultConfiguration\":{\"level\":\"%s\"}}", level[info->severity]);
	}
	arena_free(a);
}

static void head(FILE *out)
{
	fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
	      "\"tool\":{\"driver\":{\"name\":\"sbxc\",\"version\":\"" SBX_VERSION "\",\"rules\":[", out);
	put_rules(out);
	fputs("]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[", out);
}

static void tail(FILE *out, const char *failures, size_t n)
{
	fprintf(out, "],\"invocations\":[{\"executionSuccessful\":%s,\"toolExecutionNotifications\":[", n ? "false" : "true");
	fwrite(failures, 1, n, out);
	fputs("]}]}]}\n", out);
}

/* From 1, in characters; a byte of no character counts as one. */
static unsigned column(const struct src_pos *p)
{
	unsigned c = 1;
	for (size_t i = 0; i + 1 < p->column;) {
		unsigned n = utf8_len(p->line_text + i, p->line_len - i);
		i += n ? n : 1;
		c++;
	}
	return c;
}

static void put_artifact(FILE *out, const char *name)
{
	fputs("\"artifactLocation\":{\"uri\":", out);
	diag_put_uri(out, name);
	fputc('}', out);
}

static void put_region(FILE *out, const struct src_pos *p, const struct src_pos *end)
{
	fprintf(out, "{\"startLine\":%u,\"startColumn\":%u,\"endLine\":%u,\"endColumn\":%u}", p->line, column(p), end->line,
		column(end));
}

/* A location; the text of its own is NULL for the place that the message is about. */
static bool put_location(const struct diag_out *o, struct loc where, const char *text, const char *before)
{
	struct src_pos p, end;
	if (!diag_locate(o->src, where, &p, &end))
		return false;
	fprintf(o->out, "%s{\"physicalLocation\":{", before);
	put_artifact(o->out, diag_file_name(p.file));
	fputs(",\"region\":", o->out);
	put_region(o->out, &p, &end);
	fputc('}', o->out);
	if (text) {
		fputs(",\"message\":{\"text\":", o->out);
		json_string(o->out, text);
		fputc('}', o->out);
	}
	fputc('}', o->out);
	return true;
}

/* The facts and the way out belong to the message: viewers show nothing else. */
static void put_message(const struct diag_out *o, const struct diag_rec *r)
{
	struct buf b = buf_new(r->arena);
	buf_puts(&b, r->text);
	for (unsigned i = 0; i < r->n_lines; i++)
		buf_printf(&b, "\n%s: %s", r->lines[i].is_help ? "help" : "note", r->lines[i].text);
	fputs("\"message\":{\"text\":", o->out);
	json_string(o->out, buf_str(&b));
	fputc('}', o->out);
}

static void put_fix(const struct diag_out *o, const struct diag_rec *r)
{
	struct src_pos p, end;
	if (!r->fix || !diag_locate(o->src, r->fix_at, &p, &end))
		return;
	fputs(",\"fixes\":[{\"artifactChanges\":[{", o->out);
	put_artifact(o->out, diag_file_name(p.file));
	fputs(",\"replacements\":[{\"deletedRegion\":", o->out);
	put_region(o->out, &p, &end);
	fputs(",\"insertedContent\":{\"text\":", o->out);
	json_string(o->out, r->fix);
	fputs("}}]}]}]", o->out);
}

static void record(const struct diag_out *o, const struct diag_rec *r)
{
	const struct diag_info *info = diag_info(r->id);
	fprintf(o->out, ",\n{\"ruleId\":\"%s\",\"ruleIndex\":%u,\"level\":\"%s\",", info->code, (unsigned)r->id,
		level[info->severity]);
	put_message(o, r);
	fputs(",\"locations\":[", o->out);
	put_location(o, r->where, NULL, "");
	fputs("],\"relatedLocations\":[", o->out);
	bool any = false;
	for (unsigned i = 0; i < r->n_second; i++)
		any |= put_location(o, r->second[i].where, r->second[i].text, any ? "," : "");
	fputc(']', o->out);
	put_fix(o, r);
	fputc('}', o->out);
}

static void failure(FILE *out, const char *path, const char *text)
{
	fputs("{\"level\":\"error\",\"message\":{\"text\":", out);
	json_string(out, text);
	fputc('}', out);
	if (path) {
		fputs(",\"locations\":[{\"physicalLocation\":{", out);
		put_artifact(out, path);
		fputs("}}]", out);
	}
	fputc('}', out);
}

const struct diag_renderer diag_sarif = {
    .whole = true, .record = record, .failure = failure, .head = head, .tail = tail};
