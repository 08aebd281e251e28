/*
 * derive.c - from the rules of a policy to the list of system calls it means (sysmean_derive).
 *
 * What follows from which rule is data (derive.def); written `allow syscall` and `deny syscall`
 * lines come on top: a deny wins over everything; an allow opens the call, and one with conditions
 * narrows what is open whatever the arguments. Under `syscalls exact` there are only written lines.
 */
#include "derive.h"

#include <assert.h>
#include <errno.h>
#include <linux/fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "../runtime/plan.h"
#include "cond.h"
#include "syscalls.h"

enum {
	OPS_WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE),
	OPS_CONNECT = OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_CONNECT_UNIX) |
		      OP_BIT(OP_NET),
	OPS_LISTEN =
	    OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_LISTEN_UNIX) | OP_BIT(OP_NET),
	DEFAULT_OPEN_FILES = 1024, /* the hard limit that launch.conf sets when none is written */
};

/* Features that hold when one of the operations is allowed, and their opposites. */
static const struct {
	uint32_t has, has_not;
	uint32_t ops;
} by_ops[] = {
    {HAS_EXEC, HAS_NO_EXEC, OP_BIT(OP_EXEC)},
    {HAS_IOCTL, HAS_NO_IOCTL, OP_BIT(OP_IOCTL)},
    {HAS_TCP, 0, OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_LISTEN_TCP)},
    {HAS_UDP, 0, OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_UDP)},
    {HAS_UNIX, 0, OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX) | OP_BIT(OP_NET)},
    {HAS_NET, 0, OP_BIT(OP_NET)},
    {HAS_CONNECT, 0, OPS_CONNECT},
    {HAS_CONNECT_UNIX, 0, OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_NET)},
    {HAS_LISTEN, 0, OPS_LISTEN},
    {HAS_ACCEPT, 0, OPS_LISTEN & ~OP_BIT(OP_LISTEN_UDP)},
};

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

static bool rule_applies(const struct ir_rule *r, enum arch arch)
{
	return (r->targets & TARGET_BIT(TARGET_LINUX)) && (r->arches & ARCH_BIT(arch));
}

/* Does the rule speak of every object of its operations? */
static bool rule_is_whole(const struct ir_rule *r)
{
	if (r->kind == RULE_GLOB)
		return false;
	if (r->kind == RULE_PATH)
		return !strcmp(r->object, "/") && !r->n_holes;
	return !strcmp(r->object, "*") && !r->port_var && r->port_lo == 0 &&
	       (r->port_hi == UINT16_MAX || r->ops == OP_BIT(OP_NET));
}

/* Operations that are allowed on something, those allowed on everything, those denied somewhere. */
struct ops_seen {
	uint32_t some, all, denied, denied_all;
};

static struct ops_seen ops_collect(const struct ir *ir, enum arch arch)
{
	struct ops_seen seen = {0};
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if ((r->kind != RULE_PATH && r->kind != RULE_GLOB && r->kind != RULE_NET) || !rule_applies(r, arch))
			continue;
		*(r->deny ? &seen.denied : &seen.some) |= r->ops;
		if (rule_is_whole(r))
			*(r->deny ? &seen.denied_all : &seen.all) |= r->ops;
	}
	return seen;
}

/* The line that asks for exec.wx. Where it is only preferred the filter still keeps what it can. */
static const struct origin *asks_for_wx(const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_wants; i++)
		if (ir->wants[i].cap == CAP_EXEC_WX && (ir->wants[i].targets & TARGET_BIT(TARGET_LINUX)))
			return ir->wants[i].origin;
	return NULL;
}

uint32_t derive_features(const struct ir *ir, enum arch arch)
{
	struct ops_seen seen = ops_collect(ir, arch);
	if (seen.denied_all & OP_BIT(OP_NET)) /* `deny net` speaks of every kind */
		seen.denied_all |= OPS_CONNECT | OPS_LISTEN;
	uint32_t some = seen.some & ~seen.denied_all, all = seen.all & ~seen.denied;
	uint32_t f = HAS_ANYTHING;
	for (unsigned i = 0; i < COUNT(by_ops); i++)
		f |= some & by_ops[i].ops ? by_ops[i].has : by_ops[i].has_not;
	f |= all & OP_BIT(OP_READ) ? HAS_READ_ROOT : HAS_NO_READ_ROOT;
	f |= all & OP_BIT(OP_MODIFY) ? HAS_WRITE_ROOT : HAS_NO_WRITE_ROOT;
	f |= all & (OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_NET)) ? HAS_ANY_PORT : HAS_SOME_PORT;
	f |= asks_for_wx(ir) ? HAS_NO_WX : HAS_WX;
	if ((f & HAS_NO_EXEC) && !(f & HAS_NO_WX))
		f |= HAS_MEMFD;
	return f;
}

const struct origin *derive_origin(const struct ir *ir, uint32_t when)
{
	for (unsigned i = 0; i < COUNT(by_ops); i++)
		if (by_ops[i].has & when)
			return ir_first_allow(ir, TARGET_LINUX, by_ops[i].ops);
	if (when & HAS_NO_WX)
		return asks_for_wx(ir);
	if (when & HAS_READ_ROOT)
		return ir_first_allow(ir, TARGET_LINUX, OP_BIT(OP_READ));
	if (when & HAS_WRITE_ROOT)
		return ir_first_allow(ir, TARGET_LINUX, OP_BIT(OP_MODIFY));
	if (when & HAS_ANY_PORT)
		return ir_first_allow(ir, TARGET_LINUX, OPS_CONNECT);
	return NULL;
}

/* ---- the list ---- */

struct entry {
	struct sys_rule rule;
	unsigned order; /* of its making: what is equal otherwise stays so */
};

struct list {
	struct arena *arena;
	const struct ir *ir;
	uint32_t features[ARCH_COUNT];
	struct entry *v;
	unsigned n;
};

static uint32_t list_arches(const struct list *l, uint32_t when)
{
	uint32_t arches = 0;
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if (l->features[a] & when)
			arches |= ARCH_BIT(a);
	return arches & l->ir->arches;
}

static void list_add(struct list *l, const char *name, struct sys_rule rule)
{
	rule.call = syscall_by_name(name);
	assert(rule.call); /* derive.def: a unit test; policies: resolve */
	rule.arches &= l->ir->arches;
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if (rule.call->nr[a] == SYSCALL_NONE)
			rule.arches &= ~ARCH_BIT(a);
	if (!rule.arches)
		return;
	ARENA_GROW(l->arena, l->v, l->n);
	l->v[l->n] = (struct entry){.rule = rule, .order = l->n};
	l->n++;
}

/*
 * The arches on which lines of the policy allow this call by its own name under conditions. What
 * follows from other rules whatever the arguments would make such a line say nothing, so the line
 * stands in its place.
 */
static uint32_t narrowed_arches(const struct ir *ir, const char *name)
{
	uint32_t arches = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind == RULE_SYSCALL && !r->deny && r->cond && !strcmp(r->object, name) &&
		    (r->targets & TARGET_BIT(TARGET_LINUX)))
			arches |= r->arches;
	}
	return arches;
}

static void add_sets(struct list *l)
{
	unsigned n;
	const struct derive_set *s = derive_sets(&n);
	for (const struct derive_set *end = s + n; s < end; s++) {
		struct sys_rule rule = {.arches = list_arches(l, s->when) & s->arches,
					.action = {.act = ACT_ALLOW},
					.origin = derive_origin(l->ir, s->when),
					.reason = s->reason};
		for (unsigned i = 0; rule.arches && i < s->n_names; i++) {
			struct sys_rule one = rule;
			one.arches &= ~narrowed_arches(l->ir, s->names[i]);
			list_add(l, s->names[i], one);
		}
	}
}

static void add_ways(struct list *l)
{
	unsigned n;
	const struct derive_way *w = derive_ways(&n);
	for (const struct derive_way *end = w + n; w < end; w++) {
		struct sys_rule rule = {.arches = list_arches(l, w->when) & w->arches,
					.cond = &w->cond,
					.action = {.act = ACT_ALLOW},
					.origin = derive_origin(l->ir, w->when),
					.reason = w->reason};
		if (rule.arches)
			list_add(l, w->name, rule);
	}
}

/* The arches on which a line of the policy opens this call by its own name. */
static uint32_t named_arches(const struct ir *ir, const char *name)
{
	uint32_t arches = 0;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (r->kind == RULE_SYSCALL && !r->deny && !strcmp(r->object, name) &&
		    (r->targets & TARGET_BIT(TARGET_LINUX)))
			arches |= r->arches;
	}
	return arches;
}

static void add_refusals(struct list *l)
{
	unsigned n;
	const struct derive_refusal *r = derive_refusals(&n);
	for (const struct derive_refusal *end = r + n; r < end; r++) {
		uint32_t arches = list_arches(l, r->when) & ~named_arches(l->ir, r->name);
		struct sys_action action = {.act = ACT_ERRNO, .data = r->error};
		struct sys_rule rule = {
		    .arches = arches, .deny = true, .action = action, .reason = r->reason};
		if (arches)
			list_add(l, r->name, rule);
	}
}

static int list_exec_fd(const struct ir *ir)
{
	const struct ir_limit *files = &ir->limit[TARGET_LINUX][LIMIT_OPEN_FILES];
	uint64_t fd = files->set ? files->value : DEFAULT_OPEN_FILES;
	return fd < PLAN_MAX_EXEC_FD ? (int)fd : PLAN_MAX_EXEC_FD;
}

/* The loader's own start of the entry program, the only one there is: by a call of the machine's own ABI. */
static void add_entry(struct list *l, uint32_t arches, int fd)
{
	struct sys_test *t = ARENA_ARRAY(l->arena, 2, struct sys_test);
	struct sys_conj *conj = ARENA_NEW(l->arena, struct sys_conj);
	struct sys_cond *cond = ARENA_NEW(l->arena, struct sys_cond);
	t[0] = (struct sys_test){0, 32, SYS_EQ, UINT32_MAX, (uint64_t)fd};
	t[1] = (struct sys_test){4, 32, SYS_EQ, UINT32_MAX, AT_EMPTY_PATH};
	*conj = (struct sys_conj){.tests = t, .n_tests = 2};
	*cond = (struct sys_cond){.any = conj, .n_any = 1};
	struct sys_rule rule = {.arches = arch_machines(arches),
				.cond = cond,
				.action = {.act = ACT_ALLOW},
				.origin = l->ir->entry_origin,
				.reason = "the entry program, once"};
	list_add(l, "execveat", rule);
}

static void add_written(struct list *l, const struct ir_rule *r, const char *object);

static void add_group(struct list *l, const struct ir_rule *r, const char *name)
{
	const struct syscall_group *g = syscall_group_by_name(name);
	assert(g);
	for (unsigned i = 0; i < g->n_members; i++) {
		const char *member = g->members[i];
		if (member[0] == '@' || r->deny || !derive_governs(member, l->features[ARCH_X86_64]))
			add_written(l, r, member);
	}
}

static void add_written(struct list *l, const struct ir_rule *r, const char *object)
{
	struct sys_rule rule = {.arches = r->arches,
				.cond = r->cond,
				.deny = r->deny,
				.action = r->action,
				.origin = r->origin[OP_SYSCALL],
				.reason = r->deny ? "deny syscall" : "allow syscall"};
	if (object[0] == '@') {
		add_group(l, r, object + 1);
		return;
	}
	list_add(l, object, rule);
}

static int cmp_entry(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;
	if (a->rule.call != b->rule.call)
		return a->rule.call < b->rule.call ? -1 : 1;
	if (a->rule.deny != b->rule.deny)
		return a->rule.deny ? -1 : 1;
	if (a->rule.action.act != b->rule.action.act)
		return a->rule.action.act < b->rule.action.act ? -1 : 1;
	/* A written deny comes before a derived refusal: the reason shown is the author's. */
	if (!a->rule.origin != !b->rule.origin)
		return a->rule.origin ? -1 : 1;
	if (a->rule.action.data != b->rule.action.data)
		return a->rule.action.data < b->rule.action.data ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static struct sys_action known_action(const struct ir *ir)
{
	return ir->default_origin ? ir->sys_default
				  : (struct sys_action){.act = ACT_ERRNO, .data = EPERM};
}

/*
 * Newer calls are probed for, so ENOSYS; who kills for a call nothing needs wants the same for one
 * nobody knew.
 */
static struct sys_action unknown_action(const struct ir *ir)
{
	struct sys_action known = known_action(ir);
	if (ir->unknown_origin)
		return ir->sys_unknown;
	if (known.act == ACT_KILL_PROCESS || known.act == ACT_KILL_THREAD)
		return known;
	return (struct sys_action){.act = ACT_ERRNO, .data = ENOSYS};
}

static const struct sys_rule *list_finish(struct list *l)
{
	struct sys_rule *v = ARENA_ARRAY(l->arena, l->n, struct sys_rule);
	if (l->n)
		qsort(l->v, l->n, sizeof(l->v[0]), cmp_entry);
	for (unsigned i = 0; i < l->n; i++)
		v[i] = l->v[i].rule;
	return v;
}

const struct sys_policy *sysmean_derive(struct arena *a, const struct ir *ir)
{
	struct list l = {.arena = a, .ir = ir};
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++)
		l.features[arch] = derive_features(ir, arch);
	uint32_t closed = list_arches(&l, HAS_NO_EXEC);
	int exec_fd = closed ? list_exec_fd(ir) : -1;
	if (!ir->syscalls_exact) {
		add_sets(&l);
		add_ways(&l);
		add_refusals(&l);
	}
	if (closed)
		add_entry(&l, closed, exec_fd);
	for (unsigned i = 0; i < ir->n_rules; i++)
		if (ir->rules[i].kind == RULE_SYSCALL &&
		    (ir->rules[i].targets & TARGET_BIT(TARGET_LINUX)))
			add_written(&l, &ir->rules[i], ir->rules[i].object);
	struct sys_policy *p = ARENA_NEW(a, struct sys_policy);
	*p = (struct sys_policy){
	    .rules = list_finish(&l),
	    .n_rules = l.n,
	    .arches = ir->arches,
	    .known = known_action(ir),
	    .unknown = unknown_action(ir),
	    .bad_arch = {.act = ACT_KILL_PROCESS},
	    .exec_fd = exec_fd,
	};
	return p;
}

/* ---- what follows anyway ---- */

/* Is the call allowed on this ABI by the other rules of the policy, whatever its arguments? */
static bool derived_whole(const char *call, enum arch arch, uint32_t features)
{
	unsigned n;
	const struct derive_set *s = derive_sets(&n);
	for (const struct derive_set *end = s + n; s < end; s++)
		for (unsigned i = 0; (s->when & features) && (s->arches & ARCH_BIT(arch)) && i < s->n_names; i++)
			if (!strcmp(s->names[i], call))
				return true;
	return false;
}

bool sysmean_follows(const struct ir *ir, const char *call, uint32_t arches, const struct sys_cond *cond)
{
	enum { MAX_WAYS = 32 };
	struct sys_conj ways[MAX_WAYS];
	unsigned n;
	const struct derive_way *w = derive_ways(&n);
	for (uint32_t left = arches & ir->arches; left; left &= left - 1) {
		enum arch arch = (enum arch)__builtin_ctz(left);
		uint32_t features = derive_features(ir, arch);
		struct sys_cond open = {.any = ways};
		for (unsigned i = 0; i < n && open.n_any < MAX_WAYS; i++)
			if ((w[i].when & features) && (w[i].arches & ARCH_BIT(arch)) && !strcmp(w[i].name, call))
				ways[open.n_any++] = w[i].cond.any[0];
		if (!derived_whole(call, arch, features) && (!cond || !cond_within(cond, &open)))
			return false;
	}
	return true;
}
