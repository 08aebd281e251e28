/*
 * paths.c - collects what a policy says of paths on macOS, and leaves out what another line or the base says already,
 * operation by operation, as far as the words of the policy show it. Where a value of the start decides, the line stays.
 */
#include "paths.h"

#include <string.h>

#include "../../compiler/glob.h"
#include "../../compiler/glob_pick.h"
#include "../../compiler/template.h"

static const struct {
	uint32_t allow_any, allow_all, deny_any, deny_all;
} atoms[ATOM_COUNT] = {
#define ATOM(id, name, allow_any, allow_all, deny_any, deny_all)                                   \
	[ATOM_##id] = {(allow_any), (allow_all), (deny_any), (deny_all)},
#include "atoms.def"
};

static uint32_t atoms_of(uint32_t ops, bool deny)
{
	uint32_t out = 0;

	for (unsigned i = 0; i < ATOM_COUNT; i++) {
		uint32_t any = deny ? atoms[i].deny_any : atoms[i].allow_any;
		uint32_t all = deny ? atoms[i].deny_all : atoms[i].allow_all;

		if ((ops & any) && (ops & all) == all)
			out |= ATOM_BIT(i);
	}
	return out;
}

static bool is_path(const struct ir_rule *r)
{
	return r->kind == RULE_PATH || r->kind == RULE_GLOB;
}

/* ---- collecting ---- */

/* Does this hole of the line take the place, or (below) some of what lies in it? Where a variable decides it, it does. */
static bool touches(const char *hole, const char *root, bool below)
{
	return tmpl_may_cover(hole, root) || (below && tmpl_may_cover(root, hole));
}

bool paths_hole_matters(struct arena *a, const char *root, const char *hole)
{
	return touches(path_real(a, hole), path_real(a, root), true);
}

/* Does the rule leave out all of its own place? */
static bool is_hole(struct arena *a, const struct ir_rule *r, const char *root)
{
	for (unsigned i = 0; i < r->n_holes; i++)
		if (path_covers(path_real(a, r->holes[i].path), root))
			return true;
	return false;
}

/* The shortest name that the pattern fits; NULL: the line has none. */
static const char *shortest(struct arena *a, const char *glob)
{
	char *name = glob ? arena_strdup(a, glob) : NULL, *to = name;

	for (const char *c = glob; c && *c; c++)
		if (*c != '*')
			*to++ = *c;
	if (name)
		*to = '\0';
	return name;
}

static void add_line(struct emit *e, struct path_lines *l, const struct ir_rule *r, const char *note)
{
	struct arena *a = e->l->arena;
	struct path_line line = {.rule = r, .note = note, .at = rule_loc(r), .number = l->n};

	line.root = path_real(a, r->object);
	line.shortest = shortest(a, r->glob);
	line.all = line.atoms = atoms_of(r->ops, r->deny);
	if (!line.all || is_hole(a, r, line.root))
		return;
	ARENA_GROW(a, l->v, l->n);
	l->v[l->n++] = line;
}

/*
 * The first exec happens under the profile already and cannot be told from a later one. Like the
 * other back ends, a program may read itself.
 */
static void add_entry(struct emit *e, struct path_lines *l)
{
	const struct ir *ir = e->l->ir;
	struct ir_rule *r;

	if (!ir->entry)
		return;
	r = ARENA_NEW(e->l->arena, struct ir_rule);
	*r = (struct ir_rule){.kind = RULE_PATH,
			      .ops = OP_BIT(OP_READ) | OP_BIT(OP_EXEC),
			      .targets = TARGET_BIT(TARGET_MACOS),
			      .object = ir->entry};
	r->origin[OP_READ] = r->origin[OP_EXEC] = ir->entry_origin;
	add_line(e, l, r, "the program that is started");
}

/*
 * What may never be allowed, as denials: nothing checks the values of the start here, as the loader does on Linux. The
 * program that is started has to be, under this profile.
 */
static void add_nevers(struct emit *e, struct path_lines *l)
{
	const struct ir *ir = e->l->ir;

	for (unsigned i = 0; i < ir->n_nevers; i++) {
		struct ir_rule *r;

		if (!is_path(&ir->nevers[i].rule) || !seatbelt_governs(&ir->nevers[i].rule))
			continue;
		r = ARENA_NEW(e->l->arena, struct ir_rule);
		*r = ir->nevers[i].rule;
		r->deny = true;
		if (ir->entry)
			r->ops &= ~OP_BIT(OP_EXEC);
		add_line(e, l, r, "never to be allowed, whatever the values of the start");
	}
}

/* ---- what has no effect ---- */

bool paths_hole(struct arena *a, const struct path_line *line, const char *folder)
{
	for (unsigned i = 0; i < line->rule->n_holes; i++)
		if (touches(path_real(a, line->rule->holes[i].path), folder, false))
			return true;
	return false;
}

bool paths_hole_above(struct arena *a, const struct path_line *line, const char *variable)
{
	for (unsigned i = 0; i < line->rule->n_holes; i++) {
		const char *hole = path_real(a, line->rule->holes[i].path);

		if (!path_covers(variable, hole) && touches(hole, variable, false))
			return true;
	}
	return false;
}

/* Does the line leave this place out too? */
static bool leaves_out(struct arena *a, const struct path_line *line, const char *place)
{
	for (unsigned i = 0; i < line->rule->n_holes; i++)
		if (path_covers(path_real(a, line->rule->holes[i].path), place))
			return true;
	return false;
}

/* Does every name that the second pattern fits fit the first too? The shortest of them tells most pairs apart. */
static bool fits_all(struct arena *a, const char *wide, const char *glob)
{
	const char *least = shortest(a, glob);
	bool known = true;

	return glob && glob_fits(wide, least, strlen(least)) && !glob_pick(a, glob, &wide, 1, &known) && known;
}

/* Do all names that this one may be, with any words of the start in it, fit? */
static bool name_fits(struct arena *a, const char *glob, const char *name, size_t n)
{
	const char *text = arena_strndup(a, name, n), *literal = template_literal(a, text);
	struct buf any = buf_new(a);

	if (literal)
		return glob_fits(glob, literal, strlen(literal));
	for (const char *c = text; *c; c++) {
		if (*c == '\\' || *c == '*')
			return false;
		buf_putc(&any, *c == '$' ? '*' : *c);
		c += *c == '$' ? strcspn(c, "}") : 0;
	}
	return fits_all(a, glob, buf_str(&any));
}

bool paths_pattern_takes(struct arena *a, const struct path_line *pattern, const char *place)
{
	const char *name = place + (pattern->root[1] ? strlen(pattern->root) : 0);
	bool takes = false;

	/* The folder itself is not covered; most patterns that meet here stand below one folder. */
	if (strcmp(pattern->root, place) == 0 || !path_covers(pattern->root, place))
		return false;
	for (name += strcspn(name, "/"); *name == '/' && !takes; name += strcspn(name, "/")) {
		name++;
		takes = name_fits(a, pattern->rule->glob, name, strcspn(name, "/"));
	}
	return takes;
}

struct search {
	struct arena *arena;
	const struct path_line *line;
	const struct path_lines *denies; /* or NULL: they change nothing */
	uint32_t found;
};

/* Does the line leave some of the place out? */
static bool leaves_some(struct arena *a, const struct path_line *line, const char *place)
{
	for (unsigned i = 0; i < line->rule->n_holes; i++)
		if (touches(path_real(a, line->rule->holes[i].path), place, true))
			return true;
	return false;
}

static bool denies_all_of(void *ctx, const struct path_line *deny)
{
	struct search *s = ctx;
	const struct path_line *at = s->line;

	if (deny->rule->glob ? paths_pattern_takes(s->arena, deny, at->root)
			     : path_covers(deny->root, at->root) && !leaves_some(s->arena, deny, at->root))
		s->found |= deny->all;
	return true;
}

/* The words that are denied in all of the place. */
static uint32_t denied_in(const struct search *s, const char *place)
{
	const struct path_line at = {.root = place};
	struct search in = {.arena = s->arena, .line = &at};

	if (s->denies)
		paths_above(s->denies, place, NULL, denies_all_of, &in);
	return in.found;
}

/* The words for which `wide` allows all the places that `x` does: what it leaves out may be denied to both. */
static uint32_t takes_in(const struct search *s, const struct path_line *wide, const struct path_line *x)
{
	struct arena *a = s->arena;
	uint32_t words = ATOM_BIT(ATOM_COUNT) - 1;

	if (!path_covers(wide->root, x->root))
		return 0;
	if (wide->rule->glob && wide != x)
		return paths_pattern_takes(a, wide, x->root) || fits_all(a, wide->rule->glob, x->rule->glob) ? words : 0;
	for (unsigned i = 0; i < wide->rule->n_holes && words; i++) {
		const char *hole = path_real(a, wide->rule->holes[i].path);

		if (touches(hole, x->root, true) && !leaves_out(a, x, hole))
			words &= denied_in(s, hole);
	}
	return words;
}

/* An allow that says all of what the line says. Of two that say the same the first stays. */
static bool says_it(void *ctx, const struct path_line *other)
{
	struct search *s = ctx;
	const struct path_line *x = s->line;

	if (other != x)
		s->found |= other->all & takes_in(s, other, x) & ~(x->number < other->number ? takes_in(s, x, other) : 0);
	return true;
}

static bool denies_it(void *ctx, const struct path_line *other)
{
	struct search *s = ctx;

	const struct path_line *x = s->line;

	if (other != x)
		s->found |= other->all & takes_in(s, other, x) &
			    ~(x->rule->deny && x->number < other->number ? takes_in(s, x, other) : 0);
	return true;
}

static void allows_reduce(struct emit *e, struct paths *p)
{
	for (unsigned i = 0; i < p->allows.n; i++) {
		struct path_line *x = &p->allows.v[i];
		struct search said = {.arena = e->l->arena, .line = x, .denies = &p->denies}, denied = {.arena = e->l->arena, .line = x};

		paths_above(&p->allows, x->root, x->shortest, says_it, &said);
		paths_above(&p->denies, x->root, x->shortest, denies_it, &denied);
		x->gives = x->all & ~denied.found;
		x->atoms = x->gives & ~(said.found | base_opens(e->l->ir, x->root));
		if (tmpl_has_variable(x->rule->object))
			p->allows.open_all |= x->gives;
	}
}

/* Atoms that some allow, or the base, may open in the place of a deny. */
static uint32_t opened_in(const struct ir *ir, const struct paths *p, const char *root)
{
	uint32_t found = p->allows.open_all | base_meets(ir, root);

	if (tmpl_has_variable(root) || strcmp(root, "/") == 0)
		return found | p->allows.sum.gives;
	return found | paths_sum_above(&p->allows, root).gives | paths_sum_below(&p->allows, root).gives;
}

static void denies_reduce(struct emit *e, struct paths *p)
{
	for (unsigned i = 0; i < p->denies.n; i++) {
		struct path_line *x = &p->denies.v[i];
		struct search s = {.arena = e->l->arena, .line = x};

		paths_above(&p->denies, x->root, x->shortest, denies_it, &s);
		x->atoms &= opened_in(e->l->ir, p, x->root) & ~s.found;
	}
}

static bool settles(void *ctx, const struct path_line *line)
{
	struct search *s = ctx;
	bool all = line->rule->glob ? line->rule->deny && paths_pattern_takes(s->arena, line, s->line->root) : !line->rule->n_holes;

	s->found |= all ? line->all : 0;
	return true;
}

uint32_t paths_settled(struct arena *a, const struct paths *p, const char *root)
{
	const struct path_line at = {.root = root};
	struct search s = {.arena = a, .line = &at};

	paths_above(&p->allows, root, NULL, settles, &s);
	paths_above(&p->denies, root, NULL, settles, &s);
	return s.found;
}

void paths_collect(struct emit *e, struct paths *p)
{
	const struct ir *ir = e->l->ir;

	add_entry(e, &p->allows);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (is_path(r) && seatbelt_governs(r))
			add_line(e, r->deny ? &p->denies : &p->allows, r, NULL);
	}
	add_nevers(e, &p->denies);
	paths_sort(e->l->arena, &p->allows);
	paths_sort(e->l->arena, &p->denies);
	allows_reduce(e, p);
	paths_sum(&p->allows);
	paths_sum(&p->denies);
	denies_reduce(e, p);
}
