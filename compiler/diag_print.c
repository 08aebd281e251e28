/*
 * diag_print.c - the format text: diagnostics for people, with the line and its marks.
 *
 * Untrusted bytes of policy files are shown escaped, tabs as they are; long lines are cut around the caret; colour
 * only repeats what the text says.
 */
#include <stdlib.h>
#include <string.h>

#include "diag_priv.h"
#include "str.h"

enum { LINE_WIDTH = 100, LINE_LEAD = 30, CARET_MAX = 80 };

struct style {
	const char *error, *warning, *note, *bold, *frame, *reset;
};
static const struct style plain = {"", "", "", "", "", ""};
static const struct style coloured = {"\033[1;31m", "\033[1;33m", "\033[1;36m", "\033[1m", "\033[1;34m", "\033[0m"};

struct printer {
	FILE *out;
	const struct src *src;
	const struct style *style;
	int gutter;    /* width of line numbers */
	unsigned line; /* the source line shown last in this block: two marks on it show it once */
};

static const char *severity_colour(const struct style *s, enum severity severity)
{
	return severity == SEV_ERROR ? s->error : severity == SEV_WARNING ? s->warning : s->note;
}

static void put_safe(FILE *out, const char *s, size_t n)
{
	diag_put_text(out, s, n);
}

static void put_place(FILE *out, const struct src_pos *p)
{
	const char *name = diag_file_name(p->file);
	put_safe(out, name, strlen(name));
	fprintf(out, ":%u:%u", p->line, p->column);
}

/* The piece of a long line that is shown: from *beg, *len bytes, so that `column` is in it. */
static void line_window(const struct src_pos *p, size_t *beg, size_t *len)
{
	size_t col = p->column - 1;
	*beg = 0;
	*len = p->line_len;
	if (*len && p->line_text[*len - 1] == '\r')
		--*len;
	if (*len <= LINE_WIDTH)
		return;
	if (col > LINE_WIDTH - LINE_LEAD)
		*beg = col - LINE_LEAD;
	while (*beg > 0 && *beg < p->line_len && ((unsigned char)p->line_text[*beg] & 0xc0) == 0x80)
		--*beg;
	*len = p->line_len - *beg > LINE_WIDTH ? LINE_WIDTH : p->line_len - *beg;
	while (*beg + *len < p->line_len && *len && ((unsigned char)p->line_text[*beg + *len] & 0xc0) == 0x80)
		--*len;
}

/* Blanks as wide as these bytes of a line, its tabs as they are. */
static void put_blank(FILE *out, const char *s, size_t n)
{
	while (n) {
		const char *tab = memchr(s, '\t', n);
		size_t part = tab ? (size_t)(tab - s) : n;
		fprintf(out, "%*s%s", (int)diag_text_width(s, part), "", tab ? "\t" : "");
		part += tab != NULL;
		s += part;
		n -= part;
	}
}

static void put_gutter(const struct printer *pr, unsigned line)
{
	if (line)
		fprintf(pr->out, "%s%*u |%s", pr->style->frame, pr->gutter, line, pr->style->reset);
	else
		fprintf(pr->out, "%s%*s |%s", pr->style->frame, pr->gutter, "", pr->style->reset);
}

/* One source line with a row of marks under it. */
static void put_snippet(struct printer *pr, struct loc where, const char *label, char mark, const char *colour)
{
	struct src_pos p;
	if (!src_locate(pr->src, where.beg, &p))
		return;
	size_t beg, len, col = p.column - 1;
	line_window(&p, &beg, &len);
	if (p.line != pr->line || p.line_len > LINE_WIDTH) {
		put_gutter(pr, p.line);
		fputs(beg ? " ..." : " ", pr->out);
		put_safe(pr->out, p.line_text + beg, len);
		fputs(beg + len < p.line_len && p.line_text[p.line_len - 1] != '\r' ? "...\n" : "\n", pr->out);
	}
	pr->line = p.line;
	put_gutter(pr, 0);
	fputs(beg ? "    " : " ", pr->out);
	put_blank(pr->out, p.line_text + beg, (col < p.line_len ? col : p.line_len) - beg);
	size_t span = where.end > where.beg ? where.end - where.beg : 1;
	if (col + span > beg + len)
		span = beg + len > col ? beg + len - col : 1;
	size_t width = diag_text_width(p.line_text + col, col < p.line_len ? span : 0);
	if (width < 1)
		width = 1;
	fputs(colour, pr->out);
	for (size_t i = 0; i < width && i < CARET_MAX; i++)
		fputc(mark, pr->out);
	if (label) {
		fputc(' ', pr->out);
		put_safe(pr->out, label, strlen(label));
	}
	fprintf(pr->out, "%s\n", pr->style->reset);
}

/* All places of a record that lie in one file, in line order, the main one marked ^ and the others -. */
static void put_places(struct printer *pr, const struct diag_rec *r, const struct src_file *file, bool main_file)
{
	bool main_done = !main_file;
	pr->line = 0;
	const char *colour = severity_colour(pr->style, diag_info(r->id)->severity);
	for (unsigned i = 0; i < r->n_second; i++) {
		struct src_pos p;
		if (!src_locate(pr->src, r->second[i].where.beg, &p) || p.file != file)
			continue;
		if (!main_done && r->second[i].where.beg > r->where.beg) {
			put_snippet(pr, r->where, r->label, '^', colour);
			main_done = true;
		}
		put_snippet(pr, r->second[i].where, r->second[i].text, '-', pr->style->frame);
	}
	if (!main_done)
		put_snippet(pr, r->where, r->label, '^', colour);
}

static int digits(unsigned n)
{
	int d = 1;
	while (n >= 10) {
		n /= 10;
		d++;
	}
	return d;
}

static int gutter_width(const struct src *src, const struct diag_rec *r)
{
	struct src_pos p;
	int w = 2;
	if (src_locate(src, r->where.beg, &p) && digits(p.line) > w)
		w = digits(p.line);
	for (unsigned i = 0; i < r->n_second; i++)
		if (src_locate(src, r->second[i].where.beg, &p) && digits(p.line) > w)
			w = digits(p.line);
	return w;
}

static void put_head(const struct printer *pr, const struct diag_rec *r)
{
	const struct diag_info *info = diag_info(r->id);
	fprintf(pr->out, "%s%s[%s%s%s]%s: %s", severity_colour(pr->style, info->severity),
		diag_severity_word[info->severity], info->code, info->severity == SEV_WARNING ? " " : "",
		info->severity == SEV_WARNING ? info->slug : "", pr->style->reset, pr->style->bold);
	put_safe(pr->out, r->text, strlen(r->text));
	fprintf(pr->out, "%s\n", pr->style->reset);
}

static void put_other_files(struct printer *pr, const struct diag_rec *r, const struct src_file *main_file)
{
	for (unsigned i = 0; i < r->n_second; i++) {
		struct src_pos p, q;
		if (!src_locate(pr->src, r->second[i].where.beg, &p) || p.file == main_file)
			continue;
		bool seen = false;
		for (unsigned k = 0; k < i && !seen; k++)
			seen = src_locate(pr->src, r->second[k].where.beg, &q) && q.file == p.file;
		if (seen)
			continue;
		fprintf(pr->out, "%s%*s:::%s ", pr->style->frame, pr->gutter, "", pr->style->reset);
		put_place(pr->out, &p);
		fputc('\n', pr->out);
		put_gutter(pr, 0);
		fputc('\n', pr->out);
		put_places(pr, r, p.file, false);
		put_gutter(pr, 0);
		fputc('\n', pr->out);
	}
}

static void print_text(struct printer *pr, const struct diag_rec *r)
{
	struct src_pos p;
	pr->gutter = gutter_width(pr->src, r);
	put_head(pr, r);
	if (src_locate(pr->src, r->where.beg, &p)) {
		fprintf(pr->out, "%s%*s-->%s ", pr->style->frame, pr->gutter, "", pr->style->reset);
		put_place(pr->out, &p);
		fputc('\n', pr->out);
		put_gutter(pr, 0);
		fputc('\n', pr->out);
		put_places(pr, r, p.file, true);
		put_gutter(pr, 0);
		fputc('\n', pr->out);
		put_other_files(pr, r, p.file);
	}
	for (unsigned i = 0; i < r->n_lines; i++) {
		fprintf(pr->out, "%s%*s =%s %s: ", pr->style->frame, pr->gutter, "", pr->style->reset,
			r->lines[i].is_help ? "help" : "note");
		put_safe(pr->out, r->lines[i].text, strlen(r->lines[i].text));
		fputc('\n', pr->out);
	}
	fputc('\n', pr->out);
}

static void record(const struct diag_out *o, const struct diag_rec *r)
{
	struct printer pr = {.out = o->out, .src = o->src, .style = o->colour ? &coloured : &plain};
	print_text(&pr, r);
}

/* As cli_complain() says it. */
static void failure(FILE *out, const char *path, const char *text)
{
	(void)path; /* the text names it */
	fputs("sbxc: ", out);
	put_safe(out, text, strlen(text));
	fputc('\n', out);
}

const struct diag_renderer diag_text = {.record = record, .failure = failure};
