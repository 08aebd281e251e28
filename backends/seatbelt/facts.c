/*
 * facts.c - what the profile says and no request asks about: whether the program may make processes and, where exec.wx is
 * asked for, code at run time; and that no folder above a closed place can be renamed or brought there, since requests ask
 * about files.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/guarantee.h"
#include "sbpl_witness.h"
#include "seatbelt.h"

static bool expect(const struct sbpl_profile *p, enum sbpl_op op, const char *name, bool want, struct arena *a,
		   const char **difference)
{
	bool has = sbpl_decide(p, &(struct sbpl_query){.op = op}).allow;

	if (has == want)
		return true;
	*difference = arena_printf(a, SEATBELT_FILE ": %s is %s, the policy says it is %s", name, has ? "allowed" : "denied",
				   want ? "allowed" : "denied");
	return false;
}

/* One process, and not a number that the start brings. */
static bool is_one(const struct ir_limit *l)
{
	return l->set && l->value == 1 && l->param == NULL;
}

/* ---- folders above closed places ---- */

#define MAKES (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE))

struct placed {
	const char *path;
	const struct ir_rule *rule;
};

struct moves {
	const struct sbpl_profile *profile;
	const struct lower *what;
	struct request values; /* of the start */
	struct arena *a;
	const char **difference;
	struct placed *placed; /* sorted by path */
	unsigned n_placed;
	bool makes, removes; /* does the policy allow either anywhere? Without both nothing is renamed */
};

static const char *place(const struct moves *m, const char *tmpl)
{
	const char *path = expand_template(m->a, m->what->ir, tmpl, m->values.given, m->values.n_given);

	return path ? sbpl_real_path(m->a, path) : NULL;
}

static bool is_of(const struct ir_rule *r, bool deny)
{
	return (r->kind == RULE_PATH || r->kind == RULE_GLOB) && r->deny == deny && (r->targets & TARGET_BIT(TARGET_MACOS));
}

static bool passes(const struct moves *m, enum sbpl_op op, const char *folder)
{
	return sbpl_decide(m->profile, &(struct sbpl_query){.op = op, .path = folder, .vnode = "DIRECTORY"}).allow;
}

static bool folder_kept(const struct moves *m, const char *folder, const char *closed, uint32_t ops)
{
	bool leaves = m->makes && passes(m, SBPL_FILE_WRITE_UNLINK, folder);
	bool comes = (ops & MAKES) && m->removes && passes(m, SBPL_FILE_WRITE_CREATE, folder);

	if (!leaves && !comes)
		return true;
	*m->difference = arena_printf(m->a, SEATBELT_FILE ": the folder %s can be %s, the policy closes %s below it", folder,
				      leaves ? "renamed" : "brought to its name", closed);
	return false;
}

/* With `itself` only a part of the place is closed. */
static bool folders_kept(const struct moves *m, const char *tmpl, uint32_t ops, bool itself)
{
	const char *closed = place(m, tmpl);

	for (const char *slash = closed ? strchr(closed + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/'))
		if (!folder_kept(m, arena_strndup(m->a, closed, (size_t)(slash - closed)), closed, ops))
			return false;
	return !closed || !itself || !closed[1] || folder_kept(m, closed, closed, ops);
}

/* Is it in a hole of the rule? */
static bool taken_out(const struct moves *m, const struct ir_rule *r, const char *closed)
{
	for (unsigned i = 0; i < r->n_holes; i++) {
		const char *hole = place(m, r->holes[i].path);

		if (hole && path_covers(hole, closed))
			return true;
	}
	return false;
}

static int cmp_placed(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* The rules on places, by these. */
static void place_all(struct moves *m)
{
	const struct ir *ir = m->what->ir;

	m->placed = ARENA_ARRAY(m->a, ir->n_rules + 1u, struct placed);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *path = r->kind == RULE_PATH && (is_of(r, true) || is_of(r, false)) ? place(m, r->object) : NULL;

		if (path)
			m->placed[m->n_placed++] = (struct placed){path, r};
	}
	if (m->n_placed)
		qsort(m->placed, m->n_placed, sizeof(*m->placed), cmp_placed);
}

/* The first rule on exactly this place, or where it would stand. */
static unsigned first_at(const struct moves *m, const char *path)
{
	unsigned lo = 0, hi = m->n_placed;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (strcmp(m->placed[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* What rules on `at`, which covers the closed place, give of it and take. */
static void look_at(const struct moves *m, const char *at, const struct ir_rule *deny, const char *closed, uint32_t *given,
		    uint32_t *others)
{
	for (unsigned i = first_at(m, at); i < m->n_placed && strcmp(m->placed[i].path, at) == 0; i++) {
		const struct ir_rule *r = m->placed[i].rule;

		if (r->deny)
			*others |= r == deny ? 0 : r->ops;
		else if (!taken_out(m, r, closed))
			*given |= r->ops;
	}
}

/* Does the deny take something that a line would give, and no other deny takes with all around it? */
static bool closes(const struct moves *m, const struct ir_rule *deny)
{
	const char *closed = place(m, deny->object);
	uint32_t given = 0, others = 0;

	if (!closed)
		return false;
	look_at(m, "/", deny, closed, &given, &others);
	for (const char *slash = strchr(closed + 1, '/'); slash; slash = strchr(slash + 1, '/'))
		look_at(m, arena_strndup(m->a, closed, (size_t)(slash - closed)), deny, closed, &given, &others);
	if (closed[1])
		look_at(m, closed, deny, closed, &given, &others);
	return deny->ops & given & ~others;
}

static bool rule_kept(const struct moves *m, const struct ir_rule *r)
{
	if (is_of(r, true))
		return !closes(m, r) || folders_kept(m, r->object, r->ops, r->kind == RULE_GLOB);
	for (unsigned i = 0; is_of(r, false) && i < r->n_holes; i++)
		if (!folders_kept(m, r->holes[i].path, r->ops, false))
			return false;
	return true;
}

static bool moves_expect(struct moves *m)
{
	const struct ir *ir = m->what->ir;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		uint32_t ops = is_of(&ir->rules[i], false) ? ir->rules[i].ops : 0;

		m->makes |= ops & OP_BIT(OP_CREATE);
		m->removes |= ops & OP_BIT(OP_DELETE);
	}
	if (!m->makes || !m->removes)
		return true;
	place_all(m);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (!rule_kept(m, &ir->rules[i]))
			return false;
	return true;
}

/* With the values that are assumed, and with others that lie otherwise to each other. */
static bool all_moves_expect(const void *model, const struct lower *what, struct arena *a, const char **difference)
{
	for (unsigned i = 0; i < SEATBELT_VALUES; i++) {
		struct moves m = {.what = what, .a = a, .difference = difference, .values = seatbelt_values(a, what->ir, i)};

		m.profile = seatbelt_model_profile(model, &m.values);
		if (m.profile && !moves_expect(&m))
			return false;
	}
	return true;
}

bool seatbelt_facts(const void *model, const struct lower *what, struct arena *a, const char **difference)
{
	const struct ir_limit *limits = what->ir->limit[TARGET_MACOS];
	const struct request r = {.target = TARGET_MACOS};
	const struct sbpl_profile *p = seatbelt_model_profile(model, &r);
	bool code = true;

	if (!p) /* with the values that are assumed it does not load: every request says so */
		return true;
	for (unsigned i = 0; i < what->ir->n_wants; i++)
		code &= what->ir->wants[i].cap != CAP_EXEC_WX || !(what->ir->wants[i].targets & TARGET_BIT(TARGET_MACOS));
	return expect(p, SBPL_PROCESS_FORK, "process-fork", !is_one(&limits[LIMIT_PIDS]) && !is_one(&limits[LIMIT_PROCESSES]),
		      a, difference) &&
	       expect(p, SBPL_DYNAMIC_CODE_GENERATION, "dynamic-code-generation", code, a, difference) &&
	       all_moves_expect(model, what, a, difference) && seatbelt_words_whole(model, p, what->ir, a, difference) && seatbelt_rules_decide(model, what->ir, a, difference);
}
