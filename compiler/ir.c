/*
 * ir.c - names of the closed sets, questions about an IR, and its printed form.
 */
#include "ir.h"

#include <errno.h>
#include <string.h>

#include "cond.h"
#include "syscalls.h"

const char *const target_name[TARGET_COUNT] = {
#define TARGET(id, word) [TARGET_##id] = word,
#include "target.def"
};

const char *const arch_name[ARCH_COUNT] = {
#define ARCH(id, word, audit, machine) [ARCH_##id] = word,
#include "arch.def"
};

const enum arch arch_machine[ARCH_COUNT] = {
#define ARCH(id, word, audit, machine) [ARCH_##id] = ARCH_##machine,
#include "arch.def"
};

uint32_t arch_machines(uint32_t arches)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if (arch_machine[a] != a)
			arches &= ~ARCH_BIT(a);
	return arches;
}

const char *const op_name[OP_COUNT] = {
#define OP(id, word, rule) [OP_##id] = word,
#include "op.def"
};

const char *const limit_name[LIMIT_COUNT] = {
#define LIMIT(id, word, unit, cap, help) [LIMIT_##id] = word,
#include "limit.def"
};

const struct limit_range limit_range[LIMIT_COUNT] = {
#define LIMIT_RANGE(limit, least, most, words) [LIMIT_##limit] = {least, most, words},
#include "limit_range.def"
};

uint64_t limit_default(enum limit l)
{
#define LIMIT_DEFAULT(limit, value) \
	if (l == LIMIT_##limit) \
		return value;
#include "limit_default.def"
	return LIMIT_NO_DEFAULT;
}

const char *const cap_name[CAP_COUNT] = {
#define CAP(id, name, help) [CAP_##id] = name,
#include "cap.def"
};

const char *const cap_help[CAP_COUNT] = {
#define CAP(id, name, help) [CAP_##id] = help,
#include "cap.def"
};

const char *const type_name[TYPE_COUNT] = {
#define TYPE(id, word) [TYPE_##id] = word,
#include "type.def"
};

const char *const isolate_name[ISOLATE_COUNT] = {
#define ISOLATE(id, word) [ISOLATE_##id] = word,
#include "isolate.def"
};

const char *const choice_setting[CHOICE_COUNT] = {
#define CHOICE(id, setting, system, ...) [CHOICE_##id] = setting,
#include "choice.def"
};

enum {
	ON_LINUX = TARGET_BIT(TARGET_LINUX),
	ON_MACOS = TARGET_BIT(TARGET_MACOS),
	ON_ALL = ON_LINUX | ON_MACOS,
};
const uint32_t choice_targets[CHOICE_COUNT] = {
#define CHOICE(id, setting, systems, ...) [CHOICE_##id] = ON_##systems,
#include "choice.def"
};

const char *const choice_word[CHOICE_COUNT][CHOICE_MAX_WORDS] = {
#define CHOICE(id, setting, system, ...) [CHOICE_##id] = {__VA_ARGS__},
#include "choice.def"
};

static const char *const rule_kind_name[] = {
    [RULE_PATH] = "path", [RULE_NET] = "net", [RULE_ENV] = "env", [RULE_SYSCALL] = "syscall", [RULE_MACOS] = "macos",
    [RULE_RELAY] = "relay", [RULE_SIGNAL] = "signal", [RULE_GLOB] = "glob",
};

static const struct ir_rule *first_allow(const struct ir *ir, enum target t, uint32_t ops)
{
	for (unsigned i = 0; i < ir->n_rules; i++) {
		const struct ir_rule *r = &ir->rules[i];
		if (!r->deny && (r->ops & ops) && (r->targets & TARGET_BIT(t)))
			return r;
	}
	return NULL;
}

bool ir_rule_everywhere(const struct ir *ir, const struct ir_rule *r)
{
	return (r->arches & ir->arches) == ir->arches;
}

bool ir_allows_any(const struct ir *ir, enum target t, uint32_t ops)
{
	return first_allow(ir, t, ops) != NULL;
}

const struct origin *ir_first_allow(const struct ir *ir, enum target t, uint32_t ops)
{
	const struct ir_rule *r = first_allow(ir, t, ops);
	return r ? r->origin[__builtin_ctz(r->ops & ops)] : NULL;
}

const struct origin *ir_preferred(const struct ir *ir, enum target t, enum cap cap)
{
	for (unsigned i = 0; i < ir->n_wants; i++) {
		const struct ir_want *w = &ir->wants[i];
		if (w->cap == cap && w->prefer && (w->targets & TARGET_BIT(t)))
			return w->origin;
	}
	return NULL;
}

const struct ir_limit *ir_no_process(const struct ir *ir, enum target t)
{
	static const enum limit counts[] = {LIMIT_PIDS, LIMIT_PROCESSES};
	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		const struct ir_limit *l = &ir->limit[t][counts[i]];
		if (l->set && !l->param && l->value == 1)
			return l;
	}
	return NULL;
}

/* ---- printing ---- */

struct ir_printer {
	const struct ir *ir;
	const struct src *src;
	FILE *out;
	struct arena *arena;
};

static void put_origin(const struct ir_printer *p, const struct origin *o)
{
	if (!o || !p->src)
		return;
	fprintf(p->out, "  # %s", src_where(p->src, p->arena, o->loc));
	if (!loc_none(o->used_at))
		fprintf(p->out, " by %s", src_where(p->src, p->arena, o->used_at));
}

static void put_set(FILE *out, const char *const *names, unsigned n, uint32_t set)
{
	const char *sep = "";
	for (unsigned i = 0; i < n; i++) {
		if (!(set & (1u << i)))
			continue;
		fprintf(out, "%s%s", sep, names[i]);
		sep = ",";
	}
}

static void print_rule(const struct ir_printer *p, const char *verb, const struct ir_rule *r)
{
	fprintf(p->out, "%s %s ", verb, rule_kind_name[r->kind]);
	put_set(p->out, op_name, OP_COUNT, r->ops);
	fputs(" on ", p->out);
	put_set(p->out, target_name, TARGET_COUNT, r->targets);
	if (!ir_rule_everywhere(p->ir, r)) {
		fputs(" arch ", p->out);
		put_set(p->out, arch_name, ARCH_COUNT, r->arches);
	}
	if (r->flags & RULE_IF_EXISTS)
		fputs(" if-exists", p->out);
	if (r->flags & RULE_MAKE_DIR)
		fputs(" make-dir", p->out);
	if (r->flags & RULE_NOFOLLOW)
		fputs(" nofollow", p->out);
	if (r->flags & RULE_PROXY)
		fputs(" proxy", p->out);
	if (r->flags & RULE_DISCARD)
		fputs(" discard", p->out);
	if (r->kind == RULE_NET && r->port_var)
		fprintf(p->out, " port ${%s}", r->port_var);
	else if (r->kind == RULE_NET || r->kind == RULE_RELAY)
		fprintf(p->out, " port %u-%u", r->port_lo, r->port_hi);
	fprintf(p->out, " \"%s\"", r->object);
	if (r->via)
		fprintf(p->out, " via %s", r->via->name);
	if (r->glob)
		fprintf(p->out, " matching \"%s\"", r->glob);
	if (r->cond)
		fprintf(p->out, " where %s",
			cond_text(p->arena, syscall_by_name(r->object),
				  (enum arch)__builtin_ctz(r->arches), r->cond));
	if (r->kind == RULE_SYSCALL && r->action.act != (r->deny ? ACT_ERRNO : ACT_ALLOW))
		fprintf(p->out, " with %s", action_word(p->arena, r->action));
	else if (r->kind == RULE_SYSCALL && r->deny && r->action.data != EPERM)
		fprintf(p->out, " with %s", action_word(p->arena, r->action));
	put_origin(p, r->origin[__builtin_ctz(r->ops)]);
	fputc('\n', p->out);
	for (unsigned i = 0; i < r->n_holes; i++)
		fprintf(p->out, "  except \"%s\"\n", r->holes[i].path);
}

static void print_limits(const struct ir_printer *p, const struct ir *ir)
{
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT; l++) {
			const struct ir_limit *limit = &ir->limit[t][l];
			if (!limit->set)
				continue;
			fprintf(p->out, "limit %s on %s = ", limit_name[l], target_name[t]);
			if (limit->param)
				fprintf(p->out, "${%s}, at most ", limit->param);
			fprintf(p->out, "%llu", (unsigned long long)limit->value);
			put_origin(p, limit->origin);
			fputc('\n', p->out);
		}
}

static void print_wants(const struct ir_printer *p, const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_wants; i++) {
		const struct ir_want *w = &ir->wants[i];
		fprintf(p->out, "%s %s on ", w->prefer ? "prefer" : "require", cap_name[w->cap]);
		put_set(p->out, target_name, TARGET_COUNT, w->targets);
		put_origin(p, w->origin);
		fputc('\n', p->out);
	}
}

static void print_syscalls(const struct ir_printer *p, const struct ir *ir)
{
	if (ir->syscalls_exact) {
		fputs("syscalls exact", p->out);
		put_origin(p, ir->exact_origin);
		fputc('\n', p->out);
	}
	if (ir->default_origin) {
		fprintf(p->out, "default syscall with %s", action_word(p->arena, ir->sys_default));
		put_origin(p, ir->default_origin);
		fputc('\n', p->out);
	}
	if (ir->unknown_origin) {
		fprintf(p->out, "unknown syscall with %s", action_word(p->arena, ir->sys_unknown));
		put_origin(p, ir->unknown_origin);
		fputc('\n', p->out);
	}
}

static void end_line(const struct ir_printer *p, const struct origin *o)
{
	put_origin(p, o);
	fputc('\n', p->out);
}

static void print_places(const struct ir_printer *p, const struct ir_around *around)
{
	for (unsigned i = 0; i < around->n_places; i++) {
		const struct ir_place *place = &around->places[i];
		if (place->kind == PLACE_MOUNT)
			fprintf(p->out, "mount \"%s\" at \"%s\"", place->source, place->at);
		else if (place->size_param)
			fprintf(p->out, "scratch \"%s\" size ${%s}", place->at, place->size_param);
		else
			fprintf(p->out, "scratch \"%s\" size %llu", place->at,
				(unsigned long long)place->size);
		end_line(p, place->origin);
	}
}

/* " on macos" where a line may be meant for either system. */
static const char *on_system(unsigned t)
{
	return t == TARGET_MACOS ? " on macos" : "";
}

static void print_choices(const struct ir_printer *p, const struct ir *ir, unsigned t)
{
	for (unsigned c = 0; c < CHOICE_COUNT; c++) {
		const struct ir_choice *choice = &ir->choice[t][c];
		if (!choice->origin && choice->value == 0)
			continue;
		fprintf(p->out, "%s %s%s", choice_setting[c], choice_word[c][choice->value],
			choice_targets[c] == ON_MACOS ? "" : on_system(t));
		end_line(p, choice->origin);
	}
}

/* What was written, and root where it follows from `isolate`. */
static void print_around(const struct ir_printer *p, const struct ir *ir)
{
	const struct ir_around *around = &ir->around;
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		print_choices(p, ir, t);
	print_places(p, around);
	if (around->discard_origin) {
		if (around->discard_param)
			fprintf(p->out, "discard size ${%s}", around->discard_param);
		else
			fprintf(p->out, "discard size %llu", (unsigned long long)around->discard_size);
		end_line(p, around->discard_origin);
	}
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (around->directory[t].path) {
			fprintf(p->out, "directory \"%s\"%s", around->directory[t].path, on_system(t));
			end_line(p, around->directory[t].origin);
		}
	if (around->hostname) {
		fprintf(p->out, "hostname \"%s\"", around->hostname);
		end_line(p, around->hostname_origin);
	}
	if (around->user_set) {
		if (around->user_param)
			fprintf(p->out, "user ${%s}", around->user_param);
		else
			fprintf(p->out, "user %u", around->user);
		end_line(p, around->user_origin);
	}
}

/* Where the rest comes from; with the places left out, policies that mean the same print the same. */
static void print_bases(const struct ir_printer *p, const struct ir *ir)
{
	for (unsigned i = 0; i < ir->n_bases; i++)
		fprintf(p->out, "extends %s version \"%s\"  # %s\n", ir->bases[i].name, ir->bases[i].version,
			src_where(p->src, p->arena, ir->bases[i].loc));
	for (unsigned i = 0; i < ir->n_drops; i++) {
		fputs(ir->drops[i].text, p->out);
		put_origin(p, ir->drops[i].origin);
		fputc('\n', p->out);
	}
}

static void print_head(const struct ir_printer *p, const struct ir *ir)
{
	fprintf(p->out, "policy %s version \"%s\" edition %u\ntargets ", ir->name, ir->version, ir->edition);
	put_set(p->out, target_name, TARGET_COUNT, ir->targets);
	if (ir->arches != ARCHES_USUAL) {
		fputs("\nabi ", p->out);
		put_set(p->out, arch_name, ARCH_COUNT, ir->arches);
		put_origin(p, ir->arches_origin);
	}
	fputs("\nisolate ", p->out);
	if (ir->isolate)
		put_set(p->out, isolate_name, ISOLATE_COUNT, ir->isolate);
	else
		fputs("none", p->out);
	if (ir->isolate_origin && ir->isolate_targets != ir->targets)
		fputs(" on linux", p->out);
	put_origin(p, ir->isolate_origin);
	fputc('\n', p->out);
	print_around(p, ir);
	if (p->src)
		print_bases(p, ir);
	if (ir->entry) {
		fprintf(p->out, "entry \"%s\"", ir->entry);
		put_origin(p, ir->entry_origin);
		fputc('\n', p->out);
	}
	for (unsigned i = 0; i < ir->n_params; i++)
		fprintf(p->out, "param %s: %s %s%s\n", ir->params[i].name, type_name[ir->params[i].type],
			ir->params[i].value ? "default " : "required", ir->params[i].value ? ir->params[i].value : "");
}

void ir_print(const struct ir *ir, const struct src *src, FILE *out)
{
	struct ir_printer p = {.ir = ir, .src = src, .out = out, .arena = arena_new()};
	print_head(&p, ir);
	print_syscalls(&p, ir);
	for (unsigned i = 0; i < ir->n_rules; i++)
		print_rule(&p, ir->rules[i].deny ? "deny" : "allow", &ir->rules[i]);
	for (unsigned i = 0; i < ir->n_nevers; i++)
		print_rule(&p, "never allow", &ir->nevers[i].rule);
	for (unsigned i = 0; i < ir->n_env_set; i++) {
		fprintf(out, "set env %s = \"%s\" on ", ir->env_set[i].name, ir->env_set[i].value);
		put_set(out, target_name, TARGET_COUNT, ir->env_set[i].targets);
		put_origin(&p, ir->env_set[i].origin);
		fputc('\n', out);
	}
	if (ir->no_default_limits) {
		fputs("default limits none", out);
		put_origin(&p, ir->no_defaults_origin);
		fputc('\n', out);
	}
	print_limits(&p, ir);
	print_wants(&p, ir);
	for (unsigned i = 0; i < ir->n_tests; i++)
		fprintf(out, "test \"%s\" given %u expect %u\n", ir->tests[i].title, ir->tests[i].n_given,
			ir->tests[i].n_expect);
	arena_free(p.arena);
}
