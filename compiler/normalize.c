/*
 * normalize.c - prints the effective policy, and reads it back to see that it means the same.
 */
#include "normalize.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cond.h"
#include "say.h"
#include "str.h"
#include "template.h"

struct norm {
	struct arena *arena;
	const struct compile *k;
	const struct ir *ir;
	struct buf out, block; /* the text; the lines of the present scope */
	bool origins;
	const char *indent;
	const char *unspelled; /* a text that no string of the language can hold */
};

/* Where lines stand: in the policy itself, or in `on ... { }`. */
struct scope {
	uint32_t targets, arches;
};

static const char *quoted(struct norm *x, const char *tmpl)
{
	if (!say_spells(tmpl))
		x->unspelled = tmpl;
	return say_template(x->arena, tmpl);
}

static const char *quoted_plain(struct norm *x, const char *text)
{
	struct buf b = buf_new(x->arena);
	template_add_literal(&b, text, strlen(text));
	return quoted(x, buf_str(&b));
}

/* One line of the present scope. */
static void put(struct norm *x, const char *text, const struct origin *o)
{
	buf_printf(&x->block, "%s%s", x->indent, text);
	if (o && o->because)
		buf_printf(&x->block, " because %s", quoted_plain(x, o->because));
	if (o && x->origins)
		buf_printf(&x->block, "  # %s", say_origin(x->arena, x->k->src, o));
	buf_putc(&x->block, '\n');
}

/* ---- rules ---- */

static const struct {
	uint32_t ops;
} words[] = {
#define OP_WORD(word, ops) {ops},
#include "op_word.def"
};

static bool is_final(const struct ir_rule *r, unsigned op)
{
	return r->origin[op] && r->origin[op]->final;
}

/* The operations of a rule that one line says: those of one word, from the widest word down. */
static uint32_t next_word(const struct ir_rule *r, uint32_t left)
{
	if (r->flags & RULE_DISCARD)
		return left; /* `discard` stands beside a `write` only */
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((left & words[i].ops) == words[i].ops)
			return words[i].ops;
	return left & (~left + 1);
}

static void note_spelling(struct norm *x, const struct ir_rule *r)
{
	bool tmpl = r->kind == RULE_PATH || r->kind == RULE_NET;
	tmpl ? quoted(x, r->object) : quoted_plain(x, r->object);
	for (unsigned i = 0; i < r->n_holes; i++)
		quoted(x, r->holes[i].path);
}

static void put_rule(struct norm *x, const struct ir_rule *r)
{
	if (r->flags & RULE_PROXY)
		return; /* its `via` lines bring it */
	note_spelling(x, r);
	for (uint32_t left = r->ops, now; left; left &= ~now) {
		now = next_word(r, left);
		unsigned op = (unsigned)__builtin_ctz(now);
		if (say_from_place(x->ir, r, (enum op)op))
			continue; /* `mount` and `scratch` bring it */
		const char *line = say_rule(x->arena, r, now);
		put(x, is_final(r, op) ? arena_printf(x->arena, "final %s", line) : line, r->origin[op]);
	}
}

/* `arches` of what holds on every ABI of the policy is not told apart: more of them may be set. */
static bool in_scope(const struct norm *x, const struct scope *s, uint32_t targets, uint32_t arches)
{
	return targets == s->targets && (arches & x->ir->arches) == s->arches;
}

/* ---- the other lines of a scope ---- */

static void put_nevers(struct norm *x, const struct scope *s)
{
	for (unsigned i = 0; i < x->ir->n_nevers; i++) {
		const struct ir_never *n = &x->ir->nevers[i];
		if (!in_scope(x, s, n->rule.targets & x->ir->targets, n->rule.arches))
			continue;
		note_spelling(x, &n->rule);
		put(x, arena_printf(x->arena, "never %s", say_rule(x->arena, &n->rule, UINT32_MAX)), n->origin);
	}
}

static bool same_text(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "") == 0;
}

/* The targets on which the limit says the same as on t. */
static uint32_t same_limit(const struct ir *ir, unsigned t, unsigned l)
{
	const struct ir_limit *one = &ir->limit[t][l];
	uint32_t same = 0;
	for (unsigned u = 0; u < TARGET_COUNT; u++) {
		const struct ir_limit *other = &ir->limit[u][l];
		if (other->set && other->value == one->value && same_text(other->param, one->param) && other->origin && one->origin &&
		    same_text(other->origin->because, one->origin->because))
			same |= TARGET_BIT(u);
	}
	return same;
}

static void put_limits(struct norm *x, const struct scope *s)
{
	unsigned first = (unsigned)__builtin_ctz(s->targets);
	for (unsigned l = 0; s->arches == x->ir->arches && l < LIMIT_COUNT; l++) {
		const struct ir_limit *limit = &x->ir->limit[first][l];
		uint32_t same = limit->set && limit->origin ? same_limit(x->ir, first, l) : 0;
		bool here = same == x->ir->targets ? s->targets == same : s->targets == TARGET_BIT(first);
		if (same && here && (!limit->param || limit->bound))
			put(x, arena_printf(x->arena, "limit %s %s", limit_name[l], say_limit(x->arena, (enum limit)l, limit->value)),
			    limit->bound ? limit->bound : limit->origin);
		if (same && here && limit->param)
			put(x, arena_printf(x->arena, "limit %s %s", limit_name[l], limit->param), limit->origin);
	}
}

static void put_env(struct norm *x, const struct scope *s)
{
	for (unsigned i = 0; i < x->ir->n_env_set; i++) {
		const struct ir_env_set *e = &x->ir->env_set[i];
		if (in_scope(x, s, e->targets, ARCHES_ALL))
			put(x, arena_printf(x->arena, "set env %s = %s", e->name, quoted(x, e->value)), e->origin);
	}
}

static void put_isolate(struct norm *x, uint32_t targets)
{
	struct buf b = buf_new(x->arena);
	if (!x->ir->isolate_origin || x->ir->isolate_targets != targets)
		return;
	for (unsigned i = 0; i < ISOLATE_COUNT; i++)
		if (x->ir->isolate & (1u << i))
			buf_printf(&b, "%s%s", b.len ? ", " : " ", isolate_name[i]);
	put(x, arena_printf(x->arena, "isolate%s", b.len ? buf_str(&b) : " none"), x->ir->isolate_origin);
}

/* What speaks of the whole Linux filter, and of the surroundings there. */
static void put_linux(struct norm *x, const struct scope *s)
{
	const struct ir *ir = x->ir;
	struct said_line *lines;
	if (!in_scope(x, s, TARGET_BIT(TARGET_LINUX), ARCHES_ALL))
		return;
	if (s->targets != ir->targets) /* else it stands above */
		put_isolate(x, s->targets);
	for (unsigned i = 0; i < ir->around.n_places; i++) {
		quoted(x, ir->around.places[i].at);
		quoted(x, ir->around.places[i].source ? ir->around.places[i].source : "");
	}
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		quoted(x, ir->around.directory[t].path ? ir->around.directory[t].path : "");
	for (unsigned i = 0, n = say_around(x->arena, ir, TARGET_LINUX, &lines); i < n; i++)
		put(x, lines[i].text, lines[i].origin);
	if (ir->exact_origin)
		put(x, ir->syscalls_exact ? "syscalls exact" : "syscalls derived", ir->exact_origin);
	if (ir->default_origin)
		put(x, arena_printf(x->arena, "default syscall with %s", action_word(x->arena, ir->sys_default)),
		    ir->default_origin);
	if (ir->unknown_origin)
		put(x, arena_printf(x->arena, "unknown syscall with %s", action_word(x->arena, ir->sys_unknown)),
		    ir->unknown_origin);
}

static void put_macos(struct norm *x, const struct scope *s)
{
	struct said_line *lines;
	if (!in_scope(x, s, TARGET_BIT(TARGET_MACOS), ARCHES_ALL))
		return;
	for (unsigned i = 0, n = say_around(x->arena, x->ir, TARGET_MACOS, &lines); i < n; i++)
		put(x, lines[i].text, lines[i].origin);
}

static void put_scope(struct norm *x, struct scope s)
{
	bool own = s.targets != x->ir->targets || s.arches != x->ir->arches;
	x->block = buf_new(x->arena);
	x->indent = own ? "        " : "    ";
	put_linux(x, &s);
	put_macos(x, &s);
	for (unsigned i = 0; i < x->ir->n_rules; i++)
		if (in_scope(x, &s, x->ir->rules[i].targets, x->ir->rules[i].arches))
			put_rule(x, &x->ir->rules[i]);
	put_nevers(x, &s);
	put_env(x, &s);
	put_limits(x, &s);
	if (!x->block.len)
		return;
	if (own) {
		buf_puts(&x->out, "    on ");
		if (s.arches == x->ir->arches)
			buf_puts(&x->out, say_targets(x->arena, s.targets));
		for (unsigned a = 0, n = 0; s.arches != x->ir->arches && a < ARCH_COUNT; a++)
			if (s.arches & ARCH_BIT(a))
				buf_printf(&x->out, "%sarch %s", n++ ? ", " : "", arch_name[a]);
		buf_puts(&x->out, " {\n");
	}
	buf_puts(&x->out, buf_str(&x->block));
	buf_puts(&x->out, own ? "    }\n" : "");
}

static void put_scopes(struct norm *x)
{
	put_scope(x, (struct scope){x->ir->targets, x->ir->arches});
	for (uint32_t t = 1; t < TARGETS_ALL + 1; t++)
		if ((t & x->ir->targets) == t && t != x->ir->targets)
			put_scope(x, (struct scope){t, x->ir->arches});
	for (uint32_t a = 1; a < ARCHES_ALL; a++)
		if ((x->ir->targets & TARGET_BIT(TARGET_LINUX)) && (a & x->ir->arches) == a && a != x->ir->arches)
			put_scope(x, (struct scope){TARGET_BIT(TARGET_LINUX), a});
}

/* ---- what stands around the rules ---- */

static void put_head(struct norm *x)
{
	const struct ir *ir = x->ir;
	buf_printf(&x->out, "policy %s%s%s {\n", ir->name, ir->version[0] ? " version " : "",
		   ir->version[0] ? quoted_plain(x, ir->version) : "");
	if (ir->about[0])
		buf_printf(&x->out, "    about %s\n", quoted_plain(x, ir->about));
	buf_printf(&x->out, "    targets %s\n", say_targets(x->arena, ir->targets));
	x->block = buf_new(x->arena);
	x->indent = "    ";
	if (ir->entry)
		put(x, arena_printf(x->arena, "entry %s", quoted(x, ir->entry)), ir->entry_origin);
	struct buf abis = buf_new(x->arena);
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if (ir->arches & ARCH_BIT(a))
			buf_printf(&abis, "%s%s", abis.len ? ", " : "abi ", arch_name[a]);
	if (ir->arches_origin)
		put(x, buf_str(&abis), ir->arches_origin);
	put_isolate(x, ir->targets);
	if (ir->no_default_limits)
		put(x, "default limits none", ir->no_defaults_origin);
	buf_puts(&x->out, buf_str(&x->block));
}

static void put_params(struct norm *x)
{
	for (unsigned i = 0; i < x->ir->n_params; i++) {
		const struct ir_param *p = &x->ir->params[i];
		bool text = p->type == TYPE_PATH || p->type == TYPE_STRING;
		buf_printf(&x->out, "param %s: %s", p->name, type_name[p->type]);
		if (p->value)
			buf_printf(&x->out, " = %s", text ? quoted(x, p->value) : say_default(x->arena, p->type, p->value));
		buf_puts(&x->out, " at load");
		if (p->about)
			buf_printf(&x->out, " about %s", quoted_plain(x, p->about));
		buf_putc(&x->out, '\n');
	}
}

static void put_proxy(struct norm *x, const struct ir_proxy *p)
{
	if (p->op == OP_CONNECT_UNIX)
		buf_printf(&x->out, "proxy %s = unix %s\n", p->name, quoted(x, p->object));
	else if (p->port_var)
		buf_printf(&x->out, "proxy %s = tcp \"%s:${%s}\"\n", p->name, p->object, p->port_var);
	else
		buf_printf(&x->out, "proxy %s = tcp \"%s:%u\"\n", p->name, p->object, p->port);
}

/* In the order of the rules that need them; before the policy, like params. */
static void put_proxies(struct norm *x)
{
	const struct ir *ir = x->ir;
	for (unsigned i = 0; i < ir->n_rules; i++) {
		unsigned k = 0;
		while (ir->rules[i].via && ir->rules[k].via != ir->rules[i].via)
			k++;
		if (ir->rules[i].via && k == i)
			put_proxy(x, ir->rules[i].via);
	}
}

static void put_wants(struct norm *x)
{
	x->block = buf_new(x->arena);
	x->indent = "    ";
	for (unsigned i = 0; i < x->ir->n_wants; i++) {
		const struct ir_want *w = &x->ir->wants[i];
		const char *line = arena_printf(x->arena, "%s %s", w->prefer ? "prefer" : "require", cap_name[w->cap]);
		if (w->targets != x->ir->targets)
			line = arena_printf(x->arena, "%s on %s", line, say_targets(x->arena, w->targets));
		put(x, line, w->origin);
	}
	buf_puts(&x->out, buf_str(&x->block));
}

/* ---- tests ---- */

static void put_given(struct norm *x, const struct ir_binding *g)
{
	enum type type = strcmp(g->name, "UID") == 0 ? TYPE_NUMBER : TYPE_PATH;
	uint64_t n;
	for (unsigned i = 0; i < x->ir->n_params; i++)
		if (strcmp(x->ir->params[i].name, g->name) == 0)
			type = x->ir->params[i].type;
	bool text = type == TYPE_PATH || type == TYPE_STRING || !parse_u64(g->value, strlen(g->value), UINT64_MAX, &n);
	buf_printf(&x->out, "        given %s = %s\n", g->name,
		   text ? quoted_plain(x, g->value) : say_value(x->arena, type, n));
}

static const char *expect_text(struct norm *x, const struct ir_test_expect *e)
{
	if (e->kind == EXPECT_ALLOW || e->kind == EXPECT_DENY)
		note_spelling(x, &(struct ir_rule){.kind = e->what, .object = e->object});
	return say_expect(x->arena, x->ir, e);
}

static void put_test(struct norm *x, const struct ir_test *t)
{
	const char *last = "";
	buf_printf(&x->out, "\n    test %s {\n", quoted_plain(x, t->title));
	for (unsigned i = 0; i < t->n_given; i++)
		put_given(x, &t->given[i]);
	for (unsigned i = 0; i < t->n_expect; i++) {
		const char *line = expect_text(x, &t->expect[i]);
		bool again = i && strcmp(last, line) == 0 && t->expect[i - 1].arches < t->expect[i].arches;
		if (!again) /* one line asks on each machine */
			buf_printf(&x->out, "        %s\n", line);
		last = line;
	}
	buf_puts(&x->out, "    }\n");
}

/* ---- the same meaning? ---- */

static const char *ir_text(struct arena *a, const struct ir *ir)
{
	struct text_out text;
	text_begin(&text);
	ir_print(ir, NULL, text.out);
	text_end(&text);
	const char *copy = arena_strndup(a, text.bytes, text.n);
	free(text.bytes);
	return copy;
}

/* Read back, it must have the same IR but for places. The reason, when it has not. */
static enum compile_result read_back(const struct norm *x, const char **why)
{
	struct compile_options opt = *x->k->opt;
	struct compile again;
	opt.path = "normal";
	opt.text = buf_str(&x->out);
	opt.n_sets = opt.n_given = 0;
	opt.question = NULL;
	opt.emit = EMIT_NONE;
	enum compile_result result = compile_read(&again, &opt);
	if (result == COMPILE_OK && strcmp(ir_text(x->arena, x->ir), ir_text(x->arena, again.ir)) != 0)
		result = COMPILE_REFUSED;
	*why = result == COMPILE_IO ? arena_strdup(x->arena, again.failure)
				    : "its normal form would not mean the same: a defect of sbxc";
	arena_free(again.arena);
	return result;
}

enum compile_result normalize(const struct compile *k, bool origins, const char **text)
{
	struct norm x = {.arena = k->arena, .k = k, .ir = k->ir, .origins = origins, .out = buf_new(k->arena)};
	buf_printf(&x.out, "sbx %u\n\n", k->ir->edition);
	put_params(&x);
	put_proxies(&x);
	buf_puts(&x.out, k->ir->n_params ? "\n" : "");
	put_head(&x);
	put_scopes(&x);
	put_wants(&x);
	for (unsigned i = 0; i < k->ir->n_tests; i++)
		put_test(&x, &k->ir->tests[i]);
	buf_puts(&x.out, "}\n");
	if (x.unspelled) {
		*text = arena_printf(k->arena, "no string of the language spells %s: it holds a control byte",
				     say_template(k->arena, x.unspelled));
		return COMPILE_REFUSED;
	}
	enum compile_result result = read_back(&x, text);
	if (result == COMPILE_OK)
		*text = buf_str(&x.out);
	return result;
}
