/*
 * manifest.c - writes plan.yaml through libyaml, and the checksums.
 */
#include "manifest.h"

#include <stdlib.h>
#include <string.h>

#include "../runtime/plan.h"
#include "../runtime/sha256.h"
#include "say.h"
#include "str.h"
#include "syscalls.h"
#include "yaml_out.h"

static void put_where(struct yaml_out *y, const struct compile *c, const char *name, const struct origin *o)
{
	if (o)
		yaml_text(y, name, src_where(c->src, c->arena, o->loc));
	if (o && o->because)
		yaml_text(y, "because", o->because);
}

static void put_head(struct yaml_out *y, const struct compile *c, const char *plan_id)
{
	const struct ir *ir = c->ir;
	yaml_number(y, "plan", PLAN_VERSION);
	yaml_text(y, "id", plan_id);
	yaml_text(y, "sbxc", SBX_VERSION);
	yaml_text(y, "policy", ir->name);
	yaml_text(y, "version", ir->version);
	yaml_text(y, "about", ir->about);
	yaml_number(y, "edition", ir->edition);
	yaml_list(y, "targets", true);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (ir->targets & TARGET_BIT(t))
			yaml_scalar(y, target_name[t], false);
	yaml_list_end(y);
	if (ir->arches != ARCHES_USUAL && (ir->targets & TARGET_BIT(TARGET_LINUX))) {
		yaml_list(y, "abis", true);
		for (unsigned a = 0; a < ARCH_COUNT; a++)
			if (ir->arches & ARCH_BIT(a))
				yaml_scalar(y, arch_name[a], false);
		yaml_list_end(y);
	}
	if (ir->entry)
		yaml_text(y, "entry", ir->entry);
}

/* What the policy extends, the nearest first, and what it takes from that. */
static void put_bases(struct yaml_out *y, const struct compile *c)
{
	if (c->ir->n_bases)
		yaml_list(y, "bases", false);
	for (unsigned i = 0; i < c->ir->n_bases; i++) {
		yaml_map(y);
		yaml_text(y, "name", c->ir->bases[i].name);
		yaml_text(y, "version", c->ir->bases[i].version);
		yaml_text(y, "at", src_where(c->src, c->arena, c->ir->bases[i].loc));
		yaml_map_end(y);
	}
	if (c->ir->n_bases)
		yaml_list_end(y);
	if (c->ir->n_drops)
		yaml_list(y, "drops", false);
	for (unsigned i = 0; i < c->ir->n_drops; i++) {
		yaml_map(y);
		yaml_text(y, "line", c->ir->drops[i].text);
		put_where(y, c, "at", c->ir->drops[i].origin);
		yaml_map_end(y);
	}
	if (c->ir->n_drops)
		yaml_list_end(y);
}

static void put_guarantee(struct yaml_out *y, const struct compile *c, const struct guarantee *g)
{
	yaml_map(y);
	yaml_word(y, "name", cap_name[g->cap]);
	yaml_word(y, "target", target_name[g->target]);
	yaml_word(y, "level", level_name[g->answer.level]);
	yaml_word(y, "is", g->preferred ? "preferred" : "required");
	if (g->answer.mechanism)
		yaml_text(y, "mechanism", g->answer.mechanism);
	if (g->answer.note)
		yaml_text(y, "note", g->answer.note);
	put_where(y, c, "at", g->origin);
	yaml_map_end(y);
}

/* Everything a reader must know that does not hold as plainly as its name says; ids are stable: CAP@TARGET. */
static void put_caveats(struct yaml_out *y, const struct compile *c, const struct guarantees *g)
{
	yaml_list(y, "caveats", false);
	for (unsigned i = 0; i < g->n; i++) {
		if (!guarantee_is_caveat(&g->v[i]))
			continue;
		const struct origin *prefer = ir_preferred(c->ir, g->v[i].target, g->v[i].cap);
		yaml_map(y);
		yaml_text(y, "id", arena_printf(c->arena, "%s@%s", cap_name[g->v[i].cap], target_name[g->v[i].target]));
		yaml_word(y, "level", level_name[g->v[i].answer.level]);
		yaml_text(y, "note", say_caveat(c->arena, &g->v[i]));
		put_where(y, c, "accepted", prefer);
		yaml_map_end(y);
	}
	yaml_list_end(y);
}

static void put_params(struct yaml_out *y, const struct compile *c)
{
	yaml_list(y, "load-time-params", false);
	for (unsigned i = 0; i < c->ir->n_params; i++) {
		const struct ir_param *p = &c->ir->params[i];
		yaml_map(y);
		yaml_word(y, "name", p->name);
		yaml_word(y, "type", type_name[p->type]);
		if (p->value)
			yaml_text(y, "default", p->value);
		if (p->about)
			yaml_text(y, "about", p->about);
		yaml_map_end(y);
	}
	yaml_list_end(y);
	yaml_list(y, "set", false);
	for (unsigned i = 0; i < c->opt->n_sets; i++) {
		yaml_map(y);
		yaml_text(y, "name", c->opt->sets[i].name);
		yaml_text(y, "value", c->opt->sets[i].value);
		yaml_map_end(y);
	}
	yaml_list_end(y);
}

static void put_limits(struct yaml_out *y, const struct compile *c)
{
	static const char *const unit[LIMIT_COUNT] = {
#define SIZE "bytes"
#define DURATION "milliseconds"
#define PERCENT "percent of one CPU"
#define COUNT "count"
#define LIMIT(id, word, u, cap, help) [LIMIT_##id] = u,
#include "limit.def"
#undef SIZE
#undef DURATION
#undef PERCENT
#undef COUNT
	};
	yaml_list(y, "limits", false);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT; l++) {
			const struct ir_limit *limit = &c->ir->limit[t][l];
			if (!limit->set)
				continue;
			yaml_map(y);
			yaml_word(y, "name", limit_name[l]);
			yaml_word(y, "target", target_name[t]);
			if (limit->param)
				yaml_text(y, "param", limit->param);
			yaml_number(y, "value", limit->value);
			yaml_text(y, "unit", unit[l]);
			put_where(y, c, "at", limit->origin);
			yaml_map_end(y);
		}
	yaml_list_end(y);
}

static int by_name(const void *x, const void *y)
{
	return strcmp((*(const struct src_file *const *)x)->name, (*(const struct src_file *const *)y)->name);
}

static void put_inputs(struct yaml_out *y, const struct compile *c)
{
	const struct src_file *files[SRC_MAX_FILES];
	size_t n = 0;
	while (n < SRC_MAX_FILES && (files[n] = src_nth(c->src, n)))
		n++;
	qsort(files, n, sizeof(files[0]), by_name);
	yaml_list(y, "inputs", false);
	for (size_t i = 0; i < n; i++) {
		char hex[SHA256_HEX + 1];
		sha256_hex(files[i]->text, files[i]->size, hex);
		yaml_map(y);
		yaml_text(y, "name", files[i]->name);
		yaml_text(y, "sha256", hex);
		yaml_map_end(y);
	}
	yaml_list_end(y);
}

static void put_outputs(struct yaml_out *y, const struct artifact *v, unsigned n)
{
	yaml_list(y, "outputs", false);
	for (unsigned i = 0; i < n; i++) {
		char hex[SHA256_HEX + 1];
		sha256_hex(v[i].data, v[i].size, hex);
		yaml_map(y);
		yaml_text(y, "name", v[i].name);
		yaml_number(y, "bytes", v[i].size);
		yaml_text(y, "sha256", hex);
		yaml_map_end(y);
	}
	yaml_list_end(y);
}

/* system call -> the line that allows or denies it; derived ones name what brought them. */
static void put_syscalls(struct yaml_out *y, const struct compile *c, const struct meaning *m)
{
	const struct sys_policy *p = meaning_syscalls(m);
	if (!(c->ir->targets & TARGET_BIT(TARGET_LINUX)))
		return;
	yaml_list(y, "syscalls", false);
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_rule *r = &p->rules[i];
		if (!r->origin)
			continue;
		yaml_map(y);
		yaml_word(y, "name", r->call->name);
		yaml_word(y, "is", r->deny ? "denied" : r->cond ? "allowed with conditions" : "allowed");
		if (r->reason)
			yaml_text(y, "by", r->reason);
		yaml_text(y, "at", src_where(c->src, c->arena, r->origin->loc));
		yaml_map_end(y);
	}
	yaml_list_end(y);
}

static void put_document(struct yaml_out *y, const struct compile *c, const struct meaning *m, const struct guarantees *g,
			 const char *plan_id, const struct artifact *v, unsigned n)
{
	yaml_map(y);
	put_head(y, c, plan_id);
	put_bases(y, c);
	yaml_list(y, "guarantees", false);
	for (unsigned i = 0; i < g->n; i++)
		put_guarantee(y, c, &g->v[i]);
	yaml_list_end(y);
	put_caveats(y, c, g);
	put_limits(y, c);
	put_params(y, c);
	put_syscalls(y, c, m);
	put_inputs(y, c);
	put_outputs(y, v, n);
	yaml_map_end(y);
}

const char *manifest_yaml(const struct compile *c, const struct meaning *m, const struct guarantees *g, const char *plan_id,
			  const struct artifact *v, unsigned n, size_t *size)
{
	struct yaml_out *y = yaml_begin(c->arena);
	if (!y)
		return NULL;
	put_document(y, c, m, g, plan_id, v, n);
	return yaml_end(y, size);
}

/* ---- checksums and the plan id ---- */

static int by_artifact_name(const void *x, const void *y)
{
	return strcmp(((const struct artifact *)x)->name, ((const struct artifact *)y)->name);
}

const char *manifest_sums(struct arena *a, const struct artifact *v, unsigned n, size_t *size)
{
	struct artifact *sorted = ARENA_ARRAY(a, n, struct artifact);
	struct buf b = buf_new(a);
	memcpy(sorted, v, n * sizeof(*v));
	qsort(sorted, n, sizeof(*sorted), by_artifact_name);
	for (unsigned i = 0; i < n; i++) {
		char hex[SHA256_HEX + 1];
		sha256_hex(sorted[i].data, sorted[i].size, hex);
		buf_printf(&b, "%s  %s\n", hex, sorted[i].name);
	}
	*size = b.len;
	return buf_str(&b);
}

enum { ID_WITHIN = 1024 }; /* an artifact that carries the id does so in its first lines */
static const char ZERO_ID[] = MANIFEST_NO_ID;

const char *manifest_stamp(struct arena *a, struct artifact *v, unsigned n)
{
	char hex[SHA256_HEX + 1];
	size_t size;
	const char *sums = manifest_sums(a, v, n, &size); /* names, and bytes whose ids are still zero */
	sha256_hex(sums, size, hex);
	const char *id = arena_strndup(a, hex, PLAN_ID_LEN);
	for (unsigned i = 0; i < n; i++) {
		size_t head = v[i].size < ID_WITHIN ? v[i].size : ID_WITHIN;
		const char *zero = memmem(v[i].data, head, ZERO_ID, PLAN_ID_LEN);
		if (!zero)
			continue;
		char *copy = arena_strndup(a, v[i].data, v[i].size);
		memcpy(copy + (zero - v[i].data), id, PLAN_ID_LEN);
		v[i].data = copy;
	}
	return id;
}
