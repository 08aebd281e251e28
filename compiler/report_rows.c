/*
 * report_rows.c - rows of the table of what the program can do; where there are many, in folds that say what they hold.
 *
 * Nobody reads 700 rows to find the next part. What is wide must not be folded away: the head of a fold says it.
 */
#include <string.h>

#include "report_rows.h"
#include "say.h"

enum {
	READ = OP_BIT(OP_READ) | OP_BIT(OP_LIST),
	WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
	RUN = OP_BIT(OP_EXEC),
};

static const char *const file_heads[] = {"Object", "Read", "Write", "Run", "Else", "Line and reason", NULL};
static const char *const other_heads[] = {"May", "Object", "Line and reason", NULL};

const struct origin *first_line_of(const struct ir_rule *r)
{
	return r->origin[__builtin_ctz(r->ops)];
}

static bool is_file(const struct ir_rule *rule)
{
	return rule->kind == RULE_PATH && !rule->deny;
}

/* ---- rows ---- */

static void put_ops(struct report *r, const char *head, const struct ir_rule *rule, uint32_t ops)
{
	report_cell(r, head);
	if (rule->ops & ops)
		html_leaf(r->h, "span class=\"yes\"", say_ops(r->a, rule->ops & ops));
	html_close(r->h);
}

static void put_flags(struct report *r, uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *words;
	} known[] = {{RULE_IF_EXISTS, "if it exists"}, {RULE_MAKE_DIR, "made when missing"}, {RULE_NOFOLLOW, "no link is followed"}, {RULE_DISCARD, "thrown away at the end"}};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (flags & known[i].flag)
			html_leaf(r->h, "span class=\"soft\"", arena_printf(r->a, " %s", known[i].words));
}

static void put_object(struct report *r, const struct ir_rule *rule, const char *text, const struct wide *w)
{
	report_cell(r, "Object");
	html_open(r->h, "span");
	html_leaf(r->h, "code", text);
	put_flags(r, rule->flags);
	report_targets(r, rule->targets);
	for (unsigned i = 0; i < w->n; i++) {
		html_text(r->h, i ? "" : " ");
		report_mark(r, w->words[i]);
	}
	if (rule->n_holes) {
		html_raw(r->h, "<br><span class=\"soft\">but not</span> ");
		for (unsigned i = 0; i < rule->n_holes; i++) {
			html_text(r->h, i ? ", " : "");
			html_leaf(r->h, "code", rule->holes[i].path);
		}
	}
	html_close(r->h);
	html_close(r->h);
}

/* As in the policy, without the quotes around all of it. */
static const char *object_text(struct report *r, const struct ir_rule *rule)
{
	struct ir_rule plain = *rule;
	plain.n_holes = 0;
	plain.flags = 0;
	const char *text = say_object(r->a, &plain);
	size_t n = strlen(text);
	bool quoted = n > 1 && text[0] == '"' && strchr(text + 1, '"') == text + n - 1;
	return quoted ? arena_strndup(r->a, text + 1, n - 2) : text;
}

static void put_file(struct report *r, const struct ir_rule *rule)
{
	struct wide w = wide_words(r->a, r->k->meaning, rule);
	html_open(r->h, w.n ? "tr class=\"wide\"" : "tr");
	put_object(r, rule, object_text(r, rule), &w);
	put_ops(r, "Read", rule, READ);
	put_ops(r, "Write", rule, WRITE);
	put_ops(r, "Run", rule, RUN);
	put_ops(r, "Else", rule, OP_BIT(OP_IOCTL));
	report_line_cell(r, first_line_of(rule));
	html_close(r->h);
}

static void put_other(struct report *r, const struct ir_rule *rule)
{
	struct wide w = {.n = 0};
	if (!rule->deny)
		w = wide_words(r->a, r->k->meaning, rule);
	html_open(r->h, w.n ? "tr class=\"wide\"" : "tr");
	report_cell(r, "May");
	html_leaf(r->h, rule->deny ? "span class=\"no\"" : "span class=\"yes\"",
		  arena_printf(r->a, "%s%s", rule->deny ? "not " : "", say_ops(r->a, rule->ops)));
	html_close(r->h);
	put_object(r, rule, object_text(r, rule), &w);
	report_line_cell(r, first_line_of(rule));
	html_close(r->h);
}

static void put_entry(struct report *r)
{
	html_open(r->h, "tr");
	report_cell(r, "Object");
	html_open(r->h, "span");
	html_leaf(r->h, "code", r->ir->entry);
	html_text(r->h, " the program itself");
	html_close(r->h);
	html_close(r->h);
	report_cell(r, "Read");
	html_leaf(r->h, "span class=\"yes\"", "read");
	html_close(r->h);
	report_cell(r, "Write");
	html_close(r->h);
	report_cell(r, "Run");
	html_leaf(r->h, "span class=\"yes\"", "once");
	html_close(r->h);
	report_cell(r, "Else");
	html_close(r->h);
	report_line_cell(r, r->ir->entry_origin);
	html_close(r->h);
}

/* ---- folds ---- */

void report_wide_marks(struct report *r, const struct ir_rule *const *v, unsigned n)
{
	struct wide all = {.n = 0};
	for (unsigned i = 0; i < n; i++) {
		struct wide w = {.n = 0};
		if (!v[i]->deny)
			w = wide_words(r->a, r->k->meaning, v[i]);
		for (unsigned k = 0; k < w.n; k++) {
			bool again = all.n == WIDE_MAX;
			for (unsigned j = 0; j < all.n; j++)
				again |= strcmp(all.words[j], w.words[k]) == 0;
			if (!again)
				all.words[all.n++] = w.words[k];
		}
	}
	for (unsigned k = 0; k < all.n; k++)
		report_mark(r, all.words[k]);
}

static bool all_deny(const struct ir_rule *const *v, unsigned n)
{
	bool all = true;
	for (unsigned i = 0; i < n; i++)
		all &= v[i]->deny;
	return all;
}

/* "/srv/api to /srv/media 36 lines" */
static void open_fold(struct report *r, const struct ir_rule *const *v, unsigned n)
{
	html_open(r->h, "details");
	html_open(r->h, "summary");
	if (!is_file(v[0]))
		html_text(r->h, arena_printf(r->a, "%s%s ", all_deny(v, n) ? "not " : "", say_ops(r->a, v[0]->ops)));
	html_leaf(r->h, "code", object_text(r, v[0]));
	if (n > 1) {
		html_text(r->h, " to ");
		html_leaf(r->h, "code", object_text(r, v[n - 1]));
	}
	html_text(r->h, " ");
	html_leaf(r->h, "span class=\"soft\"", arena_printf(r->a, "%s ", report_count(r->a, n, "line", "lines")));
	report_wide_marks(r, v, n);
	html_close(r->h);
}

/* All files first, then each kind of the rest: none shares a table of many with another. */
static unsigned same_kind(const struct ir_rule *const *v, unsigned n)
{
	unsigned k = 1;
	while (k < n && v[k]->kind == v[0]->kind)
		k++;
	return k;
}

static void put_table(struct report *r, const struct ir_rule *const *v, unsigned n, bool entry)
{
	bool files = n ? is_file(v[0]) : entry;
	report_table(r, NULL, files ? file_heads : other_heads);
	for (unsigned i = 0; i < n; i++)
		if (files)
			put_file(r, v[i]);
		else
			put_other(r, v[i]);
	if (entry)
		put_entry(r);
	report_table_end(r);
}

/* Folds of about the same number of rows. */
static void put_folds(struct report *r, const struct ir_rule *const *v, unsigned n)
{
	unsigned folds = (n + REPORT_MANY - 1) / REPORT_MANY;
	for (unsigned i = 0, from = 0; i < folds; i++) {
		unsigned to = (unsigned)((uint64_t)n * (i + 1) / folds);
		open_fold(r, v + from, to - from);
		put_table(r, v + from, to - from, false);
		html_close(r->h);
		from = to;
	}
}

void report_rows(struct report *r, const struct ir_rule *const *v, unsigned n, bool entry)
{
	if (n <= REPORT_MANY) {
		if (n || entry)
			put_table(r, v, n, entry);
		return;
	}
	if (entry)
		put_table(r, v, 0, true);
	for (unsigned k = 0; n; v += k, n -= k) {
		k = same_kind(v, n);
		put_folds(r, v, k);
	}
}
