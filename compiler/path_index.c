/*
 * path_index.c - a hash of the places that path rules and their exceptions stand on, and the walk from the root down.
 */
#include "path_index.h"

#include <stdlib.h>
#include <string.h>

#include "needles.h"
#include "place.h"

struct path_index {
	struct arena *arena;
	const struct ir *ir;
	enum target target;
	struct load_values values;
	struct path_slot {
		const char *path; /* NULL: free */
		size_t len;
		uint32_t hash;
		struct path_entry {
			struct path_entry *next;
			const struct ir_rule *rule;
			/* What the last question met: a hole of the rule on the way to its place. */
			unsigned long left_out;
			const struct ir_hole *hole;
		} *entries;
		struct patterns { /* below this place: found by their pieces; the last rule comes first */
			struct needles *needles;
			struct path_entry **v;
			unsigned n;
		} *patterns;
		struct hole_entry { /* holes that stand here, in the order of the rules and their holes */
			struct hole_entry *next;
			struct path_entry *of;
			const struct ir_hole *hole;
		} *holes;
	} *slots;
	unsigned n_slots; /* power of two */
	bool has_holes;
	/* What stands on the way to the place that was asked about last: seven operations are asked about in a row. */
	char *last;
	size_t last_room; /* 0: none yet */
	struct stop {
		const struct path_slot *slot;
		unsigned first, n; /* of its patterns, those that may fit */
	} *way;
	unsigned n_way;
	unsigned *fitting; /* room for all patterns */
	unsigned long questions; /* those that had to look for holes */
};

enum { HASH_START = 2166136261u };

static uint32_t hash_byte(uint32_t h, char c)
{
	return (h ^ (unsigned char)c) * 16777619u;
}

static struct path_slot *slot_at(const struct path_index *x, uint32_t h, const char *path, size_t n)
{
	uint32_t i = (h ^ h >> 15) & (x->n_slots - 1);
	const struct path_slot *v = x->slots;
	while (v[i].path && !(v[i].hash == h && v[i].len == n && memcmp(v[i].path, path, n) == 0))
		i = (i + 1) & (x->n_slots - 1);
	return &x->slots[i];
}

/* ---- making it ---- */

static struct path_slot *slot_for(const struct path_index *x, const char *path)
{
	size_t n = strlen(path);
	uint32_t h = HASH_START;
	for (size_t i = 0; i < n; i++)
		h = hash_byte(h, path[i]);
	struct path_slot *slot = slot_at(x, h, path, n);
	if (!slot->path)
		*slot = (struct path_slot){.path = path, .len = n, .hash = h};
	return slot;
}

static const char *place(const struct path_index *x, const char *tmpl)
{
	return place_meant(x->arena, x->ir, x->target, tmpl, x->values.v, x->values.n);
}

static void add_hole(struct path_index *x, struct path_entry *of, const struct ir_hole *hole)
{
	const char *path = place(x, hole->path);
	if (!path)
		return;
	struct path_slot *slot = slot_for(x, path);
	struct hole_entry *e = ARENA_NEW(x->arena, struct hole_entry);
	*e = (struct hole_entry){slot->holes, of, hole};
	slot->holes = e;
	x->has_holes = true;
}

static void add_pattern(struct path_index *x, struct path_slot *slot, struct path_entry *e)
{
	unsigned n;
	const char *const *pieces = needles_of_glob(x->arena, e->rule->glob, &n);
	struct patterns *p = slot->patterns;
	if (n == 0) {
		e->next = slot->entries;
		slot->entries = e;
		return;
	}
	if (!p) {
		slot->patterns = p = ARENA_NEW(x->arena, struct patterns);
		p->needles = needles_new(x->arena);
	}
	needles_add(p->needles, p->n, pieces, n);
	ARENA_GROW(x->arena, p->v, p->n);
	p->v[p->n++] = e;
}

static void make_patterns(struct path_index *x)
{
	unsigned n = 0;
	for (unsigned i = 0; i < x->n_slots; i++) {
		const struct patterns *p = x->slots[i].patterns;
		if (!p)
			continue;
		needles_make(p->needles);
		n += p->n;
	}
	x->fitting = ARENA_ARRAY(x->arena, n, unsigned);
}

static void add_rule(struct path_index *x, const struct ir_rule *rule)
{
	const char *path = rule->targets & TARGET_BIT(x->target) ? place(x, rule->object) : NULL;
	if (!path)
		return; /* of another system, or with values the loader refuses: the rule covers nothing */
	struct path_slot *slot = slot_for(x, path);
	struct path_entry *e = ARENA_NEW(x->arena, struct path_entry);
	*e = (struct path_entry){.next = rule->glob ? NULL : slot->entries, .rule = rule};
	if (rule->glob)
		add_pattern(x, slot, e);
	else
		slot->entries = e;
	for (unsigned i = rule->n_holes; !rule->deny && i-- > 0;)
		add_hole(x, e, &rule->holes[i]);
}

static bool is_path_rule(const struct ir_rule *r)
{
	return r->kind == RULE_PATH || r->kind == RULE_GLOB;
}

static unsigned count_places(const struct ir *ir)
{
	unsigned n = 1;
	for (unsigned i = 0; i < ir->n_rules; i++)
		n += is_path_rule(&ir->rules[i]) ? 1 + ir->rules[i].n_holes : 0;
	return n;
}

struct path_index *path_index_new(struct arena *parent, const struct ir *ir, const struct ir_rule *more, enum target t,
				  const struct ir_binding *given, unsigned n_given)
{
	struct arena *a = arena_child(parent);
	struct path_index *x = ARENA_NEW(a, struct path_index);
	const unsigned n = count_places(ir);
	*x = (struct path_index){.arena = a, .ir = ir, .target = t, .n_slots = 16};
	x->values = values_keep(a, given, n_given);
	while (x->n_slots < n * 2)
		x->n_slots *= 2;
	x->slots = ARENA_ARRAY(a, x->n_slots, struct path_slot);
	/* Backwards, so that the chain of a place is in the order of the rules. */
	if (more)
		add_rule(x, more);
	for (unsigned i = ir->n_rules; i-- > 0;)
		if (is_path_rule(&ir->rules[i]))
			add_rule(x, &ir->rules[i]);
	make_patterns(x);
	return x;
}

void path_index_free(struct path_index *x)
{
	arena_free(x->arena);
}

bool path_index_is_for(const struct path_index *x, const struct ir_binding *given, unsigned n_given)
{
	return values_are(&x->values, given, n_given);
}

/* ---- asking it ---- */

struct path_walk {
	struct path_index *x;
	const char *place;
	path_index_fn *fn;
	void *ctx;
	unsigned looked, n_fitting;
};

/* The holes on the way leave their rules out; of the holes of one rule the first counts. */
static void meet_holes(struct path_walk *w, const struct path_slot *slot)
{
	for (const struct hole_entry *h = slot->holes; h; h = h->next) {
		w->looked++;
		if (h->of->left_out == w->x->questions && h->of->hole < h->hole)
			continue;
		h->of->left_out = w->x->questions;
		h->of->hole = h->hole;
	}
}

static bool tell_rule(struct path_walk *w, const struct path_slot *slot, const struct path_entry *e)
{
	bool left_out = w->x->has_holes && e->left_out == w->x->questions;
	w->looked++;
	return w->fn(w->ctx, e->rule, slot->path, left_out ? e->hole : NULL);
}

static bool may_fit(void *ctx, unsigned i)
{
	struct path_walk *w = ctx;
	w->x->fitting[w->n_fitting++] = i;
	return true;
}

static int last_first(const void *x, const void *y)
{
	const unsigned *a = x, *b = y;
	return (*a < *b) - (*a > *b);
}

/* In the order of the rules, as the answer names the last. */
static void find_patterns(struct path_walk *w, struct stop *s)
{
	s->first = w->n_fitting;
	if (s->slot->patterns)
		needles_find(s->slot->patterns->needles, w->place + (s->slot->len > 1 ? s->slot->len : 0), may_fit, w);
	s->n = w->n_fitting - s->first;
	if (s->n > 1)
		qsort(w->x->fitting + s->first, s->n, sizeof(*w->x->fitting), last_first);
}

static bool tell_rules(struct path_walk *w, const struct stop *s)
{
	for (const struct path_entry *e = s->slot->entries; e; e = e->next)
		if (!tell_rule(w, s->slot, e))
			return false;
	for (unsigned i = 0; i < s->n; i++)
		if (!tell_rule(w, s->slot, s->slot->patterns->v[w->x->fitting[s->first + i]]))
			return false;
	return true;
}

static void keep_place(struct path_index *x, const char *place, size_t len)
{
	if (len >= x->last_room) {
		x->last_room = 2 * len + 64;
		x->last = arena_alloc(x->arena, x->last_room);
		x->way = ARENA_ARRAY(x->arena, x->last_room / 2 + 1, struct stop);
	}
	memcpy(x->last, place, len + 1);
}

static void stop_at(struct path_walk *w, const struct path_slot *slot)
{
	struct stop *s = &w->x->way[w->x->n_way++];
	s->slot = slot;
	find_patterns(w, s);
}

/* What stands on the root, on every directory on the way, and on the place. */
static void find_way(struct path_walk *w)
{
	struct path_index *x = w->x;
	size_t len = strlen(w->place);
	uint32_t h = hash_byte(HASH_START, '/');
	struct path_slot *slot = slot_at(x, h, "/", 1);
	keep_place(x, w->place, len);
	x->n_way = 0;
	if (slot->path)
		stop_at(w, slot);
	for (size_t i = 1; i <= len && len > 1; i++) {
		bool end = w->place[i] == '/' || w->place[i] == '\0';
		if (end && (slot = slot_at(x, h, w->place, i))->path)
			stop_at(w, slot);
		h = hash_byte(h, w->place[i]);
	}
	if (!x->has_holes)
		return;
	x->questions++;
	for (unsigned i = 0; i < x->n_way; i++)
		meet_holes(w, x->way[i].slot);
}

unsigned path_index_visit(struct path_index *x, const char *place, path_index_fn *fn, void *ctx)
{
	struct path_walk w = {.x = x, .place = place, .fn = fn, .ctx = ctx};
	bool more = true;
	if (!x->last || strcmp(x->last, place) != 0)
		find_way(&w);
	for (unsigned i = 0; i < x->n_way && more; i++)
		more = tell_rules(&w, &x->way[i]);
	return w.looked;
}
