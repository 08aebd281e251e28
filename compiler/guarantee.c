/*
 * guarantee.c - which guarantees a policy derives (S6), and the fold of the back ends' answers.
 */
#include "guarantee_priv.h"

#include <stdlib.h>
#include <string.h>

#include "path_set.h"

struct fold {
	struct arena *a;
	const struct ir *ir;
	struct diags *d;
	struct guarantee *v;
	struct unkept *unkept;
	unsigned n, n_unkept;
};

enum {
	OPS_READ = OP_BIT(OP_READ) | OP_BIT(OP_LIST),
	OPS_WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
	OPS_TCP_OUT = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_RELAY_TCP),
	OPS_TCP_IN = OP_BIT(OP_LISTEN_TCP),
	OPS_UDP = OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_UDP),
	OPS_TO_HOSTS = OPS_TCP_OUT | OP_BIT(OP_CONNECT_UDP),
	OPS_UNIX = OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX),
	OPS_LISTEN = OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX),
	OPS_NET = OPS_TCP_OUT | OPS_TCP_IN | OPS_UDP | OPS_UNIX | OP_BIT(OP_NET),
};

/* ---- what a policy says ---- */

typedef bool rule_test(const struct ir_rule *r);

static const struct origin *find_allow(const struct ir *ir, enum target t, uint32_t ops, rule_test *test)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!r->deny && (r->targets & TARGET_BIT(t)) && (r->ops & ops) && (!test || test(r)))
			return r->origin[__builtin_ctz(r->ops & ops)];
	}
	return NULL;
}

/* Neither line has an object, so a deny takes all that an allow gives. */
static bool allows_signals(const struct ir *ir, enum target t)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->deny && (r->targets & TARGET_BIT(t)) && (r->ops & OP_BIT(OP_SIGNAL)))
			return false;
	}
	return find_allow(ir, t, OP_BIT(OP_SIGNAL), NULL) != NULL;
}

static bool is_root(const struct ir_rule *r) { return r->kind == RULE_PATH && strcmp(r->object, "/") == 0; }
static bool is_glob(const struct ir_rule *r) { return r->kind == RULE_GLOB; }
static bool is_any_port(const struct ir_rule *r) { return !r->port_var && r->port_lo == 0 && r->port_hi == 65535; }
static bool is_one_port(const struct ir_rule *r) { return !is_any_port(r); }
static bool is_named_host(const struct ir_rule *r) { return strcmp(r->object, "*") != 0 && !(r->flags & RULE_PROXY); }
static bool is_any_host(const struct ir_rule *r) { return strcmp(r->object, "*") == 0; }
static bool is_abstract(const struct ir_rule *r) { return r->object[0] == '@'; }
static bool is_socket_path(const struct ir_rule *r) { return r->object[0] != '@'; }

struct carve {
	enum target target;
	const struct ir_rule *rule; /* the deny that may take something, or the allow that may lose it */
	uint32_t ops;               /* looked for; then those that are taken */
};

/* Is this rule above an allow that the deny takes from? */
static bool gives(void *ctx, const struct ir_rule *above)
{
	struct carve *x = ctx;
	if (above->deny || !(above->targets & TARGET_BIT(x->target)) || !(above->ops & x->ops))
		return false;
	x->ops &= above->ops;
	return true;
}

/*
 * Is this rule above a deny that takes the allow whole, but only with the values that are assumed (deny "/home" above
 * allow "${HOME}")? Where the words alone show it the allow gives nothing anywhere, and nothing is carved.
 */
static bool takes(void *ctx, const struct ir_rule *above)
{
	struct carve *x = ctx;
	if (!above->deny || !(above->targets & TARGET_BIT(x->target)) || !(above->ops & x->ops) ||
	    path_covers(above->object, x->rule->object))
		return false;
	x->ops &= above->ops;
	return true;
}

/* A deny, or a hole, that takes something out of what an allow gives: the place where it is written. */
static const struct origin *carved(struct arena *a, const struct ir *ir, enum target t, uint32_t ops)
{
	struct path_set *all = path_set_new(a, ir->n_rules);
	const char **place = ARENA_ARRAY(a, ir->n_rules, const char *); /* with the values that are assumed */
	for (unsigned i = 0; i < ir->n_rules; i++) {
		bool is_path = ir->rules[i].kind == RULE_PATH;
		place[i] = is_path ? expand_template(a, ir, ir->rules[i].object, NULL, 0) : NULL;
		if (place[i])
			path_set_add(all, place[i], &ir->rules[i]);
	}
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		struct carve x = {.target = t, .rule = r, .ops = r->ops & ops};
		if (!place[i] || !(r->targets & TARGET_BIT(t)) || !x.ops)
			continue;
		if (!r->deny && r->n_holes) {
			struct origin *o = ARENA_NEW(a, struct origin);
			*o = *r->origin[__builtin_ctz(x.ops)];
			o->loc = o->object = r->holes[0].loc;
			return o;
		}
		if (path_set_above(all, place[i], r->deny ? gives : takes, &x))
			return r->origin[__builtin_ctz(x.ops)];
	}
	return NULL;
}

/* What each limit asks for. */
static const enum cap limit_cap[LIMIT_COUNT] = {
#define LIMIT(id, word, unit, cap, help) [LIMIT_##id] = CAP_##cap,
#include "limit.def"
};

static bool limit_of(const struct ir *ir, enum target t, enum cap cap, const struct origin **at)
{
	for (unsigned l = 0; l < LIMIT_COUNT; l++) {
		if (limit_cap[l] != cap || !ir->limit[t][l].set)
			continue;
		*at = ir->limit[t][l].origin;
		return true;
	}
	return false;
}

/* The first pattern, of an allow or a deny. */
static const struct origin *find_glob(const struct ir *ir, enum target t)
{
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (is_glob(&ir->rules[i]) && (ir->rules[i].targets & TARGET_BIT(t)))
			return ir->rules[i].origin[__builtin_ctz(ir->rules[i].ops)];
	return NULL;
}

/* A part of the network and not all of it: every kind that no rule names stays shut. */
static bool some_net(const struct ir *ir, enum target t)
{
	return find_allow(ir, t, OPS_NET, NULL) && !find_allow(ir, t, OP_BIT(OP_NET), NULL);
}

/* The first line whose writes do not stay: `discard`, a scratch folder. */
static const struct origin *thrown_away(const struct ir *ir, enum target t)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if ((r->flags & RULE_DISCARD) && (r->targets & TARGET_BIT(t)))
			return r->origin[__builtin_ctz(r->ops)];
	}
	for (unsigned i = 0; t == TARGET_LINUX && i < ir->around.n_places; i++)
		if (ir->around.places[i].kind == PLACE_SCRATCH)
			return ir->around.places[i].origin;
	return NULL;
}

/*
 * Does the policy, without being asked by `require`, promise this guarantee on this system (S6)? *at: the line that
 * does, NULL when every policy does.
 */
static bool derives(struct arena *a, const struct ir *ir, enum target t, enum cap cap, const struct origin **at)
{
	const bool linux_target = t == TARGET_LINUX;
	*at = NULL;
	switch (cap) {
	case CAP_ENV_SCRUB:
	case CAP_IPC_RESTRICT:
	case CAP_TTY_NO_INJECT:
	case CAP_FS_IOCTL_SCOPE:
		return true;
	case CAP_SIGNAL_SCOPE:
		return !allows_signals(ir, t);
	case CAP_SYSCALL_FILTER:
		return linux_target;
	case CAP_MACH_RESTRICT:
	case CAP_MACOS_RESTRICT:
		return !linux_target;
	case CAP_FS_READ_HOST:
		return (*at = find_allow(ir, t, OP_BIT(OP_READ), is_root)) != NULL;
	case CAP_FS_READ_SCOPE:
		return find_allow(ir, t, OP_BIT(OP_READ), is_root) == NULL;
	case CAP_FS_READ_DENY:
		return (*at = carved(a, ir, t, OPS_READ)) != NULL;
	case CAP_FS_WRITE_DENY:
		return find_allow(ir, t, OPS_WRITE, NULL) == NULL;
	case CAP_FS_WRITE_SCOPE:
		return (*at = find_allow(ir, t, OPS_WRITE, NULL)) != NULL;
	case CAP_FS_WRITE_DENY_PATH:
		return (*at = carved(a, ir, t, OPS_WRITE)) != NULL;
	case CAP_FS_EXEC_SCOPE:
		return (*at = find_allow(ir, t, OP_BIT(OP_EXEC), NULL)) != NULL;
	case CAP_FS_EXEC_DENY:
		return (*at = carved(a, ir, t, OP_BIT(OP_EXEC))) != NULL;
	case CAP_PROC_NO_EXEC:
		*at = ir->entry_origin;
		return ir->entry && !find_allow(ir, t, OP_BIT(OP_EXEC), NULL);
	case CAP_NET_DISABLE:
		return find_allow(ir, t, OPS_NET, NULL) == NULL;
	case CAP_NET_ENABLE:
		return (*at = find_allow(ir, t, OP_BIT(OP_NET), NULL)) != NULL;
	case CAP_NET_OUTBOUND:
		*at = find_allow(ir, t, OPS_NET, NULL);
		return some_net(ir, t) && !find_allow(ir, t, OPS_LISTEN, NULL);
	case CAP_NET_CONNECT_PORT:
		*at = find_allow(ir, t, OPS_TCP_OUT, is_one_port);
		return some_net(ir, t) && !find_allow(ir, t, OPS_TCP_OUT, is_any_port);
	case CAP_NET_CONNECT_HOST:
		*at = find_allow(ir, t, OPS_TO_HOSTS, is_named_host);
		return *at && !find_allow(ir, t, OPS_TO_HOSTS | OP_BIT(OP_NET), is_any_host);
	case CAP_NET_LISTEN_PORT:
		*at = find_allow(ir, t, OPS_TCP_IN, is_one_port);
		return *at && some_net(ir, t) && !find_allow(ir, t, OPS_TCP_IN, is_any_port);
	case CAP_NET_UDP:
		*at = find_allow(ir, t, OPS_UDP, is_one_port);
		return some_net(ir, t) && !find_allow(ir, t, OPS_UDP, is_any_port);
	case CAP_UNIX_PATH:
		*at = find_allow(ir, t, OPS_UNIX, is_socket_path);
		return some_net(ir, t);
	case CAP_UNIX_ABSTRACT:
		*at = find_allow(ir, t, OPS_UNIX, NULL);
		return linux_target && some_net(ir, t) && !find_allow(ir, t, OPS_UNIX, is_abstract);
	case CAP_NS_ISOLATE:
		/* views that nobody asked for are Linux's own way */
		*at = ir->isolate_origin;
		return ir->isolate != 0 && (linux_target || (ir->isolate_targets & TARGET_BIT(t)));
	case CAP_FS_HIDE:
		*at = ir->choice[TARGET_LINUX][CHOICE_ROOT].origin ? ir->choice[TARGET_LINUX][CHOICE_ROOT].origin : ir->isolate_origin;
		return linux_target && ir->choice[TARGET_LINUX][CHOICE_ROOT].value == ROOT_PRIVATE;
	case CAP_FS_WRITE_EPHEMERAL:
		return (*at = thrown_away(ir, t)) != NULL;
	case CAP_RES_MEMORY:
	case CAP_RES_SWAP:
	case CAP_RES_CPU:
	case CAP_RES_CPU_WEIGHT:
	case CAP_RES_PIDS:
	case CAP_RES_IO:
	case CAP_RES_WALL:
	case CAP_RES_OUTPUT:
	case CAP_RES_CPU_TIME:
	case CAP_RES_FILES:
	case CAP_RES_FILE_SIZE:
	case CAP_RES_CORE:
	case CAP_RES_STACK:
	case CAP_RES_ADDRESS_SPACE:
	case CAP_RES_LOCKED_MEMORY:
	case CAP_RES_PROCESSES:
		return limit_of(ir, t, cap, at);
	case CAP_FS_GLOB_LIVE:
		return (*at = find_glob(ir, t)) != NULL;
	case CAP_EXEC_WX:
		/* nothing else asks for it, so a line that prefers it does */
		return (*at = ir_preferred(ir, t, cap)) != NULL;
	case CAP_KERNEL_ISOLATION:
	case CAP_COUNT:
		return false;
	}
	return false;
}

/* For a guarantee that `require` names and the policy does not derive: the line that speaks against it. */
static const struct origin *contradiction(const struct ir *ir, enum target t, enum cap cap, const char **why)
{
	static const struct {
		enum cap cap;
		uint32_t ops;
		rule_test *test;
		const char *why;
	} rows[] = {
	    {CAP_FS_READ_SCOPE, OP_BIT(OP_READ), is_root, "this line allows all reads"},
	    {CAP_FS_WRITE_DENY, OPS_WRITE, NULL, "this line allows writes"},
	    {CAP_PROC_NO_EXEC, OP_BIT(OP_EXEC), NULL, "this line allows programs to be started"},
	    {CAP_NET_DISABLE, OPS_NET, NULL, "this line allows network"},
	    {CAP_NET_OUTBOUND, OPS_LISTEN | OP_BIT(OP_NET), NULL, "this line allows more than connections to outside"},
	    {CAP_NET_CONNECT_PORT, OPS_TCP_OUT | OP_BIT(OP_NET), is_any_port, "this line allows every port"},
	    {CAP_NET_CONNECT_HOST, OPS_TO_HOSTS | OP_BIT(OP_NET), is_any_host, "this line allows every host"},
	    {CAP_NET_LISTEN_PORT, OPS_TCP_IN | OP_BIT(OP_NET), is_any_port, "this line allows every port"},
	    {CAP_NET_UDP, OPS_UDP | OP_BIT(OP_NET), is_any_port, "this line allows every port"},
	    {CAP_SIGNAL_SCOPE, OP_BIT(OP_SIGNAL), NULL, "this line allows signals to processes outside"},
	    {CAP_UNIX_PATH, OP_BIT(OP_NET), NULL, "this line allows every socket"},
	    {CAP_UNIX_ABSTRACT, OPS_UNIX | OP_BIT(OP_NET), is_abstract, "this line allows abstract sockets"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct origin *o = rows[i].cap == cap ? find_allow(ir, t, rows[i].ops, rows[i].test) : NULL;
		if (!o)
			continue;
		*why = rows[i].why;
		return o;
	}
	return NULL;
}

/*
 * Guarantees that hold for want of a rule: a policy with no TCP rule keeps `net.connect.port` because it keeps
 * net.disable. Required by name, they are answered by the wider one.
 */
static enum cap stronger(const struct ir *ir, enum target t, enum cap cap)
{
	bool no_net = !find_allow(ir, t, OPS_NET, NULL), no_write = !find_allow(ir, t, OPS_WRITE, NULL);
	bool no_exec = ir->entry && !find_allow(ir, t, OP_BIT(OP_EXEC), NULL);
	bool net_cap = cap == CAP_NET_OUTBOUND || cap == CAP_NET_CONNECT_PORT || cap == CAP_NET_CONNECT_HOST ||
		       cap == CAP_NET_LISTEN_PORT || cap == CAP_NET_UDP || cap == CAP_UNIX_PATH || cap == CAP_UNIX_ABSTRACT;
	if (net_cap && no_net)
		return CAP_NET_DISABLE;
	if ((cap == CAP_FS_WRITE_SCOPE || cap == CAP_FS_WRITE_DENY_PATH) && no_write)
		return CAP_FS_WRITE_DENY;
	if ((cap == CAP_FS_EXEC_SCOPE || cap == CAP_FS_EXEC_DENY) && no_exec)
		return CAP_PROC_NO_EXEC;
	if (cap == CAP_FS_READ_DENY)
		return CAP_FS_READ_SCOPE;
	return cap;
}

/* ---- the fold ---- */

/* The mechanisms with a level of Landlock that is needed as well, in the place of the lower one that may be there. */
static const char *with_level(struct arena *a, const char *mechanisms, const char *level)
{
	static const char landlock[] = "landlock:";
	const char *rest = strncmp(mechanisms, landlock, strlen(landlock)) == 0 ? strchr(mechanisms, '+') : mechanisms;
	return rest ? arena_printf(a, "%s%s%s", level, rest == mechanisms ? "+" : "", rest) : level;
}

static struct answer best_answer(const struct fold *f, enum target t, enum cap cap, const struct backend **keeper)
{
	const struct ir *ir = f->ir;
	struct answer best = {.level = LEVEL_ABSENT}, objection = {.level = LEVEL_ABSENT};
	const char *also = NULL;
	*keeper = NULL;
	for (unsigned i = 0; backends[i]; i++) {
		if (!(backends[i]->targets & TARGET_BIT(t)))
			continue;
		struct answer a = backends[i]->answer(ir, t, cap);
		bool objects = a.at && a.level < LEVEL_DELEGATED;
		also = a.also ? a.also : also;
		if (objects && (!objection.at || a.level < objection.level))
			objection = a;
		if (a.level > best.level || (a.level == best.level && !best.note && a.note)) {
			best = a;
			*keeper = a.level == LEVEL_ABSENT ? NULL : backends[i];
		}
	}
	if (objection.at)
		best = objection;
	if (also && best.mechanism)
		best.mechanism = with_level(f->a, best.mechanism, also);
	return best;
}

static const struct ir_want *required_by(const struct ir *ir, enum target t, enum cap cap)
{
	for (unsigned i = 0; i < ir->n_wants; i++)
		if (ir->wants[i].cap == cap && !ir->wants[i].prefer && (ir->wants[i].targets & TARGET_BIT(t)))
			return &ir->wants[i];
	return NULL;
}

/* What keeps it on the other system, where the policy is for both. */
static const char *kept_elsewhere(const struct fold *f, enum target t, enum cap cap)
{
	enum target other = t == TARGET_LINUX ? TARGET_MACOS : TARGET_LINUX;
	const struct backend *keeper;
	if (!(f->ir->targets & TARGET_BIT(other)))
		return NULL;
	struct answer best = best_answer(f, other, cap, &keeper);
	return best.level >= LEVEL_DELEGATED ? best.mechanism : NULL;
}

static void add_guarantee(struct fold *f, enum target t, enum cap cap, const struct origin *origin, const struct ir_want *asked)
{
	struct guarantee g = {.cap = cap, .target = t, .origin = origin};
	g.answer = best_answer(f, t, cap, &g.keeper);
	const struct origin *prefer = ir_preferred(f->ir, t, cap);
	g.preferred = prefer != NULL;
	if (!origin)
		g.origin = prefer;
	/* Lowering refuses each connection to a host, with a better message: E0403. */
	if (g.answer.level < LEVEL_DELEGATED && !g.preferred && (cap != CAP_NET_CONNECT_HOST || asked)) {
		ARENA_GROW(f->a, f->unkept, f->n_unkept);
		f->unkept[f->n_unkept++] = (struct unkept){g, asked, kept_elsewhere(f, t, cap)};
	}
	ARENA_GROW(f->a, f->v, f->n);
	f->v[f->n++] = g;
}

/* The limit that asks for it, or NULL. */
static const char *limit_for(enum cap cap)
{
	for (unsigned l = 0; l < LIMIT_COUNT; l++)
		if (limit_cap[l] == cap)
			return limit_name[l];
	return NULL;
}

/* A capability that only `require` asks for. */
static void add_asked(struct fold *f, enum target t, enum cap cap, const struct ir_want *asked)
{
	const struct origin *unused, *line;
	enum cap by = stronger(f->ir, t, cap);
	if (by != cap && derives(f->a, f->ir, t, by, &unused))
		return; /* kept by the stronger one, which is in the list */
	bool limit = cap >= CAP_RES_MEMORY;
	const char *why = NULL;
	line = contradiction(f->ir, t, cap, &why);
	if (limit || line || cap == CAP_FS_READ_HOST || cap == CAP_NET_ENABLE || cap == CAP_PROC_NO_EXEC)
		guarantee_report_contradiction(asked, line, why, limit_for(cap), f->d);
	else
		add_guarantee(f, t, cap, asked->origin, asked);
}

struct guarantees guarantees_check(struct arena *a, const struct ir *ir, struct diags *d)
{
	struct fold f = {.a = a, .ir = ir, .d = d};
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(ir->targets & TARGET_BIT(t)))
			continue;
		for (unsigned c = 0; c < CAP_COUNT; c++) {
			const struct ir_want *asked = required_by(ir, (enum target)t, (enum cap)c);
			const struct origin *at;
			if (derives(a, ir, (enum target)t, (enum cap)c, &at))
				add_guarantee(&f, (enum target)t, (enum cap)c, asked ? asked->origin : at, asked);
			else if (asked)
				add_asked(&f, (enum target)t, (enum cap)c, asked);
		}
	}
	guarantees_report(a, ir, f.unkept, f.n_unkept, d);
	return (struct guarantees){f.v, f.n, ir};
}

const struct guarantee *guarantee_find(const struct guarantees *g, enum target t, enum cap cap)
{
	for (unsigned i = 0; i < g->n; i++)
		if (g->v[i].target == t && g->v[i].cap == cap)
			return &g->v[i];
	return NULL;
}

const struct guarantee *guarantee_holding(const struct guarantees *g, enum target t, enum cap cap)
{
	const struct guarantee *own = guarantee_find(g, t, cap);
	return own || !g->ir ? own : guarantee_find(g, t, stronger(g->ir, t, cap));
}
