/*
 * profile_compare.c - two profiles at all questions that either gives rise to: what differs, in as few lines as say it.
 *
 * Operations whose answers come from the same lists of rules on both sides are asked once. Places that differ alike and
 * hang together are one change: the topmost of them, and the places below it where it stops.
 */
#include <stdlib.h>
#include <string.h>

#include "../../compiler/str.h"
#include "profile_priv.h"
#include "sbpl_keys.h"
#include "sbpl_witness.h"

/* One question, with what both say. */
struct point {
	const struct sbpl_query *q;
	const char *name; /* the path or name; NULL: neither */
	struct saying {
		enum profile_says says;
		const char *manner, *otherwise; /* what happens with it; DEPENDS: and with the other answer */
	} old, now;
	int parent;   /* the nearest place above it that was asked about, or -1 */
	int any;      /* the point that stands for all below it, or -1 */
	bool is_any;
	bool whole;  /* all below it differs alike, but for its stops */
	int region;  /* the point whose change goes on below this one, or -1 */
};

struct compare {
	struct arena *arena;
	const struct profile *old, *now;
	struct point *v;
	unsigned n;
	struct point **plain; /* of them, by name */
	unsigned n_plain;
	struct point **ends; /* those with an address, by it */
	unsigned n_ends;
	struct profile_change *out;
	unsigned n_out;
	bool **ops;	  /* of each change */
	unsigned *after;  /* of each change: 1 + the next one about the same object; 0: none */
	struct sbpl_keys *objects;
	unsigned *first, n_first; /* by object: 1 + the first change about it */
};

static struct saying says(struct arena *a, const struct profile *p, const struct sbpl_query *q)
{
	struct sbpl_verdict v = sbpl_decide(p->rules, q);

	return (struct saying){v.unless ? PROFILE_DEPENDS : v.allow ? PROFILE_ALLOWS : PROFILE_DENIES, profile_manner(a, v.by),
			       profile_manner(a, v.unless)};
}

static bool same(const struct saying *x, const struct saying *y)
{
	return x->says == y->says && strcmp(x->manner, y->manner) == 0 && strcmp(x->otherwise, y->otherwise) == 0;
}

static bool differs(const struct point *p)
{
	return !same(&p->old, &p->now);
}

static bool alike(const struct point *a, const struct point *b)
{
	return same(&a->old, &b->old) && same(&a->now, &b->now);
}

/* ---- changes ---- */

static bool same_text(const char *x, const char *y)
{
	return x == y || (x && y && strcmp(x, y) == 0);
}

/* Of two about one object. */
static bool same_change(const struct profile_change *x, const struct profile_change *y)
{
	return x->below == y->below && same_text(x->except, y->except) &&
	       profile_same_answer(&x->old, &y->old) && profile_same_answer(&x->now, &y->now);
}

/* The same about other operations is one change. */
static void change_add(struct compare *c, const struct point *p, struct profile_change change, const bool *ops)
{
	const unsigned object = sbpl_keys_add(c->objects, change.object, strlen(change.object));
	unsigned i = object < c->n_first ? c->first[object] : 0, last = 0;

	change.old = profile_answer(c->arena, c->old, p->q);
	change.now = profile_answer(c->arena, c->now, p->q);
	for (; i && !same_change(&c->out[i - 1], &change); i = c->after[i - 1])
		last = i;
	if (!i) {
		ARENA_GROW(c->arena, c->out, c->n_out);
		ARENA_GROW(c->arena, c->ops, c->n_out);
		ARENA_GROW(c->arena, c->after, c->n_out);
		c->out[c->n_out] = change;
		c->after[c->n_out] = 0;
		c->ops[c->n_out++] = ARENA_ARRAY(c->arena, SBPL_OP_COUNT, bool);
		i = c->n_out;
		if (last) {
			c->after[last - 1] = i;
		} else {
			ARENA_GROW(c->arena, c->first, c->n_first);
			c->first[c->n_first++] = i;
		}
	}
	for (unsigned op = 0; op < SBPL_OP_COUNT; op++)
		c->ops[i - 1][op] |= ops[op];
}

/* What the question says beside its object. */
static const char *with_facts(struct arena *a, const char *object, const struct sbpl_query *q, bool vnode)
{
	if (vnode && q->vnode)
		object = arena_printf(a, "%s (%s)", object, q->vnode);
	for (unsigned i = 0; i < q->n_facts; i++)
		object = arena_printf(a, "%s%swith %s=%s", object, *object ? " " : "", q->facts[i].name, q->facts[i].value);
	return object;
}

/* ---- places and names ---- */

/* A slash before every other byte: what is below a place follows it at once. */
static int path_order(const char *x, const char *y)
{
	for (; *x && *x == *y; x++, y++)
		;
	if (*x == *y)
		return 0;
	if (!*x || !*y)
		return *x ? 1 : -1;
	if (*x == '/' || *y == '/')
		return *x == '/' ? -1 : 1;
	return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
}

static int by_place(const void *x, const void *y)
{
	return path_order(((const struct point *)x)->name, ((const struct point *)y)->name);
}

static bool ends_in_any(const char *name, char before)
{
	size_t n = strlen(name), any = strlen(SBPL_ANY);

	return n > any && strcmp(name + n - any, SBPL_ANY) == 0 && name[n - any - 1] == before;
}

static bool path_below(const char *root, const char *path)
{
	size_t n = strlen(root);

	return n == 1 || (strncmp(root, path, n) == 0 && path[n] == '/');
}

/* `NAME-example` stands for all that begin with NAME, `example` for all names. */
static bool stands_for(const char *any, const char *name, bool path)
{
	size_t n = path && !name[1] ? 0 : strlen(name);

	return strncmp(any, name, n) == 0 && ends_in_any(any, path ? '/' : '-') && strlen(any) == n + 1 + strlen(SBPL_ANY);
}

static int parent_of(const struct point *v, unsigned i, bool paths)
{
	int up = (int)i - 1;

	if (!paths)
		return i > 1 && stands_for(v[i].name, v[i - 1].name, false) ? (int)i - 1 : i > 0 ? 0 : -1;
	while (up >= 0 && !path_below(v[up].name, v[i].name))
		up = v[up].parent;
	return up;
}

static void find_parents(struct point *v, unsigned n, bool paths)
{
	for (unsigned i = 0; i < n; i++) {
		v[i].any = -1;
		v[i].parent = parent_of(v, i, paths);
		v[i].is_any = v[i].parent >= 0 && stands_for(v[i].name, v[v[i].parent].name, paths);
		if (v[i].is_any)
			v[v[i].parent].any = (int)i;
	}
	if (!paths && n > 0)
		v[0].any = 0;
}

/* The region that the point lies in, or -1. */
static int around(const struct point *v, const struct point *p)
{
	return p->parent >= 0 ? v[p->parent].region : -1;
}

/* Is the point told by the change of a place above it? */
static bool covered(const struct point *v, const struct point *p)
{
	return around(v, p) >= 0 && alike(p, &v[around(v, p)]);
}

static void find_regions(struct point *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct point *p = &v[i];
		int above = around(v, p);

		p->whole = p->any >= 0 && differs(p) && alike(p, &v[p->any]);
		/* A place that differs from what is around it may do so alone: what is below goes on as before. */
		p->region = above >= 0 && p->any >= 0 && alike(&v[p->any], &v[above]) ? above : p->whole ? (int)i : -1;
	}
}

/* Of each point, the places below it where its change stops; nothing where there are none. */
static struct buf *find_stops(struct arena *a, const struct point *v, unsigned n)
{
	struct buf *stops = ARENA_ARRAY(a, n, struct buf);

	for (unsigned i = 0; i < n; i++) {
		int root = around(v, &v[i]);

		if (root < 0 || alike(&v[i], &v[root]))
			continue;
		if (!stops[root].len)
			stops[root] = buf_new(a);
		buf_printf(&stops[root], "%s%s", stops[root].len ? ", " : "", v[i].name);
	}
	return stops;
}

static const char *object_of(struct arena *a, const struct point *v, unsigned i, bool paths)
{
	bool rest = v[i].is_any && paths;

	if (!paths)
		return i == 0 && v[i].any == 0 ? "any name" : arena_printf(a, "%s%s", v[i].name, v[i].whole ? "*" : "");
	return arena_printf(a, "%s%s%s", sbpl_ops[v[i].q->op].takes & FITS_ADDRESS ? "unix " : "", rest ? "below " : "",
			    rest ? v[v[i].parent].name : v[i].name);
}

static int by_name(const void *x, const void *y)
{
	const struct point *a = x, *b = y;
	bool a_any = strcmp(a->name, SBPL_ANY) == 0, b_any = strcmp(b->name, SBPL_ANY) == 0;

	return a_any != b_any ? b_any - a_any : strcmp(a->name, b->name);
}

static void put_places(struct compare *c, struct point *v, unsigned n, bool paths, const bool *ops, bool vnode)
{
	qsort(v, n, sizeof(*v), paths ? by_place : by_name);
	find_parents(v, n, paths);
	find_regions(v, n);
	struct buf *stops = find_stops(c->arena, v, n);

	for (unsigned i = 0; i < n; i++) {
		struct profile_change change = {.below = paths && v[i].whole};

		if (!differs(&v[i]) || covered(v, &v[i]))
			continue;
		if (v[i].is_any || v[i].whole)
			change.example = v[v[i].is_any ? i : (unsigned)v[i].any].name;
		change.except = v[i].whole && stops[i].len ? buf_str(&stops[i]) : NULL;
		change.object = with_facts(c->arena, object_of(c->arena, v, i, paths), v[i].q, vnode);
		change_add(c, &v[i], change, ops);
	}
}

/* ---- addresses ---- */

static const struct sbpl_address *end_of(const struct sbpl_query *q)
{
	return q->remote.set ? &q->remote : &q->local;
}

static int by_address(const void *x, const void *y)
{
	const struct point *p = *(struct point *const *)x, *q = *(struct point *const *)y;
	const struct sbpl_address *a = end_of(p->q), *b = end_of(q->q);

	if (a->proto != b->proto || a->family != b->family)
		return a->proto != b->proto ? (int)a->proto - (int)b->proto : (int)a->family - (int)b->family;
	return a->port != b->port ? (int)a->port - (int)b->port : (int)a->localhost - (int)b->localhost;
}

/* The questions about addresses, for variant(). */
static void find_ends(struct compare *c)
{
	c->ends = ARENA_ARRAY(c->arena, c->n, struct point *);
	c->n_ends = 0;
	for (unsigned i = 0; i < c->n; i++)
		if (!c->v[i].q->path && end_of(c->v[i].q)->set)
			c->ends[c->n_ends++] = &c->v[i];
	if (c->n_ends)
		qsort(c->ends, c->n_ends, sizeof(struct point *), by_address);
}

/* The question that differs from this one in these parts of the address only. */
static const struct point *variant(const struct compare *c, const struct point *p, struct sbpl_address at)
{
	struct sbpl_query q = {.remote = at};
	struct point asked = {.q = &q}, *key = &asked;
	struct point *const *x = c->n_ends ? bsearch(&key, c->ends, c->n_ends, sizeof(struct point *), by_address) : NULL;

	return x ? *x : p;
}

static void put_address(struct compare *c, const struct point *p, const bool *ops)
{
	struct sbpl_address at = *end_of(p->q), other = at;
	bool six, near, any_port;

	other.family = at.family == 4 ? 6 : 4;
	six = alike(variant(c, p, other), p);
	other = at;
	other.localhost = TRI_YES + TRI_NO - at.localhost;
	near = alike(variant(c, p, other), p);
	other = at;
	other.port = 4242;
	any_port = at.port == 4242 || alike(variant(c, p, other), p);
	if ((six && at.family == 6) || (near && at.localhost == TRI_YES) || (any_port && at.port != 4242))
		return;
	change_add(c, p,
		   (struct profile_change){
		       .object = arena_printf(c->arena, "%s%s %s:%s", at.proto == PROTO_UDP ? "udp" : "tcp",
					      six ? "" : at.family == 4 ? "4" : "6",
					      near ? "*" : at.localhost == TRI_YES ? "localhost" : "other hosts",
					      any_port ? "*" : arena_printf(c->arena, "%u", at.port))},
		   ops);
}

/* ---- all of one class of operations ---- */

static bool is_plain(const struct sbpl_query *q)
{
	return q->n_facts == 0 && (!q->vnode || strcmp(q->vnode, "REGULAR-FILE") == 0);
}

static bool same_kind(const struct point *a, const struct point *b)
{
	return !a->q->path == !b->q->path && !a->q->name == !b->q->name && !end_of(a->q)->set == !end_of(b->q)->set;
}

static int by_key(const void *x, const void *y)
{
	const struct point *a = *(struct point *const *)x, *b = *(struct point *const *)y;
	const char *s = a->name ? a->name : "", *t = b->name ? b->name : "";

	return strcmp(s, t);
}

/* The questions without facts, for leave_told(). */
static void find_plain(struct compare *c)
{
	c->plain = ARENA_ARRAY(c->arena, c->n, struct point *);
	c->n_plain = 0;
	for (unsigned i = 0; i < c->n; i++)
		if (is_plain(c->v[i].q))
			c->plain[c->n_plain++] = &c->v[i];
	qsort(c->plain, c->n_plain, sizeof(struct point *), by_key);
}

/* A type or fact is told where it makes a difference that is none without it. */
static void leave_told(const struct compare *c, struct point *p)
{
	struct point *const *x = bsearch(&p, c->plain, c->n_plain, sizeof(struct point *), by_key);

	if (x && same_kind(*x, p) && (differs(*x) || alike(*x, p)))
		p->now = p->old;
}

static void put_words(struct compare *c, const struct point *v, unsigned n, const bool *ops, bool plain)
{
	for (unsigned i = 0; i < n; i++) {
		if (!differs(&v[i]))
			continue;
		if (end_of(v[i].q)->set)
			put_address(c, &v[i], ops);
		else
			change_add(c, &v[i],
				   (struct profile_change){.object = with_facts(c->arena, v[i].name ? v[i].name : "", v[i].q, !plain)},
				   ops);
	}
}

/* All questions that are of one kind and say the same beside their object. */
static void put_variant(struct compare *c, struct point *const *run, unsigned n, const bool *ops)
{
	struct point *v = ARENA_ARRAY(c->arena, n, struct point);
	bool plain = is_plain(run[0]->q);

	for (unsigned i = 0; i < n; i++) {
		v[i] = *run[i];
		if (!plain && differs(&v[i]))
			leave_told(c, &v[i]);
	}
	if (v[0].q->path || v[0].q->name)
		put_places(c, v, n, v[0].q->path != NULL, ops, !plain);
	else
		put_words(c, v, n, ops, plain);
}

static int text_order(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) : (x != NULL) - (y != NULL);
}

static int kind_of(const struct point *p)
{
	return (p->q->path ? 1 : 0) + (p->q->name ? 2 : 0) + (end_of(p->q)->set ? 4 : 0);
}

static int variant_order(const struct point *a, const struct point *b)
{
	int order = kind_of(a) - kind_of(b);

	order = order ? order : text_order(a->q->vnode, b->q->vnode);
	order = order ? order : (int)a->q->n_facts - (int)b->q->n_facts;
	if (order || !a->q->n_facts)
		return order;
	order = text_order(a->q->facts->name, b->q->facts->name);
	return order ? order : text_order(a->q->facts->value, b->q->facts->value);
}

/* The questions of one variant stay in their order. */
static int by_variant(const void *x, const void *y)
{
	const struct point *a = *(struct point *const *)x, *b = *(struct point *const *)y;
	int order = variant_order(a, b);

	return order ? order : (a > b) - (a < b);
}

struct run {
	struct point **v;
	unsigned n;
};

static int by_first(const void *x, const void *y)
{
	const struct run *a = x, *b = y;

	return (a->v[0] > b->v[0]) - (a->v[0] < b->v[0]);
}

/* Variant by variant, in the order in which they were asked about first. */
static void put_class(struct compare *c, const bool *ops)
{
	struct point **all = ARENA_ARRAY(c->arena, c->n, struct point *);
	struct run *runs = ARENA_ARRAY(c->arena, c->n, struct run);
	unsigned n = 0;

	find_plain(c);
	find_ends(c);
	for (unsigned i = 0; i < c->n; i++)
		all[i] = &c->v[i];
	qsort(all, c->n, sizeof(struct point *), by_variant);
	for (unsigned i = 0; i < c->n; i++) {
		if (i == 0 || variant_order(all[i - 1], all[i]) != 0)
			runs[n++].v = &all[i];
		runs[n - 1].n++;
	}
	qsort(runs, n, sizeof(*runs), by_first);
	for (unsigned i = 0; i < n; i++)
		put_variant(c, runs[i].v, runs[i].n, ops);
}

static void ask_class(struct compare *c, enum sbpl_op op, const bool *ops)
{
	const struct sbpl_profile *both[] = {c->old->rules, c->now->rules};
	struct sbpl_query *q;
	bool any = false;

	c->n = sbpl_witness(c->arena, both, 2, op, &q);
	c->v = ARENA_ARRAY(c->arena, c->n, struct point);
	for (unsigned i = 0; i < c->n; i++) {
		c->v[i] = (struct point){.q = &q[i],
					 .name = q[i].path     ? q[i].path
						 : q[i].name   ? q[i].name
						 : q[i].target ? q[i].target
							       : q[i].domain,
					 .old = says(c->arena, c->old, &q[i]),
					 .now = says(c->arena, c->now, &q[i]),
					 .parent = -1,
					 .any = -1};
		any |= differs(&c->v[i]);
	}
	if (any)
		put_class(c, ops);
}

/* The names of each change's operations; most changes have those of the one before. */
static void name_ops(struct compare *c)
{
	for (unsigned i = 0; i < c->n_out; i++) {
		bool again = i && memcmp(c->ops[i], c->ops[i - 1], SBPL_OP_COUNT * sizeof(bool)) == 0;

		c->out[i].ops = again ? c->out[i - 1].ops : profile_ops_text(c->arena, c->ops[i]);
	}
}

const struct profile_change *profile_compare(struct arena *a, const struct profile *old, const struct profile *now,
					     unsigned *n)
{
	struct compare c = {.arena = a, .old = old, .now = now, .objects = sbpl_keys_new(a)};
	bool done[SBPL_OP_COUNT] = {false};

	for (unsigned op = 0; op < SBPL_OP_COUNT; op++) {
		bool *ops = ARENA_ARRAY(a, SBPL_OP_COUNT, bool);

		if (!sbpl_ops[op].asked || done[op])
			continue;
		for (unsigned x = op; x < SBPL_OP_COUNT; x++)
			if (sbpl_ops[x].asked && sbpl_ops[x].takes == sbpl_ops[op].takes &&
			    sbpl_list_of(old->rules, (enum sbpl_op)x) == sbpl_list_of(old->rules, (enum sbpl_op)op) &&
			    sbpl_list_of(now->rules, (enum sbpl_op)x) == sbpl_list_of(now->rules, (enum sbpl_op)op) &&
			    (sbpl_ops[x].takes & FITS_ADDRESS ? x == op : true))
				ops[x] = done[x] = true;
		ask_class(&c, (enum sbpl_op)op, ops);
	}
	name_ops(&c);
	*n = c.n_out;
	return c.out;
}
