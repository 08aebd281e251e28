/*
 * manifest.c - writes plan.yaml through libyaml, and the checksums.
 */
#include "manifest.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "../runtime/plan.h"
#include "../runtime/sha256.h"
#include "say.h"
#include "str.h"
#include "syscalls.h"

struct yaml_out {
	yaml_emitter_t emitter;
	struct buf text;
	struct arena *arena;
	bool failed;
};

static int on_write(void *ctx, unsigned char *bytes, size_t n)
{
	buf_add(&((struct yaml_out *)ctx)->text, bytes, n);
	return 1;
}

static void emit(struct yaml_out *y, yaml_event_t *event)
{
	if (!yaml_emitter_emit(&y->emitter, event))
		y->failed = true;
}

static void put_scalar(struct yaml_out *y, const char *text, bool quoted)
{
	yaml_event_t e;
	yaml_char_t *value = (yaml_char_t *)arena_strdup(y->arena, text);
	if (!yaml_scalar_event_initialize(&e, NULL, NULL, value, (int)strlen(text), 1, 1,
					  quoted ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_PLAIN_SCALAR_STYLE))
		y->failed = true;
	else
		emit(y, &e);
}

static void key(struct yaml_out *y, const char *name)
{
	put_scalar(y, name, false);
}

static void put_text(struct yaml_out *y, const char *name, const char *text)
{
	key(y, name);
	put_scalar(y, text, true);
}

static void put_word(struct yaml_out *y, const char *name, const char *word)
{
	key(y, name);
	put_scalar(y, word, false);
}

static void put_number(struct yaml_out *y, const char *name, unsigned long long n)
{
	put_word(y, name, arena_printf(y->arena, "%llu", n));
}

static void begin_map(struct yaml_out *y)
{
	yaml_event_t e;
	yaml_mapping_start_event_initialize(&e, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE);
	emit(y, &e);
}

static void end_map(struct yaml_out *y)
{
	yaml_event_t e;
	yaml_mapping_end_event_initialize(&e);
	emit(y, &e);
}

static void begin_list(struct yaml_out *y, const char *name, bool flow)
{
	yaml_event_t e;
	key(y, name);
	yaml_sequence_start_event_initialize(&e, NULL, NULL, 1,
					     flow ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE);
	emit(y, &e);
}

static void end_list(struct yaml_out *y)
{
	yaml_event_t e;
	yaml_sequence_end_event_initialize(&e);
	emit(y, &e);
}

static void put_where(struct yaml_out *y, const struct compile *c, const char *name, const struct origin *o)
{
	if (o)
		put_text(y, name, src_where(c->src, y->arena, o->loc));
	if (o && o->because)
		put_text(y, "because", o->because);
}

static void put_head(struct yaml_out *y, const struct compile *c, const char *plan_id)
{
	const struct ir *ir = c->ir;
	put_number(y, "plan", PLAN_VERSION);
	put_text(y, "id", plan_id);
	put_text(y, "sbxc", SBX_VERSION);
	put_text(y, "policy", ir->name);
	put_text(y, "version", ir->version);
	put_text(y, "about", ir->about);
	put_number(y, "edition", ir->edition);
	begin_list(y, "targets", true);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (ir->targets & TARGET_BIT(t))
			put_scalar(y, target_name[t], false);
	end_list(y);
	if (ir->entry)
		put_text(y, "entry", ir->entry);
}

static void put_guarantee(struct yaml_out *y, const struct compile *c, const struct guarantee *g)
{
	begin_map(y);
	put_word(y, "name", cap_name[g->cap]);
	put_word(y, "target", target_name[g->target]);
	put_word(y, "level", level_name[g->answer.level]);
	put_word(y, "is", g->preferred ? "preferred" : "required");
	if (g->answer.mechanism)
		put_text(y, "mechanism", g->answer.mechanism);
	if (g->answer.note)
		put_text(y, "note", g->answer.note);
	put_where(y, c, "at", g->origin);
	end_map(y);
}

/* Everything a reader must know that does not hold as plainly as its name says; ids are stable: CAP@TARGET. */
static void put_caveats(struct yaml_out *y, const struct compile *c, const struct guarantees *g)
{
	begin_list(y, "caveats", false);
	for (unsigned i = 0; i < g->n; i++) {
		if (!guarantee_is_caveat(&g->v[i]))
			continue;
		const struct origin *prefer = ir_preferred(c->ir, g->v[i].target, g->v[i].cap);
		begin_map(y);
		put_text(y, "id", arena_printf(y->arena, "%s@%s", cap_name[g->v[i].cap], target_name[g->v[i].target]));
		put_word(y, "level", level_name[g->v[i].answer.level]);
		put_text(y, "note", say_caveat(y->arena, &g->v[i]));
		put_where(y, c, "accepted", prefer);
		end_map(y);
	}
	end_list(y);
}

static void put_params(struct yaml_out *y, const struct compile *c)
{
	begin_list(y, "load-time-params", false);
	for (unsigned i = 0; i < c->ir->n_params; i++) {
		const struct ir_param *p = &c->ir->params[i];
		begin_map(y);
		put_word(y, "name", p->name);
		put_word(y, "type", type_name[p->type]);
		if (p->value)
			put_text(y, "default", p->value);
		if (p->about)
			put_text(y, "about", p->about);
		end_map(y);
	}
	end_list(y);
	begin_list(y, "set", false);
	for (unsigned i = 0; i < c->opt->n_sets; i++) {
		begin_map(y);
		put_text(y, "name", c->opt->sets[i].name);
		put_text(y, "value", c->opt->sets[i].value);
		end_map(y);
	}
	end_list(y);
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
	begin_list(y, "limits", false);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		for (unsigned l = 0; l < LIMIT_COUNT; l++) {
			const struct ir_limit *limit = &c->ir->limit[t][l];
			if (!limit->set)
				continue;
			begin_map(y);
			put_word(y, "name", limit_name[l]);
			put_word(y, "target", target_name[t]);
			put_number(y, "value", limit->value);
			put_text(y, "unit", unit[l]);
			put_where(y, c, "at", limit->origin);
			end_map(y);
		}
	end_list(y);
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
	begin_list(y, "inputs", false);
	for (size_t i = 0; i < n; i++) {
		char hex[SHA256_HEX + 1];
		sha256_hex(files[i]->text, files[i]->size, hex);
		begin_map(y);
		put_text(y, "name", files[i]->name);
		put_text(y, "sha256", hex);
		end_map(y);
	}
	end_list(y);
}

static void put_outputs(struct yaml_out *y, const struct artifact *v, unsigned n)
{
	begin_list(y, "outputs", false);
	for (unsigned i = 0; i < n; i++) {
		char hex[SHA256_HEX + 1];
		sha256_hex(v[i].data, v[i].size, hex);
		begin_map(y);
		put_text(y, "name", v[i].name);
		put_number(y, "bytes", v[i].size);
		put_text(y, "sha256", hex);
		end_map(y);
	}
	end_list(y);
}

/* system call -> the line that allows or denies it; derived ones name what brought them. */
static void put_syscalls(struct yaml_out *y, const struct compile *c, const struct meaning *m)
{
	const struct sys_policy *p = meaning_syscalls(m);
	if (!(c->ir->targets & TARGET_BIT(TARGET_LINUX)))
		return;
	begin_list(y, "syscalls", false);
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_rule *r = &p->rules[i];
		if (!r->origin)
			continue;
		begin_map(y);
		put_word(y, "name", r->call->name);
		put_word(y, "is", r->deny ? "denied" : r->cond ? "allowed with conditions" : "allowed");
		if (r->reason)
			put_text(y, "by", r->reason);
		put_text(y, "at", src_where(c->src, y->arena, r->origin->loc));
		end_map(y);
	}
	end_list(y);
}

static void put_document(struct yaml_out *y, const struct compile *c, const struct meaning *m, const struct guarantees *g,
			 const char *plan_id, const struct artifact *v, unsigned n)
{
	begin_map(y);
	put_head(y, c, plan_id);
	begin_list(y, "guarantees", false);
	for (unsigned i = 0; i < g->n; i++)
		put_guarantee(y, c, &g->v[i]);
	end_list(y);
	put_caveats(y, c, g);
	put_limits(y, c);
	put_params(y, c);
	put_syscalls(y, c, m);
	put_inputs(y, c);
	put_outputs(y, v, n);
	end_map(y);
}

const char *manifest_yaml(const struct compile *c, const struct meaning *m, const struct guarantees *g, const char *plan_id,
			  const struct artifact *v, unsigned n, size_t *size)
{
	struct yaml_out y = {.text = buf_new(c->arena), .arena = c->arena};
	yaml_event_t e;
	if (!yaml_emitter_initialize(&y.emitter))
		return NULL;
	yaml_emitter_set_output(&y.emitter, on_write, &y);
	yaml_emitter_set_unicode(&y.emitter, 1);
	yaml_emitter_set_width(&y.emitter, -1);
	yaml_stream_start_event_initialize(&e, YAML_UTF8_ENCODING);
	emit(&y, &e);
	yaml_document_start_event_initialize(&e, NULL, NULL, NULL, 1);
	emit(&y, &e);
	put_document(&y, c, m, g, plan_id, v, n);
	yaml_document_end_event_initialize(&e, 1);
	emit(&y, &e);
	yaml_stream_end_event_initialize(&e);
	emit(&y, &e);
	yaml_emitter_delete(&y.emitter);
	*size = y.text.len;
	return y.failed ? NULL : buf_str(&y.text);
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
