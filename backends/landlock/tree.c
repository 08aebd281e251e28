/*
 * tree.c - S1 for a mechanism that can only give.
 *
 * Places are compared twice: as templates, which holds for every load-time value, and with the
 * values that the analysis assumes. Whatever is related under one of them and not settled by
 * templates alone counts as a carve; the loader's asserts watch over the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "places.h"

bool ll_rule_is(const struct ir_rule *r, bool deny, uint32_t ops)
{
	return r->deny == deny && (r->targets & TARGET_BIT(TARGET_LINUX)) && (r->ops & ops);
}

bool ll_is_socket_path(const char *endpoint)
{
	return endpoint[0] == '/' || endpoint[0] == '$';
}

static const struct ir_rule *find_rule(const struct ir *ir, bool deny, uint32_t ops)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ll_rule_is(&ir->rules[i], deny, ops))
			return &ir->rules[i];
	return NULL;
}

const struct ir_rule *ll_open_net(const struct ir *ir)
{
	if (find_rule(ir, true, OP_BIT(OP_NET)))
		return NULL;
	return find_rule(ir, false, OP_BIT(OP_NET));
}

const struct ir_rule *ll_open_abstract(const struct ir *ir)
{
	if (find_rule(ir, true, OP_BIT(OP_NET)))
		return NULL;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (ll_rule_is(r, false, OP_BIT(OP_CONNECT_UNIX)) && !ll_is_socket_path(r->object))
			return r;
	}
	return find_rule(ir, false, OP_BIT(OP_NET));
}

bool ll_open_signal(const struct ir *ir)
{
	return find_rule(ir, false, OP_BIT(OP_SIGNAL)) && !find_rule(ir, true, OP_BIT(OP_SIGNAL));
}

bool ll_covers(const char *root, const char *path)
{
	size_t len = strlen(root);
	if (len == 1 && root[0] == '/')
		return true;
	return strncmp(root, path, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

struct builder {
	struct arena *arena;
	const struct ir *ir;
	struct ll_places denies;       /* templates */
	struct ll_places given, assumed; /* live allows, both spellings */
	struct ll_places folders, assumed_folders; /* the same of patterns */
	struct ll_line *lines;
	unsigned n_lines;
	struct ll_pattern *patterns;
	unsigned n_patterns;
	struct ll_denial *denials;
	unsigned n_denials;
};

static const char *assume(struct builder *b, const char *tmpl)
{
	const char *path = expand_template(b->arena, b->ir, tmpl, NULL, 0);
	return path && path[0] == '/' ? path : NULL;
}

/* The operations of a rule that concern places: a NET rule only when it names a socket's path. */
static uint32_t place_ops(const struct ir_rule *r)
{
	if (r->kind == RULE_PATH)
		return r->ops & LL_PATH_OPS;
	if (r->kind == RULE_NET && ll_is_socket_path(r->object))
		return r->ops & OP_BIT(OP_CONNECT_UNIX);
	return 0;
}

static void index_denies(struct builder *b)
{
	bool no_net = find_rule(b->ir, true, OP_BIT(OP_NET)) != NULL;
	b->denies.v = ARENA_ARRAY(b->arena, b->ir->n_rules + 1u, struct ll_place);
	for (unsigned i = 0; i < b->ir->n_rules; i++) {
		const struct ir_rule *r = &b->ir->rules[i];
		if (ll_rule_is(r, true, LL_PLACE_OPS) && place_ops(r))
			ll_places_add(&b->denies, r->object, place_ops(r), i);
	}
	if (no_net)
		ll_places_add(&b->denies, "/", OP_BIT(OP_CONNECT_UNIX), 0);
	ll_places_sort(&b->denies);
}

static void collect_lines(struct builder *b)
{
	unsigned n = b->ir->n_rules;
	b->lines = ARENA_ARRAY(b->arena, n + 1u, struct ll_line);
	b->given.v = ARENA_ARRAY(b->arena, n + 1u, struct ll_place);
	b->assumed.v = ARENA_ARRAY(b->arena, n + 1u, struct ll_place);
	bool open_net = ll_open_net(b->ir) != NULL; /* then sockets are not handled at all */
	for (unsigned i = 0; i < n; i++) {
		const struct ir_rule *r = &b->ir->rules[i];
		if (!ll_rule_is(r, false, LL_PLACE_OPS) || !place_ops(r) ||
		    (open_net && r->kind == RULE_NET))
			continue;
		uint32_t live = place_ops(r) & ~ll_ops_above(&b->denies, r->object);
		ll_places_add(&b->given, r->object, live, b->n_lines);
		ll_places_add(&b->assumed, assume(b, r->object), live, b->n_lines);
		b->lines[b->n_lines++] = (struct ll_line){.rule = r, .ops = live};
	}
	ll_places_sort(&b->given);
	ll_places_sort(&b->assumed);
	for (unsigned i = 0; i < b->n_lines; i++)
		b->lines[i].ops_here = ll_ops_above(&b->given, b->lines[i].rule->object);
}

/* What the entry line gives, when the entry program and the place lie one below the other. */
static uint32_t entry_ops(struct builder *b, const char *path)
{
	const char *entry = b->ir->entry;
	if (!entry)
		return 0;
	const char *real_entry = assume(b, entry), *real_path = assume(b, path);
	bool related = ll_covers(path, entry) || ll_covers(entry, path);
	if (real_entry && real_path)
		related |= path_covers(real_path, real_entry) || path_covers(real_entry, real_path);
	return related ? OP_BIT(OP_READ) | OP_BIT(OP_EXEC) : 0;
}

static uint32_t ops_around(const struct ll_places *p, const char *path)
{
	return ll_ops_above(p, path) | ll_ops_below(p, path);
}

/* Operations given on the place, on something above it or on something below it; patterns may give what their folder does. */
static uint32_t related_ops(struct builder *b, const char *path)
{
	const char *real = assume(b, path);
	uint32_t ops = ops_around(&b->given, path) | ops_around(&b->folders, path) | entry_ops(b, path);
	if (real)
		ops |= ops_around(&b->assumed, real) | ops_around(&b->assumed_folders, real);
	return ops;
}

static int cmp_hole(const void *key, const void *hole)
{
	const struct ll_place *at = key;
	const char *path = ((const struct ir_hole *)hole)->path;
	int c = strncmp(at->path, path, at->len);
	return c ? c : path[at->len] ? -1 : 0;
}

/* Is the place in a hole of the rule? Holes are sorted by their text. */
static bool left_out(const struct ir_rule *r, const char *place)
{
	const char *path = place;
	size_t len = strlen(place);
	do {
		struct ll_place at = {.path = path, .len = len};
		if (r->n_holes && bsearch(&at, r->holes, r->n_holes, sizeof(*r->holes), cmp_hole))
			return true;
	} while (ll_go_up(&path, &len));
	return false;
}

/* Does another allow give all of the hole again (S4)? Which of its operations? */
static uint32_t reopened_ops(const struct builder *b, const struct ll_line *by, const char *hole)
{
	uint32_t ops = 0;
	const char *path = hole;
	size_t len = strlen(hole);
	do {
		for (unsigned i = ll_places_lower(&b->given, path, len);
		     ll_place_is(&b->given, i, path, len); i++) {
			const struct ll_line *line = &b->lines[b->given.v[i].id];
			if (line != by && !left_out(line->rule, hole))
				ops |= line->ops;
		}
	} while (ll_go_up(&path, &len));
	return ops;
}

static void add_denial(struct builder *b, const struct ir_rule *r, const struct ir_hole *hole,
		       uint32_t ops)
{
	const char *path = hole ? hole->path : r->object;
	if (!ops)
		return;
	uint32_t related = related_ops(b, path);
	ARENA_GROW(b->arena, b->denials, b->n_denials);
	b->denials[b->n_denials++] = (struct ll_denial){
	    .rule = r,
	    .hole = hole,
	    .path = path,
	    .ops = ops,
	    .carved = ops & related,
	    .asserted = ops & ~related,
	};
}

static bool in_hole(struct builder *b, const struct ir_rule *r, const char *path)
{
	const char *real = assume(b, path);
	for (unsigned i = 0; i < r->n_holes; i++) {
		const char *hole = assume(b, r->holes[i].path);
		if (ll_covers(r->holes[i].path, path) || (real && hole && path_covers(hole, real)))
			return true;
	}
	return false;
}

static bool is_below(struct builder *b, const char *root, const char *path)
{
	const char *x = assume(b, root), *y = assume(b, path);
	return ll_covers(root, path) || (x && y && path_covers(x, y));
}

/* As related_ops(), but for what lies in a hole of the rule. */
static uint32_t related_outside(struct builder *b, const struct ir_rule *r)
{
	const char *real = assume(b, r->object);
	uint32_t ops = ll_ops_above(&b->given, r->object) | (real ? ll_ops_above(&b->assumed, real) : 0);
	if (b->ir->entry && !in_hole(b, r, b->ir->entry))
		ops |= entry_ops(b, r->object);
	for (unsigned i = 0; i < b->n_lines; i++) {
		const char *path = b->lines[i].rule->object;
		if (is_below(b, r->object, path) && !in_hole(b, r, path))
			ops |= b->lines[i].ops;
	}
	for (unsigned i = 0; i < b->n_patterns; i++) {
		const char *root = b->patterns[i].rule->object;
		if (is_below(b, root, r->object) || (is_below(b, r->object, root) && !in_hole(b, r, root)))
			ops |= b->patterns[i].ops;
	}
	return ops;
}

/*
 * Nothing has to be taken out for a `never`: no allow meets it, as far as the assumed values tell. One on a pattern is
 * watched on its folder: what a line gives there, it gives on names that fit.
 */
static void add_never(struct builder *b, const struct ir_rule *r)
{
	uint32_t ops = r->kind == RULE_GLOB ? r->ops & LL_PATH_OPS : place_ops(r);
	if (!(r->targets & TARGET_BIT(TARGET_LINUX)) || !ops)
		return;
	ops &= ~(r->n_holes ? related_outside(b, r) : related_ops(b, r->object));
	ARENA_GROW(b->arena, b->denials, b->n_denials);
	b->denials[b->n_denials++] =
	    (struct ll_denial){.rule = r, .path = r->object, .asserted = ops, .outside = r->n_holes > 0};
}

static void collect_patterns(struct builder *b)
{
	b->folders.v = ARENA_ARRAY(b->arena, b->ir->n_rules + 1u, struct ll_place);
	b->assumed_folders.v = ARENA_ARRAY(b->arena, b->ir->n_rules + 1u, struct ll_place);
	for (unsigned i = 0; i < b->ir->n_rules; i++) {
		const struct ir_rule *r = &b->ir->rules[i];
		if (r->kind != RULE_GLOB || !ll_rule_is(r, false, LL_PATH_OPS))
			continue;
		const uint32_t live = r->ops & LL_PATH_OPS & ~ll_ops_above(&b->denies, r->object);
		ll_places_add(&b->folders, r->object, live, b->n_patterns);
		ll_places_add(&b->assumed_folders, assume(b, r->object), live, b->n_patterns);
		ARENA_GROW(b->arena, b->patterns, b->n_patterns);
		b->patterns[b->n_patterns++] = (struct ll_pattern){r, live};
	}
	ll_places_sort(&b->folders);
	ll_places_sort(&b->assumed_folders);
}

struct ll_tree ll_tree_build(struct arena *a, const struct ir *ir)
{
	struct builder b = {.arena = a, .ir = ir};
	index_denies(&b);
	collect_lines(&b);
	collect_patterns(&b);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ll_rule_is(&ir->rules[i], true, LL_PLACE_OPS))
			add_denial(&b, &ir->rules[i], NULL, place_ops(&ir->rules[i]));
	for (unsigned i = 0; i < b.n_lines; i++) {
		const struct ll_line *line = &b.lines[i];
		for (unsigned h = 0; h < line->rule->n_holes; h++) {
			const struct ir_hole *hole = &line->rule->holes[h];
			add_denial(&b, line->rule, hole,
				   line->ops & ~reopened_ops(&b, line, hole->path));
		}
	}
	for (unsigned i = 0; i < ir->n_nevers; i++)
		add_never(&b, &ir->nevers[i].rule);
	return (struct ll_tree){b.lines, b.n_lines, b.patterns, b.n_patterns, b.denials, b.n_denials};
}
