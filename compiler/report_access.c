/*
 * report_access.c - the third part of the report: what the program can do, object by object, each with its line.
 *
 * What the policy itself says comes first; what library profiles bring is folded, a fold for each.
 */
#include <string.h>

#include "report_rows.h"

enum {
	READ = OP_BIT(OP_READ) | OP_BIT(OP_LIST),
	WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
	RUN = OP_BIT(OP_EXEC),
	CONNECT = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_RELAY_TCP),
	LISTEN = OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX),
};

static const char *profile_of(const struct ir_rule *r)
{
	return first_line_of(r)->profile;
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

static const char *environment(struct report *r)
{
	unsigned n = count_allowed(r->ir, OP_BIT(OP_ENV)) + r->ir->n_env_set;
	return n ? report_count(r->a, n, "name", "names") : "empty";
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
	put_tile(r, "Environment", environment(r));
	if (r->ir->targets & TARGET_BIT(TARGET_LINUX))
		put_tile(r, "System calls", calls(r));
	html_close(r->h);
}

/* ---- tables ---- */

enum part { FILES, OTHERS };

/* The rules of one profile, or with NULL those of the policy itself, in the order of the normal form. */
static const struct ir_rule **rules_of(struct report *r, const char *profile, enum part part, unsigned *n)
{
	const struct ir_rule **v = ARENA_ARRAY(r->a, r->ir->n_rules + 1, const struct ir_rule *);
	*n = 0;
	for (unsigned i = 0; i < r->ir->n_rules; i++) {
		const struct ir_rule *rule = &r->ir->rules[i];
		bool file = rule->kind == RULE_PATH && !rule->deny;
		if (file == (part == FILES) && of_profile(rule, profile))
			v[(*n)++] = rule;
	}
	return v;
}

static void put_own(struct report *r)
{
	unsigned n;
	const struct ir_rule **files = rules_of(r, NULL, FILES, &n);
	html_leaf(r->h, "h3", "Files");
	report_rows(r, files, n, r->ir->entry != NULL);
	if (!n && !r->ir->entry)
		html_leaf(r->h, "p", "No file by a line of its own.");
	const struct ir_rule **others = rules_of(r, NULL, OTHERS, &n);
	if (n)
		html_leaf(r->h, "h3", "Network, names, calls, and what is taken away");
	report_rows(r, others, n, false);
}

/* ---- profiles ---- */

static bool seen_before(const struct ir *ir, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (profile_of(&ir->rules[k]) && strcmp(profile_of(&ir->rules[k]), profile_of(&ir->rules[i])) == 0)
			return true;
	return false;
}

static void put_profile(struct report *r, const char *profile, const struct origin *o)
{
	unsigned n_files, n_others;
	const struct ir_rule **files = rules_of(r, profile, FILES, &n_files), **others = rules_of(r, profile, OTHERS, &n_others);
	html_open(r->h, "details");
	html_open(r->h, "summary");
	html_leaf(r->h, "code", profile);
	html_text(r->h, " ");
	html_leaf(r->h, "span class=\"soft\"", arena_printf(r->a, "%s, used at %s ", report_count(r->a, n_files + n_others, "line", "lines"),
							    src_where(r->k->src, r->a, o->used_at)));
	report_wide_marks(r, files, n_files);
	report_wide_marks(r, others, n_others);
	html_close(r->h);
	report_rows(r, files, n_files, false);
	report_rows(r, others, n_others, false);
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
		put_profile(r, profile, first_line_of(&r->ir->rules[i]));
	}
}

void report_access(struct report *r)
{
	report_section(r, "can", "What it can do");
	html_leaf(r->h, "p class=\"soft\"", "Nothing else: what no line allows is denied, and a line that denies always wins.");
	put_glance(r);
	put_own(r);
	put_profiles(r);
	report_tree(r);
	html_close(r->h);
}
