/*
 * guarantee_report.c - E0401: what is said of a guarantee that is required and not kept, and how to go on.
 */
#include <string.h>

#include "guarantee_priv.h"
#include "str.h"

static const char *const system_name[TARGET_COUNT] = {[TARGET_LINUX] = "Linux", [TARGET_MACOS] = "macOS"};

/* The line that is marked: the one that stands against it, else the one that asks for it. */
static struct loc place_of(const struct ir *ir, const struct unkept *u)
{
	if (u->g.answer.at)
		return u->g.answer.at->object;
	return u->asked ? u->asked->at : u->g.origin ? u->g.origin->loc : ir->loc;
}

/* A place taken out asks for its guarantee; every other line that a back end points at stands against it. */
static bool stands_against(const struct ir *ir, const struct origin *line)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		bool place = r->kind == RULE_PATH || r->kind == RULE_GLOB;
		for (unsigned op = 0; op < OP_COUNT && place && r->deny; op++)
			if ((r->ops & OP_BIT(op)) && r->origin[op] == line)
				return false;
	}
	return true;
}

static bool same_text(const char *x, const char *y)
{
	return x == y || (x && y && strcmp(x, y) == 0);
}

/* One line, one system, one sentence about what is missing: one cause. */
static bool same_cause(const struct ir *ir, const struct unkept *x, const struct unkept *y)
{
	return x->g.target == y->g.target && place_of(ir, x).beg == place_of(ir, y).beg && x->g.answer.at && y->g.answer.at &&
	       same_text(x->g.answer.note, y->g.answer.note) && same_text(x->g.answer.help, y->g.answer.help);
}

/* What the policy's author can do about a line that is marked and may not be his own. */
static void help_line(struct diag_rec *rec, const struct origin *line, const char *help)
{
	if (line && line->profile) {
		if (!loc_none(line->used_at))
			diag_second(rec, line->used_at, "used here");
		diag_help(rec, "it is a line of `%s`: leave that `use` out, and write the lines of it that are needed", line->profile);
	} else if (line && line->base) {
		diag_help(rec, "it is a line of the base `%s`: take it away with `drop`", line->base);
	} else if (help) {
		diag_help(rec, "%s", help);
	}
}

/* A `prefer` may not leave nothing of a `require`: what has to be done with that first. */
static const char *before_prefer(const struct ir *ir, const struct unkept *v, const unsigned *group, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct ir_want *asked = v[group[i]].asked;
		if (asked && !(asked->targets & ir->targets & ~TARGET_BIT(v[group[i]].g.target)))
			return asked->origin->base ? "`drop` the `require` of the base, and write " : "in place of the `require` write ";
	}
	return "";
}

static void report(struct arena *a, const struct ir *ir, const struct unkept *v, const unsigned *group, unsigned n, struct diags *d)
{
	const struct unkept *u = &v[group[0]];
	const char *system = system_name[u->g.target];
	struct buf quoted = buf_new(a), plain = buf_new(a);
	for (unsigned i = 0; i < n; i++) {
		buf_printf(&quoted, "%s`%s`", i == 0 ? "" : i + 1 == n ? " and " : ", ", cap_name[v[group[i]].g.cap]);
		buf_printf(&plain, "%s%s", i ? ", " : "", cap_name[v[group[i]].g.cap]);
	}
	struct diag_rec *rec = diag(d, DIAG_NOT_KEPT, place_of(ir, u), "%s cannot keep %s, and %s required", system, buf_str(&quoted),
				    n > 1 ? "they are" : "it is");
	bool against = u->g.answer.at && u->g.answer.at != u->g.origin && stands_against(ir, u->g.answer.at);
	diag_label(rec, "%s %s", against ? "goes against" : "needs", n > 1 ? "them" : buf_str(&quoted));
	for (unsigned i = 0; i < n; i++)
		if (v[group[i]].asked && v[group[i]].asked->at.beg != place_of(ir, u).beg)
			diag_second(rec, v[group[i]].asked->at, "required here");
	for (unsigned i = 0; i < n; i++)
		diag_note(rec, "%s: %s", cap_name[v[group[i]].g.cap], cap_help[v[group[i]].g.cap]);
	if (u->g.answer.note)
		diag_note(rec, "%s", u->g.answer.note);
	if (u->other_mechanism)
		diag_note(rec, "on %s it is kept, by %s", system_name[!u->g.target], u->other_mechanism);
	help_line(rec, u->g.answer.at, u->g.answer.help);
	diag_help(rec, "accept it there: %s`prefer %s on %s because \"...\"`", before_prefer(ir, v, group, n), buf_str(&plain),
		  target_name[u->g.target]);
	if (ir->targets != TARGET_BIT(u->g.target))
		diag_help(rec, "or leave %s out of `targets`", system);
}

void guarantees_report(struct arena *a, const struct ir *ir, const struct unkept *v, unsigned n, struct diags *d)
{
	unsigned *group = ARENA_ARRAY(a, n, unsigned);
	bool *said = ARENA_ARRAY(a, n, bool);
	for (unsigned i = 0; i < n; i++) {
		unsigned in = 0;
		for (unsigned k = i; k < n && !said[i]; k++)
			if (k == i || (!said[k] && same_cause(ir, &v[i], &v[k])))
				group[in++] = k;
		for (unsigned k = 0; k < in; k++)
			said[group[k]] = true;
		if (in)
			report(a, ir, v, group, in, d);
	}
}

void guarantee_report_contradiction(const struct ir_want *asked, const struct origin *line, const char *why, const char *limit,
				    struct diags *d)
{
	struct diag_rec *rec = diag(d, DIAG_NOT_KEPT, asked->at, "the policy itself does not keep `%s`", cap_name[asked->cap]);
	diag_note(rec, "%s: %s", cap_name[asked->cap], cap_help[asked->cap]);
	if (line) {
		diag_second(rec, line->loc, "%s", why);
		help_line(rec, line, "remove that line, or the `require`");
	} else if (limit) {
		diag_help(rec, "add a line `limit %s ...`", limit);
	} else {
		diag_help(rec, "remove it from `require`");
	}
}
