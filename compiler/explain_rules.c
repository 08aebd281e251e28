/*
 * explain_rules.c - what the program can do, line by line, and what it cannot do that a reader might expect.
 */
#include <string.h>

#include "ask.h"
#include "explain.h"
#include "name_list.h"
#include "say.h"
#include "str.h"
#include "syscalls.h"
#include "template.h"

enum { LINE = 64 }; /* columns */

/* ---- can ---- */

struct view {
	struct arena *arena;
	const struct compile *k;
	const struct ir *ir;
	struct explain *out;
	struct denies {
		unsigned *v, n;
	} *inside;    /* of each rule: the denies that take something out of it, as far as can be said without values */
	bool *within; /* of each deny: some line of no profile allows what it denies */
};

static const struct origin *first_origin(const struct ir_rule *r)
{
	return r->origin[__builtin_ctz(r->ops)];
}

/* Every line that says a part of the rule, each once. */
static const char *places(const struct view *x, const struct ir_rule *r)
{
	struct buf b = buf_new(x->arena);
	for (unsigned op = 0; op < OP_COUNT; op++) {
		bool said = !r->origin[op];
		for (unsigned before = 0; before < op; before++)
			said |= r->origin[before] == r->origin[op];
		if (!said)
			buf_printf(&b, "%s%s", b.len ? ", " : "", src_where(x->k->src, x->arena, r->origin[op]->loc));
	}
	return buf_str(&b);
}

static bool at_load(const struct ir *ir, const char *tmpl)
{
	struct template_piece p;
	while (template_next(&tmpl, &p))
		for (unsigned i = 0; p.is_var && i < ir->n_params; i++)
			if (strlen(ir->params[i].name) == p.var_len && memcmp(ir->params[i].name, p.var, p.var_len) == 0)
				return true;
	return false;
}

static const char *words_of(const struct view *x, const struct ir_rule *r)
{
	const char *words = say_ops(x->arena, r->ops);
	return strcmp(words, "exec") == 0 ? "run" : strcmp(words, "read exec") == 0 ? "read run" : words;
}

static const char *object_of(const struct view *x, const struct ir_rule *r)
{
	struct ir_rule plain = *r;
	plain.n_holes = 0;
	const char *object = say_object(x->arena, &plain);
	if (r->targets != x->ir->targets)
		object = arena_printf(x->arena, "%s (on %s)", object, say_targets(x->arena, r->targets));
	if (!ir_rule_everywhere(x->ir, r) && r->kind == RULE_SYSCALL)
		object = arena_printf(x->arena, "%s (on %s)", object, arch_name[__builtin_ctz(r->arches)]);
	return at_load(x->ir, r->object) ? arena_printf(x->arena, "%s (given at load)", object) : object;
}

struct deny_ctx {
	struct view *x;
	unsigned deny;
};

static bool take_out(void *ctx, unsigned i)
{
	struct deny_ctx *c = ctx;
	const struct ir_rule *allow = &c->x->ir->rules[i], *deny = &c->x->ir->rules[c->deny];
	if (!(deny->ops & allow->ops) || !(deny->targets & allow->targets))
		return false;
	ARENA_GROW(c->x->arena, c->x->inside[i].v, c->x->inside[i].n);
	c->x->inside[i].v[c->x->inside[i].n++] = c->deny;
	c->x->within[c->deny] |= !first_origin(allow)->profile;
	return false;
}

/* The allows by their places, then each deny on the way up from its own. */
static void find_denies(struct view *x)
{
	struct name_list allows = {.n = 0};
	x->inside = ARENA_ARRAY(x->arena, x->ir->n_rules, struct denies);
	x->within = ARENA_ARRAY(x->arena, x->ir->n_rules, bool);
	for (unsigned denies = 0; denies < 2; denies++)
		for (unsigned i = 0; i < x->ir->n_rules; i++) {
			const struct ir_rule *r = &x->ir->rules[i];
			if (r->deny != denies || (r->kind != RULE_PATH && !(denies && r->kind == RULE_GLOB)))
				continue;
			const char *path = expand_template(x->arena, x->ir, r->object, NULL, 0);
			if (path && denies)
				name_list_above(&allows, path, take_out, &(struct deny_ctx){x, i});
			else if (path)
				name_list_put(x->arena, &allows, path, strlen(path), i);
		}
}

static void print_but_not(const struct view *x, const struct ir_rule *r)
{
	for (unsigned i = 0; i < r->n_holes; i++)
		explain_row(x->out, "  but not", say_template(x->arena, r->holes[i].path),
			    src_where(x->k->src, x->arena, r->holes[i].loc), NULL);
	const struct denies *inside = &x->inside[r - x->ir->rules];
	for (unsigned i = 0; i < inside->n; i++) {
		const struct ir_rule *deny = &x->ir->rules[inside->v[i]];
		const struct origin *o = first_origin(deny);
		explain_row(x->out, o->final ? "  never, final" : "  but not",
			    arena_printf(x->arena, "%s %s", say_ops(x->arena, deny->ops & r->ops), say_object(x->arena, deny)),
			    places(x, deny), o->because);
	}
}

/* Lines of the policy and of its bases; profiles are counted apart. */
static bool print_own(const struct view *x, enum rule_kind kind)
{
	bool some = false;
	for (unsigned i = 0; i < x->ir->n_rules; i++) {
		const struct ir_rule *r = &x->ir->rules[i];
		if (r->deny || r->kind != kind || first_origin(r)->profile)
			continue;
		explain_row(x->out, r->flags & RULE_PROXY ? "reach a proxy" : words_of(x, r), object_of(x, r), places(x, r), first_origin(r)->because);
		print_but_not(x, r);
		some = true;
	}
	return some;
}

struct tally {
	const char *profile;
	struct loc used_at;
	unsigned read, write, run, net, env, calls, other;
};

static void count_rule(struct tally *t, const struct ir_rule *r)
{
	bool path = r->kind == RULE_PATH || r->kind == RULE_GLOB;
	t->write += path && (r->ops & (OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE)));
	t->run += path && (r->ops & OP_BIT(OP_EXEC));
	t->read += path && (r->ops & (OP_BIT(OP_READ) | OP_BIT(OP_LIST)));
	t->net += r->kind == RULE_NET || r->kind == RULE_RELAY;
	t->env += r->kind == RULE_ENV;
	t->calls += r->kind == RULE_SYSCALL;
	t->other += r->kind == RULE_MACOS || r->kind == RULE_SIGNAL || (path && (r->ops & OP_BIT(OP_IOCTL)));
}

static void put_count(struct buf *b, unsigned n, const char *what)
{
	if (n)
		buf_printf(b, "%s%s %u", b->len ? ", " : "", what, n);
}

static void print_tally(const struct view *x, const struct tally *t)
{
	struct buf b = buf_new(x->arena);
	put_count(&b, t->read, "read");
	put_count(&b, t->write, "write");
	put_count(&b, t->run, "run");
	put_count(&b, t->net, "network");
	put_count(&b, t->env, "environment");
	put_count(&b, t->calls, "system calls");
	put_count(&b, t->other, "other");
	explain_row(x->out, t->profile, buf_str(&b), src_where(x->k->src, x->arena, t->used_at), NULL);
}

/* One line a profile: how many places and names it opens. */
static bool print_profiles(const struct view *x)
{
	struct tally *v = NULL;
	struct name_map known = {0};
	unsigned n = 0;
	for (unsigned i = 0; i < x->ir->n_rules; i++) {
		const struct ir_rule *r = &x->ir->rules[i];
		const struct origin *o = first_origin(r);
		if (r->deny || !o->profile)
			continue;
		const char *key = arena_printf(x->arena, "%u %s", o->used_at.beg, o->profile);
		long k = name_map_get(&known, key, strlen(key));
		if (k < 0) {
			k = (long)n;
			name_map_put(x->arena, &known, key, strlen(key), n);
			ARENA_GROW(x->arena, v, n);
			v[n++] = (struct tally){.profile = o->profile, .used_at = o->used_at};
		}
		count_rule(&v[k], r);
	}
	if (n)
		explain_note(x->out, "and what profiles bring, as counts (explain --lines names it)");
	for (unsigned i = 0; i < n; i++)
		print_tally(x, &v[i]);
	return n > 0;
}

static void print_can(const struct view *x)
{
	static const enum rule_kind order[] = {RULE_PATH, RULE_GLOB, RULE_NET, RULE_RELAY, RULE_ENV, RULE_MACOS, RULE_SIGNAL, RULE_SYSCALL};
	bool some = false;
	explain_section(x->out, "CAN");
	if (x->ir->entry)
		explain_row(x->out, "start", say_template(x->arena, x->ir->entry),
			    src_where(x->k->src, x->arena, x->ir->entry_origin->loc), NULL);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		some |= print_own(x, order[i]);
	for (unsigned i = 0; i < x->ir->n_env_set; i++)
		explain_row(x->out, "has",
			    arena_printf(x->arena, "%s=%s", x->ir->env_set[i].name, say_template(x->arena, x->ir->env_set[i].value)),
			    src_where(x->k->src, x->arena, x->ir->env_set[i].origin->loc), NULL);
	some |= print_profiles(x);
	if (x->k->starts_nothing)
		explain_note(x->out, "by itself it starts nothing: a base for others");
	if (!some && !x->ir->entry)
		explain_note(x->out, "nothing");
}

/* ---- cannot ---- */

/* What a reader may expect a program to be able to do: not asked is whether anything of it is allowed anywhere. */
static const struct expected {
	const char *what;
	uint32_t ops;	  /* of rules that would allow some of it */
	const char *call; /* or a system call that must not pass with any arguments */
} expected[] = {
    {"read any file", OP_BIT(OP_READ), NULL},
    {"write any file", OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE), NULL},
    {"start another program", OP_BIT(OP_EXEC), NULL},
    {"control devices", OP_BIT(OP_IOCTL), NULL},
    {"connect by TCP", OP_BIT(OP_CONNECT_TCP) | OP_BIT(OP_NET) | OP_BIT(OP_RELAY_TCP), NULL},
    {"listen on TCP", OP_BIT(OP_LISTEN_TCP) | OP_BIT(OP_NET), NULL},
    {"use UDP", OP_BIT(OP_CONNECT_UDP) | OP_BIT(OP_LISTEN_UDP) | OP_BIT(OP_NET), NULL},
    {"use Unix sockets", OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX) | OP_BIT(OP_NET), NULL},
    {"signal processes outside", OP_BIT(OP_SIGNAL), NULL},
    {"trace other processes", 0, "ptrace"},
    {"mount file systems", 0, "mount"},
    {"make namespaces", 0, "unshare"},
    {"load kernel code", 0, "init_module"},
    {"load BPF programs", 0, "bpf"},
    {"use io_uring", 0, "io_uring_setup"},
    {"use kernel keyrings", 0, "keyctl"},
};

static bool call_passes(const struct view *x, struct asker *k, const char *name)
{
	const struct ir_test_expect e = {
	    .what = RULE_SYSCALL, .ops = OP_BIT(OP_SYSCALL), .object = name, .arches = ARCHES_ALL};
	struct outcomes all = ask(k, &e, NULL, 0, TARGET_LINUX);
	bool passes = all.unknown;
	(void)x;
	for (unsigned i = 0; i < all.n; i++)
		passes |= all.v[i].decision.allow;
	return passes;
}

/* The targets on which nothing of it is allowed. */
static uint32_t cannot(const struct view *x, struct asker *k, const struct expected *e)
{
	uint32_t no = 0;
	for (unsigned t = 0; t < TARGET_COUNT; t++) {
		if (!(x->ir->targets & TARGET_BIT(t)))
			continue;
		bool can = e->call ? t != TARGET_LINUX || call_passes(x, k, e->call) : ir_allows_any(x->ir, (enum target)t, e->ops);
		no |= can ? 0 : TARGET_BIT(t);
	}
	return no;
}

static void print_denies(const struct view *x)
{
	for (unsigned i = 0; i < x->ir->n_rules; i++) {
		const struct ir_rule *deny = &x->ir->rules[i];
		if (deny->deny && !x->within[i])
			explain_row(x->out, words_of(x, deny), object_of(x, deny), places(x, deny), first_origin(deny)->because);
	}
	for (unsigned i = 0; i < x->ir->n_nevers; i++) {
		const struct ir_never *n = &x->ir->nevers[i];
		explain_row(x->out, arena_printf(x->arena, "never %s", say_ops(x->arena, n->rule.ops)),
			    say_object(x->arena, &n->rule), src_where(x->k->src, x->arena, n->origin->loc), n->origin->because);
	}
}

static void print_cannot(const struct view *x)
{
	enum { N = sizeof(expected) / sizeof(expected[0]) };
	struct asker *k = asker_new(x->arena, x->k->meaning);
	const char *words[N];
	unsigned n = 0;
	explain_section(x->out, "CANNOT");
	for (size_t i = 0; i < N; i++) {
		uint32_t no = cannot(x, k, &expected[i]);
		bool some = no != x->ir->targets && !expected[i].call;
		if (no)
			words[n++] = some ? arena_printf(x->arena, "%s (on %s)", expected[i].what, say_targets(x->arena, no))
					  : expected[i].what;
	}
	explain_words(x->out, words, n, 2 * LINE - 20);
	print_denies(x);
}

static void print_said(const struct view *x, const struct said_line *lines, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		size_t word = strcspn(lines[i].text, " ");
		explain_row(x->out, arena_strndup(x->arena, lines[i].text, word), lines[i].text + word + 1,
			    src_where(x->k->src, x->arena, lines[i].origin->loc), lines[i].origin->because);
	}
}

/* Leaves out what one line says of both systems. */
static unsigned without_said(struct said_line *v, unsigned n, const struct said_line *said, unsigned n_said)
{
	unsigned kept = 0;
	for (unsigned i = 0, k; i < n; i++) {
		for (k = 0; k < n_said && said[k].origin->loc.beg != v[i].origin->loc.beg;)
			k++;
		if (k == n_said)
			v[kept++] = v[i];
	}
	return kept;
}

/* Of Linux; macOS has the same but those of cgroups. */
static void print_default_limits(const struct view *x)
{
	enum target t = x->ir->targets & TARGET_BIT(TARGET_LINUX) ? TARGET_LINUX : TARGET_MACOS;
	const char *limits = say_default_limits(x->arena, x->ir, t);
	if (limits[0])
		explain_row(x->out, "limits", limits, "by default", NULL);
}

/* The private views, and what is put where. */
static void print_around(const struct view *x)
{
	struct said_line *lines, *macos;
	unsigned n = say_around(x->arena, x->ir, TARGET_LINUX, &lines), n_macos = say_around(x->arena, x->ir, TARGET_MACOS, &macos);
	bool on_linux = x->ir->targets & TARGET_BIT(TARGET_LINUX);
	struct buf b = buf_new(x->arena);
	for (unsigned i = 0; i < ISOLATE_COUNT; i++)
		if (x->ir->isolate & (1u << i))
			buf_printf(&b, "%s%s", b.len ? ", " : "", isolate_name[i]);
	explain_section(x->out, "FINDS");
	if (on_linux)
		explain_row(x->out, "private views", b.len ? buf_str(&b) : "none",
			    x->ir->isolate_origin ? src_where(x->k->src, x->arena, x->ir->isolate_origin->loc) : "by default", NULL);
	print_default_limits(x);
	print_said(x, lines, n);
	print_said(x, macos, without_said(macos, n_macos, lines, n));
}

void explain_rules(const struct compile *k, struct explain *out)
{
	struct view x = {.arena = k->arena, .k = k, .ir = k->ir, .out = out};
	find_denies(&x);
	print_around(&x);
	print_can(&x);
	print_cannot(&x);
}

/* ---- lines ---- */

void explain_lines(const struct compile *k, FILE *out)
{
	for (unsigned i = 0; i < k->ir->n_rules; i++) {
		const struct ir_rule *r = &k->ir->rules[i];
		for (unsigned op = 0; op < OP_COUNT; op++) {
			const struct origin *o = r->origin[op];
			if (!(r->ops & OP_BIT(op)))
				continue;
			uint32_t now = OP_BIT(op);
			for (unsigned more = op + 1; more < OP_COUNT; more++) /* said by one line: shown as one */
				if ((r->ops & OP_BIT(more)) && r->origin[more] == o)
					now |= OP_BIT(more);
			bool first = true;
			for (unsigned before = 0; before < op; before++)
				first &= r->origin[before] != o;
			if (!first)
				continue;
			const char *on = r->targets == k->ir->targets ? "" : say_targets(k->arena, r->targets);
			fprintf(out, "%-*s  %-6s %s%s%s\n", LINE, say_rule(k->arena, r, now), on, say_origin(k->arena, k->src, o),
				o->because ? "  " : "", o->because ? o->because : "");
		}
	}
}
