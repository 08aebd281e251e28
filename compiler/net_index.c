/*
 * net_index.c - rules of one port by that port, rules of a socket by its path or name; all others are looked at each time.
 */
#include "net_index.h"

#include <string.h>

#include "template.h"

struct net_node {
	const struct net_node *next;
	const char *path; /* NULL: the key is a port */
	uint16_t port;
	unsigned rule;
};

struct net_index {
	const struct ir *ir;
	const struct net_node **slots;
	unsigned n_slots; /* power of two */
	unsigned *rest;
	unsigned n_rest;
};

enum { OPS_UNIX = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX) };

static uint32_t hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h ^ h >> 15;
}

static uint32_t hash_port(uint16_t port)
{
	return port * 2654435761u >> 7;
}

/* The socket that a rule names, when that is known now. */
static const char *fixed_socket(struct arena *a, const struct ir_rule *r)
{
	return r->kind == RULE_NET && !(r->ops & ~(uint32_t)OPS_UNIX) ? template_literal(a, r->object) : NULL;
}

static bool has_one_port(const struct ir_rule *r)
{
	return r->kind == RULE_NET && !(r->ops & (OPS_UNIX | OP_BIT(OP_NET))) && !r->port_var && r->port_lo == r->port_hi;
}

static void add(struct arena *a, struct net_index *x, uint32_t h, struct net_node node)
{
	struct net_node *n = ARENA_NEW(a, struct net_node);
	*n = node;
	n->next = x->slots[h & (x->n_slots - 1)];
	x->slots[h & (x->n_slots - 1)] = n;
}

struct net_index *net_index_new(struct arena *a, const struct ir *ir)
{
	struct net_index *x = ARENA_NEW(a, struct net_index);
	unsigned n = 0;
	for (unsigned i = 0; i < ir->n_rules; i++)
		n += ir->rules[i].kind == RULE_NET || ir->rules[i].kind == RULE_RELAY;
	*x = (struct net_index){.ir = ir, .n_slots = 16};
	while (x->n_slots < n * 2)
		x->n_slots *= 2;
	x->slots = ARENA_ARRAY(a, x->n_slots, const struct net_node *);
	x->rest = ARENA_ARRAY(a, n, unsigned);
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		const char *socket = fixed_socket(a, r);
		if (r->kind != RULE_NET && r->kind != RULE_RELAY)
			continue;
		if (socket)
			add(a, x, hash(socket, strlen(socket)), (struct net_node){.path = socket, .rule = i});
		else if (has_one_port(r))
			add(a, x, hash_port(r->port_lo), (struct net_node){.port = r->port_lo, .rule = i});
		else
			x->rest[x->n_rest++] = i;
	}
	return x;
}

static unsigned visit_socket(const struct net_index *x, const char *path, size_t n, net_index_fn *fn, void *ctx)
{
	unsigned seen = 0;
	const struct net_node *node = x->slots[hash(path, n) & (x->n_slots - 1)];
	for (; node; node = node->next)
		if (node->path && strncmp(node->path, path, n) == 0 && node->path[n] == '\0') {
			fn(ctx, node->rule, &x->ir->rules[node->rule]);
			seen++;
		}
	return seen;
}

/* The path itself and every directory above it. */
static unsigned visit_sockets(const struct net_index *x, const char *path, net_index_fn *fn, void *ctx)
{
	size_t len = strlen(path);
	unsigned seen = path[0] == '/' && len > 1 ? visit_socket(x, "/", 1, fn, ctx) : 0;
	for (size_t i = 1; path[0] == '/' && i < len; i++)
		if (path[i] == '/')
			seen += visit_socket(x, path, i, fn, ctx);
	return seen + visit_socket(x, path, len, fn, ctx);
}

static unsigned visit_port(const struct net_index *x, uint16_t port, net_index_fn *fn, void *ctx)
{
	unsigned seen = 0;
	for (const struct net_node *node = x->slots[hash_port(port) & (x->n_slots - 1)]; node; node = node->next)
		if (!node->path && node->port == port) {
			fn(ctx, node->rule, &x->ir->rules[node->rule]);
			seen++;
		}
	return seen;
}

unsigned net_index_visit(const struct net_index *x, enum op op, const char *object, uint16_t port, net_index_fn *fn, void *ctx)
{
	unsigned seen = OP_BIT(op) & OPS_UNIX ? visit_sockets(x, object, fn, ctx) : visit_port(x, port, fn, ctx);
	for (unsigned i = 0; i < x->n_rest; i++)
		fn(ctx, x->rest[i], &x->ir->rules[x->rest[i]]);
	return seen + x->n_rest;
}
