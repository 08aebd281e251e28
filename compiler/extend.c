/*
 * extend.c - `policy x extends base`: the chain of policies, and what holds between a policy and those it extends.
 */
#include <string.h>

#include "cond.h"
#include "decide.h"
#include "resolve_priv.h"
#include "rule_tree.h"
#include "syscalls.h"

/* ---- the chain ---- */

static struct policy *find_policy(const struct res *r, const char *name)
{
	for (unsigned i = 0; i < r->n_policies; i++)
		if (strcmp(r->policies[i]->item->name->text, name) == 0)
			return r->policies[i];
	return NULL;
}

static void report_no_base(struct res *r, const struct ast_word *name)
{
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_BASE, name->loc, "there is no policy `%s` to extend", name->text);
	const char **known = ARENA_ARRAY(r->a, r->n_policies, const char *);
	size_t n = 0;
	for (unsigned i = 0; i < r->n_policies; i++)
		if (r->policies[i] != r->policy)
			known[n++] = r->policies[i]->item->name->text;
	const char *near = suggest(r->a, name->text, known, n);
	if (near)
		diag_help(rec, "%s", near);
	else if (n == 0)
		diag_help(rec, "bring in the file that holds it: `import \"base.sbx\"`");
	for (unsigned i = 0; i < r->n_profiles; i++)
		if (strcmp(r->profiles[i]->name, name->text) == 0)
			diag_note(rec, "`%s` is a profile: a policy brings it in with `use`", name->text);
}

/* The systems that a policy names. Faults of the list are reported once, where it is read. */
static uint32_t named_targets(struct res *r, const struct ast_item *policy, bool *misnamed)
{
	uint32_t set = 0, bit;
	const struct ast_stmt *first = NULL;
	for (const struct ast_stmt *s = policy->block; s; s = s->next) {
		if (s->kind != STMT_TARGETS)
			continue;
		if (first) {
			struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, s->loc, "`targets` is written twice");
			diag_second(rec, first->loc, "first written here");
			diag_help(rec, "remove one of the two lines");
			continue;
		}
		first = s;
		for (const struct ast_word *w = s->words; w; w = w->next)
			if (resolve_target(r, w, &bit))
				set |= bit;
			else
				*misnamed = true;
	}
	if (!first) {
		struct diag_rec *rec = diag(r->d, DIAG_NO_TARGETS, policy->head, "the policy does not say which systems it is for");
		diag_help(rec, "add `targets linux`, or `targets linux, macos`");
	}
	return set ? set : TARGET_BIT(TARGET_LINUX); /* go on: later lines may have faults of their own */
}

static struct loc targets_loc(const struct ast_item *policy)
{
	for (const struct ast_stmt *s = policy->block; s; s = s->next)
		if (s->kind == STMT_TARGETS)
			return s->loc;
	return policy->head;
}

/* What a base was never written for it does not confine. */
static void check_targets(struct res *r, const struct tier *child, const struct tier *base)
{
	uint32_t more = child->targets & ~base->targets;
	if (!more || base->misnamed)
		return;
	enum target t = (enum target)__builtin_ctz(more);
	struct diag_rec *rec = diag(r->d, DIAG_BASE_TARGETS, targets_loc(child->item),
				    "`%s` is for %s, and `%s`, which it extends, is not", child->name, target_name[t], base->name);
	diag_second(rec, targets_loc(base->item), "the systems of the base");
	if (child->targets & base->targets)
		diag_help(rec, "leave %s out", target_name[t]);
}

static void add_level(struct res *r, struct tier *levels, unsigned n, const struct policy *p)
{
	levels[n] = (struct tier){
	    .name = p->item->name->text,
	    .item = p->item,
	    .file_scope = p->file_scope,
	    .level = n,
	};
	levels[n].targets = named_targets(r, p->item, &levels[n].misnamed);
	if (n)
		check_targets(r, &levels[0], &levels[n]);
}

static bool report_cycle(struct res *r, const struct ast_word *name, const struct ast_item *policy)
{
	struct diag_rec *rec = diag(r->d, DIAG_CYCLE, name->loc, "policy `%s` extends itself", name->text);
	if (policy->name->loc.beg != name->loc.beg)
		diag_second(rec, policy->name->loc, "defined here");
	diag_help(rec, "let the first of them extend nothing");
	return false;
}

unsigned extend_chain(struct res *r, struct tier levels[MAX_LEVELS])
{
	unsigned n = 0;
	add_level(r, levels, n++, r->policy);
	for (const struct ast_word *base; (base = levels[n - 1].item->extends); n++) {
		struct policy *p = find_policy(r, base->text);
		if (!p) {
			report_no_base(r, base);
			return 0;
		}
		for (unsigned i = 0; i < n; i++)
			if (levels[i].item == p->item)
				return report_cycle(r, base, p->item);
		if (n == MAX_LEVELS) {
			diag_help(diag(r->d, DIAG_TOO_DEEP, base->loc, "policies extend one another deeper than %d", SRC_MAX_DEPTH),
				  "extend a policy nearer to the first, or bring lines in with `use`");
			return 0;
		}
		p->used = true;
		add_level(r, levels, n, p);
	}
	return n;
}

/* ---- final allow ---- */

static bool is_of(void *rule, const struct rule_node *hole)
{
	return hole->rule == rule;
}

/* Is the place left out of the allow? */
static bool holes_take(struct arena *a, const struct rule_tree *tree, const struct ir_rule *r, const char *path)
{
	return r->n_holes && rule_holes_above(tree, rule_key_path(a, path), is_of, (void *)(uintptr_t)r);
}

static bool names_call(const char *object, const char *call, unsigned depth)
{
	const struct syscall_group *g = object[0] == '@' ? syscall_group_by_name(object + 1) : NULL;
	for (unsigned i = 0; g && depth < SRC_MAX_DEPTH && i < g->n_members; i++)
		if (names_call(g->members[i], call, depth + 1))
			return true;
	return strcmp(object, call) == 0;
}

/* Are there arguments for which both conditions hold? NULL: always. */
static bool conds_meet(const struct sys_cond *x, const struct sys_cond *y)
{
	uint64_t args[6];
	for (unsigned i = 0; x && y && i < x->n_any; i++)
		for (unsigned k = 0; k < y->n_any; k++) {
			const struct sys_conj *both[] = {&x->any[i], &y->any[k]};
			if (cond_find(both, 2, NULL, 0, args) != COND_NONE)
				return true;
		}
	return !x || !y;
}

static bool calls_meet(const struct ir_rule *deny, const struct ir_rule *allow)
{
	unsigned n;
	const struct syscall_desc *table = syscall_table(&n);
	if (strcmp(deny->object, allow->object) == 0)
		return conds_meet(deny->cond, allow->cond);
	for (unsigned i = 0; i < n; i++)
		if (names_call(deny->object, table[i].name, 0) && names_call(allow->object, table[i].name, 0))
			return conds_meet(deny->cond, allow->cond);
	return false;
}

/* Does the deny take something of the allow? Objects are compared with the values that are assumed. */
static bool takes(struct arena *a, const struct ir *ir, const struct rule_tree *tree, const struct ir_rule *deny,
		  const struct ir_rule *allow)
{
	const char *d = expand_template(a, ir, deny->object, NULL, 0), *x = expand_template(a, ir, allow->object, NULL, 0);
	if (!d || !x)
		return false;
	if (d[0] == '/' && x[0] == '/')
		return path_covers(d, x) || (path_covers(x, d) && !holes_take(a, tree, allow, d));
	if (deny->kind == RULE_SYSCALL)
		return calls_meet(deny, allow);
	if (deny->kind == RULE_MACOS || deny->kind == RULE_SIGNAL)
		return strcmp(d, x) == 0;
	if (deny->kind == RULE_ENV) {
		size_t nd = strcspn(d, "*"), nx = strcspn(x, "*");
		bool wild_d = d[nd] == '*', wild_x = x[nx] == '*';
		/* A pattern of an allow lets no variable in that passes only by its whole name. */
		return (wild_d && strncmp(d, x, nd) == 0) || (wild_x && strncmp(d, x, nx) == 0 && !env_by_name_only(d)) || strcmp(d, x) == 0;
	}
	if (!host_covers(d, x) && !host_covers(x, d))
		return false;
	return deny->port_var || allow->port_var || (deny->port_lo <= allow->port_hi && allow->port_lo <= deny->port_hi);
}

/* A pattern may fit anything below its folder. */
static bool is_place(const struct ir_rule *r)
{
	return r->kind == RULE_PATH || r->kind == RULE_GLOB;
}

static uint32_t ops_meeting(const struct ir_rule *deny, const struct ir_rule *allow)
{
	const uint32_t net = OP_BIT(OP_NET);
	if (deny->kind == RULE_NET && allow->kind == RULE_RELAY)
		return deny->ops & (net | OP_BIT(OP_CONNECT_TCP)) ? allow->ops : 0;
	if (is_place(deny) && is_place(allow))
		return deny->ops & allow->ops;
	if (deny->kind != allow->kind)
		return 0;
	if (deny->kind == RULE_NET && ((deny->ops | allow->ops) & net))
		return allow->ops;
	return deny->ops & allow->ops;
}

static void check_pair(struct res *r, const struct rule_tree *tree, const struct ir_rule *deny, const struct ir_rule *allow)
{
	uint32_t ops = ops_meeting(deny, allow);
	if (!ops || !(deny->targets & allow->targets & r->build->ir.targets) || !(deny->arches & allow->arches))
		return;
	const struct origin *first = allow->origin[__builtin_ctz(allow->ops)], *by = deny->origin[__builtin_ctz(deny->ops)];
	if (!first->final || by->level >= first->level || diag_seen(r->d, DIAG_FINAL, by->object) ||
	    !takes(r->a, &r->build->ir, tree, deny, allow))
		return;
	struct diag_rec *rec = diag(r->d, DIAG_FINAL, by->object, "this denies what `%s` allows in every policy that extends it",
				    first->base);
	diag_second(rec, first->loc, "a `final` line");
	diag_help(rec, "remove the line, or deny less");
}

struct final_line {
	struct res *r;
	const struct rule_tree *holes; /* where the allow has some */
	const struct ir_rule *allow;
};

static bool check_deny(void *ctx, const struct rule_node *at)
{
	const struct final_line *x = ctx;
	check_pair(x->r, x->holes, at->rule, x->allow);
	return false;
}

/* Of rules that are looked for: with the names that are written, whatever the system. */
static const struct rule_tree *tree_of(const struct res *r, const struct ir_rule *rules, unsigned n)
{
	return rule_tree_new(r->a, &r->build->ir, rules, n, TARGET_LINUX, NULL, 0);
}

static const struct rule_tree *denies_of(const struct res *r)
{
	const struct ir_build *b = r->build;
	struct ir_rule *denies = ARENA_ARRAY(r->a, b->n_rules + 1u, struct ir_rule);
	unsigned n = 0;
	for (unsigned i = 0; i < b->n_rules; i++)
		if (b->rules[i].deny && b->rules[i].ops)
			denies[n++] = b->rules[i];
	return tree_of(r, denies, n);
}

void extend_check_final(struct res *r)
{
	struct ir_build *b = r->build;
	const struct rule_tree *denies = NULL;
	b->ir.params = b->params;
	b->ir.n_params = b->n_params;
	for (unsigned i = 0; i < b->n_rules; i++) {
		const struct ir_rule *allow = &b->rules[i];
		if (allow->deny || !allow->ops || !allow->origin[__builtin_ctz(allow->ops)]->final)
			continue;
		if (!denies)
			denies = denies_of(r);
		rule_tree_meeting(denies, allow, check_deny,
				  &(struct final_line){r, allow->n_holes ? tree_of(r, allow, 1) : NULL, allow});
	}
}
