/*
 * explain_out.c - the three forms of what `sbxc explain` says: text, Markdown, JSON. Each section is a list of rows.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "explain.h"
#include "markdown.h"
#include "str.h"

enum { MIN_WHAT = 14, MAX_WHAT = 24, MIN_OBJECT = 30, MAX_OBJECT = 60, LINE = 110 }; /* columns */

struct explain_kept {
	const char *what, *object, *where, *because;
};

/* ---- rows of text, under one another ---- */

static unsigned column(const struct explain *x, size_t field, unsigned least, unsigned most)
{
	unsigned width = least;
	for (unsigned i = 0; i < x->n_kept; i++) {
		const char *text = *(const char *const *)((const char *)&x->kept[i] + field);
		size_t n = strlen(text);
		width = n > width && n <= most ? (unsigned)n : width;
	}
	return width;
}

void explain_flush(struct explain *x)
{
	unsigned what = column(x, offsetof(struct explain_kept, what), MIN_WHAT, MAX_WHAT);
	unsigned object = column(x, offsetof(struct explain_kept, object), MIN_OBJECT, MAX_OBJECT);
	for (unsigned i = 0; i < x->n_kept; i++) {
		const struct explain_kept *k = &x->kept[i];
		bool more = k->where[0] || k->because;
		fprintf(x->out, "  %-*s  %-*s%s%s%s%s\n", (int)what, k->what, more ? (int)object : 0, k->object, more ? "  " : "", k->where,
			k->because ? "  " : "", k->because ? k->because : "");
	}
	x->n_kept = 0;
}

static void keep(struct explain *x, const char *what, const char *object, const char *where, const char *because)
{
	struct arena *a = x->arena;
	ARENA_GROW(a, x->kept, x->n_kept);
	x->kept[x->n_kept++] = (struct explain_kept){arena_strdup(a, what), arena_strdup(a, object), arena_strdup(a, where),
						     because ? arena_strdup(a, because) : NULL};
}

void explain_wrapped(struct explain *x, const char *text, unsigned indent)
{
	size_t at = indent;
	while (*text) {
		size_t n = strcspn(text, " ");
		bool breaks = at > indent && at + 1 + n > LINE;
		if (breaks)
			fprintf(x->out, "\n%*s", (int)indent, "");
		else if (at > indent)
			fputc(' ', x->out);
		fprintf(x->out, "%.*s", (int)n, text);
		at = breaks ? indent + n : at + (at > indent) + n;
		text += n + (text[n] == ' ');
	}
	fputc('\n', x->out);
}

/* ---- sections ---- */

static void leave(struct explain *x)
{
	explain_flush(x);
	if (x->form == EXPLAIN_JSON && x->in_section)
		json_close(&x->json);
	x->in_section = x->after_text = false;
	x->n_rows = 0;
}

void explain_begin(struct explain *x)
{
	x->json = json_new(x->out);
	if (x->form == EXPLAIN_JSON)
		json_open(&x->json, NULL, '{');
}

void explain_end(struct explain *x)
{
	leave(x);
	if (x->form == EXPLAIN_JSON)
		json_close(&x->json);
}

static void put_plain(FILE *out, const char *text) { fputs(text, out); }

void explain_section(struct explain *x, const char *title)
{
	char key[64];
	size_t n = 0;
	leave(x);
	x->in_section = true;
	switch (x->form) {
	case EXPLAIN_TEXT:
		fprintf(x->out, "%s\n", title);
		break;
	case EXPLAIN_MARKDOWN:
		fprintf(x->out, "\n### %c", title[0]);
		for (const char *c = title + 1; *c; c++)
			fputc(tolower((unsigned char)*c), x->out);
		fputs("\n\n", x->out);
		break;
	case EXPLAIN_JSON:
		for (; title[n] && n + 1 < sizeof(key); n++)
			key[n] = title[n] == ' ' ? '-' : (char)tolower((unsigned char)title[n]);
		key[n] = '\0';
		json_open(&x->json, key, '[');
		break;
	}
}

/* The first lines: what this is about, and in the words of its author. */
void explain_title(struct explain *x, const char *head, const char *about)
{
	bool md = x->form == EXPLAIN_MARKDOWN;
	void (*put)(FILE *out, const char *text) = md ? markdown_line : put_plain;
	fputs(md ? "## " : "", x->out);
	put(x->out, head);
	fputs(md ? "\n\n" : "\n", x->out);
	if (!about[0])
		return;
	put(x->out, about);
	fputs(md ? "\n\n" : "\n", x->out);
}

void explain_item(struct explain *x, const char *text)
{
	if (x->form == EXPLAIN_MARKDOWN) {
		fputs("- ", x->out);
		markdown_line(x->out, text);
		fputc('\n', x->out);
	} else {
		fprintf(x->out, "  %s\n", text);
	}
}

void explain_number(struct explain *x, const char *key, uint64_t n)
{
	leave(x);
	json_number(&x->json, key, n);
}

static void put_cell(FILE *out, const char *text, bool code)
{
	fputs("| ", out);
	if (code)
		markdown_code(out, text);
	else
		markdown_text(out, text);
	fputs(text[0] ? " " : "", out);
}

static void put_row(struct explain *x, const char *what, const char *object, const char *where, const char *because)
{
	if (x->n_rows++ == 0)
		fprintf(x->out, "%s| | | line | reason |\n|---|---|---|---|\n", x->after_text ? "\n" : "");
	put_cell(x->out, what, false);
	put_cell(x->out, object, true);
	put_cell(x->out, where, false);
	put_cell(x->out, because ? because : "", false);
	fputs("|\n", x->out);
}

static void put_json(struct explain *x, const char *what, const char *object, const char *where, const char *because)
{
	json_open(&x->json, NULL, '{');
	json_text(&x->json, "what", what + strspn(what, " "));
	json_text(&x->json, "object", object[0] ? object : NULL);
	json_text(&x->json, "at", where[0] && strcmp(where, "by default") != 0 ? where : NULL);
	json_text(&x->json, "because", because);
	json_close(&x->json);
}

void explain_row(struct explain *x, const char *what, const char *object, const char *where, const char *because)
{
	switch (x->form) {
	case EXPLAIN_TEXT:
		keep(x, what, object, where, because);
		break;
	case EXPLAIN_MARKDOWN:
		put_row(x, what, object, where, because);
		break;
	case EXPLAIN_JSON:
		put_json(x, what, object, where, because);
		break;
	}
}

static const char *words_text(struct arena *a, const char *const *words, unsigned n)
{
	struct buf b = buf_new(a);
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", words[i]);
	return buf_str(&b);
}

/* What comes after it is a table of its own. */
static void put_paragraph(struct explain *x, const char *text)
{
	fputs(x->n_rows || x->after_text ? "\n" : "", x->out);
	markdown_line(x->out, text);
	fputc('\n', x->out);
	x->n_rows = 0;
	x->after_text = true;
}

void explain_note(struct explain *x, const char *text)
{
	explain_flush(x);
	if (x->form == EXPLAIN_TEXT)
		fprintf(x->out, "  %s\n", text);
	else if (x->form == EXPLAIN_MARKDOWN)
		put_paragraph(x, text);
}

/* Lines of this many columns; in Markdown one paragraph, for programs rows. */
void explain_words(struct explain *x, const char *const *words, unsigned n, unsigned width)
{
	size_t at = 0;
	explain_flush(x);
	for (unsigned i = 0; i < n && x->form == EXPLAIN_JSON; i++)
		explain_row(x, words[i], "", "", NULL);
	if (n && x->form == EXPLAIN_MARKDOWN)
		put_paragraph(x, words_text(x->arena, words, n));
	for (unsigned i = 0; i < n && x->form == EXPLAIN_TEXT; i++) {
		bool breaks = at == 0 || at + strlen(words[i]) > width;
		fprintf(x->out, "%s%s", at == 0 ? "  " : breaks ? ",\n  " : ", ", words[i]);
		at = (breaks ? 2 : at + 2) + strlen(words[i]);
	}
	fputs(at ? "\n" : "", x->out);
}
