/*
 * never_points.c - the requests that decide whether the allowed set meets the set of a `never`.
 *
 * Two subtrees overlap in the deeper one, and if its root is denied or left out all of it is (never_paths.c). Names with prefixes
 * and intervals of ports are searched for one that no deny takes. The allows that meet a set are found in a tree of the rules.
 */
#include <stdlib.h>
#include <string.h>

#include "call_cases.h"
#include "denied_names.h"
#include "never_priv.h"
#include "str.h"

enum {
	OPS_INET = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP),
	OPS_UNIX = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX),
};

static uint32_t never_ops(const struct points *p)
{
	bool net = p->never->ops & OP_BIT(OP_NET);
	return net ? (uint32_t)OPS_INET | OPS_UNIX : p->never->ops;
}

bool points_allow(const struct points *p, const struct ir_rule *r, enum rule_kind kind, uint32_t ops)
{
	bool net = kind == RULE_NET && (r->ops & OP_BIT(OP_NET));
	return r->kind == kind && !r->deny && (r->targets & TARGET_BIT(p->r.target)) && (net || (r->ops & ops));
}

bool points_add_met(void *ctx, const struct rule_node *at)
{
	struct points *p = ctx;
	ARENA_GROW(p->a, p->met, p->n_met);
	p->met[p->n_met++] = at->rule;
	return false;
}

static int in_order(const void *x, const void *y)
{
	const struct ir_rule *a = *(const struct ir_rule *const *)x, *b = *(const struct ir_rule *const *)y;
	return (a > b) - (a < b);
}

void points_order_met(struct points *p)
{
	unsigned n = 0;
	if (p->n_met)
		qsort(p->met, p->n_met, sizeof(*p->met), in_order);
	for (unsigned i = 0; i < p->n_met; i++)
		if (!n || p->met[n - 1] != p->met[i])
			p->met[n++] = p->met[i];
	p->n_met = n;
}

void points_find_met(struct points *p)
{
	rule_tree_meeting(p->at->tree, p->never, points_add_met, p);
	points_order_met(p);
}

void points_give(struct points *p, const char *object, uint16_t port, uint32_t ops)
{
	if (!object)
		return;
	p->r.object = object;
	p->r.port = port;
	for (unsigned op = 0; op < OP_COUNT && !p->enough; op++) {
		p->r.op = (enum op)op;
		if ((ops & OP_BIT(op)) && decide_covers(p->m, p->never, &p->r))
			p->enough = p->fn(p->ctx, &p->r);
	}
}

const char *points_expand(const struct points *p, const char *tmpl)
{
	return expand_template(p->a, p->ir, tmpl, p->r.given, p->r.n_given);
}

void points_give_place(struct points *p, const char *tmpl, uint32_t ops)
{
	const char *path = points_expand(p, tmpl);
	if (path && path[0] == '/')
		points_give(p, path, 0, ops);
}

/* ---- sockets ---- */

static void give_socket(struct points *p, const char *name, uint32_t ops)
{
	if (name[0] == '@')
		points_give(p, name, 0, ops);
	else
		points_give_place(p, name, ops);
}

static void socket_points(struct points *p)
{
	uint32_t ops = never_ops(p) & OPS_UNIX;
	if (!ops)
		return;
	if (p->never->ops & OP_BIT(OP_NET)) {
		give_socket(p, "/run/example.sock", ops);
		give_socket(p, "@example", ops);
	} else {
		give_socket(p, p->never->object, ops);
	}
	for (unsigned i = 0; i < p->n_met && !p->enough; i++)
		if (points_allow(p, p->met[i], RULE_NET, ops) && (p->met[i]->ops & OPS_UNIX))
			give_socket(p, p->met[i]->object, ops);
}

/* ---- ports ---- */

static const char EXAMPLE_HOST[] = "192.0.2.1";

static bool is_denied(const struct points *p, const struct request *r)
{
	struct decision d = decide(p->m, r);
	return !d.allow && d.by;
}

static bool denies_all_ports(void *ctx, const struct rule_node *at)
{
	const struct points *p = ctx;
	const struct ir_rule *r = at->rule;
	const bool all = (r->ops & OP_BIT(OP_NET)) || (!r->port_var && r->port_lo == 0 && r->port_hi == UINT16_MAX);
	return r->deny && all && decide_covers(p->m, r, &p->r);
}

/* The first port from here that no deny takes for the host; past the last: there is none. */
static uint32_t free_port(struct points *p, const char *host, uint32_t port, enum op op)
{
	const struct ir_rule here = {.kind = RULE_NET, .ops = OP_BIT(op), .object = host, .port_lo = (uint16_t)port, .port_hi = (uint16_t)port};
	p->r.op = op;
	p->r.object = host;
	p->r.port = (uint16_t)port;
	if (rule_tree_meeting(p->at->tree, &here, denies_all_ports, p))
		return UINT16_MAX + 1;
	while (port <= UINT16_MAX && (p->r.port = (uint16_t)port, is_denied(p, &p->r)))
		port++;
	return port;
}

/* The ports of a rule; false when only the start knows the one. */
static bool port_range(const struct points *p, const struct ir_rule *r, uint32_t *lo, uint32_t *hi)
{
	uint64_t n;
	*lo = r->port_lo;
	*hi = r->port_hi;
	if (r->ops & OP_BIT(OP_NET)) {
		*lo = 0;
		*hi = UINT16_MAX;
	}
	if (!r->port_var)
		return true;
	const char *text = points_expand(p, arena_printf(p->a, "${%s}", r->port_var));
	if (!text || !parse_u64(text, strlen(text), UINT16_MAX, &n))
		return false;
	*lo = *hi = (uint32_t)n;
	return true;
}

/* A host that a pattern covers and that no deny takes which does not take all that the pattern covers. */
static const char *fresh_host(const struct points *p, const char *pattern)
{
	if (strcmp(pattern, "*") == 0 && p->at->example_host)
		return p->at->example_host;
	return arena_printf(p->a, "%s%s", p->at->fresh_label, pattern + 1);
}

/* Of two patterns of hosts the narrower one, as a host; where they do not meet, one that the never does not cover. */
static const char *meeting_host(const struct points *p, const struct ir_rule *allow)
{
	const char *x = (allow->ops & OP_BIT(OP_NET)) ? "*" : allow->object;
	const char *y = (p->never->ops & OP_BIT(OP_NET)) ? "*" : p->never->object;
	bool wild_x = x[0] == '*', wild_y = y[0] == '*';
	if (!wild_x || !wild_y)
		return wild_x ? y : x;
	return fresh_host(p, strlen(x) > strlen(y) ? x : y);
}

/*
 * The first port of an interval, and the first that no deny takes for this host: all that the allow opens there is that one
 * and those after it. An interval is one port or all, and few denied ones lie side by side.
 */
static void interval_points(struct points *p, const char *host, uint32_t lo, uint32_t hi, uint32_t ops)
{
	if (lo > hi)
		return;
	points_give(p, host, (uint16_t)lo, ops);
	for (unsigned op = 0; lo < hi && op < OP_COUNT; op++) {
		uint32_t port = ops & OP_BIT(op) ? free_port(p, host, lo, (enum op)op) : hi + 1;
		if (port > lo && port <= hi)
			points_give(p, host, (uint16_t)port, OP_BIT(op));
	}
}

/* A port that only the start knows lies in the set, when the set is all ports: with any value, say 1. */
static void unknown_port(struct points *p, const struct ir_rule *allow, const char *host, uint32_t ops)
{
	const struct ir_binding *was = p->r.given;
	const unsigned n = p->r.n_given;
	struct ir_binding *given = ARENA_ARRAY(p->a, n + 1, struct ir_binding);
	if (n)
		memcpy(given, was, n * sizeof(*given));
	given[n] = (struct ir_binding){allow->port_var, "1"};
	p->r.given = given;
	p->r.n_given = n + 1;
	points_give(p, host, 1, ops);
	p->r.given = was;
	p->r.n_given = n;
}

static void inet_points(struct points *p)
{
	uint32_t ops = never_ops(p) & OPS_INET, lo, hi, from, to;
	if (!ops)
		return;
	bool known = port_range(p, p->never, &lo, &hi);
	for (unsigned i = 0; i < p->n_met && !p->enough; i++) {
		const struct ir_rule *r = p->met[i];
		bool relay = (ops & OP_BIT(OP_CONNECT_TCP)) && points_allow(p, r, RULE_RELAY, OP_BIT(OP_RELAY_TCP));
		if (!relay && !points_allow(p, r, RULE_NET, ops))
			continue;
		const char *host = meeting_host(p, r);
		if (!port_range(p, r, &from, &to)) {
			if (known && lo == 0 && hi == UINT16_MAX)
				unknown_port(p, r, host, ops);
			continue; /* the loader compares the two */
		}
		if (known)
			interval_points(p, host, from > lo ? from : lo, to < hi ? to : hi, ops);
		else if (from == 0 && to == UINT16_MAX)
			unknown_port(p, p->never, host, ops);
	}
}

/* ---- names ---- */

struct taken {
	const struct points *p;
	const char *name;
	bool all_below, itself;
};

static bool is_taken(void *ctx, const struct rule_node *at)
{
	struct taken *x = ctx;
	const struct ir_rule *r = at->rule;
	const size_t n = strlen(r->object);
	if (!r->deny || !(r->targets & TARGET_BIT(x->p->r.target)))
		return false;
	x->itself |= strcmp(r->object, x->name) == 0;
	x->all_below |= n && r->object[n - 1] == '*' && strncmp(r->object, x->name, n - 1) == 0;
	return x->all_below;
}

/* A name that begins so, that no deny takes and a pattern lets in, the shortest first; NULL: there is none. */
static const char *free_name(struct points *p, const char *prefix)
{
	static const char letters[] = "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	struct taken x = {.p = p, .name = prefix, .itself = env_by_name_only(prefix)};
	if (rule_tree_above(p->at->tree, rule_key_env(p->a, prefix), is_taken, &x) || strncmp(prefix, "LD_", 3) == 0 ||
	    strncmp(prefix, "DYLD_", 5) == 0)
		return NULL;
	if (!x.itself)
		return prefix;
	for (const char *c = letters; *c; c++) {
		const char *found = free_name(p, arena_printf(p->a, "%s%c", prefix, *c));
		if (found)
			return found;
	}
	return NULL;
}

/* Where two patterns overlap: the longer prefix, or the exact name. */
static void give_overlap(struct points *p, const char *x, const char *y)
{
	size_t nx = strcspn(x, "*"), ny = strcspn(y, "*");
	const char *deep = nx > ny ? x : y;
	size_t n = nx > ny ? nx : ny;
	if (nx == ny && x[nx] != '*')
		deep = x;
	const char *prefix = arena_strndup(p->a, deep, n);
	points_give(p, deep[n] == '*' ? free_name(p, prefix) : prefix, 0, OP_BIT(OP_ENV));
}

static void env_points(struct points *p)
{
	for (unsigned i = 0; i < p->n_met && !p->enough; i++)
		if (points_allow(p, p->met[i], RULE_ENV, OP_BIT(OP_ENV)))
			give_overlap(p, p->never->object, p->met[i]->object);
	for (unsigned i = 0; i < p->ir->n_env_set; i++)
		if (p->ir->env_set[i].targets & TARGET_BIT(p->r.target))
			points_give(p, p->ir->env_set[i].name, 0, OP_BIT(OP_ENV));
}

/* ---- system calls ---- */

static void give_case(void *ctx, const uint64_t args[6])
{
	struct points *p = ctx;
	memcpy(p->r.args, args, sizeof(p->r.args));
	p->enough = p->enough || p->fn(p->ctx, &p->r);
}

static void call_points(struct points *p, struct call_cases *cases, const char *name, unsigned depth)
{
	const struct syscall_desc *call = name[0] == '@' ? NULL : syscall_by_name(name);
	const struct syscall_group *g = name[0] == '@' ? syscall_group_by_name(name + 1) : NULL;
	for (unsigned a = 0; call && a < ARCH_COUNT; a++) {
		if (call->nr[a] == SYSCALL_NONE || !(p->never->arches & ARCH_BIT(a)))
			continue;
		p->r.op = OP_SYSCALL;
		p->r.arch = (enum arch)a;
		p->r.nr = (uint32_t)call->nr[a];
		p->r.object = call->name;
		p->known &= call_cases(cases, call, p->r.arch, p->never->cond, give_case, p);
	}
	for (unsigned i = 0; g && depth < SRC_MAX_DEPTH && i < g->n_members; i++)
		call_points(p, cases, g->members[i], depth + 1);
}

/* ---- all of them ---- */

/* A label that no line names, so that no deny of a host below a pattern takes it. */
static const char *fresh_label(struct arena *a, const struct ir *ir)
{
	const char *label = "_other";
	for (unsigned i = 0; i < ir->n_rules; i++)
		while (ir->rules[i].kind == RULE_NET && strstr(ir->rules[i].object, label))
			label = arena_printf(a, "%s_", label);
	return label;
}

/* An address for examples, unless a deny speaks of it more narrowly than of all hosts. */
static const char *example_host(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind == RULE_NET && r->deny && strcmp(r->object, "*") != 0 && host_covers(r->object, EXAMPLE_HOST))
			return NULL;
	}
	return EXAMPLE_HOST;
}

struct never_case never_case_new(struct arena *a, const struct meaning *m, enum target t, const struct ir_binding *given,
				 unsigned n_given)
{
	const struct ir *ir = meaning_ir(m);
	return (struct never_case){
	    .arena = a,
	    .meaning = m,
	    .target = t,
	    .given = given,
	    .n_given = n_given,
	    .tree = rule_tree_new(a, ir, ir->rules, ir->n_rules, t, given, n_given),
	    .denied = denied_names_new(a, ir, t, given, n_given),
	    .fresh_label = fresh_label(a, ir),
	    .example_host = example_host(ir),
	};
}

bool never_points(const struct never_case *at, const struct ir_never *n, never_point_fn *fn, void *ctx)
{
	struct arena *a = at->arena;
	const struct meaning *m = at->meaning;
	struct points p = {.a = a, .m = m, .ir = meaning_ir(m), .never = &n->rule, .at = at, .fn = fn, .ctx = ctx, .known = true};
	p.r = (struct request){.target = at->target, .given = at->given, .n_given = at->n_given};
	if (!(n->rule.targets & TARGET_BIT(at->target)))
		return true;
	switch (n->rule.kind) {
	case RULE_PATH:
	case RULE_GLOB:
		path_points(&p);
		break;
	case RULE_NET:
		points_find_met(&p);
		socket_points(&p);
		inet_points(&p);
		break;
	case RULE_ENV:
		points_find_met(&p);
		env_points(&p);
		break;
	case RULE_SYSCALL:
		call_points(&p, call_cases_new(a, meaning_syscalls(m)), n->rule.object, 0);
		break;
	case RULE_RELAY:
		break; /* what counts is whether a host is reached, through a proxy or not */
	case RULE_SIGNAL:
		points_give(&p, "*", 0, OP_BIT(OP_SIGNAL));
		break;
	case RULE_MACOS:
		points_give(&p, n->rule.object, 0, n->rule.ops);
		break;
	}
	return p.known;
}
