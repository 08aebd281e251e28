/*
 * resolve_rule.c - statements that say what is allowed, capped and promised: allow, deny, limit, require, prefer, set env.
 */
#include <string.h>

#include "../runtime/plan.h"
#include "macos_word.h"
#include "resolve_priv.h"
#include "say.h"

/* ---- allow and deny ---- */

/* System calls are words of Linux, Mach services and the like of macOS: a rule for the other system would do nothing there. */
static bool kind_fits_targets(struct res *r, const struct place *p, const struct access_item *i)
{
	uint32_t reach = p->targets & r->build->ir.targets;
	bool syscall = i->rule.kind == RULE_SYSCALL, macos = i->rule.kind == RULE_MACOS;
	uint32_t only = syscall ? TARGET_BIT(TARGET_LINUX) : TARGET_BIT(TARGET_MACOS);
	if ((!syscall && !macos) || !(reach & ~only))
		return true;
	const struct macos_family *f = macos ? macos_family_of((enum op)__builtin_ctz(i->rule.ops)) : NULL;
	struct diag_rec *rec = f ? diag(r->d, DIAG_NO_EXPRESSION, i->loc, "`%s` is a word for macOS alone", f->word)
				 : diag(r->d, DIAG_NO_EXPRESSION, i->loc, "macOS has no Linux system calls");
	if (f && f->on_linux)
		diag_note(rec, "%s", f->on_linux);
	diag_help(rec, "put the line into `on %s { }`", syscall ? "linux" : "macos");
	return false;
}

/*
 * Files, the network and the rest are the same on every machine; only system calls differ. A profile that is used there
 * is named once, not line by line.
 */
static bool fits_arches(struct res *r, const struct place *p, struct loc where, const char *what)
{
	if (!p->on_arch)
		return true;
	if (!loc_none(p->used_at) && p->used_at.beg == r->used_on_arch.beg)
		return false;
	r->used_on_arch = p->used_at;
	struct diag_rec *rec = diag(r->d, DIAG_WRONG_PLACE, where, "%s cannot stand inside `on arch`", what);
	if (!loc_none(p->used_at))
		diag_second(rec, p->used_at, "used by this line");
	diag_note(rec, "only system calls differ between machines");
	diag_help(rec, "move it out of the block");
	return false;
}

static bool kind_fits_arches(struct res *r, const struct place *p, const struct access_item *i)
{
	return i->rule.kind == RULE_SYSCALL || fits_arches(r, p, i->loc, "a rule on files, the network or the environment");
}

/* Does the line name more than one object, or call? A group stands at one place. */
static bool several(const struct access_items *items)
{
	return items->n > 1 && items->v[0].loc.beg != items->v[items->n - 1].loc.beg;
}

void stmt_access(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	bool deny = s->kind == STMT_DENY;
	if (s->is_final && p->profile) {
		stmt_refuse_in_profile(r, p, s);
		return;
	}
	const char *because = because_text(r, s->because);
	struct access_items items = access_resolve(r, p, s->access, deny ? ACCESS_DENY : ACCESS_ALLOW);
	for (unsigned k = 0; k < items.n; k++) {
		struct access_item *i = &items.v[k];
		if (!kind_fits_targets(r, p, i) || !kind_fits_arches(r, p, i))
			continue;
		/* The place of a rule is its statement, unless it stands on a line of its own in a list. */
		bool own_line = i->because || s->access->objects != NULL ? i->loc.beg > s->loc.beg : false;
		struct src_pos a, b;
		if (own_line && src_locate(r->src, i->loc.beg, &a) && src_locate(r->src, s->loc.beg, &b))
			own_line = a.line != b.line;
		i->rule.deny = deny;
		i->rule.targets = p->targets;
		struct origin *o = origin_new(r, p, own_line ? i->loc : s->loc, i->because ? i->because : because);
		o->final = s->is_final;
		if (!own_line && several(&items))
			o->object = i->loc;
		ir_build_rule(r->build, &i->rule, o);
	}
	bool syscalls = items.n && items.v[0].rule.kind == RULE_SYSCALL;
	if (syscalls && !deny && !because && !p->profile) {
		struct diag_rec *rec = diag(r->d, DIAG_NO_REASON, s->loc, "a system call is allowed by hand");
		diag_help(rec, "say why: add `because \"...\"`");
	}
}

void stmt_never(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	if (p->profile) {
		stmt_refuse_in_profile(r, p, s);
		return;
	}
	const struct origin *o = origin_new(r, p, s->loc, because_text(r, s->because));
	struct access_items items = access_resolve(r, p, s->access, ACCESS_NEVER);
	for (unsigned k = 0; k < items.n; k++) {
		struct access_item *i = &items.v[k];
		if (!kind_fits_targets(r, p, i) || !kind_fits_arches(r, p, i))
			continue;
		i->rule.targets = p->targets;
		ir_build_never(r->build, &i->rule, o);
	}
}

/* ---- limits ---- */

bool limit_by_name(struct res *r, const struct ast_word *w, enum limit *out)
{
	for (unsigned l = 0; l < LIMIT_COUNT; l++) {
		if (strcmp(limit_name[l], w->text) == 0) {
			*out = (enum limit)l;
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "there is no limit `%s`", w->text);
	diag_help_if(rec, suggest(r->a, w->text, limit_name, LIMIT_COUNT));
	return false;
}

void stmt_limit(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	enum limit l;
	struct value v;
	if (!limit_by_name(r, s->name, &l) || !scope_eval(r, p->scope, s->value, &v) || !value_fits(r, limit_type[l], &v, s->value))
		return;
	if (!fits_arches(r, p, s->verb, "`limit`"))
		return;
	const struct origin *o = origin_new(r, p, s->loc, because_text(r, s->because));
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (p->targets & r->build->ir.targets & TARGET_BIT(t))
			ir_build_limit(r->build, (enum target)t, l, v.number, value_param(r, &v), o);
}

/* Which of two params holds the tighter value is known to nobody. */
void resolve_check_limits(struct res *r)
{
	const struct ir_build *b = r->build;
	for (unsigned i = 0; i < b->n_limits; i++)
		for (unsigned k = 0; k < i; k++) {
			const struct ir_build_limit *one = &b->limits[i], *first = &b->limits[k];
			if (!one->is.set || !first->is.set || one->target != first->target || one->limit != first->limit ||
			    !one->is.param || !first->is.param || strcmp(one->is.param, first->is.param) == 0)
				continue;
			struct diag_rec *rec = diag(r->d, DIAG_TWO_PARAMS, one->is.origin->loc,
						    "two params at load hold `limit %s`", limit_name[one->limit]);
			diag_second(rec, first->is.origin->loc, "the other one");
			diag_help(rec, "use one param for both, or `drop limit %s` where it is inherited", limit_name[one->limit]);
			return;
		}
}

/* ---- require, prefer ---- */

static bool needs_reason(struct res *r, const struct ast_stmt *s)
{
	if (s->because)
		return false;
	struct diag_rec *rec = diag(r->d, DIAG_NEEDS_REASON, s->loc, "`prefer` weakens the policy and says no reason");
	diag_help(rec, "add `because \"...\"`");
	return true;
}

void stmt_want(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	bool prefer = s->kind == STMT_PREFER;
	uint32_t targets = resolve_targets(r, s->targets) & r->build->ir.targets;
	if (prefer)
		needs_reason(r, s);
	for (const struct ast_word *w = s->words; w; w = w->next) {
		struct ir_want want = {.prefer = prefer, .targets = targets, .at = w->loc};
		if (!resolve_cap(r, w, &want.cap))
			continue;
		want.origin = origin_new(r, p, s->loc, because_text(r, s->because));
		if (targets)
			ir_build_want(r->build, &want);
	}
}

/* What a base requires its children keep: to prefer it here would loosen it unseen. */
static bool loosens_base(struct res *r, const struct ir_want *req, const struct ir_want *pref)
{
	if (pref->origin->level >= req->origin->level || !(pref->targets & req->targets))
		return false;
	struct diag_rec *rec = diag(r->d, DIAG_BASE_REQUIRES, pref->at,
				    "`%s` requires `%s`, and this line only prefers it", req->origin->base, cap_name[req->cap]);
	diag_second(rec, req->at, "required here");
	diag_help(rec, "to loosen what is inherited, say so: `drop require %s because \"...\"`", cap_name[req->cap]);
	return true;
}

/* A `prefer` that leaves nothing of a `require`: the two lines say the opposite. */
void resolve_check_wants(struct res *r)
{
	const struct ir_build *b = r->build;
	for (unsigned i = 0; i < b->n_wants; i++)
		for (unsigned k = 0; k < b->n_wants; k++) {
			const struct ir_want *req = &b->wants[i], *pref = &b->wants[k];
			if (req->prefer || !pref->prefer || req->cap != pref->cap || loosens_base(r, req, pref) ||
			    !req->targets || (req->targets & ~pref->targets))
				continue;
			struct diag_rec *rec = diag(r->d, DIAG_CONFLICT, pref->at,
						    "`%s` is required and preferred at once", cap_name[req->cap]);
			diag_second(rec, req->at, "required here");
			if (req->targets & (req->targets - 1))
				diag_help(rec, "prefer it for one system: `prefer %s on %s because \"...\"`, or remove the `require`",
					  cap_name[req->cap], target_name[__builtin_ctz(req->targets)]);
			else
				diag_help(rec, "remove the `prefer`, or the `require` if a host may be without it");
		}
}

void stmt_env_set(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir_env_set e = {.name = s->name->text, .targets = p->targets & r->build->ir.targets};
	e.value = scope_string(r, p->scope, s->value);
	if (!e.value || !fits_arches(r, p, s->verb, "`set env`"))
		return;
	const char *fixed = template_literal(r->a, e.value);
	if (fixed && strlen(fixed) > PLAN_MAX_VALUE) {
		diag(r->d, DIAG_BAD_VALUE, s->value->loc, "this value is longer than %d bytes", PLAN_MAX_VALUE);
		return;
	}
	for (unsigned i = 0; i < r->build->n_env_set; i++) {
		const struct ir_env_set *o = &r->build->env_set[i];
		if (strcmp(o->name, e.name) != 0 || !(o->targets & e.targets))
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, s->loc, "`%s` is set twice", e.name);
		diag_second(rec, o->origin->loc, "first set here");
		twice_help(r, rec, o->origin);
		return;
	}
	e.origin = origin_new(r, p, s->loc, NULL);
	ir_build_env_set(r->build, &e);
}
