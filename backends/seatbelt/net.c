/*
 * net.c - collects what a policy says of the network on macOS, and tells which lines change nothing: what another line
 * allows or denies already, an allow that a deny takes whole, a deny of what nothing allows. Where a value of the start
 * decides, a line stays.
 */
#include "net.h"

#include <string.h>

const enum op net_op[NET_KINDS] = {
    [NET_TCP_OUT] = OP_CONNECT_TCP, [NET_UDP_OUT] = OP_CONNECT_UDP,   [NET_TCP_IN] = OP_LISTEN_TCP,
    [NET_UDP_IN] = OP_LISTEN_UDP,   [NET_UNIX_OUT] = OP_CONNECT_UNIX, [NET_UNIX_IN] = OP_LISTEN_UNIX,
};

/* ---- ends ---- */

unsigned net_ends(const struct ir_rule *r)
{
	return r->port_var || (r->port_lo == 0 && r->port_hi == 65535) ? 1 : r->port_hi - r->port_lo + 1u;
}

struct net_end net_end(const struct ir_rule *r, unsigned i)
{
	struct net_end x = {.near = strcmp(r->object, "*") != 0, .which = END_PORT, .port = (uint16_t)(r->port_lo + i)};

	if (r->port_var) {
		x.which = END_VAR;
		x.var = r->port_var;
	} else if (r->port_lo == 0 && r->port_hi == 65535) {
		x.which = END_ALL;
	}
	return x;
}

static void add(struct arena *a, struct net_set *s, const struct net_end *x)
{
	struct net_ports *p = x->near ? &s->near : &s->any;

	p->some = true;
	switch (x->which) {
	case END_ALL:
		p->all = true;
		break;
	case END_VAR:
		ARENA_GROW(a, p->vars, p->n_vars);
		p->vars[p->n_vars++] = x->var;
		break;
	case END_PORT:
		p->bit[x->port / 8] |= (uint8_t)(1u << x->port % 8);
		break;
	}
}

static bool has_port(const struct net_ports *p, uint16_t port)
{
	return p->bit[port / 8] >> port % 8 & 1;
}

static bool has_var(const struct net_ports *p, const char *var)
{
	for (unsigned i = 0; i < p->n_vars; i++)
		if (strcmp(p->vars[i], var) == 0)
			return true;
	return false;
}

/* All of the end's ports, by one member of the set? */
static bool holds(const struct net_ports *p, const struct net_end *x)
{
	switch (x->which) {
	case END_ALL:
		return p->all;
	case END_VAR:
		return p->all || has_var(p, x->var);
	case END_PORT:
		return p->all || has_port(p, x->port);
	}
	return false;
}

static bool covers(const struct net_set *s, const struct net_end *x)
{
	return holds(&s->any, x) || (x->near && holds(&s->near, x));
}

/* By a member that is more than the end itself? */
static bool covers_wider(const struct net_set *s, const struct net_end *x)
{
	if (s->any.all && (x->near || x->which != END_ALL))
		return true;
	return x->near && (holds(&s->any, x) || (s->near.all && x->which != END_ALL));
}

static bool side_meets(const struct net_ports *p, const struct net_end *x)
{
	return p->some && (x->which != END_PORT || p->all || p->n_vars || has_port(p, x->port));
}

bool net_again(struct net_set *said, const struct net_end *x)
{
	struct net_ports *p = x->near ? &said->near : &said->any;
	bool again = x->which == END_PORT ? has_port(p, x->port) : x->which == END_ALL && p->all;

	if (x->which != END_VAR) /* two rules never hold one variable for one kind and side */
		add(NULL, said, x);
	return again;
}

/* ---- collecting ---- */

static bool is_end(const struct ir_rule *r)
{
	return strcmp(r->object, "*") == 0 || strcmp(r->object, "localhost") == 0;
}

static void collect_ends(struct net *n, const struct ir_rule *r)
{
	for (unsigned k = 0; k < NET_UNIX_OUT && is_end(r); k++)
		for (unsigned i = 0; (r->ops & OP_BIT(net_op[k])) && i < net_ends(r); i++) {
			struct net_end x = net_end(r, i);

			if (r->deny)
				add(n->arena, n->deny[k], &x);
			else if (!n->deny_all && !covers(n->deny[k], &x))
				add(n->arena, n->allow[k], &x);
		}
}

static void collect_sockets(struct net *n, const struct ir_rule *r)
{
	for (unsigned k = 0; k < 2; k++) {
		struct path_lines *l = r->deny ? &n->unix_deny[k] : &n->unix_allow[k];

		if (!(r->ops & OP_BIT(net_op[NET_UNIX_OUT + k])) || r->object[0] == '@')
			continue;
		ARENA_GROW(n->arena, l->v, l->n);
		l->open_all |= tmpl_has_variable(r->object);
		l->v[l->n] = (struct path_line){
		    .rule = r, .root = path_real(n->arena, r->object), .at = rule_loc(r), .number = l->n};
		l->n++;
	}
}

static const struct origin *whole(const struct ir *ir, bool deny)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];

		if (r->kind == RULE_NET && r->deny == deny && seatbelt_governs(r) && (r->ops & OP_BIT(OP_NET)))
			return r->origin[OP_NET];
	}
	return NULL;
}

struct net *net_collect(struct emit *e)
{
	const struct ir *ir = e->l->ir;
	struct net *n = ARENA_NEW(e->l->arena, struct net);

	n->arena = e->l->arena;
	n->on_system = ir->choice[TARGET_MACOS][CHOICE_BASELINE].value == BASELINE_SYSTEM;
	n->deny_all = whole(ir, true);
	n->allow_all = n->deny_all ? NULL : whole(ir, false);
	for (unsigned k = 0; k < NET_UNIX_OUT; k++) {
		n->allow[k] = ARENA_NEW(n->arena, struct net_set);
		n->deny[k] = ARENA_NEW(n->arena, struct net_set);
	}
	for (int deny = 1; deny >= 0; deny--)
		for (unsigned i = 0; i < ir->n_rules; i++) {
			const struct ir_rule *r = &ir->rules[i];

			if (r->kind != RULE_NET || r->deny != deny || !seatbelt_governs(r))
				continue;
			collect_ends(n, r);
			collect_sockets(n, r);
		}
	for (unsigned k = 0; k < 2; k++) {
		paths_sort(n->arena, &n->unix_allow[k]);
		paths_sort(n->arena, &n->unix_deny[k]);
	}
	return n;
}

/* ---- what counts ---- */

bool net_allow_counts(const struct net *n, enum net_kind k, const struct net_end *x)
{
	return !n->allow_all && !n->deny_all && !covers(n->deny[k], x) && !covers_wider(n->allow[k], x);
}

bool net_deny_counts(const struct net *n, enum net_kind k, const struct net_end *x)
{
	bool meets = n->on_system || n->allow_all || side_meets(&n->allow[k]->any, x) || side_meets(&n->allow[k]->near, x);

	return meets && !n->deny_all && !covers_wider(n->deny[k], x);
}

struct above {
	const struct ir_rule *rule;
	const char *root;
	bool found, wide; /* some line; one that says all that the rule says. Of two that say the same the first stays. */
};

static bool looks(void *ctx, const struct path_line *line)
{
	struct above *x = ctx;

	x->found = true;
	x->wide |= strcmp(line->root, x->root) != 0 || line->rule < x->rule;
	return !x->wide;
}

static struct above above(const struct path_lines *l, const struct ir_rule *r, const char *root)
{
	struct above x = {.rule = r, .root = root};

	paths_above(l, root, NULL, looks, &x);
	return x;
}

/* May one of the lines name a place in, at or above this one? */
static bool met(const struct net *n, const struct path_lines *l, const struct ir_rule *r, const char *root)
{
	if (n->on_system || n->allow_all || l->open_all || tmpl_has_variable(root))
		return n->on_system || n->allow_all || l->n > 0;
	return above(l, r, root).found || paths_below(l, root);
}

bool net_socket_counts(const struct net *n, enum net_kind k, const struct ir_rule *r)
{
	const struct path_lines *allows = &n->unix_allow[k - NET_UNIX_OUT], *denies = &n->unix_deny[k - NET_UNIX_OUT];
	const char *root = path_real(n->arena, r->object);

	if (n->deny_all)
		return false;
	if (r->deny)
		return met(n, allows, r, root) && !above(denies, r, root).wide;
	return !above(denies, r, root).found && !above(allows, r, root).wide;
}

bool net_allows_some(const struct net *n, enum net_kind k)
{
	if (k >= NET_UNIX_OUT)
		return !n->deny_all && n->unix_allow[k - NET_UNIX_OUT].n > 0;
	return n->allow[k]->any.some || n->allow[k]->near.some;
}
