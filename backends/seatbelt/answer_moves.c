/*
 * answer_moves.c - which guarantees about files do not outlive a rename.
 *
 * The name decides on macOS: a file that may be removed from one place and made in another takes the rules of its new
 * name. The folders above closed places keep theirs (lower_moves.c), so what is left is the closed place itself, and what
 * lies in it, where the policy closes it for one thing and lets it be removed.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/path_set.h"
#include "../../compiler/str.h"
#include "seatbelt.h"

static struct answer enforced(void)
{
	return (struct answer){.level = LEVEL_ENFORCED, .mechanism = "seatbelt"};
}

static struct answer partial(const char *note, const char *help, const struct origin *at)
{
	return (struct answer){
	    .level = LEVEL_PARTIAL, .mechanism = "seatbelt", .note = note, .help = help, .at = at};
}

/* Roots of rules, sorted: those inside of a place stand side by side. */
struct roots {
	const char **v;
	unsigned n;
};

struct moves {
	struct arena *arena;
	const struct ir *ir;
	struct path_set *deletes, *denies, *holes; /* of the operation `delete` */
	struct roots removes, live, makes; /* where something may be removed; where nothing takes that away; where made */
};

static const struct origin *origin_of(const struct ir_rule *r, uint32_t ops)
{
	for (int i = 0; i < OP_COUNT; i++)
		if ((r->ops & ops & OP_BIT(i)) && r->origin[i])
			return r->origin[i];
	return NULL;
}

static const char *expand(const struct moves *m, const char *tmpl)
{
	const char *path = expand_template(m->arena, m->ir, tmpl, NULL, 0);

	return path ? place_name(m->arena, TARGET_MACOS, path) : NULL;
}

static bool is_place(const struct ir_rule *r, enum op op)
{
	return r->kind == RULE_PATH && (r->ops & OP_BIT(op)) && seatbelt_governs(r);
}

static void roots_add(struct moves *m, struct roots *roots, const char *root)
{
	ARENA_GROW(m->arena, roots->v, roots->n);
	roots->v[roots->n++] = root;
}

static void roots_sort(struct roots *roots)
{
	if (roots->n)
		qsort(roots->v, roots->n, sizeof(*roots->v), cmp_strp);
}

static unsigned first_from(const struct roots *roots, const char *from)
{
	return sorted_first(roots->v, roots->n, sizeof(*roots->v), from, strlen(from));
}

/* How many stand at the place or below it. */
static unsigned within(const struct moves *m, const struct roots *roots, const char *place)
{
	unsigned at = first_from(roots, place), here = at;

	if (strcmp(place, "/") == 0)
		return roots->n;
	while (here < roots->n && strcmp(roots->v[here], place) == 0)
		here++;
	/* the byte after a slash */
	return here - at + first_from(roots, arena_printf(m->arena, "%s0", place)) -
	       first_from(roots, arena_printf(m->arena, "%s/", place));
}

static bool is_rule(void *ctx, const struct ir_rule *r)
{
	return !ctx || r == ctx;
}

/* Does a hole of the rule, or a deny of all, take the place? */
static bool taken(const struct moves *m, const struct ir_rule *r, const char *place)
{
	return path_set_above(m->denies, place, is_rule, NULL) ||
	       (r->n_holes && path_set_above(m->holes, place, is_rule, (void *)(uintptr_t)r));
}

static void add_rule(struct moves *m, const struct ir_rule *r)
{
	const char *root = is_place(r, OP_DELETE) || is_place(r, OP_CREATE) ? expand(m, r->object) : NULL;

	if (!root)
		return;
	if (!r->deny && is_place(r, OP_CREATE))
		roots_add(m, &m->makes, root);
	if (!is_place(r, OP_DELETE))
		return;
	path_set_add(r->deny ? m->denies : m->deletes, root, r);
	for (unsigned i = 0; !r->deny && i < r->n_holes; i++) {
		const char *hole = expand(m, r->holes[i].path);

		if (hole)
			path_set_add(m->holes, hole, r);
	}
}

static struct moves moves_new(const struct ir *ir)
{
	struct moves m = {.arena = arena_new(), .ir = ir};
	unsigned n_holes = 0;

	for (unsigned i = 0; i < ir->n_rules; i++)
		n_holes += ir->rules[i].n_holes;
	m.deletes = path_set_new(m.arena, ir->n_rules);
	m.denies = path_set_new(m.arena, ir->n_rules);
	m.holes = path_set_new(m.arena, n_holes);
	for (unsigned i = 0; i < ir->n_rules; i++)
		add_rule(&m, &ir->rules[i]);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *root = !r->deny && is_place(r, OP_DELETE) ? expand(&m, r->object) : NULL;

		if (root)
			roots_add(&m, &m.removes, root);
		if (root && !taken(&m, r, root))
			roots_add(&m, &m.live, root);
	}
	roots_sort(&m.removes);
	roots_sort(&m.live);
	roots_sort(&m.makes);
	return m;
}

struct removing {
	const struct moves *m;
	const char *place;
};

static bool still_removes(void *ctx, const struct ir_rule *r)
{
	const struct removing *x = ctx;

	return !taken(x->m, r, x->place);
}

/*
 * May something in the closed place be removed (where an allow to do so begins below it, there), and something be made
 * outside of it? Nothing can be moved into itself.
 */
static bool can_move(const struct moves *m, const char *tmpl)
{
	const char *closed = expand(m, tmpl);
	struct removing x = {m, closed};

	return closed && m->makes.n > within(m, &m->makes, closed) &&
	       (path_set_above(m->deletes, closed, still_removes, &x) || within(m, &m->live, closed));
}

/* Does the rule close a place, whole or by an exception, that what lies in it can be moved out of? */
static bool opens_by_moving(const struct moves *m, const struct ir_rule *r)
{
	bool moves = r->deny && can_move(m, r->object);

	for (unsigned h = 0; h < r->n_holes && !r->deny && !moves; h++)
		moves = can_move(m, r->holes[h].path);
	return moves;
}

struct answer seatbelt_unless_moved(const struct ir *ir, uint32_t ops)
{
	struct moves m = moves_new(ir);
	struct answer answer = enforced();

	for (unsigned i = 0; i < ir->n_rules && answer.level == LEVEL_ENFORCED; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (r->kind == RULE_PATH && (r->ops & ops) && seatbelt_governs(r) && opens_by_moving(&m, r))
			answer = partial("what lies in the closed place may be removed, so it may be renamed "
					 "to a name that is not closed",
					 "deny `delete` there too: `deny read delete \"...\"`",
					 origin_of(r, ops));
	}
	arena_free(m.arena);
	return answer;
}

/* Can what lies below the pattern's folder be renamed: to a name that it does not fit, or out of the folder? */
static const char *pattern_gap(const struct moves *m, const struct ir_rule *glob)
{
	const char *root = expand(m, glob->object);
	bool removes = root && (path_set_above(m->deletes, root, is_rule, NULL) || within(m, &m->removes, root));

	if (removes && !(glob->ops & OP_BIT(OP_DELETE)))
		return "a file that a pattern closes can be renamed to a name that it does not fit";
	return removes && m->makes.n > within(m, &m->makes, root)
		   ? "a folder that holds what a pattern closes can be renamed to a place outside of the pattern's folder"
		   : NULL;
}

/* What a pattern closes opens under another name, where files may be renamed and this one too. */
struct answer seatbelt_patterns_answer(const struct ir *ir)
{
	struct moves m = moves_new(ir);
	struct answer answer = enforced();

	for (unsigned i = 0; i < ir->n_rules && answer.level == LEVEL_ENFORCED; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *gap = r->kind == RULE_GLOB && r->deny && seatbelt_governs(r) ? pattern_gap(&m, r) : NULL;

		if (gap)
			answer = partial(gap,
					 r->ops & OP_BIT(OP_DELETE)
					     ? "let nothing be made outside of that folder"
					     : "deny `delete` of the pattern too, or allow no `delete` in that folder",
					 origin_of(r, r->ops));
	}
	arena_free(m.arena);
	return answer;
}

/* A tree that may be emptied but not read, beside one that may be filled and read. */
struct answer seatbelt_unless_moved_in(const struct ir *ir)
{
	const struct ir_rule *blind = NULL, *open = NULL;

	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (r->kind != RULE_PATH || r->deny || !seatbelt_governs(r))
			continue;
		if ((r->ops & OP_BIT(OP_DELETE)) && !(r->ops & OP_BIT(OP_READ)))
			blind = blind ? blind : r;
		if ((r->ops & OP_BIT(OP_CREATE)) && (r->ops & OP_BIT(OP_READ)))
			open = r;
	}
	if (!blind || !open)
		return enforced();
	return partial(
	    "a file that may be removed but not read can be renamed into a tree that may be read",
	    "allow `read` there too, or only `modify create`", blind->origin[OP_DELETE]);
}
