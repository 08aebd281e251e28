/*
 * caps.c - asks the back ends, a policy or a plan for the matrix of guarantees.
 */
#include "caps.h"

#include <string.h>

#include "manifest_read.h"
#include "say.h"

const char *const cap_ask[CAP_COUNT] = {
#define ASK(cap, lines) [CAP_##cap] = lines,
#include "cap_ask.def"
};

/* ---- what the back ends can do ---- */

/* Does the line that asks say itself which private views there are? */
static bool isolates(enum cap cap) { return strncmp(cap_ask[cap], "isolate", 7) == 0; }

struct way {
	bool line, require; /* asked by its line, by `require`, or by both */
	bool views;         /* with the private views that a policy has without a word, or with none */
};

/* A policy of one system that asks for the capability. */
static const char *asking(struct arena *a, enum target t, enum cap cap, struct way w)
{
	const char *line = w.line ? cap_ask[cap] : "";
	return arena_printf(a,
			    "sbx 1\n%spolicy ask {\n    targets %s\n    entry \"/bin/true\"\n%s    %s\n%s%s\n}\n",
			    strstr(line, "via egress") ? "proxy egress = unix \"/run/egress.sock\"\n" : "", target_name[t],
			    w.views || (w.line && isolates(cap)) ? "" : "    isolate none\n", line,
			    w.require ? "    require " : "", w.require ? cap_name[cap] : "");
}

/* The answer to the policy; false when it does not ask, or has no words for it. */
static bool answer_to(struct arena *a, const char *text, enum target t, enum cap cap, struct answer *out, const char **beside)
{
	struct compile k;
	const struct compile_options opt = {.path = "ask.sbx", .text = text};
	bool read = compile_read(&k, &opt) == COMPILE_OK;
	if (read) {
		const struct guarantees g = guarantees_check(k.arena, k.ir, k.diags);
		const struct guarantee *found = guarantee_find(&g, t, cap);
		read = found != NULL;
		if (found)
			*out = found->answer;
		*beside = host_beside(cap, host_discards(k.ir));
	}
	if (read && out->mechanism)
		out->mechanism = arena_strdup(a, out->mechanism);
	arena_free(k.arena);
	return read;
}

static const char *note_of(enum cap cap, const struct answer *answer)
{
	if (answer->note)
		return answer->note;
	return answer->level < LEVEL_DELEGATED ? "nothing there does this" : answer->level == LEVEL_DELEGATED ? cap_help[cap] : NULL;
}

static void fill(struct arena *a, struct cap_cell *c, enum cap cap, const struct answer *answer, const char *beside)
{
	c->asked = true;
	c->beside = beside;
	c->level = answer->level;
	c->mechanism = answer->level == LEVEL_ABSENT ? NULL : answer->mechanism;
	c->kernel = c->mechanism ? host_least_kernel(a, c->mechanism) : NULL;
	c->note = note_of(cap, answer);
}

/* Where a system has no words for the line, requiring it still says why it is not kept. */
static void ask_all_ways(struct arena *a, enum target t, enum cap cap, bool views, struct cap_cell *out)
{
	static const struct way ways[] = {{.line = true}, {.line = true, .require = true}, {.require = true}};
	struct answer answer = {.level = LEVEL_ABSENT};
	const char *beside = NULL;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct way w = ways[i];
		w.views = views;
		if (answer_to(a, asking(a, t, cap, w), t, cap, &answer, &beside))
			break;
	}
	fill(a, out, cap, &answer, beside);
}

static bool same_text(const char *x, const char *y) { return x == y || (x && y && strcmp(x, y) == 0); }

static const char *add_note(struct arena *a, const char *note, const char *more)
{
	return note ? arena_printf(a, "%s; %s", note, more) : more;
}

/*
 * Linux has private views, which keep some guarantees better than the rules do, or on an older kernel, where a host lets
 * them be made.
 */
static void ask_with_views(struct arena *a, enum cap cap, struct cap_cell *plain)
{
	struct cap_cell *views = ARENA_NEW(a, struct cap_cell);
	ask_all_ways(a, TARGET_LINUX, cap, true, views);
	if (views->level > plain->level) {
		*plain = *views;
		plain->note = add_note(a, plain->note, "in private views only (`isolate`)");
	} else if (views->level == plain->level && plain->level != LEVEL_ABSENT && !same_text(views->mechanism, plain->mechanism)) {
		plain->views = views;
		plain->note = add_note(a, plain->note,
				       arena_printf(a, "in private views (`isolate`) by %s, Linux %s", views->mechanism, views->kernel));
	}
}

struct cap_matrix *caps_general(struct arena *a)
{
	struct cap_matrix *m = ARENA_NEW(a, struct cap_matrix);
	*m = (struct cap_matrix){.targets = TARGETS_ALL};
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned c = 0; c < CAP_COUNT; c++) {
			ask_all_ways(a, (enum target)t, (enum cap)c, false, &m->v[t][c]);
			if (t == TARGET_LINUX && !isolates((enum cap)c))
				ask_with_views(a, (enum cap)c, &m->v[t][c]);
		}
	return m;
}

/* ---- policies and plans ---- */

struct cap_matrix *caps_of_policy(struct arena *a, const struct compile *k)
{
	struct cap_matrix *m = ARENA_NEW(a, struct cap_matrix);
	*m = (struct cap_matrix){.targets = k->ir->targets};
	for (unsigned i = 0; i < k->guarantees.n; i++) {
		const struct guarantee *g = &k->guarantees.v[i];
		struct cap_cell *c = &m->v[g->target][g->cap];
		fill(a, c, g->cap, &g->answer, host_beside(g->cap, host_discards(k->ir)));
		c->preferred = g->preferred;
		c->at = g->origin ? say_origin(a, k->src, g->origin) : NULL;
	}
	return m;
}

static bool find_word(const char *const *words, unsigned n, const char *word, unsigned *out)
{
	for (unsigned i = 0; word && i < n; i++)
		if (strcmp(words[i], word) == 0)
			return *out = i, true;
	return false;
}

static bool plan_guarantee(struct arena *a, const struct manifest *y, unsigned i, bool discards, struct cap_matrix *m)
{
	unsigned target, cap, level;
	const char *is = manifest_get(y, LIST_GUARANTEES, i, "is");
	if (!find_word(target_name, TARGET_COUNT, manifest_get(y, LIST_GUARANTEES, i, "target"), &target) ||
	    !find_word(cap_name, CAP_COUNT, manifest_get(y, LIST_GUARANTEES, i, "name"), &cap) ||
	    !find_word(level_name, LEVEL_ENFORCED + 1, manifest_get(y, LIST_GUARANTEES, i, "level"), &level) || !is)
		return false;
	const struct answer answer = {.level = (enum level)level,
				      .mechanism = manifest_get(y, LIST_GUARANTEES, i, "mechanism"),
				      .note = manifest_get(y, LIST_GUARANTEES, i, "note")};
	struct cap_cell *c = &m->v[target][cap];
	fill(a, c, (enum cap)cap, &answer, host_beside((enum cap)cap, discards));
	c->preferred = strcmp(is, "preferred") == 0;
	c->at = manifest_get(y, LIST_GUARANTEES, i, "at");
	return true;
}

struct cap_matrix *caps_of_plan(struct arena *a, const char *text, size_t size, bool discards, const char **error)
{
	const struct manifest *y = manifest_read(a, text, size, error);
	struct cap_matrix *m = ARENA_NEW(a, struct cap_matrix);
	unsigned t;
	if (!y)
		return NULL;
	*m = (struct cap_matrix){.targets = 0};
	for (unsigned i = 0; i < manifest_count(y, LIST_TARGETS); i++)
		if (find_word(target_name, TARGET_COUNT, manifest_get(y, LIST_TARGETS, i, ""), &t))
			m->targets |= TARGET_BIT(t);
	for (unsigned i = 0; i < manifest_count(y, LIST_GUARANTEES); i++)
		if (!plan_guarantee(a, y, i, discards, m)) {
			*error = "plan.yaml: a guarantee that this sbxc does not know";
			return NULL;
		}
	return m;
}

static const char *lacks(struct arena *a, const struct host *h, const struct cap_cell *c)
{
	const char *lack = c->asked && c->mechanism ? host_lacks(a, h, c->mechanism) : NULL;
	return lack || !c->asked || !c->beside ? lack : host_lacks(a, h, c->beside);
}

void caps_on_host(struct arena *a, struct cap_matrix *m, const struct host *h)
{
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		struct cap_cell *cell = &m->v[TARGET_LINUX][c];
		const char *lack = lacks(a, h, cell);
		if (!lack)
			continue;
		if (cell->views && !lacks(a, h, cell->views)) {
			*cell = *cell->views;
			cell->note = add_note(a, cell->note, "in private views only (`isolate`)");
		} else {
			cell->level = LEVEL_ABSENT;
			cell->note = lack;
		}
	}
}

/* ---- sets ---- */

struct cap_set caps_held_on(const struct cap_matrix *m, uint32_t targets)
{
	struct cap_set s;
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		s.has[c] = true;
		for (unsigned t = 0; t < TARGET_COUNT; t++)
			s.has[c] &= !(targets & TARGET_BIT(t)) || cap_holds(&m->v[t][c]);
	}
	return s;
}

struct cap_set caps_required(const struct cap_matrix *m)
{
	struct cap_set s = {{false}};
	for (unsigned c = 0; c < CAP_COUNT; c++)
		for (unsigned t = 0; t < TARGET_COUNT; t++)
			s.has[c] |= m->v[t][c].asked && !m->v[t][c].preferred;
	return s;
}
