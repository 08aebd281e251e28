/*
 * report_holds.c - the fourth part of the report: which guarantees hold on which system, by what, and what does not.
 */
#include "report_priv.h"
#include "say.h"

/* A full disc, a half one, a ring, a diamond; the word stands beside it. */
static const char *const level_icon[] = {
    [LEVEL_ABSENT] = "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"none\" "
		     "stroke=\"currentColor\" stroke-width=\"2\" stroke-dasharray=\"3 2\"/></svg>",
    [LEVEL_PARTIAL] = "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"6\" fill=\"none\" "
		      "stroke=\"currentColor\" stroke-width=\"2\"/><path d=\"M8 2a6 6 0 0 0 0 12z\" fill=\"currentColor\"/></svg>",
    [LEVEL_DELEGATED] = "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"M8 1l7 7-7 7-7-7z\" fill=\"none\" "
			"stroke=\"currentColor\" stroke-width=\"2\"/></svg>",
    [LEVEL_ENFORCED] = "<svg viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"7\" "
		       "fill=\"currentColor\"/></svg>",
};
static const char *const level_tag[] = {
    [LEVEL_ABSENT] = "span class=\"level absent\"",
    [LEVEL_PARTIAL] = "span class=\"level partial\"",
    [LEVEL_DELEGATED] = "span class=\"level delegated\"",
    [LEVEL_ENFORCED] = "span class=\"level enforced\"",
};

static void put_level(struct report *r, const struct guarantee *g)
{
	html_open(r->h, level_tag[g->answer.level]);
	html_raw(r->h, level_icon[g->answer.level]);
	html_text(r->h, level_name[g->answer.level]);
	html_close(r->h);
	if (g->preferred) {
		html_text(r->h, " ");
		report_mark(r, "only preferred");
	}
	if (g->answer.mechanism) {
		html_raw(r->h, "<br>");
		html_leaf(r->h, "span class=\"soft\"", g->answer.mechanism);
	}
}

static void put_cap(struct report *r, enum cap cap)
{
	html_open(r->h, "tr");
	html_open(r->h, "th scope=\"row\" data-head=\"Guarantee\"");
	html_open(r->h, "span");
	html_leaf(r->h, "code", cap_name[cap]);
	html_raw(r->h, "<br>");
	html_open(r->h, "span class=\"soft\"");
	report_prose(r, cap_help[cap]);
	html_close(r->h);
	html_close(r->h);
	html_close(r->h);
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(r->ir->targets & TARGET_BIT(t)))
			continue;
		const struct guarantee *g = guarantee_find(&r->k->guarantees, (enum target)t, cap);
		report_cell(r, target_name[t]);
		html_open(r->h, "span");
		if (g)
			put_level(r, g);
		else
			html_leaf(r->h, "span class=\"soft\"", "not asked for");
		html_close(r->h);
		html_close(r->h);
	}
	html_close(r->h);
}

static bool is_asked(const struct report *r, enum cap cap)
{
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (guarantee_find(&r->k->guarantees, (enum target)t, cap))
			return true;
	return false;
}

static void put_matrix(struct report *r)
{
	const char *heads[TARGET_COUNT + 2] = {"Guarantee"};
	unsigned n = 1;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (r->ir->targets & TARGET_BIT(t))
			heads[n++] = target_name[t];
	report_table(r, NULL, heads);
	for (unsigned c = 0; c < CAP_COUNT; c++)
		if (is_asked(r, (enum cap)c))
			put_cap(r, (enum cap)c);
	report_table_end(r);
}

static void put_caveat(struct report *r, const struct guarantee *g)
{
	const struct origin *o = ir_preferred(r->ir, g->target, g->cap);
	html_open(r->h, "tr");
	report_code_cell(r, "Guarantee", arena_printf(r->a, "%s@%s", cap_name[g->cap], target_name[g->target]));
	report_cell(r, "What to know");
	html_open(r->h, "span");
	report_prose(r, say_caveat(r->a, g));
	html_close(r->h);
	html_close(r->h);
	report_line_cell(r, o ? o : g->origin);
	html_close(r->h);
}

static void put_caveats(struct report *r)
{
	static const char *const heads[] = {"Guarantee", "What to know", "Accepted at", NULL};
	if (!r->k->n_caveats) {
		html_leaf(r->h, "p", "No caveats: each holds as plainly as its name says.");
		return;
	}
	html_leaf(r->h, "h3", "Caveats");
	report_table(r, NULL, heads);
	for (unsigned i = 0; i < r->k->guarantees.n; i++)
		if (guarantee_is_caveat(&r->k->guarantees.v[i]))
			put_caveat(r, &r->k->guarantees.v[i]);
	report_table_end(r);
}

void report_holds(struct report *r)
{
	report_section(r, "holds", "What holds it");
	html_leaf(r->h, "p class=\"soft\"",
		  "What is required and missing on a host keeps the program from starting. What is only preferred does not.");
	put_matrix(r);
	put_caveats(r);
	html_leaf(r->h, "p class=\"soft\"",
		  "Out of scope on every system: hard links that others made, and, where the file tree is not private, "
		  "names, sizes and times of files that cannot be opened.");
	html_close(r->h);
}
