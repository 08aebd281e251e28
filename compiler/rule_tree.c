/*
 * rule_tree.c - keys sorted by their text: what lies above one is a search for each of its steps, what lies below it a run.
 */
#include "rule_tree.h"

#include <stdlib.h>
#include <string.h>

#include "decide.h"
#include "str.h"
#include "syscalls.h"

struct nodes {
	struct rule_node *v;
	unsigned n;
};

struct rule_tree {
	struct arena *arena;
	const struct ir *ir;
	enum target target;
	const struct ir_binding *given;
	unsigned n_given;
	struct nodes rules, holes;
};

/* ---- keys ---- */

/*
 * The first letter is the kind, each `/` begins a step. What covers itself alone ends in a step of its own, `=`, or it would
 * be taken for all that lies below it. A step may hold a slash: then there are more ways down than steps, and all are looked at.
 */
static const char ONLY[] = "/=";

static const char *key_below(struct arena *a, const char *kind, const char *path)
{
	return arena_printf(a, "%s%s", kind, strcmp(path, "/") == 0 ? "" : path);
}

const char *rule_key_path(struct arena *a, const char *path)
{
	return key_below(a, "f", path);
}

const char *rule_key_socket(struct arena *a, const char *path)
{
	return key_below(a, "u/", path);
}

const char *rule_key_env(struct arena *a, const char *pattern)
{
	struct buf b = buf_new(a);
	size_t n = strlen(pattern);
	bool all_below = n && pattern[n - 1] == '*';
	buf_putc(&b, 'e');
	for (size_t i = 0; i < n - all_below; i++)
		buf_printf(&b, "/%c", pattern[i]);
	buf_puts(&b, all_below ? "" : ONLY);
	return buf_str(&b);
}

/* Behind the key of a port: the labels of a host, the last first. */
static const char *key_host(struct arena *a, const char *port, const char *host)
{
	struct buf b = buf_new(a);
	const char *name = host_covers("localhost", host) ? "localhost" : host;
	bool all_below = name[0] == '*' && (name[1] == '.' || !name[1]);
	buf_puts(&b, port);
	name += all_below ? 1 + (name[1] == '.') : 0;
	for (size_t end = strlen(name), beg; end; end = beg ? beg - 1 : 0) {
		for (beg = end; beg && name[beg - 1] != '.';)
			beg--;
		buf_printf(&b, "/%.*s", (int)(end - beg), name + beg);
	}
	buf_puts(&b, all_below ? "" : ONLY);
	return buf_str(&b);
}

enum {
	OPS_UNIX = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX),
	OPS_INET = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_RELAY_TCP),
};

/* Where a rule is put, or what is looked for: the rules of one port stand under it, and all of them without a port. */
struct visit {
	const struct rule_tree *x;
	const struct ir_rule *rule;
	bool looking;
	bool (*fn)(struct visit *v, const char *key);
	rule_node_fn *told;
	void *ctx;
	struct nodes *put;
};

static const char *place(const struct rule_tree *x, const char *tmpl)
{
	return place_meant(x->arena, x->ir, x->target, tmpl, x->given, x->n_given);
}

static bool visit_sockets(struct visit *v)
{
	struct arena *a = v->x->arena;
	const struct ir_rule *r = v->rule;
	if (r->ops & OP_BIT(OP_NET))
		return v->fn(v, "u");
	if (r->object[0] == '@')
		return v->fn(v, arena_printf(a, "u/%s", r->object));
	const char *path = place(v->x, r->object);
	return path && v->fn(v, rule_key_socket(a, path));
}

/* A port that the start knows is any. */
static bool visit_ports(struct visit *v)
{
	struct arena *a = v->x->arena;
	const struct ir_rule *r = v->rule;
	const bool net = r->ops & OP_BIT(OP_NET), one = !net && !r->port_var && r->port_lo == r->port_hi;
	const char *host = net ? "*" : r->object;
	if (!v->looking || !one)
		if (v->fn(v, key_host(a, "h", host)))
			return true;
	if (one && v->fn(v, key_host(a, arena_printf(a, "p/%u", r->port_lo), host)))
		return true;
	return v->looking == one && v->fn(v, key_host(a, "p/*", host));
}

static bool visit_call(struct visit *v, const char *name, unsigned depth)
{
	const struct syscall_group *g = name[0] == '@' ? syscall_group_by_name(name + 1) : NULL;
	bool end = !g && v->fn(v, arena_printf(v->x->arena, "c/%s", name));
	for (unsigned i = 0; g && !end && depth < SRC_MAX_DEPTH && i < g->n_members; i++)
		end = visit_call(v, g->members[i], depth + 1);
	return end;
}

static bool visit(struct visit *v)
{
	struct arena *a = v->x->arena;
	const struct ir_rule *r = v->rule;
	const char *path;
	switch (r->kind) {
	case RULE_PATH:
	case RULE_GLOB:
		return (path = place(v->x, r->object)) && v->fn(v, rule_key_path(a, path));
	case RULE_NET:
		return ((r->ops & (OPS_UNIX | OP_BIT(OP_NET))) && visit_sockets(v)) ||
		       ((r->ops & (OPS_INET | OP_BIT(OP_NET))) && visit_ports(v));
	case RULE_RELAY:
		return visit_ports(v);
	case RULE_ENV:
		return v->fn(v, rule_key_env(a, r->object));
	case RULE_SYSCALL:
		return visit_call(v, r->object, 0);
	case RULE_MACOS:
		return v->fn(v, arena_printf(a, "m/%s", r->object));
	case RULE_SIGNAL:
		return v->fn(v, "s");
	}
	return false;
}

/* ---- making it ---- */

static bool put(struct visit *v, const char *key)
{
	ARENA_GROW(v->x->arena, v->put->v, v->put->n);
	v->put->v[v->put->n++] = (struct rule_node){key, v->rule};
	return false;
}

static int by_key(const void *x, const void *y)
{
	const struct rule_node *a = x, *b = y;
	int c = strcmp(a->key, b->key);
	return c ? c : (a->rule > b->rule) - (a->rule < b->rule);
}

static void sort(struct nodes *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_key);
}

struct rule_tree *rule_tree_new(struct arena *a, const struct ir *ir, const struct ir_rule *rules, unsigned n, enum target t,
				const struct ir_binding *given, unsigned n_given)
{
	struct rule_tree *x = ARENA_NEW(a, struct rule_tree);
	*x = (struct rule_tree){.arena = a, .ir = ir, .target = t, .given = given, .n_given = n_given};
	for (unsigned i = 0; i < n; i++) {
		struct visit v = {.x = x, .rule = &rules[i], .fn = put, .put = &x->rules};
		visit(&v);
		v.put = &x->holes;
		for (unsigned h = 0; h < rules[i].n_holes; h++) {
			const char *path = place(x, rules[i].holes[h].path);
			if (path)
				put(&v, rule_key_path(a, path));
		}
	}
	sort(&x->rules);
	sort(&x->holes);
	return x;
}

/* ---- looking ---- */

/* Those whose key begins with n bytes; `whole`: and ends there. */
static bool tell_run(const struct nodes *p, const char *key, size_t n, bool whole, rule_node_fn *fn, void *ctx)
{
	for (unsigned i = sorted_first(p->v, p->n, sizeof(*p->v), key, n); i < p->n && strncmp(p->v[i].key, key, n) == 0; i++) {
		if (whole && p->v[i].key[n])
			return false; /* the shortest come first */
		if (fn(ctx, &p->v[i]))
			return true;
	}
	return false;
}

static bool above(const struct nodes *p, const char *key, rule_node_fn *fn, void *ctx)
{
	for (size_t n = 1; key[n - 1]; n++)
		if ((key[n] == '/' || !key[n]) && tell_run(p, key, n, true, fn, ctx))
			return true;
	return false;
}

static bool below(const struct rule_tree *x, const struct nodes *p, const char *key, rule_node_fn *fn, void *ctx)
{
	return tell_run(p, arena_printf(x->arena, "%s/", key), strlen(key) + 1, false, fn, ctx);
}

bool rule_tree_above(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx)
{
	return above(&x->rules, key, fn, ctx);
}

bool rule_tree_below(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx)
{
	return below(x, &x->rules, key, fn, ctx);
}

bool rule_holes_above(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx)
{
	return above(&x->holes, key, fn, ctx);
}

bool rule_holes_below(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx)
{
	return below(x, &x->holes, key, fn, ctx);
}

static bool within(const struct rule_tree *x, const struct nodes *p, const char *key, rule_node_fn *fn, void *ctx)
{
	return tell_run(p, key, strlen(key), true, fn, ctx) || below(x, p, key, fn, ctx);
}

bool rule_tree_within(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx)
{
	return within(x, &x->rules, key, fn, ctx);
}

bool rule_holes_within(const struct rule_tree *x, const char *key, rule_node_fn *fn, void *ctx)
{
	return within(x, &x->holes, key, fn, ctx);
}

static bool tell_meeting(struct visit *v, const char *key)
{
	return rule_tree_above(v->x, key, v->told, v->ctx) || rule_tree_below(v->x, key, v->told, v->ctx);
}

bool rule_tree_meeting(const struct rule_tree *x, const struct ir_rule *r, rule_node_fn *fn, void *ctx)
{
	struct visit v = {.x = x, .rule = r, .looking = true, .fn = tell_meeting, .told = fn, .ctx = ctx};
	return visit(&v);
}

const char *rule_node_path(const struct rule_node *at)
{
	return at->key[1] ? at->key + 1 : "/";
}
