/*
 * net_index.c - rules of a socket by its path or name; rules of hosts by the host and the port, or every port; all others are
 * looked at each time.
 */
#include "net_index.h"

#include <string.h>

#include "decide.h"
#include "name_list.h"
#include "place.h"
#include "template.h"

struct net_node {
	const struct net_node *next;
	const char *name; /* a socket or the pattern of hosts */
	uint32_t key;     /* what it stands under: a port, or one of those below */
	unsigned rule;
};

struct net_index {
	struct arena *arena;
	const struct ir *ir;
	const struct net_node **slots;
	unsigned n_slots; /* power of two */
	bool below;       /* some pattern is `*.NAME` */
	unsigned *rest;   /* what no name or port tells */
	unsigned n_rest;
	unsigned *given; /* sockets that stand on values: by their path only where no values are given */
	unsigned n_given;
	struct valued *last; /* with the values of the last question that had some */
};

/* The sockets that stand on values, by their paths with these. */
struct valued {
	struct arena *arena;
	struct load_values values;
	struct name_list by_path;
};

enum {
	OPS_UNIX = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX),
	EVERY_PORT = UINT16_MAX + 1, /* hosts: the rule is for every port */
	THE_HOST,                    /* every rule of the host stands here too */
	SOCKET,
};

static uint32_t hash_more(uint32_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

static uint32_t hash_end(uint32_t h, uint32_t key)
{
	h = (h ^ key) * 2654435761u;
	return h ^ h >> 15;
}

static uint32_t hash(const char *s, size_t n, uint32_t key)
{
	return hash_end(hash_more(2166136261u, s, n), key);
}

static void add(struct arena *a, struct net_index *x, const char *name, uint32_t key, unsigned rule)
{
	const struct net_node **slot = &x->slots[hash(name, strlen(name), key) & (x->n_slots - 1)];
	struct net_node *n = ARENA_NEW(a, struct net_node);
	*n = (struct net_node){*slot, name, key, rule};
	*slot = n;
}

/* The names of this machine are one host. */
static const char *host_key(const char *pattern)
{
	return host_covers("localhost", pattern) ? "localhost" : pattern;
}

static void add_rule(struct arena *a, struct net_index *x, unsigned i)
{
	const struct ir_rule *r = &x->ir->rules[i];
	bool socket = r->kind == RULE_NET && !(r->ops & ~(uint32_t)OPS_UNIX);
	bool every = r->port_lo == 0 && r->port_hi == UINT16_MAX;
	if ((r->kind == RULE_NET && (r->ops & OP_BIT(OP_NET))) ||
	    (!socket && (r->port_var || (r->ops & OPS_UNIX) || (!every && r->port_lo != r->port_hi)))) {
		x->rest[x->n_rest++] = i;
	} else if (!socket) {
		const char *host = host_key(r->object);
		x->below |= host[0] == '*' && host[1] == '.';
		add(a, x, host, THE_HOST, i);
		add(a, x, host, every ? EVERY_PORT : r->port_lo, i);
	} else {
		const char *fixed = template_literal(a, r->object), *path = fixed;
		if (!fixed) {
			x->given[x->n_given++] = i;
			path = expand_template(a, x->ir, r->object, NULL, 0);
		}
		if (path)
			add(a, x, path, SOCKET, i);
	}
}

struct net_index *net_index_new(struct arena *a, const struct ir *ir)
{
	struct net_index *x = ARENA_NEW(a, struct net_index);
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		n += ir->rules[i].kind == RULE_NET || ir->rules[i].kind == RULE_RELAY;
	*x = (struct net_index){.arena = a, .ir = ir, .n_slots = 16};
	while (x->n_slots < n * 4)
		x->n_slots *= 2;
	x->slots = ARENA_ARRAY(a, x->n_slots, const struct net_node *);
	x->rest = ARENA_ARRAY(a, n, unsigned);
	x->given = ARENA_ARRAY(a, n, unsigned);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_NET || ir->rules[i].kind == RULE_RELAY)
			add_rule(a, x, i);
	return x;
}

/* ---- with values ---- */

static struct valued *with_values(const struct net_index *x, const struct request *r)
{
	struct arena *a = arena_child(x->arena);
	struct valued *v = ARENA_NEW(a, struct valued);
	v->arena = a;
	v->values = values_keep(a, r->given, r->n_given);
	for (unsigned i = 0; i < x->n_given; i++) {
		const char *path = expand_template(a, x->ir, x->ir->rules[x->given[i]].object, r->given, r->n_given);
		if (path)
			name_list_put(a, &v->by_path, path, strlen(path), x->given[i]);
	}
	return v;
}

/* A cache: making one changes no answer. */
static const struct valued *valued_for(const struct net_index *cx, const struct request *r)
{
	struct net_index *x = (struct net_index *)(uintptr_t)cx;
	if (x->last && values_are(&x->last->values, r->given, r->n_given))
		return x->last;
	if (x->last)
		arena_free(x->last->arena);
	return x->last = with_values(x, r);
}

/* ---- asked ---- */

struct visit {
	const struct net_index *x;
	net_index_fn *fn;
	void *ctx;
	bool given;
	unsigned seen;
};

static void visit_list(struct visit *v, const unsigned *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		v->fn(v->ctx, list[i], &v->x->ir->rules[list[i]]);
	v->seen += n;
}

static void visit_socket(struct visit *v, const char *path, size_t n)
{
	const struct net_node *node = v->x->slots[hash(path, n, SOCKET) & (v->x->n_slots - 1)];
	for (; node; node = node->next) {
		const struct ir_rule *r = &v->x->ir->rules[node->rule];
		if (node->key != SOCKET || strncmp(node->name, path, n) != 0 || node->name[n] != '\0' ||
		    (v->given && strcmp(node->name, r->object) != 0))
			continue;
		v->fn(v->ctx, node->rule, r);
		v->seen++;
	}
}

static bool visit_valued(void *ctx, unsigned rule)
{
	struct visit *v = ctx;
	v->fn(v->ctx, rule, &v->x->ir->rules[rule]);
	v->seen++;
	return false;
}

/* The path itself and every directory above it. */
static void visit_sockets(struct visit *v, const struct request *r)
{
	const char *path = r->object;
	size_t len = strlen(path);
	if (path[0] == '/' && len > 1)
		visit_socket(v, "/", 1);
	for (size_t i = 1; path[0] == '/' && i < len; i++)
		if (path[i] == '/')
			visit_socket(v, path, i);
	visit_socket(v, path, len);
	if (v->given && path[0] == '/')
		name_list_above(&valued_for(v->x, r)->by_path, path, visit_valued, v);
}

/* `star`: the pattern is `*` and this name from its dot on. */
static void visit_key(struct visit *v, bool star, const char *name, uint32_t key)
{
	uint32_t h = star ? hash_more(2166136261u, "*", 1) : 2166136261u;
	h = hash_end(hash_more(h, name, strlen(name)), key);
	for (const struct net_node *n = v->x->slots[h & (v->x->n_slots - 1)]; n; n = n->next) {
		if (n->key != key || (star && n->name[0] != '*') || strcmp(n->name + star, name) != 0)
			continue;
		v->fn(v->ctx, n->rule, &v->x->ir->rules[n->rule]);
		v->seen++;
	}
}

/* port: THE_HOST for the rules of every port. */
static void visit_pattern(struct visit *v, bool star, const char *name, uint32_t port)
{
	visit_key(v, star, name, port);
	if (port != THE_HOST)
		visit_key(v, star, name, EVERY_PORT);
}

static void visit_host(struct visit *v, const char *host, uint32_t port)
{
	if (strcmp(host, "*") != 0)
		visit_pattern(v, false, host_key(host), port);
	for (const char *dot = v->x->below ? strchr(host, '.') : NULL; dot; dot = strchr(dot + 1, '.'))
		if (dot != host && !(dot == host + 1 && host[0] == '*')) /* that is the host itself */
			visit_pattern(v, true, dot, port);
}

unsigned net_index_visit(const struct net_index *x, const struct request *r, net_index_fn *fn, void *ctx)
{
	struct visit v = {x, fn, ctx, r->n_given != 0, 0};
	if (OP_BIT(r->op) & OPS_UNIX) {
		visit_sockets(&v, r);
	} else {
		visit_host(&v, r->object, r->port);
		visit_pattern(&v, false, "*", r->port);
	}
	visit_list(&v, x->rest, x->n_rest);
	return v.seen;
}

void net_index_host(const struct net_index *x, const char *host, net_index_fn *fn, void *ctx)
{
	struct visit v = {x, fn, ctx, false, 0};
	visit_host(&v, host, THE_HOST);
}
