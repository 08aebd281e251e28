/*
 * report.c - the page: its head, the order of its parts, and the pieces they are made of.
 *
 * Reviewers stop early, so what may make them stop comes first: the verdict, what changed, what the program can do.
 */
#include "report.h"

#include <string.h>

#include "report_priv.h"
#include "say.h"

static const char css[] =
#include "report_css.inc"
    ;

/* ---- pieces ---- */

void report_section(struct report *r, const char *id, const char *title)
{
	html_open_with(r->h, "section", "id", id);
	html_leaf(r->h, "h2", title);
}

static void put_heads(struct report *r, const char *const *heads)
{
	html_open(r->h, "thead");
	html_open(r->h, "tr");
	for (unsigned i = 0; heads[i]; i++)
		html_leaf(r->h, "th scope=\"col\"", heads[i]);
	html_close(r->h);
	html_close(r->h);
	html_open(r->h, "tbody");
}

void report_table(struct report *r, const char *caption, const char *const *heads)
{
	html_open(r->h, "table class=\"stack\"");
	if (caption)
		html_leaf(r->h, "caption", caption);
	put_heads(r, heads);
}

void report_table_of(struct report *r, const char *kind, const char *const *heads)
{
	html_open_with(r->h, "table", "class", arena_printf(r->a, "stack %s", kind));
	put_heads(r, heads);
}

void report_table_end(struct report *r)
{
	html_close(r->h);
	html_close(r->h);
}

void report_cell(struct report *r, const char *head)
{
	html_open_with(r->h, "td", "data-head", head);
}

void report_text_cell(struct report *r, const char *head, const char *text)
{
	report_cell(r, head);
	html_text(r->h, text);
	html_close(r->h);
}

void report_code_cell(struct report *r, const char *head, const char *text)
{
	report_cell(r, head);
	if (text && text[0])
		html_leaf(r->h, "code", text);
	html_close(r->h);
}

void report_mark(struct report *r, const char *word)
{
	html_leaf(r->h, "span class=\"mark\"", word);
}

void report_targets(struct report *r, uint32_t targets)
{
	if ((targets & r->ir->targets) == r->ir->targets)
		return;
	html_text(r->h, " ");
	html_leaf(r->h, "span class=\"soft\"", arena_printf(r->a, "on %s only", say_targets(r->a, targets & r->ir->targets)));
}

void report_fold(struct report *r, const char *head)
{
	html_open(r->h, "details");
	html_leaf(r->h, "summary", head);
}

void report_prose(struct report *r, const char *text)
{
	for (const char *from, *to; text && (from = strchr(text, '`')) && (to = strchr(from + 1, '`')); text = to + 1) {
		html_text(r->h, arena_strndup(r->a, text, (size_t)(from - text)));
		html_leaf(r->h, "code", arena_strndup(r->a, from + 1, (size_t)(to - from - 1)));
	}
	html_text(r->h, text);
}

void report_line_cell(struct report *r, const struct origin *o)
{
	report_cell(r, "Line");
	if (o) {
		html_open(r->h, "span");
		report_place(r, o->loc);
		if (o->base)
			html_leaf(r->h, "span class=\"soft\"", arena_printf(r->a, " of %s", o->base));
		if (o->because) {
			html_raw(r->h, "<br>");
			html_text(r->h, o->because);
		}
		html_close(r->h);
	}
	html_close(r->h);
}

const char *report_count(struct arena *a, unsigned n, const char *one, const char *many)
{
	return arena_printf(a, "%u %s", n, n == 1 ? one : many);
}

/* ---- the head ---- */

static void put_title(struct report *r)
{
	html_open(r->h, "h1");
	html_text(r->h, r->ir->name);
	if (r->ir->version[0]) {
		html_text(r->h, " ");
		html_text(r->h, r->ir->version);
	}
	html_close(r->h);
	if (r->ir->about[0])
		html_leaf(r->h, "p class=\"about\"", r->ir->about);
}

static void put_verdict(struct report *r)
{
	bool grew = r->change && r->change->n_of[DIFF_GROWS];
	html_open(r->h, grew ? "div class=\"verdict grew\"" : "div class=\"verdict\"");
	html_leaf(r->h, "span", arena_printf(r->a, "for %s", say_targets(r->a, r->ir->targets)));
	html_leaf(r->h, "span", r->k->n_caveats ? report_count(r->a, r->k->n_caveats, "caveat", "caveats") : "no caveats");
	html_leaf(r->h, "span", r->k->n_expect ? report_count(r->a, r->k->n_expect, "expectation passed", "expectations passed") : "no tests");
	if (r->k->starts_nothing)
		html_leaf(r->h, "span", "a base: starts nothing itself");
	if (r->change)
		html_leaf(r->h, grew ? "span class=\"grows\"" : "span",
			  arena_printf(r->a, "%s since %s", diff_verdict(r->change), r->base));
	html_close(r->h);
	if (r->change && r->change->version)
		html_leaf(r->h, "p class=\"grows\"", r->change->version);
}

static void put_contents(struct report *r)
{
	static const char *const parts[][2] = {{"#changed", "What changed"},   {"#can", "What it can do"},
					       {"#holds", "What holds it"},    {"#detail", "Limits and artifacts"},
					       {"#tests", "Tests"},	       {"#origin", "Where it comes from"}};
	html_open(r->h, "nav aria-label=\"parts of this page\"");
	html_open(r->h, "ul");
	for (size_t i = r->change ? 0 : 1; i < sizeof(parts) / sizeof(parts[0]); i++) {
		html_open(r->h, "li");
		html_open_with(r->h, "a", "href", parts[i][0]);
		html_text(r->h, parts[i][1]);
		html_close(r->h);
		html_close(r->h);
	}
	html_close(r->h);
	html_close(r->h);
}

static void put_head(struct report *r)
{
	html_raw(r->h, "<meta charset=\"utf-8\">\n"
		       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
	html_leaf(r->h, "title", arena_printf(r->a, "%s: what it may do", r->ir->name));
	html_raw(r->h, "\n<style>\n");
	html_raw(r->h, css);
	html_raw(r->h, "</style>\n");
}

const char *report_html(struct arena *a, const struct compile *k, const struct diff *change, const char *base, size_t *size)
{
	struct html h = html_new(a);
	struct report r = {.a = a, .h = &h, .k = k, .ir = k->ir, .change = change, .base = base};
	report_files(&r);
	html_raw(&h, "<!DOCTYPE html>\n");
	html_open(&h, "html lang=\"en\"");
	html_open(&h, "head");
	put_head(&r);
	html_close(&h);
	html_open(&h, "body");
	html_open(&h, "header");
	put_title(&r);
	put_verdict(&r);
	put_contents(&r);
	html_close(&h);
	html_open(&h, "main");
	if (change)
		report_change(&r);
	report_access(&r);
	report_holds(&r);
	report_detail(&r);
	report_tests(&r);
	report_origin(&r);
	html_close(&h);
	html_close(&h);
	html_close(&h);
	html_raw(&h, "\n");
	*size = h.out.len;
	return buf_str(&h.out);
}
