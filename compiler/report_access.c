/*
 * report_access.c - the third part of the report: what the program can do, object by object, each with its line.
 *
 * What the policy itself says comes first; what library profiles bring is folded, a fold for each.
 */
#include <string.h>

#include "report_priv.h"
#include "report_wide.h"
#include "say.h"

enum {
	READ = OP_BIT(OP_READ) | OP_BIT(OP_LIST),
	WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
	RUN = OP_BIT(OP_EXEC),
	CONNECT = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_RELAY_TCP),
	LISTEN = OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX),
};

static const struct origin *origin_of(const struct ir_rule *r)
{
	return r->origin[__builtin_ctz(r->ops)];
}

static const char *profile_of(const struct ir_rule *r)
{
	return origin_of(r)->profile;
}

static bool of_profile(const struct ir_rule *r, const char *profile)
{
	const char *p = profile_of(r);
	return profile ? p && strcmp(p, profile) == 0 : !p;
}

/* ---- at a glance ---- */

static unsigned count_allowed(const struct ir *ir, uint32_t ops)
{
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool same = i && ir->rules[i - 1].kind == r->kind && !ir->rules[i - 1].deny && (ir->rules[i - 1].ops & ops) &&
			    strcmp(ir->rules[i - 1].object, r->object) == 0 && ir->rules[i - 1].port_lo == r->port_lo;
		n += !r->deny && (r->ops & ops) && !same;
	}
	return n;
}

static void put_tile(struct report *r, const char *what, const char *value)
{
	html_open(r->h, "li");
	html_leaf(r->h, "b", what);
	html_text(r->h, value);
	html_close(r->h);
}

static const char *places(struct report *r, uint32_t ops)
{
	unsigned n = count_allowed(r->ir, ops);
	return n ? report_count(r->a, n, "place", "places") : "nothing";
}

static const char *programs(struct report *r)
{
	unsigned n = count_allowed(r->ir, RUN);
	if (n)
		return report_count(r->a, n, "place", "places");
	return r->ir->entry ? "nothing after its own start" : "nothing";
}

static const char *network(struct report *r)
{
	unsigned out = count_allowed(r->ir, CONNECT), in = count_allowed(r->ir, LISTEN);
	if (count_allowed(r->ir, OP_BIT(OP_NET)))
		return "all of it";
	if (!out && !in)
		return "none";
	return arena_printf(r->a, "%u out, %u in", out, in);
}

static const char *calls(struct report *r)
{
	const struct sys_policy *p = meaning_syscalls(r->k->meaning);
	unsigned n = 0;
	for (unsigned i = 0; i < p->n_rules; i++)
		n += !p->rules[i].deny && (i == 0 || p->rules[i - 1].call != p->rules[i].call || p->rules[i - 1].deny);
	return report_count(r->a, n, "is answered", "are answered");
}

static void put_glance(struct report *r)
{
	html_open(r->h, "ul class=\"glance\"");
	put_tile(r, "Reads", places(r, READ));
	put_tile(r, "Writes", places(r, WRITE));
	put_tile(r, "Starts", programs(r));
	put_tile(r, "Network", network(r));
	put_tile(r, "Environment", report_count(r->a, count_allowed(r->ir, OP_BIT(OP_ENV)) + r->ir->n_env_set, "name", "names"));
	if (r->ir->targets & TARGET_BIT(TARGET_LINUX))
		put_tile(r, "System calls", calls(r));
	html_close(r->h);
}

/* ---- rows ---- */

static void put_words(struct report *r, const char *head, const struct ir_rule *rule, uint32_t ops)
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
	put_words(r, "Read", rule, READ);
	put_words(r, "Write", rule, WRITE);
	put_words(r, "Run", rule, RUN);
	put_words(r, "Else", rule, OP_BIT(OP_IOCTL));
	report_line_cell(r, origin_of(rule));
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
	report_line_cell(r, origin_of(rule));
	html_close(r->h);
}

/* ---- tables ---- */

static const char *const file_heads[] = {"Object", "Read", "Write", "Run", "Else", "Line and reason", NULL};
static const char *const other_heads[] = {"May", "Object", "Line and reason", NULL};

static void put_entry(struct report *r)
{
	html_open(r->h, "tr");
	report_cell(r, "Object");
	html_open(r->h, "span");
	html_leaf(r->h, "code", r->ir->entry);
	html_text(r->h, " the program itself");
	html_close(r->h);
	html_close(r->h);
	report_text_cell(r, "Read", "read");
	report_cell(r, "Write");
	html_close(r->h);
	report_text_cell(r, "Run", "once");
	report_cell(r, "Else");
	html_close(r->h);
	report_line_cell(r, r->ir->entry_origin);
	html_close(r->h);
}

static void put_files(struct report *r, const char *profile)
{
	unsigned n = 0;
	for (unsigned i = 0; i < r->ir->n_rules; i++) {
		const struct ir_rule *rule = &r->ir->rules[i];
		if (rule->kind != RULE_PATH || rule->deny || !of_profile(rule, profile))
			continue;
		if (n++ == 0)
			report_table(r, NULL, file_heads);
		put_file(r, rule);
	}
	if (!profile && r->ir->entry) {
		if (n++ == 0)
			report_table(r, NULL, file_heads);
		put_entry(r);
	}
	if (n)
		report_table_end(r);
	else if (!profile)
		html_leaf(r->h, "p", "No file by a line of its own.");
}

static bool is_other(const struct ir_rule *rule, const char *profile)
{
	return (rule->kind != RULE_PATH || rule->deny) && of_profile(rule, profile);
}

static void put_others(struct report *r, const char *profile, const char *title)
{
	unsigned n = 0;
	for (unsigned i = 0; i < r->ir->n_rules; i++) {
		if (!is_other(&r->ir->rules[i], profile))
			continue;
		if (n++ == 0) {
			if (title)
				html_leaf(r->h, "h3", title);
			report_table(r, NULL, other_heads);
		}
		put_other(r, &r->ir->rules[i]);
	}
	if (n)
		report_table_end(r);
}

/* ---- profiles ---- */

static bool seen_before(const struct ir *ir, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (profile_of(&ir->rules[k]) && strcmp(profile_of(&ir->rules[k]), profile_of(&ir->rules[i])) == 0)
			return true;
	return false;
}

/* What of it is wide must not be folded away. */
static void put_fold_head(struct report *r, const char *profile, const struct origin *o)
{
	struct wide all = {.n = 0};
	unsigned n = 0;
	for (unsigned i = 0; i < r->ir->n_rules; i++) {
		if (!of_profile(&r->ir->rules[i], profile))
			continue;
		n++;
		struct wide w = {.n = 0};
		if (!r->ir->rules[i].deny)
			w = wide_words(r->a, r->k->meaning, &r->ir->rules[i]);
		for (unsigned k = 0; k < w.n; k++) {
			bool again = all.n == WIDE_MAX;
			for (unsigned j = 0; j < all.n; j++)
				again |= strcmp(all.words[j], w.words[k]) == 0;
			if (!again)
				all.words[all.n++] = w.words[k];
		}
	}
	html_open(r->h, "summary");
	html_leaf(r->h, "code", profile);
	html_text(r->h, " ");
	html_leaf(r->h, "span class=\"soft\"",
		  arena_printf(r->a, "%s, used at %s ", report_count(r->a, n, "line", "lines"), src_where(r->k->src, r->a, o->used_at)));
	for (unsigned k = 0; k < all.n; k++)
		report_mark(r, all.words[k]);
	html_close(r->h);
}

static void put_profiles(struct report *r)
{
	bool begun = false;
	for (unsigned i = 0; i < r->ir->n_rules; i++) {
		const char *profile = profile_of(&r->ir->rules[i]);
		if (!profile || seen_before(r->ir, i))
			continue;
		if (!begun)
			html_leaf(r->h, "h3", "Brought by profiles");
		begun = true;
		html_open(r->h, "details");
		put_fold_head(r, profile, origin_of(&r->ir->rules[i]));
		put_files(r, profile);
		put_others(r, profile, NULL);
		html_close(r->h);
	}
}

void report_access(struct report *r)
{
	report_section(r, "can", "What it can do");
	html_leaf(r->h, "p class=\"soft\"", "Nothing else: what no line allows is denied, and a line that denies always wins.");
	put_glance(r);
	html_leaf(r->h, "h3", "Files");
	put_files(r, NULL);
	put_others(r, NULL, "Network, names, calls, and what is taken away");
	put_profiles(r);
	report_tree(r);
	html_close(r->h);
}
