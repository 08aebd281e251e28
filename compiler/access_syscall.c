/*
 * access_syscall.c - what a system call rule speaks about: names and groups, each machine's own condition, the action.
 */
#include "access_priv.h"

#include <errno.h>
#include <string.h>

#include "cond.h"
#include "syscalls.h"

static void unknown_syscall(struct access_ctx *x, const struct ast_word *w)
{
	unsigned n;
	const struct syscall_desc *table = syscall_table(&n);
	const char **names = ARENA_ARRAY(x->r->a, n, const char *);
	for (unsigned i = 0; i < n; i++)
		names[i] = table[i].name;
	struct diag_rec *rec = diag(x->r->d, DIAG_UNKNOWN_SYSCALL, w->loc, "`%s` is not a Linux syscall", w->text);
	diag_help_if(rec, suggest(x->r->a, w->text, names, n));
	diag_note(rec, "a rule for an unknown syscall would protect nothing, so it is never skipped");
	access_fail(x);
}

static void unknown_group(struct access_ctx *x, const struct ast_word *w)
{
	unsigned n;
	const struct syscall_group *groups = syscall_groups(&n);
	const char **names = ARENA_ARRAY(x->r->a, n + x->r->n_groups, const char *);
	for (unsigned i = 0; i < n; i++)
		names[i] = groups[i].name;
	for (unsigned i = 0; i < x->r->n_groups; i++)
		names[n + i] = x->r->groups[i]->name->text;
	struct diag_rec *rec = diag(x->r->d, DIAG_UNKNOWN_SYSCALL, w->loc, "there is no group `@%s`", w->text);
	const char *near = suggest(x->r->a, w->text, names, n + x->r->n_groups);
	if (near)
		diag_help(rec, "%s", near);
	else
		diag_help(rec, "define it, `group @%s = read, write`, or use a built-in one, such as `@io` (sbx(5) lists them)", w->text);
	access_fail(x);
}

/* The family of the call: what has come to do the same. Its group, where there is one, is named like its oldest call. */
static const char *const *family_of(const char *name)
{
#define SIBLINGS(when, ...) {__VA_ARGS__},
	static const char *const families[][13] = { /* NULL behind the longest */
#include "sibling.def"
	};
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		for (const char *const *v = families[i]; *v; v++)
			if (strcmp(*v, name) == 0)
				return families[i];
	return NULL;
}

static void help_absent(struct access_ctx *x, struct diag_rec *rec, const char *name, enum arch arch)
{
	const char *const *family = family_of(name);
	struct buf b = buf_new(x->r->a);
	for (const char *const *v = family; v && *v; v++)
		if (syscall_by_name(*v)->nr[arch] != SYSCALL_NONE)
			buf_printf(&b, "%s`%s`", b.len ? ", " : "", *v);
	if (family && syscall_group_by_name(family[0]))
		diag_help(rec, "`@%s` names the family on every machine; here it is %s", family[0], buf_str(&b));
	else if (b.len)
		diag_note(rec, "there it is done by %s", buf_str(&b));
}

/* Says where a call that is named does not exist, so that nobody waits for a rule that is not there. */
static void note_absent(struct access_ctx *x, const struct ast_word *w, const struct syscall_desc *call)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (call->nr[a] != SYSCALL_NONE || !(x->p->arches & ARCH_BIT(a)) || x->p->profile)
			continue;
		struct diag_rec *rec =
		    diag(x->r->d, DIAG_ABSENT_SYSCALL, w->loc, "`%s` does not exist on %s", call->name, arch_name[a]);
		diag_label(rec, "no rule is emitted for %s", arch_name[a]);
		help_absent(x, rec, call->name, (enum arch)a);
	}
}

static void add_call(struct access_ctx *x, const char *object, struct loc at, uint32_t arches,
		     const struct sys_cond *cond)
{
	struct access_item *i = access_add(x, RULE_SYSCALL, OP_BIT(OP_SYSCALL), at);
	i->rule.object = object;
	i->rule.arches = arches;
	i->rule.cond = cond;
	i->rule.action = x->action;
}

/*
 * One rule for all arches on which the condition comes to the same: constants and places of
 * arguments differ.
 */
static void add_calls(struct access_ctx *x, const struct syscall_desc *call, struct loc at)
{
	const struct sys_cond *cond[ARCH_COUNT];
	uint32_t left = 0;
	if (!x->where) {
		add_call(x, call->name, at, x->p->arches, NULL);
		return;
	}
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (!(x->p->arches & ARCH_BIT(a)) || call->nr[a] == SYSCALL_NONE)
			continue;
		if (!cond_resolve(x->r, x->where, call, (enum arch)a, &cond[a])) {
			access_fail(x);
			return;
		}
		left |= ARCH_BIT(a);
	}
	while (left) {
		unsigned first = (unsigned)__builtin_ctz(left);
		uint32_t same = 0;
		for (unsigned a = first; a < ARCH_COUNT; a++)
			if ((left & ARCH_BIT(a)) && cond_cmp(cond[a], cond[first]) == 0)
				same |= ARCH_BIT(a);
		add_call(x, call->name, at, same, cond[first]);
		left &= ~same;
	}
}

static void builtin_group(struct access_ctx *x, const struct ast_word *w, struct loc at)
{
	if (!syscall_group_by_name(w->text)) {
		unknown_group(x, w);
	} else if (x->where) {
		struct diag_rec *rec =
		    diag(x->r->d, DIAG_UNKNOWN_ARGUMENT, w->loc,
			 "a condition is about the arguments of one call, not of `@%s`", w->text);
		diag_second(rec, x->where->loc, "this condition");
		diag_help(rec, "name the calls");
		access_fail(x);
	} else {
		add_call(x, arena_printf(x->r->a, "@%s", w->text), at, x->p->arches, NULL);
	}
}

static void syscall_word(struct access_ctx *x, const struct ast_word *w, struct loc at, unsigned depth)
{
	if (w->kind == WORD_GROUP) {
		const struct ast_item *own = load_group(x->r, w->text);
		if (own && depth >= SRC_MAX_DEPTH) {
			diag_help(diag(x->r->d, DIAG_CYCLE, own->name->loc, "group `@%s` contains itself", w->text),
				  "take it out of the groups that it names");
			access_fail(x);
		} else if (own) {
			for (const struct ast_word *m = own->words; m; m = m->next)
				syscall_word(x, m, at, depth + 1);
		} else {
			builtin_group(x, w, at);
		}
		return;
	}
	const struct syscall_desc *call = syscall_by_name(w->text);
	if (!call) {
		unknown_syscall(x, w);
		return;
	}
	if (x->use == ACCESS_ALLOW || x->use == ACCESS_DENY)
		note_absent(x, w, call);
	add_calls(x, call, at);
}

/* The action of the line; one that says the opposite of its verb is a mistake. */
static bool line_action(struct access_ctx *x, const struct ast_action *act)
{
	bool allow = x->use == ACCESS_ALLOW || x->use == ACCESS_NEVER;
	x->action = allow ? (struct sys_action){.act = ACT_ALLOW}
			  : (struct sys_action){.act = ACT_ERRNO, .data = EPERM};
	if (!act)
		return true;
	if (x->use == ACCESS_EXPECT)
		return action_resolve(x->r, act, &x->action);
	if (x->use == ACCESS_DROP || x->use == ACCESS_NEVER) {
		struct diag_rec *rec = diag(x->r->d, DIAG_NO_EFFECT, act->loc, "an action means nothing here");
		diag_help(rec, "remove it");
		return false;
	}
	if (!action_resolve(x->r, act, &x->action))
		return false;
	bool passes = x->action.act == ACT_ALLOW || x->action.act == ACT_LOG;
	if (passes == allow)
		return true;
	struct diag_rec *rec =
	    diag(x->r->d, DIAG_CONFLICT, act->loc,
		 "`with %s` %s the call, and the line begins with `%s`", act->name->text,
		 passes ? "lets through" : "refuses", allow ? "allow" : "deny");
	if (passes)
		diag_help(rec, "to see calls without refusing them: `allow syscall ... with log`");
	else
		diag_help(rec, "write `deny syscall ... with %s`", act->name->text);
	return false;
}

void access_syscalls(struct access_ctx *x, const struct ast_access *access)
{
	x->where = access->where;
	if (!line_action(x, access->action))
		access_fail(x);
	for (const struct ast_word *w = access->names; w; w = w->next)
		syscall_word(x, w, w->loc, 0);
}
