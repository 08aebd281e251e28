/*
 * resolve.c - walks the policy and the profiles it uses, statement by statement, into the IR builder.
 */
#include "resolve.h"

#include <stdarg.h>
#include <string.h>

#include "resolve_priv.h"

static void walk_block(struct res *r, struct place *p, const struct ast_stmt *stmts);

SBX_PRINTF(3, 4)
void not_supported(struct res *r, struct loc where, const char *fmt, ...)
{
	va_list ap;
	char what[256];
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	struct diag_rec *rec = diag(r->d, DIAG_NOT_SUPPORTED, where, "%s is not supported yet", what);
	diag_note(rec, "it is part of edition 1; this version refuses it rather than skip it");
}

const char *because_text(struct res *r, const struct ast_word *because)
{
	return because ? scope_plain(r, NULL, because) : NULL;
}

static struct origin *origin_new(struct res *r, const struct place *p, struct loc loc, const char *because)
{
	struct origin *o = ARENA_NEW(r->a, struct origin);
	*o = (struct origin){.loc = loc, .used_at = p->used_at, .because = because, .profile = p->profile};
	return o;
}

/* ---- names of the closed sets ---- */

/* Near names, and the names that end in the word: `memory` for `res.memory`. */
static const char *suggest_cap(struct res *r, const char *word)
{
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		const char *dot = strchr(cap_name[c], '.');
		if (dot && strcmp(dot + 1, word) == 0)
			return arena_printf(r->a, "did you mean `%s`?", cap_name[c]);
	}
	return suggest(r->a, word, cap_name, CAP_COUNT);
}

bool resolve_cap(struct res *r, const struct ast_word *w, enum cap *out)
{
	for (unsigned c = 0; c < CAP_COUNT; c++) {
		if (strcmp(cap_name[c], w->text) == 0) {
			*out = (enum cap)c;
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_CAP, w->loc, "there is no guarantee `%s`", w->text);
	diag_help_if(rec, suggest_cap(r, w->text));
	return false;
}

static bool target_bit(struct res *r, const struct ast_word *w, uint32_t *out)
{
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (strcmp(target_name[t], w->text) == 0) {
			*out = TARGET_BIT(t);
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown system `%s`", w->text);
	const char *near = suggest(r->a, w->text, target_name, TARGET_COUNT);
	diag_help(rec, "%s", near ? near : "linux and macos can stand here");
	return false;
}

uint32_t resolve_targets(struct res *r, const struct ast_word *list)
{
	uint32_t set = 0, bit;
	if (!list)
		return r->build->ir.targets;
	for (const struct ast_word *w = list; w; w = w->next) {
		if (!target_bit(r, w, &bit))
			continue;
		if (!(bit & r->build->ir.targets)) {
			struct diag_rec *rec = diag(r->d, DIAG_NO_EFFECT, w->loc, "the policy is not for %s", w->text);
			diag_help(rec, "add it to `targets`, or remove it here");
		}
		set |= bit;
	}
	return set;
}

/* ---- allow and deny ---- */

/* System calls are words of Linux, Mach services of macOS: a rule for the other system would do nothing there. */
static bool kind_fits_targets(struct res *r, const struct place *p, const struct access_item *i)
{
	uint32_t reach = p->targets & r->build->ir.targets;
	bool syscall = i->rule.kind == RULE_SYSCALL, mach = i->rule.kind == RULE_MACH;
	uint32_t only = syscall ? TARGET_BIT(TARGET_LINUX) : TARGET_BIT(TARGET_MACOS);
	if ((!syscall && !mach) || !(reach & ~only))
		return true;
	struct diag_rec *rec = diag(r->d, DIAG_NO_EXPRESSION, i->loc, "%s has no %s", syscall ? "macOS" : "Linux",
				    syscall ? "Linux system calls" : "Mach services");
	diag_help(rec, "put the line into `on %s { }`", syscall ? "linux" : "macos");
	return false;
}

static bool kind_fits_arches(struct res *r, const struct place *p, const struct access_item *i)
{
	if (p->arches == ARCHES_ALL || i->rule.kind == RULE_SYSCALL)
		return true;
	not_supported(r, i->loc, "anything but system calls inside `on arch`");
	return false;
}

static void add_access(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	bool deny = s->kind == STMT_DENY;
	if (s->is_final) {
		not_supported(r, s->verb, "`final`");
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
		i->rule.arches = p->arches;
		ir_build_rule(r->build, &i->rule,
			      origin_new(r, p, own_line ? i->loc : s->loc, i->because ? i->because : because));
	}
	bool syscalls = items.n && items.v[0].rule.kind == RULE_SYSCALL;
	if (syscalls && !deny && !because && !p->profile) {
		struct diag_rec *rec = diag(r->d, DIAG_NO_REASON, s->loc, "a system call is allowed by hand");
		diag_help(rec, "say why: add `because \"...\"`");
	}
}

/* ---- limits ---- */

static const enum type limit_type[LIMIT_COUNT] = {
#define SIZE TYPE_SIZE
#define DURATION TYPE_DURATION
#define PERCENT TYPE_PERCENT
#define COUNT TYPE_NUMBER
#define LIMIT(id, word, unit, cap, help) [LIMIT_##id] = unit,
#include "limit.def"
#undef SIZE
#undef DURATION
#undef PERCENT
#undef COUNT
};

static bool limit_by_name(struct res *r, const struct ast_word *w, enum limit *out)
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

static bool limit_supported(struct res *r, enum limit l, const struct ast_stmt *s)
{
	if (l == LIMIT_WALL || l == LIMIT_OUTPUT) {
		not_supported(r, s->name->loc, "`limit %s`, which needs a supervising process,", limit_name[l]);
		return false;
	}
	if (l == LIMIT_IO_READ || l == LIMIT_IO_WRITE) {
		not_supported(r, s->name->loc, "`limit %s`", limit_name[l]);
		return false;
	}
	return true;
}

static void add_limit(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	enum limit l;
	struct value v;
	if (!limit_by_name(r, s->name, &l) || !limit_supported(r, l, s) ||
	    !scope_eval(r, p->scope, s->value, &v) || !value_fits(r, limit_type[l], &v, s->value))
		return;
	if (v.at_load) {
		not_supported(r, s->value->loc, "a limit that is given when the program starts");
		return;
	}
	const struct origin *o = origin_new(r, p, s->loc, because_text(r, s->because));
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (p->targets & r->build->ir.targets & TARGET_BIT(t))
			ir_build_limit(r->build, (enum target)t, l, v.number, o);
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

static void add_want(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	bool prefer = s->kind == STMT_PREFER;
	uint32_t targets = resolve_targets(r, s->targets) & r->build->ir.targets;
	if (prefer)
		needs_reason(r, s);
	for (const struct ast_word *w = s->words; w; w = w->next) {
		struct ir_want want = {.prefer = prefer, .targets = targets};
		if (!resolve_cap(r, w, &want.cap))
			continue;
		want.origin = origin_new(r, p, s->loc, because_text(r, s->because));
		if (targets)
			ir_build_want(r->build, &want);
	}
}

/* A plain `prefer X` beside a plain `require X` says two things at once. */
static void check_wants(struct res *r)
{
	const struct ir_build *b = r->build;
	for (unsigned i = 0; i < b->n_wants; i++)
		for (unsigned k = 0; k < b->n_wants; k++) {
			const struct ir_want *req = &b->wants[i], *pref = &b->wants[k];
			if (req->prefer || !pref->prefer || req->cap != pref->cap ||
			    pref->targets != b->ir.targets || req->targets != b->ir.targets)
				continue;
			struct diag_rec *rec = diag(r->d, DIAG_CONFLICT, pref->origin->loc,
						    "`%s` is required and preferred at once", cap_name[req->cap]);
			diag_second(rec, req->origin->loc, "required here");
			diag_help(rec, "prefer it for one system: `prefer %s on %s because \"...\"`, or drop the `require`",
				  cap_name[req->cap], target_name[__builtin_ctz(b->ir.targets)]);
		}
}

/* ---- surroundings ---- */

static void add_isolate(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	uint32_t set = 0;
	bool none = false, all = false;
	for (const struct ast_word *w = s->words; w; w = w->next) {
		unsigned i = 0;
		if (strcmp(w->text, "none") == 0) {
			none = true;
			continue;
		}
		if (strcmp(w->text, "all") == 0) {
			all = true;
			continue;
		}
		while (i < ISOLATE_COUNT && strcmp(isolate_name[i], w->text) != 0)
			i++;
		if (i == ISOLATE_COUNT) {
			struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown view `%s`", w->text);
			const char *known[ISOLATE_COUNT + 2] = {"none", "all"};
			memcpy(known + 2, isolate_name, sizeof(isolate_name));
			const char *near = suggest(r->a, w->text, known, ISOLATE_COUNT + 2);
			diag_help(rec, "%s", near ? near : "write none, all, or some of user, pid, mount, net, ipc, uts, cgroup");
			return;
		}
		set |= 1u << i;
	}
	if (!s->words || (none && (all || set)) || (all && set)) {
		struct diag_rec *rec = diag(r->d, DIAG_CONFLICT, s->loc, "`isolate` takes `none`, `all`, or a list of views");
		diag_help(rec, "write `isolate none`, `isolate all`, or for example `isolate pid, ipc`");
		return;
	}
	if (r->build->ir.isolate_origin) {
		struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, s->loc, "`isolate` is written twice");
		diag_second(rec, r->build->ir.isolate_origin->loc, "first written here");
		return;
	}
	r->build->ir.isolate = all ? (1u << ISOLATE_COUNT) - 1 : set;
	r->build->ir.isolate_origin = origin_new(r, p, s->loc, NULL);
}

struct setting {
	const char *word;
	bool supported;
};
static const struct setting settings[] = {
#define SETTING(word, supported, help) {word, supported},
#include "setting.def"
};
enum { N_SETTINGS = sizeof(settings) / sizeof(settings[0]) };

static void unknown_statement(struct res *r, const struct ast_stmt *s)
{
	static const char *const verbs[] = {"about", "targets", "entry", "use", "final", "allow", "deny", "never", "drop",
					    "limit", "require", "prefer", "set", "default", "unknown", "on", "let",
					    "unsafe", "test"};
	enum { N_VERBS = sizeof(verbs) / sizeof(verbs[0]) };
	const char *known[N_VERBS + N_SETTINGS];
	for (unsigned i = 0; i < N_VERBS; i++)
		known[i] = verbs[i];
	for (unsigned i = 0; i < N_SETTINGS; i++)
		known[N_VERBS + i] = settings[i].word;
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, s->name->loc, "unknown word `%s`", s->name->text);
	diag_help_if(rec, suggest(r->a, s->name->text, known, N_VERBS + N_SETTINGS));
}

static void add_setting(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	for (unsigned i = 0; i < N_SETTINGS; i++) {
		if (strcmp(settings[i].word, s->name->text) != 0)
			continue;
		if (settings[i].supported)
			add_isolate(r, p, s);
		else
			not_supported(r, s->name->loc, "`%s`", s->name->text);
		return;
	}
	unknown_statement(r, s);
}

/* ---- use ---- */

static void bind_argument(struct res *r, struct place *callee, const struct place *caller, const struct ast_arg *decl,
			  const struct ast_stmt *use)
{
	const struct ast_arg *given = use->args;
	while (given && strcmp(given->name->text, decl->name->text) != 0)
		given = given->next;
	enum type type = TYPE_STRING;
	for (unsigned t = 0; decl->type && t < TYPE_COUNT; t++)
		if (strcmp(type_name[t], decl->type->text) == 0)
			type = (enum type)t;
	struct value v = value_placeholder(type);
	const struct ast_word *word = given ? given->value : decl->value;
	if (!word) {
		struct diag_rec *rec = diag(r->d, DIAG_MISSING_VALUE, use->name->loc, "`%s` needs a value for `%s`",
					    use->name->text, decl->name->text);
		diag_second(rec, decl->loc, "it has no default");
		diag_help(rec, "write `use %s(%s: ...)`", use->name->text, decl->name->text);
	} else if (scope_eval(r, given ? caller->scope : callee->scope, word, &v) && value_fits(r, type, &v, word)) {
		v.type = type;
	} else {
		v = value_placeholder(type);
	}
	scope_define(r, callee->scope, decl->name, v);
}

static void check_arguments(struct res *r, const struct profile *prof, const struct ast_stmt *use)
{
	for (const struct ast_arg *g = use->args; g; g = g->next) {
		const char *names[64];
		size_t n = 0;
		bool found = false;
		for (const struct ast_arg *d = prof->item->args; d && n < 64; d = d->next) {
			names[n++] = d->name->text;
			found |= strcmp(d->name->text, g->name->text) == 0;
		}
		for (const struct ast_arg *before = use->args; before != g; before = before->next)
			if (strcmp(before->name->text, g->name->text) == 0)
				diag(r->d, DIAG_DUPLICATE, g->name->loc, "`%s` is given twice", g->name->text);
		if (found)
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, g->name->loc, "profile `%s` has no parameter `%s`",
					    prof->name, g->name->text);
		diag_help_if(rec, suggest(r->a, g->name->text, names, n));
	}
}

static void add_use(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct profile *prof = load_profile(r, s->name);
	if (!prof)
		return;
	check_arguments(r, prof, s);
	if (prof->in_use) {
		struct diag_rec *rec = diag(r->d, DIAG_CYCLE, s->name->loc, "profile `%s` uses itself", prof->name);
		diag_second(rec, prof->item->name->loc, "defined here");
		return;
	}
	if (p->depth >= SRC_MAX_DEPTH) {
		diag(r->d, DIAG_TOO_DEEP, s->name->loc, "profiles are nested deeper than %d", SRC_MAX_DEPTH);
		return;
	}
	struct place callee = *p;
	callee.profile = prof->name;
	callee.used_at = loc_none(p->used_at) ? s->loc : p->used_at;
	callee.depth = p->depth + 1;
	callee.scope = scope_new(r, prof->file_scope);
	for (const struct ast_arg *d = prof->item->args; d; d = d->next)
		bind_argument(r, &callee, p, d, s);
	prof->in_use = true;
	walk_block(r, &callee, prof->item->block);
	prof->in_use = false;
}

/* ---- the other statements ---- */

static bool arch_bit(struct res *r, const struct ast_word *w, uint32_t *out)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		if (strcmp(arch_name[a], w->text) == 0) {
			*out = ARCH_BIT(a);
			return true;
		}
	}
	struct diag_rec *rec = diag(r->d, DIAG_UNKNOWN_WORD, w->loc, "unknown machine `%s`", w->text);
	const char *near = suggest(r->a, w->text, arch_name, ARCH_COUNT);
	diag_help(rec, "%s", near ? near : "x86_64 and aarch64 can stand here");
	return false;
}

static void walk_on(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct place inner = *p;
	uint32_t targets = 0, arches = 0, bit;
	for (const struct ast_on *o = s->on; o; o = o->next) {
		if (o->is_arch && arch_bit(r, o->word, &bit))
			arches |= bit;
		else if (!o->is_arch && target_bit(r, o->word, &bit))
			targets |= bit;
	}
	if (arches)
		targets |= TARGET_BIT(TARGET_LINUX); /* machines matter to the Linux system call filter only */
	if (!targets)
		return;
	inner.targets &= targets;
	inner.arches = arches ? arches : p->arches;
	inner.scope = scope_new(r, p->scope);
	if (!(inner.targets & r->build->ir.targets)) {
		if (!p->profile) {
			struct diag_rec *rec = diag(r->d, DIAG_NO_EFFECT, s->verb, "this block is for no system of the policy");
			diag_help(rec, "add the system to `targets`, or remove the block");
		}
		return;
	}
	walk_block(r, &inner, s->block);
}

static void add_entry(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir *ir = &r->build->ir;
	const char *path = scope_path(r, p->scope, s->value);
	if (ir->entry_origin) {
		struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, s->loc, "`entry` is written twice");
		diag_second(rec, ir->entry_origin->loc, "first written here");
		return;
	}
	if (!path)
		return;
	ir->entry = path;
	ir->entry_origin = origin_new(r, p, s->loc, NULL);
}

static void add_env_set(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct ir_env_set e = {.name = s->name->text, .targets = p->targets & r->build->ir.targets};
	e.value = scope_string(r, p->scope, s->value);
	if (!e.value)
		return;
	for (unsigned i = 0; i < r->build->n_env_set; i++) {
		const struct ir_env_set *o = &r->build->env_set[i];
		if (strcmp(o->name, e.name) != 0 || !(o->targets & e.targets))
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, s->loc, "`%s` is set twice", e.name);
		diag_second(rec, o->origin->loc, "first set here");
		return;
	}
	e.origin = origin_new(r, p, s->loc, NULL);
	ir_build_env_set(r->build, &e);
}

static void add_let(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct value v;
	if (scope_eval(r, p->scope, s->value, &v))
		scope_define(r, p->scope, s->name, v);
}

static void refuse_in_profile(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	struct diag_rec *rec = diag(r->d, DIAG_NOT_IN_PROFILE, s->verb, "a profile cannot hold `%s`",
				    src_text(r->src, r->a, s->verb));
	diag_note(rec, "`%s` is used by policies, and a use only adds access and limits", p->profile);
	diag_help(rec, "write the line into the policy");
}

static void refuse_inside_on(struct res *r, const struct ast_stmt *s)
{
	struct diag_rec *rec = diag(r->d, DIAG_WRONG_PLACE, s->verb, "`%s` cannot stand inside `on`",
				    src_text(r->src, r->a, s->verb));
	diag_help(rec, "move it out of the block");
}

/* Statements that speak of the whole policy: not in a profile, not inside `on`. */
static bool whole_policy_only(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	if (p->profile)
		refuse_in_profile(r, p, s);
	else if (p->targets != TARGETS_ALL || p->arches != ARCHES_ALL)
		refuse_inside_on(r, s);
	else
		return true;
	return false;
}

static void walk_about(struct res *r, const struct place *p, const struct ast_stmt *s)
{
	const char *text = scope_plain(r, p->scope, s->value);
	if (text && !p->profile)
		r->build->ir.about = text;
}

static void walk_stmt(struct res *r, struct place *p, const struct ast_stmt *s)
{
	switch (s->kind) {
	case STMT_ABOUT:
		walk_about(r, p, s);
		break;
	case STMT_TARGETS:
		whole_policy_only(r, p, s); /* read before the walk */
		break;
	case STMT_ENTRY:
		if (whole_policy_only(r, p, s))
			add_entry(r, p, s);
		break;
	case STMT_USE:
		add_use(r, p, s);
		break;
	case STMT_ALLOW:
	case STMT_DENY:
		add_access(r, p, s);
		break;
	case STMT_NEVER:
		not_supported(r, s->verb, "`never`");
		break;
	case STMT_DROP:
		not_supported(r, s->verb, "`drop`");
		break;
	case STMT_LIMIT:
		add_limit(r, p, s);
		break;
	case STMT_REQUIRE:
	case STMT_PREFER:
		if (whole_policy_only(r, p, s))
			add_want(r, p, s);
		break;
	case STMT_SET_ENV:
		if (p->profile)
			refuse_in_profile(r, p, s);
		else
			add_env_set(r, p, s);
		break;
	case STMT_DEFAULT:
		not_supported(r, s->verb, "`%s syscall`", s->name ? s->name->text : "default");
		break;
	case STMT_ON:
		walk_on(r, p, s);
		break;
	case STMT_LET:
		add_let(r, p, s);
		break;
	case STMT_UNSAFE:
		not_supported(r, s->verb, "`unsafe`");
		break;
	case STMT_SETTING:
		if (p->profile && strcmp(s->name->text, "isolate") == 0)
			refuse_in_profile(r, p, s);
		else
			add_setting(r, p, s);
		break;
	case STMT_TEST:
		if (whole_policy_only(r, p, s))
			resolve_test(r, p, s->test);
		break;
	}
}

static void walk_block(struct res *r, struct place *p, const struct ast_stmt *stmts)
{
	for (const struct ast_stmt *s = stmts; s; s = s->next)
		walk_stmt(r, p, s);
}

/* ---- the policy ---- */

static void read_targets(struct res *r, const struct ast_item *policy)
{
	struct ir *ir = &r->build->ir;
	const struct ast_stmt *first = NULL;
	uint32_t bit;
	for (const struct ast_stmt *s = policy->block; s; s = s->next) {
		if (s->kind != STMT_TARGETS)
			continue;
		if (first) {
			struct diag_rec *rec = diag(r->d, DIAG_DUPLICATE, s->loc, "`targets` is written twice");
			diag_second(rec, first->loc, "first written here");
			continue;
		}
		first = s;
		for (const struct ast_word *w = s->words; w; w = w->next)
			if (target_bit(r, w, &bit))
				ir->targets |= bit;
	}
	if (!first) {
		struct diag_rec *rec = diag(r->d, DIAG_NO_TARGETS, policy->head, "the policy does not say which systems it is for");
		diag_help(rec, "add `targets linux`, or `targets linux, macos`");
	}
	if (!ir->targets)
		ir->targets = TARGET_BIT(TARGET_LINUX); /* go on: later lines may have faults of their own */
}

/* On Linux a plan must be able to start something. */
static void check_startable(struct res *r, const struct ast_item *policy)
{
	const struct ir_build *b = r->build;
	if (b->ir.entry || diag_errors(r->d))
		return; /* the line that starts something may be one of those with a fault */
	for (unsigned i = 0; i < b->n_rules; i++)
		if (!b->rules[i].deny && (b->rules[i].ops & OP_BIT(OP_EXEC)))
			return;
	struct diag_rec *rec = diag(r->d, DIAG_CONFLICT, policy->head, "nothing can be started under this policy");
	diag_help(rec, "name the program: `entry \"/usr/bin/python3\"`, or allow some with `allow read exec \"...\"`");
}

static void report_unused_sets(struct res *r)
{
	const struct compile_options *opt = r->c->opt;
	const char *names[64];
	size_t n = 0;
	for (unsigned u = 0; u < r->n_units; u++)
		for (const struct ast_item *i = r->units[u]->ast->items; i && n < 64; i = i->next)
			if (i->kind == ITEM_PARAM)
				names[n++] = i->name->text;
	for (unsigned i = 0; i < opt->n_sets; i++) {
		if (r->set_used[i])
			continue;
		struct diag_rec *rec = diag(r->d, DIAG_SET_UNKNOWN, (struct loc){0, 0}, "--set %s: the policy has no param `%s`",
					    opt->sets[i].name, opt->sets[i].name);
		diag_help_if(rec, suggest(r->a, opt->sets[i].name, names, n));
	}
}

static void no_policy(struct res *r, const struct ast_file *f)
{
	struct loc start = {f->src->base, f->src->base + 1};
	if (diag_errors(r->d))
		return; /* it may be the one that could not be parsed */
	struct diag_rec *rec = diag(r->d, DIAG_NO_POLICY, start, "the file holds no policy");
	diag_help(rec, "write `policy NAME { targets linux ... }`; a file of profiles is brought in with `import`");
}

static void walk_policy(struct res *r, struct unit *u)
{
	const struct ast_item *item = r->policy;
	struct ir *ir = &r->build->ir;
	ir->name = item->name->text;
	ir->version = item->version ? scope_plain(r, NULL, item->version) : "";
	if (!ir->version)
		ir->version = "";
	ir->about = "";
	ir->edition = u->ast->edition;
	ir->loc = item->head;
	ir->isolate = (1u << ISOLATE_COUNT) - 1;
	if (item->extends)
		not_supported(r, item->extends->loc, "`extends`");
	read_targets(r, item);
	struct place p = {.scope = scope_new(r, u->scope), .targets = TARGETS_ALL, .arches = ARCHES_ALL};
	walk_block(r, &p, item->block);
	for (unsigned i = 0; i < r->n_units; i++)
		for (const struct ast_item *t = r->units[i]->ast->items; t; t = t->next)
			if (t->kind == ITEM_TEST && i == 0)
				resolve_test(r, &p, t->test);
	check_wants(r);
	check_startable(r, item);
}

const struct ir *resolve_policy(struct compile *c, const struct ast_file *main_file)
{
	struct res *r = ARENA_NEW(c->arena, struct res);
	*r = (struct res){.a = c->arena, .d = c->diags, .src = c->src, .c = c, .build = ir_build_new(c->arena)};
	r->set_used = ARENA_ARRAY(c->arena, c->opt->n_sets, bool);
	struct unit *u = load_main(r, main_file);
	if (!r->policy) {
		no_policy(r, main_file);
		return NULL;
	}
	walk_policy(r, u);
	report_unused_sets(r);
	return ir_build_finish(r->build);
}
