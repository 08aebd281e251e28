/*
 * caps_print.c - the matrix as a table and its sentences, as Markdown, as JSON.
 */
#include "caps_print.h"

#include <string.h>

#include "json.h"
#include "say.h"
#include "str.h"

static bool row_asked(const struct cap_matrix *m, unsigned cap)
{
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (m->v[t][cap].asked)
			return true;
	return false;
}

/* "enforced   landlock:9 (Linux 7.1)"; on macOS there is one mechanism, which needs no name. */
static const char *cell_text(struct arena *a, enum target t, const struct cap_cell *c)
{
	if (!c->asked)
		return "-";
	const char *level = level_name[c->level], *preferred = c->preferred ? " [preferred]" : "";
	if (t != TARGET_LINUX || !c->mechanism || c->level == LEVEL_ABSENT)
		return arena_printf(a, "%s%s", level, preferred);
	if (!c->kernel)
		return arena_printf(a, "%-10s %s%s", level, c->mechanism, preferred);
	return arena_printf(a, "%-10s %s, Linux %s%s", level, c->mechanism, c->kernel, preferred);
}

/* ---- text ---- */

static unsigned width_of(const struct cap_matrix *m, struct arena *a, enum target t)
{
	size_t widest = strlen(target_name[t]);
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		size_t n = row_asked(m, c) ? strlen(cell_text(a, t, &m->v[t][c])) : 0;
		widest = n > widest ? n : widest;
	}
	return (unsigned)widest;
}

/* The last column needs no blanks behind it. */
static void put_column(FILE *out, const char *text, unsigned width, bool last)
{
	fprintf(out, "  %-*s", last ? 0 : (int)width, text);
}

static void print_row(const struct cap_matrix *m, struct arena *a, unsigned c, const unsigned *width, FILE *out)
{
	const char *at = NULL;
	unsigned last = 31u - (unsigned)__builtin_clz(m->targets);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		at = at ? at : m->v[t][c].at;
	fprintf(out, "%-20s", cap_name[c]);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (m->targets & TARGET_BIT(t))
			put_column(out, cell_text(a, (enum target)t, &m->v[t][c]), width[t], t == last && !at);
	if (at)
		fprintf(out, "  %s", at);
	fputc('\n', out);
}

static void print_notes(const struct cap_matrix *m, FILE *out)
{
	bool some = false;
	for (unsigned c = 0; c < CAP_COUNT; c++)
		for (unsigned t = 0; t < TARGET_COUNT; t++) {
			const struct cap_cell *cell = &m->v[t][c];
			if (!cell->asked || !cell->note)
				continue;
			fprintf(out, "%s%s on %s: %s\n", some ? "" : "\n", cap_name[c], target_name[t], cell->note);
			some = true;
		}
}

void caps_print_text(const struct cap_matrix *m, FILE *out)
{
	struct arena *a = arena_new();
	unsigned width[TARGET_COUNT] = {0}, last = 31u - (unsigned)__builtin_clz(m->targets);
	fprintf(out, "%-20s", "capability");
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(m->targets & TARGET_BIT(t)))
			continue;
		width[t] = width_of(m, a, (enum target)t);
		put_column(out, target_name[t], width[t], t == last);
	}
	fputc('\n', out);
	for (unsigned c = 0; c < CAP_COUNT; c++)
		if (row_asked(m, c))
			print_row(m, a, c, width, out);
	print_notes(m, out);
	arena_free(a);
}

/* ---- Markdown ---- */

static void print_md_row(const struct cap_matrix *m, unsigned c, FILE *out)
{
	const char *quote = cap_ask[c][0] ? "`" : "";
	fprintf(out, "| `%s` | %s | %s%s%s |", cap_name[c], cap_help[c], quote, cap_ask[c][0] ? cap_ask[c] : "no line against it", quote);
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		const struct cap_cell *cell = &m->v[t][c];
		fprintf(out, " %s", level_name[cell->level]);
		if (t == TARGET_LINUX && cell->mechanism)
			fprintf(out, ", `%s`%s%s", cell->mechanism, cell->kernel ? ", " : "", cell->kernel ? cell->kernel : "");
		fputs(" |", out);
	}
	fputc('\n', out);
}

void caps_print_md(const struct cap_matrix *m, FILE *out)
{
	fputs("# Capabilities\n\nWritten by `sbxc caps --md`; a test compares. What the back ends keep when a policy asks with the line "
	      "shown, by which\nmechanism, and the least Linux that has it. *enforced*: by the system. *delegated*: somebody else has to "
	      "do it. *partial*: but\nfor what the sentence below says. *absent*: not at all, and a policy that requires it is refused. "
	      "Each cell is held against plans by\n`tests/capabilities.tsv`; on Linux `tests/escape` and `tests/vm` try the "
	      "same on kernels.\n\n| capability | means | asked for by |",
	      out);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		fprintf(out, " %s |", target_name[t]);
	fputs("\n|---|---|---|", out);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		fputs("---|", out);
	fputc('\n', out);
	for (unsigned c = 0; c < CAP_COUNT; c++)
		print_md_row(m, c, out);
	fputs("\n## What does not hold as plainly as the name says, or holds in another way too\n\n", out);
	for (unsigned c = 0; c < CAP_COUNT; c++)
		for (unsigned t = 0; t < TARGET_COUNT; t++)
			if (m->v[t][c].note)
				fprintf(out, "* `%s` on %s: %s\n", cap_name[c], target_name[t], m->v[t][c].note);
}

/* ---- JSON ---- */

static void json_cell(struct json *j, enum target t, const struct cap_cell *c)
{
	json_open(j, target_name[t], '{');
	json_text(j, "level", level_name[c->level]);
	json_text(j, "mechanism", c->mechanism);
	json_text(j, "kernel", c->kernel);
	json_bool(j, "preferred", c->preferred);
	json_text(j, "note", c->note);
	json_text(j, "at", c->at);
	json_close(j);
}

void caps_print_json(const struct cap_matrix *m, FILE *out)
{
	struct json j = json_new(out);
	json_open(&j, NULL, '{');
	json_open(&j, "capabilities", '[');
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		if (!row_asked(m, c))
			continue;
		json_open(&j, NULL, '{');
		json_text(&j, "name", cap_name[c]);
		json_text(&j, "means", cap_help[c]);
		json_text(&j, "line", cap_ask[c]);
		for (unsigned t = 0; t < TARGET_COUNT; t++)
			if (m->v[t][c].asked)
				json_cell(&j, (enum target)t, &m->v[t][c]);
		json_close(&j);
	}
	json_close(&j);
	json_close(&j);
}

void caps_print_set(const struct cap_set *s, bool json, FILE *out)
{
	struct json j = json_new(out);
	if (json)
		json_open(&j, NULL, '[');
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		if (s->has[c] && json)
			json_text(&j, NULL, cap_name[c]);
		else if (s->has[c])
			fprintf(out, "%-20s %s\n", cap_name[c], cap_help[c]);
	}
	if (json)
		json_close(&j);
}
