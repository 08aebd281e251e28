/*
 * decide.c - S1 of the language, and nothing else: allowed if some allow covers it outside its own holes and no deny does.
 */
#include "decide.h"

#include <limits.h>
#include <string.h>

#include "glob.h"
#include "net_index.h"
#include "path_index.h"
#include "rule_tree.h"
#include "str.h"
#include "syscalls.h"

enum {
	RULE_KINDS = RULE_RELAY + 1, /* the last of enum rule_kind */
	LEFT_OUT = 4,
};

struct meaning {
	struct arena *arena;
	const struct ir *ir;
	const struct sys_policy *syscalls;
	struct ir_rule entry[TARGET_COUNT]; /* what `entry` itself allows */
	struct path_index *assumed[TARGET_COUNT], *given[TARGET_COUNT]; /* given: with the values of the last question that had some */
	const struct net_index *net;
	unsigned kind_at[RULE_KINDS + 1]; /* where the rules of each kind begin */
	unsigned long looked; /* rules that questions looked at */
	/* The exceptions of the rules that decide_covers() was asked about last, with assumed values. */
	struct left_out {
		const struct ir_rule *of;
		enum target target;
		const struct rule_tree *tree;
	} left_out[LEFT_OUT];
	unsigned next_left_out;
};

/* The indexes are a cache: making one changes no answer. */
static struct path_index *index_for(const struct meaning *cm, const struct request *r)
{
	struct meaning *m = (struct meaning *)(uintptr_t)cm;
	struct path_index **x = r->n_given ? &m->given[r->target] : &m->assumed[r->target];
	if (*x && path_index_is_for(*x, r->given, r->n_given))
		return *x;
	if (*x)
		path_index_free(*x);
	*x = path_index_new(m->arena, m->ir, m->ir->entry ? &m->entry[r->target] : NULL, r->target, r->given, r->n_given);
	return *x;
}

struct meaning *meaning_new(struct arena *a, const struct ir *ir)
{
	struct meaning *m = ARENA_NEW(a, struct meaning);
	*m = (struct meaning){.arena = a, .ir = ir, .syscalls = sysmean_derive(a, ir)};
	m->net = net_index_new(a, ir);
	for (unsigned i = 0, k = 0; k <= RULE_KINDS; m->kind_at[k++] = i)
		while (i < ir->n_rules && (unsigned)ir->rules[i].kind < k)
			i++;
	for (unsigned t = 0; ir->entry && t < TARGET_COUNT; t++) {
		struct ir_rule *e = &m->entry[t];
		*e = (struct ir_rule){.kind = RULE_PATH, .object = ir->entry, .targets = TARGET_BIT(t), .ops = OP_BIT(OP_READ)};
		if (ir_allows_any(ir, (enum target)t, OP_BIT(OP_EXEC)))
			e->ops |= OP_BIT(OP_EXEC);
		e->origin[OP_READ] = e->origin[OP_EXEC] = ir->entry_origin;
	}
	return m;
}

unsigned long meaning_looked(const struct meaning *m)
{
	return m->looked;
}

/* A count changes no answer. */
static void count_looked(const struct meaning *m, unsigned n)
{
	((struct meaning *)(uintptr_t)m)->looked += n;
}

const struct ir *meaning_ir(const struct meaning *m)
{
	return m->ir;
}

const struct sys_policy *meaning_syscalls(const struct meaning *m)
{
	return m->syscalls;
}

/* ---- decisions ---- */

struct path_answer {
	const struct request *r;
	const char *place;
	struct decision d;
	bool denied;
};

/* A deny ends the walk. */
static bool path_consider(void *ctx, const struct ir_rule *rule, const char *at, const struct ir_hole *hole)
{
	struct path_answer *x = ctx;
	const struct origin *by = rule->origin[x->r->op];
	if (!(rule->ops & OP_BIT(x->r->op)) || (rule->glob && !glob_covers(rule->glob, at, x->place)))
		return true;
	if (rule->deny) {
		x->d = (struct decision){.by = by, .reason = "denied by a line of the policy"};
		x->denied = true;
	} else if (!hole) {
		x->d.allow = true;
		x->d.by = by;
	} else if (!x->d.allow) {
		x->d.hole = hole;
		x->d.near_allow = by;
	}
	return !x->denied;
}

static struct decision decide_path(const struct meaning *m, const struct request *r)
{
	struct arena *a = place_is_linked(r->target, r->object) ? arena_new() : NULL;
	struct path_answer x = {.r = r, .place = a ? place_name(a, r->target, r->object) : r->object, .d = {.reason = "no rule allows it"}};
	count_looked(m, path_index_visit(index_for(m, r), x.place, path_consider, &x));
	arena_free(a);
	if (x.d.allow) {
		x.d.hole = NULL;
		x.d.near_allow = NULL;
		x.d.reason = NULL;
	} else if (!x.denied && r->op == OP_EXEC && m->ir->entry && !(m->entry[r->target].ops & OP_BIT(OP_EXEC))) {
		x.d.reason = "nothing is started after the entry program";
	}
	return x.d;
}

static uint16_t port_value(const struct meaning *m, const struct ir_rule *rule, const struct request *r, bool *known)
{
	uint64_t n = 0;
	struct arena *a = arena_new();
	const char *tmpl = arena_printf(a, "${%s}", rule->port_var);
	const char *text = expand_template(a, m->ir, tmpl, r->given, r->n_given);
	*known = text && parse_u64(text, strlen(text), 65535, &n);
	arena_free(a);
	return (uint16_t)n;
}

static bool is_loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

bool host_covers(const char *pattern, const char *host)
{
	if (strcmp(pattern, "*") == 0 || strcmp(pattern, host) == 0)
		return true;
	if (is_loopback(pattern))
		return is_loopback(host);
	if (strncmp(pattern, "*.", 2) != 0)
		return false;
	size_t below = strlen(pattern) - 1, n = strlen(host); /* the pattern from its dot on */
	return n > below && strcmp(host + n - below, pattern + 1) == 0;
}

static bool is_socket(enum op op)
{
	return op == OP_CONNECT_UNIX || op == OP_LISTEN_UNIX;
}

static bool net_rule_covers(const struct meaning *m, const struct ir_rule *rule, const struct request *r)
{
	bool is_unix = is_socket(r->op);
	if (!(rule->targets & TARGET_BIT(r->target)))
		return false;
	if (rule->ops & OP_BIT(OP_NET))
		return true;
	if (!(rule->ops & OP_BIT(r->op == OP_CONNECT_TCP && rule->kind == RULE_RELAY ? OP_RELAY_TCP : r->op)))
		return false;
	if (is_unix && r->object[0] == '@')
		return strcmp(rule->object, r->object) == 0;
	if (is_unix) {
		struct arena *a = arena_new();
		const char *root = expand_template(a, m->ir, rule->object, r->given, r->n_given);
		bool covers = root && root[0] == '/' &&
			      path_covers(place_name(a, r->target, root), place_name(a, r->target, r->object));
		arena_free(a);
		return covers;
	}
	if (!host_covers(rule->object, r->object))
		return false;
	bool known = true;
	uint16_t lo = rule->port_lo, hi = rule->port_hi;
	if (rule->port_var)
		lo = hi = port_value(m, rule, r, &known);
	return known && lo <= r->port && r->port <= hi;
}

static struct decision decide_net(const struct meaning *m, const struct request *r);

/* May the program reach the proxy at all? */
static bool proxy_reached(const struct meaning *m, const struct ir_proxy *p, const struct request *r)
{
	struct arena *a = arena_new();
	struct ir_rule at = {.port_var = p->port_var};
	struct request to = *r;
	bool known = true;
	to.op = p->op;
	to.object = expand_template(a, m->ir, p->object, r->given, r->n_given);
	to.port = p->port_var ? port_value(m, &at, r, &known) : p->port;
	bool reached = to.object && known && decide_net(m, &to).allow;
	arena_free(a);
	return reached;
}

static enum op op_said(const struct ir_rule *rule, enum op asked)
{
	if (rule->kind == RULE_RELAY)
		return OP_RELAY_TCP;
	return rule->ops & OP_BIT(OP_NET) ? OP_NET : asked;
}

/* The first rule in order of each kind that covers the request. */
struct net_answer {
	const struct meaning *m;
	const struct request *r;
	const struct ir_rule *allow, *deny;
	unsigned allow_at, deny_at;
	bool no_proxy;
};

static void net_consider(void *ctx, unsigned i, const struct ir_rule *rule)
{
	struct net_answer *x = ctx;
	unsigned *at = rule->deny ? &x->deny_at : &x->allow_at;
	if (i >= *at || !net_rule_covers(x->m, rule, x->r))
		return;
	if (rule->via && !proxy_reached(x->m, rule->via, x->r)) {
		x->no_proxy = true;
		return;
	}
	*at = i;
	*(rule->deny ? &x->deny : &x->allow) = rule;
}

static struct decision decide_net(const struct meaning *m, const struct request *r)
{
	struct net_answer x = {.m = m, .r = r, .allow_at = UINT_MAX, .deny_at = UINT_MAX};
	unsigned looked = net_index_visit(m->net, r, net_consider, &x);
	/* The index goes by name, and a socket may have two. */
	if (r->target == TARGET_MACOS && is_socket(r->op)) {
		struct arena *a = arena_new();
		struct request again = *r;
		again.object = place_other_name(a, r->target, r->object);
		looked += again.object ? net_index_visit(m->net, &again, net_consider, &x) : 0;
		arena_free(a);
	}
	count_looked(m, looked);
	if (x.deny)
		return (struct decision){.by = x.deny->origin[op_said(x.deny, r->op)], .reason = "denied by a line of the policy"};
	if (x.allow)
		return (struct decision){.allow = true, .by = x.allow->origin[op_said(x.allow, r->op)], .via = x.allow->via};
	return (struct decision){.reason = x.no_proxy ? "its proxy cannot be reached" : "no rule allows it"};
}

/* NAME or PREFIX*. */
static bool name_covers(const char *pattern, const char *name)
{
	size_t n = strlen(pattern);
	if (n && pattern[n - 1] == '*')
		return strncmp(pattern, name, n - 1) == 0;
	return strcmp(pattern, name) == 0;
}

bool env_by_name_only(const char *name)
{
	return strncmp(name, "LD_", 3) == 0 || strncmp(name, "DYLD_", 5) == 0 || strcmp(name, "GLIBC_TUNABLES") == 0;
}

/* What an allow lets in of the environment is less than what its pattern covers; of a deny it is all. */
static bool name_rule_covers(const struct ir_rule *rule, const char *name)
{
	bool pattern = !rule->deny && strcmp(rule->object, name) != 0;
	return name_covers(rule->object, name) && !(pattern && env_by_name_only(name));
}

/* The first rule in order of each kind that covers the request. */
struct name_answer {
	const struct meaning *m;
	const struct request *r;
	const struct ir_rule *allow, *deny;
};

/* An object and the first n bytes of a name, with a star behind them or nothing. */
static int object_cmp(const char *object, const char *name, size_t n, const char *end)
{
	int c = strncmp(object, name, n);
	return c ? c : strcmp(object + n, end);
}

/* The rules of one object; those of a kind are sorted by it. */
static void name_consider(struct name_answer *x, enum rule_kind kind, size_t n, const char *end)
{
	const struct ir_rule *rules = x->m->ir->rules;
	const unsigned all = x->m->kind_at[kind + 1];
	unsigned lo = x->m->kind_at[kind], hi = all;
	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;
		if (object_cmp(rules[mid].object, x->r->object, n, end) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < all && object_cmp(rules[lo].object, x->r->object, n, end) == 0; lo++) {
		const struct ir_rule *rule = &rules[lo], **first = rule->deny ? &x->deny : &x->allow;
		count_looked(x->m, 1);
		if ((rule->targets & TARGET_BIT(x->r->target)) && (rule->ops & OP_BIT(x->r->op)) &&
		    (kind != RULE_ENV || name_rule_covers(rule, x->r->object)) && (!*first || rule < *first))
			*first = rule;
	}
}

static const struct origin *env_set_at(const struct meaning *m, const struct request *r)
{
	for (unsigned i = 0; i < m->ir->n_env_set; i++) {
		const struct ir_env_set *e = &m->ir->env_set[i];
		if (strcmp(e->name, r->object) == 0 && (e->targets & TARGET_BIT(r->target)))
			return e->origin;
	}
	return NULL;
}

static struct decision decide_name(const struct meaning *m, const struct request *r, enum rule_kind kind)
{
	struct name_answer x = {.m = m, .r = r};
	const bool patterns = kind == RULE_ENV;
	const size_t len = strlen(r->object);
	name_consider(&x, kind, len, "");
	for (size_t n = 0; patterns && n <= len; n++)
		name_consider(&x, kind, n, "*");
	if (x.deny)
		return (struct decision){.by = x.deny->origin[r->op], .reason = "denied by a line of the policy"};
	const struct origin *by = x.allow ? x.allow->origin[r->op] : patterns ? env_set_at(m, r) : NULL;
	if (by)
		return (struct decision){.allow = true, .by = by};
	return (struct decision){.reason = patterns && env_by_name_only(r->object)
					       ? "no line names it in full, as a variable that changes what code is loaded needs"
					       : "no rule allows it"};
}

static struct decision decide_syscall(const struct meaning *m, const struct request *r)
{
	const struct sys_rule *by = NULL;
	struct decision d = {.action = sysmean_decide(m->syscalls, r->arch, r->nr, r->args, &by)};
	d.allow = d.action.act == ACT_ALLOW || d.action.act == ACT_LOG;
	const struct origin *otherwise = syscall_by_nr(r->arch, r->nr) ? m->ir->default_origin : m->ir->unknown_origin;
	d.by = by ? by->origin : otherwise;
	d.reason = by ? by->reason : otherwise ? "no rule names this call" : "no rule needs this call";
	return d;
}

static const enum rule_kind op_kind[OP_COUNT] = {
#define OP(id, word, rule) [OP_##id] = rule,
#include "op.def"
};

static bool any_hole(void *ctx, const struct rule_node *at)
{
	(void)ctx;
	(void)at;
	return true;
}

/* The trees are a cache: making one changes no answer. */
static const struct rule_tree *left_out(const struct meaning *cm, const struct ir_rule *rule, const struct request *r, struct arena *a)
{
	struct meaning *m = (struct meaning *)(uintptr_t)cm;
	if (r->n_given)
		return rule_tree_new(a, m->ir, rule, 1, r->target, r->given, r->n_given);
	for (unsigned i = 0; i < LEFT_OUT; i++)
		if (m->left_out[i].of == rule && m->left_out[i].target == r->target)
			return m->left_out[i].tree;
	struct left_out *x = &m->left_out[m->next_left_out++ % LEFT_OUT];
	*x = (struct left_out){rule, r->target, rule_tree_new(m->arena, m->ir, rule, 1, r->target, NULL, 0)};
	return x->tree;
}

static bool path_rule_covers(const struct meaning *m, const struct ir_rule *rule, const struct request *r)
{
	struct arena *a = arena_new();
	const char *path = place_name(a, r->target, r->object);
	const char *root = place_meant(a, m->ir, r->target, rule->object, r->given, r->n_given);
	bool covers = root && path_covers(root, path) && (!rule->glob || glob_covers(rule->glob, root, path)) &&
		      !(rule->n_holes && rule_holes_above(left_out(m, rule, r, a), rule_key_path(a, path), any_hole, NULL));
	arena_free(a);
	return covers;
}

bool decide_covers(const struct meaning *m, const struct ir_rule *rule, const struct request *r)
{
	const bool same = op_kind[r->op] == rule->kind;
	if (!(rule->targets & TARGET_BIT(r->target)))
		return false;
	if (op_kind[r->op] == RULE_NET && (same || rule->kind == RULE_RELAY))
		return net_rule_covers(m, rule, r);
	if (!same && !(op_kind[r->op] == RULE_PATH && rule->kind == RULE_GLOB))
		return false;
	if (!(rule->ops & OP_BIT(r->op)) || rule->kind == RULE_SYSCALL)
		return false;
	if (op_kind[r->op] == RULE_PATH)
		return path_rule_covers(m, rule, r);
	return rule->kind == RULE_ENV ? name_covers(rule->object, r->object) : strcmp(rule->object, r->object) == 0;
}

struct decision decide(const struct meaning *m, const struct request *r)
{
	switch (op_kind[r->op]) {
	case RULE_PATH:
	case RULE_GLOB:
		return decide_path(m, r);
	case RULE_NET:
	case RULE_RELAY:
		return decide_net(m, r);
	case RULE_ENV:
		return decide_name(m, r, RULE_ENV);
	case RULE_MACOS:
	case RULE_SIGNAL:
		return decide_name(m, r, op_kind[r->op]);
	case RULE_SYSCALL:
		return decide_syscall(m, r);
	}
	return (struct decision){.reason = "unknown kind of request"};
}
