/*
 * explain_manifest.c - what holds a policy: limits, guarantees, caveats, as plan.yaml says them.
 */
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "say.h"
#include "str.h"

enum { NAME = 22, LEVEL = 9 }; /* columns */

static void json_head(const struct manifest *m, struct json *j)
{
	json_text(j, "policy", manifest_head(m, "policy"));
	json_text(j, "version", manifest_head(m, "version"));
	json_text(j, "about", manifest_head(m, "about"));
	json_number(j, "edition", strtoul(manifest_head(m, "edition"), NULL, 10));
	json_open(j, "targets", '[');
	for (unsigned i = 0; i < manifest_count(m, LIST_TARGETS); i++)
		json_text(j, NULL, manifest_get(m, LIST_TARGETS, i, ""));
	json_close(j);
	json_open(j, "extends", '[');
	for (unsigned i = 0; i < manifest_count(m, LIST_BASES); i++) {
		json_open(j, NULL, '{');
		json_text(j, "name", manifest_get(m, LIST_BASES, i, "name"));
		json_text(j, "version", manifest_get(m, LIST_BASES, i, "version"));
		json_close(j);
	}
	json_close(j);
	json_open(j, "load-time-params", '[');
	for (unsigned i = 0; i < manifest_count(m, LIST_PARAMS); i++) {
		json_open(j, NULL, '{');
		json_text(j, "name", manifest_get(m, LIST_PARAMS, i, "name"));
		json_text(j, "type", manifest_get(m, LIST_PARAMS, i, "type"));
		json_text(j, "default", manifest_get(m, LIST_PARAMS, i, "default"));
		json_text(j, "about", manifest_get(m, LIST_PARAMS, i, "about"));
		json_close(j);
	}
	json_close(j);
}

/* The default of a param as a policy would write it. */
static const char *default_text(struct arena *a, const char *type, const char *value)
{
	for (unsigned t = 0; value && t < TYPE_COUNT; t++)
		if (strcmp(type_name[t], type) == 0)
			return say_default(a, (enum type)t, value);
	return value;
}

void explain_head(const struct manifest *m, const char *extra, struct explain *x)
{
	const char *version = manifest_head(m, "version"), *about = manifest_head(m, "about");
	struct buf head = buf_new(x->arena);
	if (x->form == EXPLAIN_JSON) {
		json_head(m, &x->json);
		return;
	}
	buf_printf(&head, "%s%s%s%s  for ", manifest_head(m, "policy"), version[0] ? " " : "", version, extra);
	for (unsigned i = 0; i < manifest_count(m, LIST_TARGETS); i++)
		buf_printf(&head, "%s%s", i ? ", " : "", manifest_get(m, LIST_TARGETS, i, ""));
	buf_printf(&head, "  edition %s", manifest_head(m, "edition"));
	explain_title(x, buf_str(&head), about);
	for (unsigned i = 0; i < manifest_count(m, LIST_PARAMS); i++) {
		const char *type = manifest_get(m, LIST_PARAMS, i, "type"), *what = manifest_get(m, LIST_PARAMS, i, "about");
		const char *value = default_text(x->arena, type, manifest_get(m, LIST_PARAMS, i, "default"));
		explain_item(x, arena_printf(x->arena, "given at load: %s (%s%s%s)%s%s", manifest_get(m, LIST_PARAMS, i, "name"), type,
					     value ? ", else " : "", value ? value : "", what ? "  " : "", what ? what : ""));
	}
	fputs(x->form == EXPLAIN_TEXT ? "\n" : "", x->out);
}

/* "268435456" "bytes" as it would be written. */
static const char *value_text(struct arena *a, const char *name, const char *value, const char *param)
{
	struct ir_limit limit = {.param = param};
	for (unsigned l = 0; l < LIMIT_COUNT; l++)
		if (strcmp(limit_name[l], name) == 0 && parse_u64(value, strlen(value), UINT64_MAX, &limit.value))
			return say_limit_of(a, (enum limit)l, &limit);
	return value;
}

static bool same_limit(const struct manifest *m, unsigned i, unsigned k)
{
	static const char *const keys[] = {"name", "value", "param", "at"};
	bool same = true;
	for (unsigned f = 0; f < sizeof(keys) / sizeof(keys[0]); f++) {
		const char *x = manifest_get(m, LIST_LIMITS, i, keys[f]), *y = manifest_get(m, LIST_LIMITS, k, keys[f]);
		same &= strcmp(x ? x : "", y ? y : "") == 0;
	}
	return same;
}

/* One row for what says the same on several systems. */
static void print_limit(struct arena *a, const struct manifest *m, unsigned i, struct explain *out)
{
	const char *name = manifest_get(m, LIST_LIMITS, i, "name"), *at = manifest_get(m, LIST_LIMITS, i, "at");
	struct buf b = buf_new(a);
	unsigned same = 0;
	for (unsigned k = 0; k < manifest_count(m, LIST_LIMITS); k++)
		if (same_limit(m, i, k)) {
			if (k < i)
				return;
			buf_printf(&b, "%s%s", same++ ? ", " : "", manifest_get(m, LIST_LIMITS, k, "target"));
		}
	const char *value = value_text(a, name, manifest_get(m, LIST_LIMITS, i, "value"), manifest_get(m, LIST_LIMITS, i, "param"));
	bool all = same == manifest_count(m, LIST_TARGETS);
	explain_row(out, name, all ? value : arena_printf(a, "%s on %s", value, buf_str(&b)), at ? at : "by default",
		    manifest_get(m, LIST_LIMITS, i, "because"));
}

static void print_limits(struct arena *a, const struct manifest *m, struct explain *out)
{
	if (manifest_count(m, LIST_LIMITS))
		explain_section(out, "LIMITS");
	for (unsigned i = 0; i < manifest_count(m, LIST_LIMITS); i++)
		print_limit(a, m, i, out);
}

/* The entry of a guarantee on a target, or -1. */
static int find_guarantee(const struct manifest *m, const char *name, const char *target)
{
	for (unsigned i = 0; i < manifest_count(m, LIST_GUARANTEES); i++)
		if (strcmp(manifest_get(m, LIST_GUARANTEES, i, "name"), name) == 0 &&
		    strcmp(manifest_get(m, LIST_GUARANTEES, i, "target"), target) == 0)
			return (int)i;
	return -1;
}

/* level: the columns that it takes before what keeps it. */
static const char *cell(struct arena *a, const struct manifest *m, int i, int level_width)
{
	if (i < 0)
		return "";
	const char *level = manifest_get(m, LIST_GUARANTEES, (unsigned)i, "level");
	const char *by = manifest_get(m, LIST_GUARANTEES, (unsigned)i, "mechanism");
	bool preferred = strcmp(manifest_get(m, LIST_GUARANTEES, (unsigned)i, "is"), "preferred") == 0;
	bool weak = strcmp(level, "partial") == 0 || strcmp(level, "absent") == 0;
	return arena_printf(a, "%-*s%s%s%s", by ? level_width : 0, weak ? (level[0] == 'p' ? "PARTIAL" : "ABSENT") : level,
			    by ? "  " : "", by ? by : "", preferred ? ", preferred" : "");
}

static int widest_cell(struct arena *a, const struct manifest *m)
{
	size_t width = 0;
	for (unsigned i = 0; i < manifest_count(m, LIST_GUARANTEES); i++) {
		size_t n = strlen(cell(a, m, (int)i, LEVEL));
		width = n > width ? n : width;
	}
	return (int)width;
}

static void print_guarantees(struct arena *a, const struct manifest *m, struct explain *x)
{
	unsigned n = manifest_count(m, LIST_TARGETS);
	int width = widest_cell(a, m);
	explain_flush(x);
	fprintf(x->out, "%-*s", NAME + 2, "GUARANTEES");
	for (unsigned t = 0; t < n; t++)
		fprintf(x->out, "  %-*s", t + 1 < n ? width : 0, manifest_get(m, LIST_TARGETS, t, ""));
	fputc('\n', x->out);
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		bool asked = false;
		for (unsigned t = 0; t < n; t++)
			asked |= find_guarantee(m, cap_name[c], manifest_get(m, LIST_TARGETS, t, "")) >= 0;
		if (!asked)
			continue;
		struct buf b = buf_new(a);
		buf_printf(&b, "  %-*s", NAME, cap_name[c]);
		for (unsigned t = 0; t < n; t++)
			buf_printf(&b, "  %-*s", width,
				   cell(a, m, find_guarantee(m, cap_name[c], manifest_get(m, LIST_TARGETS, t, "")), LEVEL));
		while (b.len && b.data[b.len - 1] == ' ')
			b.data[--b.len] = '\0';
		fprintf(x->out, "%s\n", buf_str(&b));
	}
}

/* One row for each guarantee and system. */
static void list_guarantees(struct arena *a, const struct manifest *m, struct explain *x)
{
	static const char *const keys[] = {"name", "target", "level", "is", "mechanism", "note", "at", "because"};
	explain_section(x, "GUARANTEES");
	for (unsigned i = 0; i < manifest_count(m, LIST_GUARANTEES); i++) {
		const char *at = manifest_get(m, LIST_GUARANTEES, i, "at");
		if (x->form == EXPLAIN_JSON) {
			json_open(&x->json, NULL, '{');
			for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
				json_text(&x->json, keys[k], manifest_get(m, LIST_GUARANTEES, i, keys[k]));
			json_close(&x->json);
			continue;
		}
		explain_row(x, arena_printf(a, "%s on %s", manifest_get(m, LIST_GUARANTEES, i, "name"),
					    manifest_get(m, LIST_GUARANTEES, i, "target")),
			    cell(a, m, (int)i, 0), at ? at : "", manifest_get(m, LIST_GUARANTEES, i, "note"));
	}
}

/* "fs.glob.live@linux: what does not hold; accepted at p.sbx:3: why" */
static const char *caveat_text(struct arena *a, const char *id, const char *note, const char *accepted, const char *because)
{
	const char *text = arena_printf(a, "%s: %s", id, note);
	if (!accepted)
		return text;
	return arena_printf(a, "%s; accepted at %s%s%s", text, accepted, because ? ": " : "", because ? because : "");
}

static void print_caveats(struct arena *a, const struct manifest *m, struct explain *x)
{
	unsigned n = manifest_count(m, LIST_CAVEATS);
	explain_section(x, "CAVEATS");
	if (!n)
		explain_note(x, "none");
	for (unsigned i = 0; i < n; i++) {
		const char *accepted = manifest_get(m, LIST_CAVEATS, i, "accepted"), *because = manifest_get(m, LIST_CAVEATS, i, "because");
		const char *id = manifest_get(m, LIST_CAVEATS, i, "id"), *note = manifest_get(m, LIST_CAVEATS, i, "note");
		if (x->form == EXPLAIN_JSON) {
			explain_row(x, id, note, accepted ? accepted : "", because);
			continue;
		}
		if (x->form == EXPLAIN_MARKDOWN) {
			explain_item(x, caveat_text(a, id, note, accepted, because));
			continue;
		}
		fprintf(x->out, " %2u ", i + 1);
		explain_wrapped(x, arena_printf(a, "%s: %s", id, note), 4);
		if (!accepted)
			continue;
		fputs("    ", x->out);
		explain_wrapped(x, arena_printf(a, "accepted at %s%s%s", accepted, because ? ": " : "", because ? because : ""), 6);
	}
}

void explain_manifest(struct arena *a, const struct manifest *m, struct explain *x)
{
	print_limits(a, m, x);
	if (x->form == EXPLAIN_TEXT)
		print_guarantees(a, m, x);
	else
		list_guarantees(a, m, x);
	print_caveats(a, m, x);
}
