/*
 * covers.c - what a mount does where Landlock cannot: a denied place inside what is given is covered by a mount that
 * hides it, or shows it without writing or without starting; and a place below it that is allowed again is shown again.
 *
 * A cover is right when the ops that Landlock gives there, less what the mount takes, are those of S1. What no mount can
 * say (to write and not to read) stays a carve, and is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "landlock.h"

enum {
	WRITE_OPS = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
};

struct spot {
	const char *path, *real; /* as written, and with the values that are assumed (or NULL) */
};

struct builder {
	struct arena *arena;
	const struct ir *ir;
	const struct ll_tree *tree;
	struct spot *lines; /* of tree->lines */
	struct ll_cover *covers;
	unsigned n;
};

static struct spot spot_of(struct builder *b, const char *path)
{
	const char *real = expand_template(b->arena, b->ir, path, NULL, 0);
	return (struct spot){path, real && real[0] == '/' ? real : NULL};
}

static bool covers(struct spot root, struct spot place)
{
	return ll_covers(root.path, place.path) ||
	       (root.real && place.real && path_covers(root.real, place.real));
}

static bool leaves_out(struct builder *b, const struct ir_rule *rule, struct spot place)
{
	for (unsigned h = 0; h < rule->n_holes; h++)
		if (covers(spot_of(b, rule->holes[h].path), place))
			return true;
	return false;
}

/* What Landlock gives on the place, and what S1 does. */
static void ops_at(struct builder *b, struct spot place, uint32_t *given, uint32_t *meant)
{
	*given = *meant = 0;
	for (unsigned i = 0; i < b->tree->n_lines; i++) {
		const struct ll_line *line = &b->tree->lines[i];
		if (!line->ops || !covers(b->lines[i], place))
			continue;
		*given |= line->ops;
		if (!leaves_out(b, line->rule, place))
			*meant |= line->ops;
	}
	for (unsigned i = 0; i < b->tree->n_denials; i++) {
		const struct ll_denial *d = &b->tree->denials[i];
		if (!d->hole && covers(spot_of(b, d->path), place))
			*meant &= ~d->ops;
	}
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
static bool meets_entry(struct builder *b, struct spot place)
{
	if (!b->ir->entry)
		return false;
	struct spot entry = spot_of(b, b->ir->entry);
	return covers(place, entry) || covers(entry, place);
}

/* A deny is final: nothing that is given may lie below it, under whatever value. */
static bool given_below(struct builder *b, struct spot place, uint32_t ops)
{
	for (unsigned i = 0; i < b->tree->n_lines; i++)
		if ((b->tree->lines[i].ops & ops) && covers(place, b->lines[i]) &&
		    !ll_covers(b->lines[i].path, place.path))
			return true;
	return false;
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

static bool below_cover(const struct builder *b, unsigned n_denied, const char *path)
{
	for (unsigned i = 0; i < n_denied; i++)
		if (strcmp(b->covers[i].path, path) != 0 && ll_covers(b->covers[i].path, path))
			return true;
	return false;
}

/* Places that are allowed again below a cover. False: one of them cannot be shown as it should. */
static bool cover_lines(struct builder *b, struct loc *bad)
{
	unsigned n_denied = b->n, how;
	for (unsigned i = 0; i < b->tree->n_lines; i++) {
		const struct ll_line *line = &b->tree->lines[i];
		if (!line->ops || !below_cover(b, n_denied, line->rule->object))
			continue;
		const struct origin *o = line->rule->origin[__builtin_ctz(line->ops)];
		*bad = o ? o->loc : (struct loc){0, 0};
		if (!how_of(b, b->lines[i], &how))
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
	b.lines = ARENA_ARRAY(a, tree->n_lines + 1u, struct spot);
	out.covered = ARENA_ARRAY(a, tree->n_denials + 1u, bool);
	for (unsigned i = 0; i < tree->n_lines; i++)
		b.lines[i] = spot_of(&b, tree->lines[i].rule->object);
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
