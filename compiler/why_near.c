/*
 * why_near.c - what lies next to a denied access. In the order in which it should be tried: something that is allowed
 * already, a profile of the library, and only then the line that would grant it.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "cond.h"
#include "macos_word.h"
#include "say.h"
#include "str.h"
#include "syscalls.h"
#include "template.h"
#include "why.h"

/* ---- what is allowed ---- */

/* Leading components that two paths share. */
static unsigned shared(const char *x, const char *y)
{
	unsigned n = 0;
	for (size_t i = 0;; i++) {
		bool ends = (x[i] == '/' || !x[i]) && (y[i] == '/' || !y[i]);
		n += i && ends;
		if (x[i] != y[i] || !x[i])
			return n;
	}
}

static bool allowed(const struct why *w, const struct request *r, const char *object, struct decision *d)
{
	struct request one = *r;
	one.object = object;
	*d = decide(w->k->meaning, &one);
	return d->allow;
}

static void nearest_path(const struct why *w, const struct request *r, struct why_near *out)
{
	const struct ir *ir = w->k->ir;
	unsigned best = 0;
	const char *text = NULL;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *rule = &ir->rules[i];
		struct decision d;
		if (rule->deny || !(rule->ops & OP_BIT(r->op)))
			continue;
		const char *path = expand_template(w->arena, ir, rule->object, r->given, r->n_given);
		unsigned n = path && path[0] == '/' ? shared(path, r->object) : 0;
		bool better = n > best || (n == best && text && strlen(path) < strlen(text));
		if (n < 2 || !better || /* that both lie in /etc tells nobody anything */
		    !allowed(w, r, path, &d))
			continue;
		best = n;
		text = path;
		out->at = d.by;
	}
	if (text)
		out->allowed = arena_printf(w->arena, "%s %s", op_name[r->op], text);
}

static void nearest_endpoint(const struct why *w, const struct request *r, struct why_near *out)
{
	const struct ir *ir = w->k->ir;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *rule = &ir->rules[i];
		enum op op = r->op == OP_CONNECT_TCP && rule->kind == RULE_RELAY ? OP_RELAY_TCP : r->op;
		if (rule->deny || !(rule->ops & OP_BIT(op)) || !(rule->targets & TARGET_BIT(r->target)) || (rule->flags & RULE_PROXY))
			continue;
		bool host = strcmp(rule->object, r->object) == 0;
		if (out->allowed && !host)
			continue;
		out->allowed = arena_printf(w->arena, "%s %s", op_name[r->op], say_object(w->arena, rule));
		out->at = rule->origin[op];
		if (host)
			return;
	}
}

/* What is spelled almost like it: "did you mean". */
static void nearest_name(const struct why *w, const struct request *r, enum rule_kind kind, struct why_near *out)
{
	const struct ir *ir = w->k->ir;
	unsigned best = 3;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *rule = &ir->rules[i];
		unsigned n = rule->kind == kind && !rule->deny && (rule->ops & OP_BIT(r->op)) ? edit_distance(r->object, rule->object) : best;
		if (n >= best)
			continue;
		best = n;
		out->allowed = arena_printf(w->arena, "%s %s", op_name[r->op], rule->object);
		out->at = rule->origin[r->op];
	}
}

/* The conditions under which the call passes. */
static void nearest_call(const struct why *w, const struct request *r, struct why_near *out)
{
	const struct sys_policy *p = meaning_syscalls(w->k->meaning);
	const struct syscall_desc *call = syscall_by_nr(r->arch, r->nr);
	for (unsigned i = 0; call && i < p->n_rules && !out->allowed; i++) {
		const struct sys_rule *rule = &p->rules[i];
		if (rule->call != call || rule->deny || !rule->cond || !(rule->arches & ARCH_BIT(r->arch)))
			continue;
		out->allowed = arena_printf(w->arena, "syscall %s where %s", call->name,
					    cond_text(w->arena, call, r->arch, rule->cond));
		out->at = rule->origin;
	}
}

/* ---- what no line may allow ---- */

static bool names_call(const char *object, const struct syscall_desc *call)
{
	const struct syscall_group *g = object[0] == '@' ? syscall_group_by_name(object + 1) : NULL;
	for (unsigned i = 0; g && i < g->n_members; i++)
		if (names_call(g->members[i], call))
			return true;
	return strcmp(object, call->name) == 0;
}

/* Of a call: would the line that grants what was asked meet it? */
static bool forbids_call(const struct why *w, const struct ir_rule *never, const struct request *r)
{
	const struct syscall_desc *call = syscall_by_nr(r->arch, r->nr);
	return never->kind == RULE_SYSCALL && call && (never->arches & ARCH_BIT(r->arch)) && names_call(never->object, call) &&
	       cond_overlap(never->cond, w->k->question->expect->cond);
}

static const struct ir_never *forbidden(const struct why *w, const struct why_answer *a)
{
	const struct ir *ir = w->k->ir;
	struct request r = *a->example;
	for (unsigned i = 0; i < ir->n_nevers; i++)
		for (unsigned op = 0; op < OP_COUNT; op++) {
			const struct ir_rule *never = &ir->nevers[i].rule;
			r.op = (enum op)op;
			if (!(a->ops & OP_BIT(op)))
				continue;
			if (op == OP_SYSCALL ? forbids_call(w, never, &r) : decide_covers(w->k->meaning, never, &r))
				return &ir->nevers[i];
		}
	return NULL;
}

/* ---- a profile of the library ---- */

static bool profile_allows(const struct why *w, const char *name, const char *targets)
{
	struct compile_options opt = *w->k->opt;
	struct compile k;
	opt.path = "the library";
	opt.text = arena_printf(w->arena, "sbx 1\npolicy p {\n    targets %s\n    entry \"/sbx\"\n    isolate none\n    use %s\n}\n",
				targets, name);
	opt.n_sets = opt.n_given = 0; /* the question's values are its own policy's */
	opt.emit = EMIT_NONE;
	opt.recording = NULL;
	bool yes = compile_read(&k, &opt) == COMPILE_OK && k.question && k.question->n_expect == 1;
	struct asker *asker = yes ? asker_new(k.arena, k.meaning) : NULL;
	for (unsigned t = 0; yes && t < TARGET_COUNT; t++) {
		if (!(k.question->expect[0].targets & w->targets & TARGET_BIT(t)))
			continue;
		struct outcomes all = ask(asker, &k.question->expect[0], NULL, 0, (enum target)t);
		yes = all.n > 0 && !all.unknown;
		for (unsigned i = 0; i < all.n && yes; i++)
			yes = all.v[i].decision.allow && all.v[i].decision.by && all.v[i].decision.by->profile;
	}
	arena_free(k.arena);
	return yes;
}

static const char *library_profile(const struct why *w)
{
	struct dirent **v;
	const char *found = NULL;
	int n = w->k->opt->std_dir ? scandir(w->k->opt->std_dir, &v, NULL, alphasort) : 0;
	for (int i = 0; i < n; i++) {
		size_t len = strlen(v[i]->d_name);
		if (!found && len > 4 && strcmp(v[i]->d_name + len - 4, ".sbx") == 0) {
			const char *name = arena_printf(w->arena, "std/%.*s", (int)len - 4, v[i]->d_name);
			if (profile_allows(w, name, say_targets(w->arena, w->k->ir->targets)))
				found = arena_printf(w->arena, "use %s", name);
		}
		free(v[i]);
	}
	if (n > 0)
		free(v);
	return found;
}

/* ---- the grant ---- */

/* A policy that has a proxy needs no port of its own: the host is named to that. */
static bool grant_relayed(const struct why *w, const struct request *r, struct why_near *out)
{
	const struct ir *ir = w->k->ir;
	unsigned i = 0;
	while (i < ir->n_rules && ir->rules[i].kind != RULE_RELAY)
		i++;
	if (i == ir->n_rules || r->op != OP_CONNECT_TCP || r->object[0] == '*' || host_covers("localhost", r->object))
		return false;
	const struct ir_rule rule = {.kind = RULE_RELAY, .ops = OP_BIT(OP_RELAY_TCP), .object = r->object, .port_lo = r->port,
				     .port_hi = r->port, .via = ir->rules[i].via};
	out->grant = say_rule(w->arena, &rule, UINT32_MAX);
	out->grants = "exactly this";
	return true;
}

/* What is started on Linux has to be read. */
static uint32_t needed_ops(const struct why *w, const struct why_answer *a)
{
	struct decision d;
	bool starts = (a->ops & OP_BIT(OP_EXEC)) && (w->k->ir->targets & TARGET_BIT(TARGET_LINUX));
	struct request r = *a->example;
	r.op = OP_READ;
	return starts && !allowed(w, &r, r.object, &d) ? a->ops | OP_BIT(OP_READ) | OP_BIT(OP_LIST) : a->ops;
}

/* Linux sees ports and no hosts, so there the least grant of an endpoint is every host on that port. */
static void set_grant(const struct why *w, const struct why_answer *a, struct why_near *out)
{
	const struct request *r = a->example;
	const struct ir_test_expect *e = w->k->question->expect;
	bool inet = r->op == OP_CONNECT_TCP || r->op == OP_CONNECT_UDP || r->op == OP_LISTEN_TCP || r->op == OP_LISTEN_UDP;
	bool all_hosts = inet && (w->k->ir->targets & TARGET_BIT(TARGET_LINUX));
	struct ir_rule rule = {.kind = e->what, .ops = needed_ops(w, a), .object = all_hosts ? "*" : e->object, .port_lo = r->port,
			       .port_hi = r->port, .arches = e->arches ? e->arches : ARCHES_ALL, .cond = e->cond, .action = {.act = ACT_ALLOW}};
	out->grant = say_rule(w->arena, &rule, UINT32_MAX);
	bool listens = r->op == OP_LISTEN_TCP || r->op == OP_LISTEN_UDP;
	out->grants = all_hosts && listens     ? "this port at every address of the host"
		      : all_hosts	       ? "every host on this port"
		      : e->what == RULE_PATH ? "this place and all below it"
		      : e->what == RULE_SYSCALL && e->cond ? "these calls"
		      : e->what == RULE_SYSCALL ? "the call with any arguments"
		      : e->what == RULE_MACOS && macos_word_whole(a->ops) ? "all of the kind" : "exactly this";
}

struct why_near why_nearest(const struct why *w, const struct why_answer *a)
{
	struct why_near near = {.allowed = NULL};
	const struct request *r = a->example;
	const struct decision *d = &a->decision;
	switch (w->k->question->expect->what) {
	case RULE_PATH:
	case RULE_GLOB:
		nearest_path(w, r, &near);
		break;
	case RULE_NET:
		r->op == OP_CONNECT_UNIX || r->op == OP_LISTEN_UNIX ? nearest_path(w, r, &near) : nearest_endpoint(w, r, &near);
		break;
	case RULE_ENV:
		nearest_name(w, r, RULE_ENV, &near);
		break;
	case RULE_MACOS:
		nearest_name(w, r, RULE_MACOS, &near);
		break;
	case RULE_SYSCALL:
		nearest_call(w, r, &near);
		break;
	case RULE_RELAY:
		break; /* never asked about: a connection is */
	case RULE_SIGNAL:
		break; /* all or none */
	}
	bool denied_by_line = d->by && why_rule(w->k->ir, d->by);
	if (denied_by_line)
		return near; /* a deny wins over every allow */
	near.never = forbidden(w, a);
	if (!near.never)
		near.profile = library_profile(w);
	if (!near.never && !near.profile && !grant_relayed(w, r, &near))
		set_grant(w, a, &near);
	return near;
}
