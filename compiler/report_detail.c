/*
 * report_detail.c - the fifth part of the report: limits, environment, system calls by group, and the artifacts.
 */
#include <string.h>

#include "report_priv.h"
#include "say.h"
#include "syscalls.h"

/* ---- limits and environment ---- */

/* Targets from t on with the same limit by the same line; 0 when an earlier one has it. */
static uint32_t same_limit(const struct ir *ir, enum limit l, unsigned t)
{
	const struct ir_limit *one = &ir->limit[t][l];
	uint32_t same = 0;
	for (unsigned k = 0; k < TARGET_COUNT; k++) {
		const struct ir_limit *other = &ir->limit[k][l];
		if (!(ir->targets & TARGET_BIT(k)) || !other->set || other->value != one->value || other->origin != one->origin)
			continue;
		if (k < t)
			return 0;
		same |= TARGET_BIT(k);
	}
	return same;
}

static void put_limit(struct report *r, enum limit l, unsigned t, uint32_t targets)
{
	const struct ir_limit *limit = &r->ir->limit[t][l];
	html_open(r->h, "tr");
	report_code_cell(r, "Limit", limit_name[l]);
	report_text_cell(r, "Value", say_limit_of(r->a, l, limit));
	report_text_cell(r, "On", say_targets(r->a, targets));
	report_line_cell(r, limit->origin);
	html_close(r->h);
}

static void put_limits(struct report *r)
{
	static const char *const heads[] = {"Limit", "Value", "On", "Line and reason", NULL};
	bool begun = false;
	html_leaf(r->h, "h3", "Limits");
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT; l++) {
			bool is = r->ir->limit[t][l].set && (r->ir->targets & TARGET_BIT(t));
			uint32_t targets = is ? same_limit(r->ir, (enum limit)l, t) : 0;
			if (!targets)
				continue;
			if (!begun)
				report_table(r, NULL, heads);
			begun = true;
			put_limit(r, (enum limit)l, t, targets);
		}
	if (begun)
		report_table_end(r);
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		const char *rest = say_default_limits(r->a, r->ir, (enum target)t);
		if ((r->ir->targets & TARGET_BIT(t)) && rest[0])
			html_leaf(r->h, "p class=\"soft\"", arena_printf(r->a, "On %s without a line: %s.", target_name[t], rest));
		else if ((r->ir->targets & TARGET_BIT(t)) && !begun)
			html_leaf(r->h, "p", arena_printf(r->a, "Nothing is limited on %s.", target_name[t]));
	}
}

static void put_env_row(struct report *r, const char *name, const char *value, uint32_t targets, const struct origin *o)
{
	html_open(r->h, "tr");
	report_cell(r, "Name");
	html_open(r->h, "span");
	html_leaf(r->h, "code", name);
	report_targets(r, targets);
	html_close(r->h);
	html_close(r->h);
	report_cell(r, "Value");
	if (value)
		html_leaf(r->h, "code", value);
	else
		html_text(r->h, "the caller's");
	html_close(r->h);
	report_line_cell(r, o);
	html_close(r->h);
}

static void put_environment(struct report *r)
{
	static const char *const heads[] = {"Name", "Value", "Line and reason", NULL};
	unsigned n = r->ir->n_env_set;
	for (unsigned i = 0; i < r->ir->n_rules; i++)
		n += r->ir->rules[i].kind == RULE_ENV && !r->ir->rules[i].deny;
	html_leaf(r->h, "h3", "Environment");
	html_leaf(r->h, "p class=\"soft\"", n ? "It starts empty; only these names get in." : "It is empty: no name gets in.");
	if (!n)
		return;
	if (n > REPORT_MANY)
		report_fold(r, arena_printf(r->a, "%u names", n));
	report_table(r, NULL, heads);
	for (unsigned i = 0; i < r->ir->n_env_set; i++) {
		const struct ir_env_set *e = &r->ir->env_set[i];
		put_env_row(r, e->name, e->value, e->targets, e->origin);
	}
	for (unsigned i = 0; i < r->ir->n_rules; i++) {
		const struct ir_rule *rule = &r->ir->rules[i];
		if (rule->kind == RULE_ENV && !rule->deny)
			put_env_row(r, rule->object, NULL, rule->targets, rule->origin[OP_ENV]);
	}
	report_table_end(r);
	if (n > REPORT_MANY)
		html_close(r->h);
}

/* ---- what it finds around it ---- */

static void put_around_row(struct report *r, const char *what, const char *value, const struct origin *o)
{
	html_open(r->h, "tr");
	report_code_cell(r, "Setting", what);
	report_code_cell(r, "Value", value);
	report_line_cell(r, o);
	html_close(r->h);
}

static const char *isolate_words(struct report *r)
{
	struct buf b = buf_new(r->a);
	for (unsigned i = 0; i < ISOLATE_COUNT; i++)
		if (r->ir->isolate & ISOLATE_BIT(i))
			buf_printf(&b, "%s%s", b.len ? ", " : "", isolate_name[i]);
	return b.len ? buf_str(&b) : "none";
}

static void put_places(struct report *r)
{
	const struct ir_around *w = &r->ir->around;
	for (unsigned i = 0; i < w->n_places; i++) {
		const struct ir_place *p = &w->places[i];
		if (p->kind == PLACE_MOUNT)
			put_around_row(r, "mount", arena_printf(r->a, "%s at %s", p->source, p->at), p->origin);
		else
			put_around_row(r, "scratch", arena_printf(r->a, "%s, %s", p->at, say_number_of(r->a, TYPE_SIZE, p->size, p->size_param)), p->origin);
	}
}

static void put_around(struct report *r)
{
	static const char *const heads[] = {"Setting", "Value", "Line and reason", NULL};
	const struct ir_around *w = &r->ir->around;
	html_leaf(r->h, "h3", "Surroundings");
	report_table(r, NULL, heads);
	put_around_row(r, "isolate", isolate_words(r), r->ir->isolate_origin);
	for (unsigned c = 0; c < CHOICE_COUNT; c++)
		if (choice_targets[c] & TARGET_BIT(TARGET_LINUX))
			put_around_row(r, choice_setting[c], choice_word[c][r->ir->choice[TARGET_LINUX][c].value],
				       r->ir->choice[TARGET_LINUX][c].origin);
	put_places(r);
	if (w->discard_origin)
		put_around_row(r, "discard", say_number_of(r->a, TYPE_SIZE, w->discard_size, w->discard_param), w->discard_origin);
	if (w->directory[TARGET_LINUX].path)
		put_around_row(r, "directory", w->directory[TARGET_LINUX].path, w->directory[TARGET_LINUX].origin);
	if (w->hostname)
		put_around_row(r, "hostname", w->hostname, w->hostname_origin);
	if (w->user_set)
		put_around_row(r, "user", say_number_of(r->a, TYPE_NUMBER, w->user, w->user_param), w->user_origin);
	report_table_end(r);
}

static void put_around_macos(struct report *r)
{
	static const char *const heads[] = {"Setting", "Value", "Line and reason", NULL};
	const struct ir_directory *directory = &r->ir->around.directory[TARGET_MACOS];
	html_leaf(r->h, "h3", "Surroundings on macOS");
	report_table(r, NULL, heads);
	for (unsigned c = 0; c < CHOICE_COUNT; c++)
		if (choice_targets[c] & TARGET_BIT(TARGET_MACOS))
			put_around_row(r, choice_setting[c], choice_word[c][r->ir->choice[TARGET_MACOS][c].value],
				       r->ir->choice[TARGET_MACOS][c].origin);
	if (directory->path)
		put_around_row(r, "directory", directory->path, directory->origin);
	report_table_end(r);
}

/* ---- system calls ---- */

enum answered { ANSWER_NO, ANSWER_SOME, ANSWER_ALL };

static enum answered answer_of(const struct sys_policy *p, const char *name)
{
	enum answered best = ANSWER_NO;
	bool denied = false;
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_rule *rule = &p->rules[i];
		if (strcmp(rule->call->name, name) != 0)
			continue;
		if (rule->deny)
			denied = true;
		else if (best < ANSWER_ALL)
			best = rule->cond ? ANSWER_SOME : ANSWER_ALL;
		if (rule->deny && !rule->cond)
			return ANSWER_NO;
	}
	return denied && best == ANSWER_ALL ? ANSWER_SOME : best;
}

static void put_group(struct report *r, const struct syscall_group *g)
{
	const struct sys_policy *p = meaning_syscalls(r->k->meaning);
	unsigned n[3] = {0}, members = 0;
	struct buf list[3] = {buf_new(r->a), buf_new(r->a), buf_new(r->a)};
	for (unsigned i = 0; i < g->n_members; i++) {
		if (g->members[i][0] == '@')
			continue;
		enum answered a = answer_of(p, g->members[i]);
		buf_printf(&list[a], "%s%s", n[a]++ ? ", " : "", g->members[i]);
		members++;
	}
	if (!members)
		return;
	html_open(r->h, "tr");
	html_open(r->h, "th scope=\"row\" data-head=\"Group\"");
	html_open(r->h, "span");
	html_leaf(r->h, "code", arena_printf(r->a, "@%s", g->name));
	html_raw(r->h, "<br>");
	html_leaf(r->h, "span class=\"soft\"", g->help);
	html_close(r->h);
	html_close(r->h);
	report_text_cell(r, "Answered", arena_printf(r->a, "%u of %u", n[ANSWER_ALL] + n[ANSWER_SOME], members));
	report_code_cell(r, "Always", buf_str(&list[ANSWER_ALL]));
	report_code_cell(r, "Some of them", buf_str(&list[ANSWER_SOME]));
	html_close(r->h);
}

static void put_calls(struct report *r)
{
	static const char *const heads[] = {"Group", "Answered", "Always", "By their arguments", NULL};
	unsigned n;
	const struct syscall_group *g = syscall_groups(&n);
	if (!(r->ir->targets & TARGET_BIT(TARGET_LINUX)))
		return;
	html_open(r->h, "details");
	html_leaf(r->h, "summary", "System calls by group");
	report_table(r, NULL, heads);
	for (unsigned i = 0; i < n; i++)
		put_group(r, &g[i]);
	report_table_end(r);
	html_close(r->h);
}

/* ---- artifacts ---- */

static const struct {
	const char *end, *title;
} titles[] = {
    {"landlock.conf", "Landlock rules"},
    {"cgroup.conf", "Cgroup settings"},
    {"launch.conf", "What the loader sets up"},
    {"egress.yaml", "What the proxy may do"},
    {"seatbelt.sb", "Seatbelt profile of macOS"},
    {"launch-macos.conf", "What the loader sets up on macOS"},
};

static const struct artifact *find(const struct report *r, const char *name)
{
	for (unsigned i = 0; i < r->k->lower.n_artifacts; i++)
		if (strcmp(r->k->lower.artifacts[i].name, name) == 0)
			return &r->k->lower.artifacts[i];
	return NULL;
}

static void open_artifact(struct report *r, const struct artifact *f, const char *title)
{
	html_open(r->h, "details");
	html_open(r->h, "summary");
	html_text(r->h, title);
	html_text(r->h, " ");
	html_leaf(r->h, "code class=\"soft\"", f->name);
	html_close(r->h);
}

static void put_filters(struct report *r)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		const struct artifact *f = find(r, arena_printf(r->a, "seccomp-%s.txt", arch_name[a]));
		if (!f)
			continue;
		open_artifact(r, f, arena_printf(r->a, "The filter of system calls on %s: its instructions and the lines they come from",
						 arch_name[a]));
		report_filter(r, (enum arch)a, arena_strndup(r->a, f->data, f->size));
		html_close(r->h);
	}
}

static void put_artifacts(struct report *r)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
		const struct artifact *f = find(r, titles[i].end);
		if (!f)
			continue;
		open_artifact(r, f, titles[i].title);
		html_leaf(r->h, "pre tabindex=\"0\"", arena_strndup(r->a, f->data, f->size));
		html_close(r->h);
	}
}

void report_detail(struct report *r)
{
	report_section(r, "detail", "Limits, environment, artifacts");
	put_limits(r);
	put_environment(r);
	if (r->ir->targets & TARGET_BIT(TARGET_LINUX))
		put_around(r);
	if (r->ir->targets & TARGET_BIT(TARGET_MACOS))
		put_around_macos(r);
	html_leaf(r->h, "h3", "What the systems are given");
	html_leaf(r->h, "p class=\"soft\"",
		  "Read back and compared with the policy before this page was made; each filter of system calls was proved "
		  "equal to it over all calls.");
	put_calls(r);
	put_filters(r);
	put_artifacts(r);
	html_close(r->h);
}
