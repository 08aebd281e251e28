/*
 * report_change.c - the second part of the report: what changed since the base.
 */
#include <string.h>

#include "report_priv.h"

static const char *const way_class[] = {
    [DIFF_GROWS] = "span class=\"way grows\"",
    [DIFF_SHRINKS] = "span class=\"way shrinks\"",
    [DIFF_OTHER] = "span class=\"way other\"",
};
static const char *const way_word[DIFF_PART_COUNT][3] = {
    [DIFF_ACCESS] = {"+ now allowed", "- no longer allowed", "~ refused in another way"},
    [DIFF_LIMITS] = {"+ looser", "- tighter", "~ changed"},
    [DIFF_GUARANTEES] = {"+ weaker", "- stronger", "~ changed"},
    [DIFF_SETTINGS] = {"+ opens", "- closes", "~ changed"},
};

static void put_detail(struct report *r, const char *before, const char *text)
{
	if (!text)
		return;
	html_raw(r->h, "<br>");
	html_text(r->h, before);
	report_prose(r, text);
}

static void put_code_detail(struct report *r, const char *before, const char *code)
{
	if (!code)
		return;
	put_detail(r, before, "");
	html_leaf(r->h, "code", code);
}

static void put_entry(struct report *r, const struct diff_entry *e)
{
	html_open(r->h, "tr");
	report_cell(r, "Change");
	html_leaf(r->h, way_class[e->way], way_word[e->part][e->way]);
	html_close(r->h);
	report_cell(r, "What");
	html_open(r->h, "span");
	html_text(r->h, e->what);
	report_targets(r, e->targets);
	html_close(r->h);
	html_close(r->h);
	report_cell(r, "Object");
	html_open(r->h, "span");
	html_leaf(r->h, "code", e->object);
	put_code_detail(r, "e.g. ", e->example);
	put_code_detail(r, "as before: ", e->but);
	html_close(r->h);
	html_close(r->h);
	report_cell(r, "Line");
	if (e->where || e->note || e->because || e->guard) {
		html_open(r->h, "span");
		if (e->where)
			report_where(r, e->where);
		else
			html_leaf(r->h, "code", "-");
		put_detail(r, "", e->note);
		if (e->because)
			html_raw(r->h, "<br>");
		html_text(r->h, e->because ? arena_printf(r->a, "because \"%s\"", e->because) : NULL);
		put_code_detail(r, "its test is gone: ", e->guard);
		html_close(r->h);
	}
	html_close(r->h);
	html_close(r->h);
}

static void put_tests(struct report *r)
{
	unsigned gone = 0;
	for (unsigned i = 0; i < r->change->n_tests; i++)
		gone += r->change->tests[i].gone;
	if (!gone)
		return;
	html_leaf(r->h, "h3", "Expectations that are gone");
	html_open(r->h, "ul class=\"plain\"");
	for (unsigned i = 0; i < r->change->n_tests; i++) {
		const struct diff_test *t = &r->change->tests[i];
		if (!t->gone)
			continue;
		html_open(r->h, "li");
		html_leaf(r->h, "code", t->text);
		html_text(r->h, " ");
		if (t->guards)
			report_mark(r, "what it was about changed");
		html_close(r->h);
	}
	html_close(r->h);
}

/* ---- what a profile or a base brings: one list for each kind ---- */

static bool same_via(const struct diff_entry *a, const struct diff_entry *b)
{
	return a->part == b->part && a->via && b->via && strcmp(a->via, b->via) == 0;
}

static bool same_kind(const struct diff_entry *a, const struct diff_entry *b)
{
	return same_via(a, b) && a->way == b->way && a->targets == b->targets && strcmp(a->what, b->what) == 0;
}

static bool first_of(const struct diff *d, unsigned i, bool (*same)(const struct diff_entry *, const struct diff_entry *))
{
	for (unsigned k = 0; k < i; k++)
		if (same(&d->v[k], &d->v[i]))
			return false;
	return true;
}

static void put_kind(struct report *r, unsigned first)
{
	const struct diff *d = r->change;
	const struct diff_entry *e = &d->v[first];
	unsigned n = 0;
	html_open(r->h, "p");
	html_leaf(r->h, way_class[e->way], way_word[e->part][e->way]);
	html_text(r->h, arena_printf(r->a, ": %s", e->what));
	report_targets(r, e->targets);
	html_text(r->h, " ");
	for (unsigned i = first; i < d->n; i++) {
		if (!same_kind(e, &d->v[i]))
			continue;
		html_text(r->h, n++ ? ", " : "");
		html_leaf(r->h, "code", d->v[i].object);
		if (d->v[i].but)
			html_text(r->h, arena_printf(r->a, " (as before: %s)", d->v[i].but));
		if (e->part == DIFF_GUARANTEES && d->v[i].note)
			report_prose(r, arena_printf(r->a, " %s", d->v[i].note));
		if (d->v[i].guard) {
			html_text(r->h, " its test is gone: ");
			html_leaf(r->h, "code", d->v[i].guard);
		}
	}
	html_close(r->h);
}

/* "std/python, used at p.sbx:7": the line that uses it can be read on the page. */
static void put_via(struct report *r, const char *via)
{
	static const char used[] = ", used at ";
	const char *at = strstr(via, used);
	html_open(r->h, "h4");
	html_text(r->h, "Brought by ");
	html_text(r->h, at ? arena_strndup(r->a, via, (size_t)(at - via) + sizeof(used) - 1) : via);
	if (at)
		report_where(r, at + sizeof(used) - 1);
	html_close(r->h);
}

static void put_brought(struct report *r, enum diff_part part)
{
	const struct diff *d = r->change;
	for (unsigned i = 0; i < d->n; i++) {
		if (d->v[i].part != part || !d->v[i].via || !first_of(d, i, same_via))
			continue;
		put_via(r, d->v[i].via);
		for (unsigned k = i; k < d->n; k++)
			if (same_via(&d->v[i], &d->v[k]) && first_of(d, k, same_kind))
				put_kind(r, k);
	}
}

/* ---- the parts ---- */

/* The lines of the policy itself. */
static void put_own(struct report *r, enum diff_part part)
{
	static const char *const heads[] = {"Change", "What", "Object", "Line and reason", NULL};
	const struct diff *d = r->change;
	bool begun = false;
	for (unsigned i = 0; i < d->n; i++) {
		if (d->v[i].part != part || d->v[i].via)
			continue;
		if (!begun)
			report_table_of(r, "changes", heads);
		begun = true;
		put_entry(r, &d->v[i]);
	}
	if (begun)
		report_table_end(r);
}

static void put_part(struct report *r, enum diff_part part, const char *title)
{
	const struct diff *d = r->change;
	unsigned n = 0;
	for (unsigned i = 0; i < d->n; i++)
		n += d->v[i].part == part;
	if (!n)
		return;
	html_leaf(r->h, "h3", title);
	put_own(r, part);
	put_brought(r, part);
}

void report_change(struct report *r)
{
	const struct diff *d = r->change;
	report_section(r, "changed", arena_printf(r->a, "What changed since %s", r->base));
	if (!d->n)
		html_leaf(r->h, "p", d->lines_moved ? "No change of access: the text changed, its meaning did not." : "Nothing: the two say the same.");
	put_part(r, DIFF_ACCESS, "Access");
	put_part(r, DIFF_LIMITS, "Limits");
	put_part(r, DIFF_GUARANTEES, "Guarantees");
	put_part(r, DIFF_SETTINGS, "Settings");
	put_tests(r);
	html_close(r->h);
}
