/*
 * covers.c - what a mount does where Landlock cannot: a denied place inside what is given is covered by a mount that
 * hides it, or shows it without writing or without starting; and a place below it that is allowed again is shown again.
 *
 * A cover is right when the ops that Landlock gives there, less what the mount takes, are those of S1. What no mount can
 * say (to write and not to read) stays a carve, and is refused.
 */
#include "places.h"

#include <stdlib.h>
#include <string.h>

enum {
	WRITE_OPS = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
};

struct spot {
	const char *path, *real; /* as written, and with the values that are assumed (or NULL) */
};

/* Places in both spellings. */
struct spots {
	struct ll_places written, real;
};

struct builder {
	struct arena *arena;
	const struct ir *ir;
	const struct ll_tree *tree;
	struct spot entry; /* without entry: none */
	struct spot *line_spots; /* of tree->lines */
	struct spots lines, holes, denies, covered; /* id: of the line, of the line that leaves it out, of no matter, of the cover */
	unsigned *left_out; /* by line: the question in which a hole of it was met */
	unsigned question;
	struct ll_cover *covers;
	unsigned n;
};

static struct spot spot_of(struct builder *b, const char *path)
{
	const char *real = expand_template(b->arena, b->ir, path, NULL, 0);
	return (struct spot){path, real && real[0] == '/' ? real : NULL};
}

static struct spots spots_new(struct builder *b, unsigned n)
{
	return (struct spots){{ARENA_ARRAY(b->arena, n + 1u, struct ll_place), 0}, {ARENA_ARRAY(b->arena, n + 1u, struct ll_place), 0}};
}

static void spots_add(struct spots *s, struct spot spot, uint32_t ops, unsigned id)
{
	ll_places_add(&s->written, spot.path, ops, id);
	ll_places_add(&s->real, spot.real, ops, id);
}

static void spots_sort(struct spots *s)
{
	ll_places_sort(&s->written);
	ll_places_sort(&s->real);
}

/* Each at the place and above it, by either spelling; some twice. */
static void spots_above(const struct spots *s, struct spot place, ll_place_fn *fn, void *ctx)
{
	ll_each_above(&s->written, place.path, fn, ctx);
	if (place.real)
		ll_each_above(&s->real, place.real, fn, ctx);
}

static bool covers(struct spot root, struct spot place)
{
	return ll_covers(root.path, place.path) ||
	       (root.real && place.real && path_covers(root.real, place.real));
}

static void collect_places(struct builder *b)
{
	const struct ll_tree *t = b->tree;
	unsigned n_holes = 0;
	for (unsigned i = 0; i < t->n_lines; i++)
		n_holes += t->lines[i].rule->n_holes;
	b->lines = spots_new(b, t->n_lines);
	b->holes = spots_new(b, n_holes);
	b->denies = spots_new(b, t->n_denials);
	b->line_spots = ARENA_ARRAY(b->arena, t->n_lines + 1u, struct spot);
	b->left_out = ARENA_ARRAY(b->arena, t->n_lines + 1u, unsigned);
	for (unsigned i = 0; i < t->n_lines; i++) {
		const struct ir_rule *r = t->lines[i].rule;
		b->line_spots[i] = spot_of(b, r->object);
		spots_add(&b->lines, b->line_spots[i], t->lines[i].ops, i);
		for (unsigned h = 0; h < r->n_holes; h++)
			spots_add(&b->holes, spot_of(b, r->holes[h].path), 0, i);
	}
	for (unsigned i = 0; i < t->n_denials; i++)
		if (!t->denials[i].hole)
			spots_add(&b->denies, spot_of(b, t->denials[i].path), t->denials[i].ops, i);
	spots_sort(&b->lines);
	spots_sort(&b->holes);
	spots_sort(&b->denies);
}

struct ops_at {
	struct builder *b;
	uint32_t given, meant, denied;
};

static bool left_out(void *ctx, const struct ll_place *hole)
{
	struct ops_at *o = ctx;
	o->b->left_out[hole->id] = o->b->question;
	return true;
}

static bool given_at(void *ctx, const struct ll_place *line)
{
	struct ops_at *o = ctx;
	o->given |= line->ops;
	if (o->b->left_out[line->id] != o->b->question)
		o->meant |= line->ops;
	return true;
}

static bool denied_at(void *ctx, const struct ll_place *deny)
{
	((struct ops_at *)ctx)->denied |= deny->ops;
	return true;
}

/* What Landlock gives on the place, and what S1 does. */
static void ops_at(struct builder *b, struct spot place, uint32_t *given, uint32_t *meant)
{
	struct ops_at o = {.b = b};
	b->question++;
	spots_above(&b->holes, place, left_out, &o);
	spots_above(&b->lines, place, given_at, &o);
	spots_above(&b->denies, place, denied_at, &o);
	*given = o.given;
	*meant = o.meant & ~o.denied;
}

/* How the place must be shown; false when no mount says it. */
static bool how_of(struct builder *b, struct spot place, unsigned *how)
{
	uint32_t given, meant, left;
	ops_at(b, place, &given, &meant);
	*how = 0;
	if (!meant) {
		*how = LL_COVER_HIDE;
		return true;
	}
	left = given;
	if ((given & WRITE_OPS) && !(meant & WRITE_OPS)) {
		*how |= LL_COVER_RO;
		left &= ~(uint32_t)WRITE_OPS;
	}
	if ((given & OP_BIT(OP_EXEC)) && !(meant & OP_BIT(OP_EXEC))) {
		*how |= LL_COVER_NOEXEC;
		left &= ~OP_BIT(OP_EXEC);
	}
	return left == meant;
}

static void add(struct builder *b, const char *path, struct loc loc, unsigned how)
{
	ARENA_GROW(b->arena, b->covers, b->n);
	b->covers[b->n++] = (struct ll_cover){path, loc, how};
}

/* The entry is started through the tree: a cover on it or above it would take it away. */
static bool meets_entry(const struct builder *b, struct spot place)
{
	return b->ir->entry && (covers(place, b->entry) || covers(b->entry, place));
}

struct below {
	const struct builder *b;
	struct spot place;
	uint32_t ops;
};

static bool not_given(void *ctx, const struct ll_place *line)
{
	const struct below *w = ctx;
	return !(line->ops & w->ops) || ll_covers(w->b->line_spots[line->id].path, w->place.path);
}

/* A deny is final: nothing that is given may lie below it, under whatever value. */
static bool given_below(const struct builder *b, struct spot place, uint32_t ops)
{
	struct below w = {b, place, ops};
	bool none = ll_each_below(&b->lines.written, place.path, not_given, &w);
	if (none && place.real) {
		none = ll_each_below(&b->lines.real, place.real, not_given, &w);
		for (unsigned i = ll_places_lower(&b->lines.real, place.real, strlen(place.real));
		     none && ll_place_is(&b->lines.real, i, place.real, strlen(place.real)); i++)
			none = not_given(&w, &b->lines.real.v[i]); /* another spelling of the place itself */
	}
	return !none;
}

static bool cover_denial(struct builder *b, const struct ll_denial *d)
{
	struct spot place = spot_of(b, d->path);
	unsigned how;
	if (meets_entry(b, place) || (!d->hole && given_below(b, place, d->ops)) ||
	    !how_of(b, place, &how))
		return false;
	enum op first = (enum op)__builtin_ctz(d->carved);
	const struct origin *o = d->rule->origin[first];
	add(b, d->path, d->hole ? d->hole->loc : o ? o->loc : (struct loc){0, 0}, how);
	return true;
}

static bool is_the_place(void *ctx, const struct ll_place *cover)
{
	return strcmp(cover->path, ctx) == 0;
}

static bool below_cover(const struct builder *b, const char *path)
{
	return !ll_each_above(&b->covered.written, path, is_the_place, (void *)(uintptr_t)path);
}

/* Places that are allowed again below a cover. False: one of them cannot be shown as it should. */
static bool cover_lines(struct builder *b, struct loc *bad)
{
	unsigned how;
	b->covered = spots_new(b, b->n);
	for (unsigned i = 0; i < b->n; i++)
		ll_places_add(&b->covered.written, b->covers[i].path, 0, i);
	spots_sort(&b->covered);
	for (unsigned i = 0; i < b->tree->n_lines; i++) {
		const struct ll_line *line = &b->tree->lines[i];
		if (!line->ops || !below_cover(b, line->rule->object))
			continue;
		const struct origin *o = line->rule->origin[__builtin_ctz(line->ops)];
		*bad = o ? o->loc : (struct loc){0, 0};
		if (!how_of(b, b->line_spots[i], &how))
			return false;
		add(b, line->rule->object, *bad, how);
	}
	return true;
}

static int cmp_cover(const void *x, const void *y)
{
	const struct ll_cover *a = x, *b = y;
	int c = strcmp(a->path, b->path);
	return c ? c : (a->loc.beg > b->loc.beg) - (a->loc.beg < b->loc.beg);
}

/* Each place once; the first line names it. */
static unsigned unique(struct ll_cover *v, unsigned n)
{
	unsigned kept = 0;
	if (n)
		qsort(v, n, sizeof(*v), cmp_cover);
	for (unsigned i = 0; i < n; i++)
		if (!kept || strcmp(v[kept - 1].path, v[i].path) != 0)
			v[kept++] = v[i];
	return kept;
}

struct ll_covers ll_covers_build(struct arena *a, const struct ir *ir, const struct ll_tree *tree)
{
	struct builder b = {.arena = a, .ir = ir, .tree = tree};
	struct ll_covers out = {.bad = NULL};
	struct loc bad;
	if (!(ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT)))
		return out;
	if (ir->entry)
		b.entry = spot_of(&b, ir->entry);
	collect_places(&b);
	out.covered = ARENA_ARRAY(a, tree->n_denials + 1u, bool);
	for (unsigned i = 0; i < tree->n_denials; i++)
		if (tree->denials[i].carved)
			out.covered[i] = cover_denial(&b, &tree->denials[i]);
	if (!cover_lines(&b, &bad)) {
		out.bad = ARENA_NEW(a, struct loc);
		*out.bad = bad;
	}
	out.n = unique(b.covers, b.n);
	out.v = b.covers;
	return out;
}
