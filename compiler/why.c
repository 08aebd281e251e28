/*
 * why.c - asks the meaning and the models, and prints what they say. Nothing here decides.
 */
#include "why.h"

#include <string.h>

#include "cond.h"
#include "json.h"
#include "say.h"
#include "str.h"
#include "syscalls.h"
#include "template.h"

/* ---- how it shows ---- */

static const char *action_shows(struct arena *a, struct sys_action action)
{
	switch (action.act) {
	case ACT_KILL_PROCESS:
		return "the process is killed (SIGSYS)";
	case ACT_KILL_THREAD:
		return "the thread is killed";
	case ACT_TRAP:
		return "signal SIGSYS";
	case ACT_ERRNO:
		return strchr(action_word(a, action), ' ') + 1;
	case ACT_NOTIFY:
		return "the supervisor answers";
	case ACT_TRACE:
		return "the tracer answers";
	case ACT_LOG:
	case ACT_ALLOW:
		break;
	}
	return "it passes";
}

/* A private view shows what may only be read on a mount that is read-only. */
#define WRITING (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE))

/* Does the program see a tree of its own, where what no line gives is not there? */
static bool root_private(const struct why *w)
{
	if (!w->from_plan)
		return w->k->ir->choice[TARGET_LINUX][CHOICE_ROOT].value == ROOT_PRIVATE;
	const struct artifact *launch = plan_file(&w->plan->files, "launch.conf");
	return launch && strstr(launch->data, "\nroot private\n");
}

/* Is writing taken out of an allowed tree, where views are mounted? */
static bool taken_out(const struct why *w, const struct request *r)
{
	if (w->from_plan || !(OP_BIT(r->op) & WRITING) || root_private(w) ||
	    !(w->k->ir->isolate & ISOLATE_BIT(ISOLATE_MOUNT)))
		return false;
	struct decision d = decide(w->k->meaning, r);
	return d.by || d.hole;
}

/* What a program sees of a refusal by this back end. */
static const char *shows(struct why *w, const struct backend *b, const struct request *r, const struct model_verdict *v)
{
	bool scoped = r->op == OP_SIGNAL || (r->object && r->object[0] == '@');
	if (r->op == OP_ENV)
		return "the variable is not set";
	if (strcmp(b->name, "seccomp") == 0)
		return action_shows(w->arena, v->action);
	bool named = r->op <= OP_IOCTL || (r->op == OP_CONNECT_UNIX && !scoped);
	bool hidden = named && root_private(w);
	if (strcmp(b->name, "landlock") == 0 && taken_out(w, r))
		return r->op == OP_DELETE ? "EBUSY where it is covered itself, EROFS below what is, EACCES elsewhere"
					  : "EROFS where a mount takes writing away, EACCES elsewhere";
	if (strcmp(b->name, "landlock") == 0 && hidden)
		return r->op == OP_DELETE            ? "ENOENT; EBUSY, EROFS or EACCES where it is shown for another use"
		       : OP_BIT(r->op) & WRITING ? "ENOENT; EROFS or EACCES where it is shown for another use"
						 : "ENOENT; EACCES where it is shown for another use";
	if (strcmp(b->name, "landlock") == 0)
		return scoped ? "EPERM" : "EACCES";
	if (r->op == OP_MACH)
		return "the service is not found (BOOTSTRAP_NOT_PRIVILEGED)";
	bool has_errno = r->op < OP_IOKIT_OPEN || r->op > OP_PREFERENCE_WRITE;
	return r->target == TARGET_MACOS && has_errno ? "EPERM" : "refused";
}

/* The filter looks at a call before Landlock looks at what it names. */
static bool comes_first(const struct backend *b)
{
	return strcmp(b->name, "seccomp") == 0;
}

static void ask_models(struct why *w, const struct request *r, struct why_side *s)
{
	for (unsigned i = 0; w->models && i < w->models->n_models; i++) {
		const struct backend *b = w->models->models[i].backend;
		const void *model = w->models->models[i].model;
		if (!(b->targets & TARGET_BIT(r->target)))
			continue;
		struct model_verdict v = b->model_decide(model, w->arena, r);
		if (b->baseline && !w->from_plan && !s->open && !b->baseline(meaning_ir(w->k->meaning), r, &s->open))
			s->open = NULL;
		s->refuses |= v.refuses;
		if (!v.stops || (s->stops && !comes_first(b)))
			continue;
		s->stops = true;
		s->by = b->name;
		s->where = model_where(w->arena, &v);
		s->shows = shows(w, b, r, &v);
	}
	/* A denied pattern that nothing keeps: print_caveats() has no guarantee that is about it. */
	const struct guarantee *g = w->models && !w->from_plan && !s->stops && !s->open && !decide(w->k->meaning, r).allow
				    ? validator_excuse(w->models, r) : NULL;
	if (g && g->cap == CAP_FS_GLOB_LIVE)
		s->open = g->answer.note;
	/* What is refused to the program itself, a proxy may do for it. */
	if (s->stops && r->op == OP_CONNECT_TCP && !validator_verdict(w->models, r).stops)
		*s = (struct why_side){.asked = true, .relayed = true};
}

/* ---- asking ---- */

static bool same_decision(const struct decision *x, const struct decision *y)
{
	return x->allow == y->allow && x->by == y->by && x->hole == y->hole && x->near_allow == y->near_allow &&
	       x->action.act == y->action.act && x->action.data == y->action.data &&
	       strcmp(x->reason ? x->reason : "", y->reason ? y->reason : "") == 0;
}

static struct why_answer *answer_for(struct why *w, const struct outcome *o, bool call)
{
	for (unsigned i = 0; i < w->n; i++)
		if (same_decision(&w->answers[i].decision, &o->decision) && (w->answers[i].ops == OP_BIT(OP_SYSCALL)) == call)
			return &w->answers[i];
	ARENA_GROW(w->arena, w->answers, w->n);
	struct why_answer *a = &w->answers[w->n++];
	*a = (struct why_answer){.decision = o->decision, .example = &o->request};
	return a;
}

static void add_outcome(struct why *w, struct outcome *o)
{
	struct why_side side = {.asked = true};
	ask_models(w, &o->request, &side);
	if (w->from_plan) {
		o->decision = (struct decision){.allow = !side.stops};
		if (side.by && strcmp(side.by, "seccomp") == 0 && o->request.op == OP_SYSCALL)
			o->decision.reason = side.shows; /* keeps different actions apart */
	}
	struct why_answer *a = answer_for(w, o, o->request.op == OP_SYSCALL);
	a->ops |= OP_BIT(o->request.op);
	a->arches |= ARCH_BIT(o->request.arch);
	if (!a->side[o->request.target].asked)
		a->side[o->request.target] = side;
}

void why_ask(struct why *w)
{
	const struct ir_test *q = w->k->question;
	struct asker *k = asker_new(w->arena, w->k->meaning);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned i = 0; i < q->n_expect; i++) {
			if (!(q->expect[i].targets & w->targets & TARGET_BIT(t)))
				continue;
			struct outcomes all = ask(k, &q->expect[i], q->given, q->n_given, (enum target)t);
			w->unknown |= all.unknown;
			for (unsigned o = 0; o < all.n; o++)
				add_outcome(w, &all.v[o]);
		}
}

bool why_denied(const struct why *w)
{
	for (unsigned i = 0; i < w->n; i++)
		if (!w->answers[i].decision.allow)
			return true;
	return w->unknown || w->n == 0;
}

/* A line that sends something through a proxy makes two rules: itself, and the way to the proxy. */
const struct ir_rule *why_rule(const struct ir *ir, const struct origin *o)
{
	const struct ir_rule *way = NULL;
	for (unsigned i = 0; o && i < ir->n_rules; i++)
		for (unsigned op = 0; op < OP_COUNT; op++) {
			if (ir->rules[i].origin[op] != o)
				continue;
			if (!(ir->rules[i].flags & RULE_PROXY))
				return &ir->rules[i];
			way = &ir->rules[i];
		}
	return way;
}

/* ---- text ---- */

/* The line as it would be written today; for what is no rule, as it stands in the file. */
static const char *line_text(const struct why *w, const struct origin *o)
{
	const struct ir_rule *r = why_rule(w->k->ir, o);
	if (!r)
		return src_text(w->k->src, w->arena, o->loc);
	struct ir_rule plain = *r;
	plain.n_holes = 0; /* the one that matters is named apart */
	return say_rule(w->arena, &plain, UINT32_MAX);
}

static void print_line(const struct why *w, FILE *out, const struct origin *o)
{
	fprintf(out, "  %s  %s\n", say_origin(w->arena, w->k->src, o), line_text(w, o));
	if (o->because)
		fprintf(out, "    because %s\n", say_string(w->arena, o->because));
}

/* What a rule of another kind needs the call for; a line about the call itself brings nothing. */
static bool brings(const char *reason)
{
	return reason && strcmp(reason, "allow syscall") != 0 && strcmp(reason, "deny syscall") != 0;
}

static void print_reason(const struct why *w, FILE *out, const struct why_answer *a)
{
	const struct decision *d = &a->decision;
	bool call = a->ops == OP_BIT(OP_SYSCALL);
	if (w->from_plan)
		return;
	if (d->by) {
		print_line(w, out, d->by);
		if (call && brings(d->reason))
			fprintf(out, "    which brings %s\n", d->reason);
	} else if (d->hole) {
		print_line(w, out, d->near_allow);
		fprintf(out, "    covers it, but for its `except %s` (%s)\n", say_template(w->arena, d->hole->path),
			src_where(w->k->src, w->arena, d->hole->loc));
	} else if (call && d->allow && d->reason) {
		fprintf(out, "  no line of the policy: %s\n", d->reason);
	} else {
		fprintf(out, "  %s\n", d->reason ? d->reason : "no rule allows it");
	}
}

static void print_side(const struct why *w, FILE *out, const struct why_answer *a, enum target t)
{
	const struct why_side *s = &a->side[t];
	if (!s->asked || !w->models)
		return;
	if (s->refuses)
		fprintf(out, "  on %s: with these values the loader would refuse to start\n", target_name[t]);
	else if (a->decision.allow && s->stops)
		fprintf(out, "  on %s: %s stops it all the same: %s\n", target_name[t], s->by, s->shows);
	else if (s->stops)
		fprintf(out, "  on %s: %s (%s%s%s)\n", target_name[t], s->shows, s->by, w->from_plan && s->where ? ", " : "",
			w->from_plan && s->where ? s->where : "");
	else if (s->relayed)
		fprintf(out, "  on %s: through the proxy only\n", target_name[t]);
	else if (!a->decision.allow)
		fprintf(out, "  on %s: NOT STOPPED%s%s\n", target_name[t], s->open ? ": " : "", s->open ? s->open : "");
}

/* Is the guarantee about places that a line takes out of what others allow? What no line covers does not rest on it. */
static bool about_holes(enum cap c)
{
	return c == CAP_FS_READ_DENY || c == CAP_FS_WRITE_DENY_PATH || c == CAP_FS_EXEC_DENY || c == CAP_FS_GLOB_LIVE;
}

/* What must be known about the guarantee that this answer rests on. */
static void print_caveats(const struct why *w, FILE *out, const struct why_answer *a, enum target t)
{
	unsigned n;
	const enum cap *caps = validator_caps(a->example->op, &n);
	for (unsigned i = 0; i < n && !w->from_plan && !a->decision.allow && a->side[t].asked; i++) {
		const struct guarantee *g = guarantee_find(&w->k->guarantees, t, caps[i]);
		bool taken_out = a->decision.by || a->decision.hole;
		if (g && guarantee_is_caveat(g) && (taken_out || !about_holes(caps[i])))
			fprintf(out, "  caveat %s@%s: %s%s\n", cap_name[g->cap], target_name[t], say_caveat(w->arena, g),
				g->preferred ? " (preferred)" : "");
	}
}

static void print_near(const struct why *w, FILE *out, const struct why_answer *a)
{
	struct why_near near = why_nearest(w, a);
	if (near.allowed)
		fprintf(out, "  nearest allowed: %s%s%s%s\n", near.allowed, near.at ? "  (" : "",
			near.at ? say_origin(w->arena, w->k->src, near.at) : "", near.at ? ")" : "");
	if (near.never) {
		fprintf(out, "  no line may allow it: %s  never %s\n", say_origin(w->arena, w->k->src, near.never->origin),
			say_rule(w->arena, &near.never->rule, UINT32_MAX));
		if (near.never->origin->because)
			fprintf(out, "    because %s\n", say_string(w->arena, near.never->origin->because));
	}
	if (near.profile)
		fprintf(out, "  a profile of the library allows it, and more: `%s`\n", near.profile);
	if (near.grant)
		fprintf(out, "  if it is meant: `%s` (this would allow %s)\n", near.grant, near.grants);
}

/* The call, and the condition that was asked about when the answer is about all of it. */
static const char *call_text(const struct why *w, const struct request *r)
{
	const struct ir_test_expect *e = w->k->question->expect;
	const struct syscall_desc *call = syscall_by_nr(r->arch, r->nr);
	const char *text = say_request(w->arena, r);
	if (w->n > 1 || w->k->question->n_expect > 1 || !e->cond || !call)
		return text;
	return arena_printf(w->arena, "%s where %s", text, cond_text(w->arena, call, r->arch, e->cond));
}

/* Is it a place that only the start knows, which stands for itself below the root: "/${project}/src"? */
static bool is_symbol(const struct ir *ir, const char *object)
{
	if (!object || strncmp(object, "/${", 3) != 0)
		return false;
	const char *name = object + 3;
	size_t n = strcspn(name, "}");
	for (unsigned i = 0; i < ir->n_params; i++)
		if (strlen(ir->params[i].name) == n && memcmp(ir->params[i].name, name, n) == 0)
			return true;
	return template_builtin_is_path(name, n);
}

static const char *subject(const struct why *w, const struct why_answer *a)
{
	struct request asked = *a->example;
	const struct request *r = &asked;
	if (r->op <= OP_IOCTL && is_symbol(w->k->ir, r->object))
		asked.object++;
	if (a->ops != OP_BIT(r->op)) {
		struct request one = *r;
		const char *text = say_request(w->arena, &one) + strlen(op_name[r->op]);
		return arena_printf(w->arena, "%s%s", say_ops(w->arena, a->ops), text);
	}
	if (r->op != OP_SYSCALL)
		return say_request(w->arena, r);
	if ((a->arches & w->k->ir->arches) == w->k->ir->arches)
		return call_text(w, r);
	return arena_printf(w->arena, "%s on %s", call_text(w, r), arch_name[r->arch]);
}

/* Says of which of several answers this is: on one of two systems, for some of the calls. */
static void print_heading(const struct why *w, FILE *out, const struct why_answer *a)
{
	const uint64_t *v = a->example->args;
	uint32_t sides = 0;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		sides |= a->side[t].asked ? TARGET_BIT(t) : 0;
	fprintf(out, "%-6s %s", a->decision.allow ? "ALLOW" : "DENY", subject(w, a));
	if (w->n > 1 && a->ops != OP_BIT(OP_SYSCALL) && sides != (w->targets & w->k->ir->targets))
		fprintf(out, "  (on %s)", say_targets(w->arena, sides));
	if (w->n > 1 && a->ops == OP_BIT(OP_SYSCALL))
		fprintf(out, "  (for example with 0x%llx, 0x%llx, 0x%llx, 0x%llx)", (unsigned long long)v[0],
			(unsigned long long)v[1], (unsigned long long)v[2], (unsigned long long)v[3]);
	fputc('\n', out);
}

static void print_plan(const struct why *w, FILE *out, const struct why_answer *a)
{
	struct why_lines lines = why_plan_lines(w, a);
	bool asked = a->side[TARGET_LINUX].asked;
	const char *caveat;
	for (unsigned i = 0; asked && i < lines.n; i++)
		if (lines.v[i].gives || !a->decision.allow)
			fprintf(out, "  landlock.conf  %s%s\n    by %s\n", lines.v[i].text,
				lines.v[i].gives ? "" : "   (not that right)", lines.v[i].where);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned i = 0; a->side[t].asked && (caveat = why_plan_caveat(w, a, (enum target)t, i)); i++)
			fprintf(out, "  caveat %s\n", caveat);
	if (asked && !a->decision.allow && lines.nearest)
		fprintf(out, "  nearest allowed: %s  (%s)\n", lines.nearest, lines.nearest_where);
}

static void print_answer(const struct why *w, FILE *out, const struct why_answer *a)
{
	print_heading(w, out, a);
	print_reason(w, out, a);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		print_side(w, out, a, (enum target)t);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		print_caveats(w, out, a, (enum target)t);
	if (w->from_plan)
		print_plan(w, out, a);
	else if (!a->decision.allow)
		print_near(w, out, a);
}

void why_print(const struct why *w, FILE *out)
{
	for (unsigned i = 0; i < w->n; i++)
		print_answer(w, out, &w->answers[i]);
	if (w->unknown)
		fputs("the conditions have too many cases to tell all of it\n", out);
	if (!w->models)
		fputs("the policy is refused, so there is no plan that would show it: see `sbxc check`\n", out);
}

/* ---- JSON ---- */

static void json_origin(struct json *j, const struct why *w, const char *key, const struct origin *o)
{
	if (!o)
		return;
	json_open(j, key, '{');
	json_text(j, "at", src_where(w->k->src, w->arena, o->loc));
	json_text(j, "used-at", loc_none(o->used_at) ? NULL : src_where(w->k->src, w->arena, o->used_at));
	json_text(j, "line", line_text(w, o));
	json_text(j, "because", o->because);
	json_close(j);
}

static void json_side(struct json *j, const struct why_answer *a, enum target t, bool models)
{
	const struct why_side *s = &a->side[t];
	if (!s->asked)
		return;
	json_open(j, NULL, '{');
	json_text(j, "target", target_name[t]);
	if (models) {
		json_bool(j, "stops", s->stops);
		json_text(j, "by", s->by);
		json_text(j, "shows", s->shows);
		json_text(j, "open", s->open);
		if (s->relayed)
			json_bool(j, "relayed", true);
		if (s->refuses)
			json_bool(j, "refuses", true);
	}
	json_close(j);
}

static void json_plan(struct json *j, const struct why *w, const struct why_answer *a)
{
	struct why_lines lines = why_plan_lines(w, a);
	const char *caveat;
	json_open(j, "lines", '[');
	for (unsigned i = 0; a->side[TARGET_LINUX].asked && i < lines.n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "file", "landlock.conf");
		json_text(j, "line", lines.v[i].text);
		json_text(j, "at", lines.v[i].where);
		json_bool(j, "gives", lines.v[i].gives);
		json_close(j);
	}
	json_close(j);
	json_open(j, "caveats", '[');
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned i = 0; a->side[t].asked && (caveat = why_plan_caveat(w, a, (enum target)t, i)); i++)
			json_text(j, NULL, caveat);
	json_close(j);
	if (!a->decision.allow && a->side[TARGET_LINUX].asked)
		json_text(j, "nearest", lines.nearest);
}

static void json_answer(struct json *j, const struct why *w, const struct why_answer *a)
{
	const struct decision *d = &a->decision;
	json_open(j, NULL, '{');
	json_text(j, "request", subject(w, a));
	json_bool(j, "allow", d->allow);
	json_origin(j, w, "line", w->from_plan ? NULL : d->by);
	if (d->hole) {
		json_origin(j, w, "covered-by", d->near_allow);
		json_text(j, "except", d->hole->path);
	}
	json_text(j, "reason", d->reason);
	json_open(j, "targets", '[');
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		json_side(j, a, (enum target)t, w->models != NULL);
	json_close(j);
	if (w->from_plan)
		json_plan(j, w, a);
	if (!d->allow && !w->from_plan) {
		struct why_near near = why_nearest(w, a);
		json_text(j, "nearest", near.allowed);
		json_origin(j, w, "never", near.never ? near.never->origin : NULL);
		json_text(j, "profile", near.profile);
		json_text(j, "grant", near.grant);
	}
	json_close(j);
}

void why_print_json(const struct why *w, FILE *out)
{
	struct json j = json_new(out);
	json_open(&j, NULL, '{');
	json_text(&j, "policy", w->from_plan ? NULL : w->k->ir->name);
	json_open(&j, "answers", '[');
	for (unsigned i = 0; i < w->n; i++)
		json_answer(&j, w, &w->answers[i]);
	json_close(&j);
	json_bool(&j, "complete", !w->unknown);
	json_close(&j);
}
