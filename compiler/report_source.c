/*
 * report_source.c - the files that the page was made from, line by line, so that every line named on it can be read there.
 *
 * The anchor of a line is "sF-L": F counts the files in the order of their names, which makes the page the same bytes
 * wherever and in whatever order they were found.
 */
#include <stdlib.h>
#include <string.h>

#include "report_priv.h"

static int by_name(const void *x, const void *y)
{
	return strcmp((*(const struct src_file *const *)x)->name, (*(const struct src_file *const *)y)->name);
}

void report_files(struct report *r)
{
	r->files = ARENA_ARRAY(r->a, SRC_MAX_FILES, const struct src_file *);
	while (r->n_files < SRC_MAX_FILES && (r->files[r->n_files] = src_nth(r->k->src, r->n_files)))
		r->n_files++;
	qsort(r->files, r->n_files, sizeof(r->files[0]), by_name);
}

/* The place as text that leads to the line. */
static void put_link(struct report *r, size_t file, unsigned line, const char *text)
{
	html_open_with(r->h, "a", "href", arena_printf(r->a, "#s%zu-%u", file, line));
	html_leaf(r->h, "code", text);
	html_close(r->h);
}

void report_place(struct report *r, struct loc loc)
{
	struct src_pos p;
	const char *text = src_where(r->k->src, r->a, loc);
	for (size_t f = 0; src_locate(r->k->src, loc.beg, &p) && f < r->n_files; f++)
		if (r->files[f] == p.file) {
			put_link(r, f, p.line, text);
			return;
		}
	html_leaf(r->h, "code", text);
}

void report_where(struct report *r, const char *where)
{
	const char *colon = strrchr(where, ':');
	uint64_t line;
	bool here = colon && strncmp(where, "old ", 4) != 0 && parse_u64(colon + 1, strlen(colon + 1), UINT32_MAX, &line);
	for (size_t f = 0; here && f < r->n_files; f++)
		if (strlen(r->files[f]->name) == (size_t)(colon - where) && strncmp(r->files[f]->name, where, (size_t)(colon - where)) == 0) {
			put_link(r, f, (unsigned)line, where);
			return;
		}
	html_leaf(r->h, "code", where);
}

static void put_file(struct report *r, size_t f)
{
	const struct src_file *file = r->files[f];
	const char *at = file->text, *end = file->text + file->size;
	html_open(r->h, file->is_std ? "details" : "details open");
	html_open(r->h, "summary");
	html_leaf(r->h, "code", file->name);
	html_close(r->h);
	html_open(r->h, "pre class=\"source\" tabindex=\"0\"");
	for (unsigned line = 1; at < end; line++) {
		const char *nl = memchr(at, '\n', (size_t)(end - at));
		html_open_with(r->h, "span", "id", arena_printf(r->a, "s%zu-%u", f, line));
		html_text(r->h, arena_printf(r->a, "%4u  %s\n", line, arena_strndup(r->a, at, (size_t)((nl ? nl : end) - at))));
		html_close(r->h);
		at = nl ? nl + 1 : end;
	}
	html_close(r->h);
	html_close(r->h);
}

void report_source(struct report *r)
{
	html_leaf(r->h, "h3", "Source");
	for (size_t f = 0; f < r->n_files; f++)
		put_file(r, f);
}
