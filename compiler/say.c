/*
 * say.c - facts of a policy in the words of the language.
 */
#include "say.h"

#include <errno.h>
#include <string.h>

#include "cond.h"
#include "macos_word.h"
#include "str.h"
#include "syscalls.h"
#include "template.h"

/* ---- strings ---- */

static bool is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* One byte between quotes. `next` follows it: a dollar is plain unless a brace comes. */
static void put_byte(struct buf *b, char c, char next)
{
	if (is_control(c))
		buf_printf(b, "\\x%02x", (unsigned char)c);
	else if (c == '"' || c == '\\' || (c == '$' && next == '{'))
		buf_printf(b, "\\%c", c);
	else
		buf_putc(b, c);
}

const char *say_string(struct arena *a, const char *plain)
{
	struct buf b = buf_new(a);
	buf_putc(&b, '"');
	for (const char *c = plain; *c; c++)
		put_byte(&b, *c, c[1]);
	buf_putc(&b, '"');
	return buf_str(&b);
}

const char *say_template(struct arena *a, const char *tmpl)
{
	struct buf b = buf_new(a);
	struct template_piece p;
	buf_putc(&b, '"');
	while (template_next(&tmpl, &p)) {
		if (p.is_var)
			buf_printf(&b, "${%.*s}", (int)p.var_len, p.var);
		else
			put_byte(&b, p.byte, *tmpl);
	}
	buf_putc(&b, '"');
	return buf_str(&b);
}

bool say_spells(const char *tmpl)
{
	struct template_piece p;
	while (template_next(&tmpl, &p))
		if (!p.is_var && is_control(p.byte))
			return false;
	return true;
}

/* ---- rules ---- */

static const struct {
	const char *word;
	uint32_t ops;
} op_words[] = {
#define OP_WORD(word, ops) {word, ops},
#include "op_word.def"
};

static void put_word(struct buf *b, const char *word, const char *sep)
{
	buf_printf(b, "%s%s", b->len ? sep : "", word);
}

/* The name of an operation; of several of one family on macOS, the second without the family: shm read write. */
static const char *after_family(uint32_t ops, enum op op)
{
	const struct macos_family *f = macos_family_of(op);
	uint32_t before = ops & (OP_BIT(op) - 1);
	if (!f || !before || macos_family_of((enum op)(31 - __builtin_clz(before))) != f)
		return op_name[op];
	return op_name[op] + strlen(f->word) + 1;
}

const char *say_ops(struct arena *a, uint32_t ops)
{
	struct buf b = buf_new(a);
	uint32_t left = ops;
	for (size_t i = 0; i < sizeof(op_words) / sizeof(op_words[0]); i++) {
		if ((op_words[i].ops & ops) != op_words[i].ops || !(op_words[i].ops & left))
			continue;
		put_word(&b, op_words[i].word, " ");
		left &= ~op_words[i].ops;
	}
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (left & OP_BIT(op))
			put_word(&b, after_family(ops, (enum op)op), " ");
	return buf_str(&b);
}

const char *say_targets(struct arena *a, uint32_t targets)
{
	struct buf b = buf_new(a);
	for (unsigned t = 0; t < TARGET_COUNT; t++)
		if (targets & TARGET_BIT(t))
			put_word(&b, target_name[t], ", ");
	return buf_str(&b);
}

static const char *endpoint(struct arena *a, const struct ir_rule *r)
{
	if (r->ops & OP_BIT(OP_NET))
		return "";
	if (r->ops & (OP_BIT(OP_CONNECT_UNIX) | OP_BIT(OP_LISTEN_UNIX)))
		return say_template(a, r->object);
	if (r->port_var)
		return arena_printf(a, "\"%s:${%s}\"", r->object, r->port_var);
	if (r->port_lo != r->port_hi)
		return arena_printf(a, "\"%s:*\"", r->object);
	return arena_printf(a, "\"%s:%u\"", r->object, r->port_lo);
}

/* NAME as it is where that is a word of the language; "PREFIX*" and others between quotes. */
static const char *env_name(struct arena *a, const char *name)
{
	bool word = name[0] >= 'A' && name[0] <= 'Z' &&
		    name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
	return word ? name : say_string(a, name);
}

static const char *call_text(struct arena *a, const struct ir_rule *r)
{
	if (!r->cond)
		return r->object;
	return arena_printf(a, "%s where %s", r->object,
			    cond_text(a, syscall_by_name(r->object), (enum arch)__builtin_ctz(r->arches), r->cond));
}

static const char *object_text(struct arena *a, const struct ir_rule *r)
{
	switch (r->kind) {
	case RULE_PATH:
		return say_template(a, r->object);
	case RULE_GLOB:
		return arena_printf(a, "matching \"%s\" under %s", r->glob, say_template(a, r->object));
	case RULE_NET:
	case RULE_RELAY:
		return endpoint(a, r);
	case RULE_ENV:
		return env_name(a, r->object);
	case RULE_SYSCALL:
		return call_text(a, r);
	case RULE_SIGNAL:
		return "";
	case RULE_MACOS:
		if (macos_word_whole(r->ops))
			return r->object[0] == '*' ? "" : r->object;
		break;
	}
	return say_string(a, r->object);
}

static void put_holes(struct buf *b, const struct ir_rule *r)
{
	for (unsigned i = 0; i < r->n_holes; i++)
		buf_printf(b, "%s%s", i ? ", " : r->n_holes > 1 ? " except { " : " except ",
			   say_template(b->arena, r->holes[i].path));
	if (r->n_holes > 1)
		buf_puts(b, " }");
}

const char *say_object(struct arena *a, const struct ir_rule *r)
{
	struct buf b = buf_new(a);
	buf_puts(&b, object_text(a, r));
	if (r->flags & RULE_IF_EXISTS)
		buf_puts(&b, " if-exists");
	if (r->flags & RULE_MAKE_DIR)
		buf_puts(&b, " make-dir");
	if (r->flags & RULE_NOFOLLOW)
		buf_puts(&b, " nofollow");
	if (r->flags & RULE_DISCARD)
		buf_puts(&b, " discard");
	if (r->via)
		buf_printf(&b, " via %s", r->via->name);
	put_holes(&b, r);
	bool plain = r->deny ? r->action.act == ACT_ERRNO && r->action.data == EPERM : r->action.act == ACT_ALLOW;
	if (r->kind == RULE_SYSCALL && !plain)
		buf_printf(&b, " with %s", action_word(a, r->action));
	return buf_str(&b);
}

const char *say_rule(struct arena *a, const struct ir_rule *r, uint32_t ops)
{
	struct ir_rule one = *r; /* what an object looks like may depend on the operation: `net` has none */
	one.ops &= ops;
	const char *object = say_object(a, &one);
	return arena_printf(a, "%s %s%s%s", r->deny ? "deny" : "allow", say_ops(a, one.ops), object[0] ? " " : "", object);
}

const char *say_where(struct arena *a, const char *word)
{
	struct buf b = buf_new(a);
	for (const char *c = word; *c; c++) {
		bool space = strncmp(c, "\\x20", 4) == 0, backslash = strncmp(c, "\\\\", 2) == 0;
		buf_putc(&b, space ? ' ' : *c);
		c += space ? 3 : backslash ? 1 : 0;
	}
	return buf_str(&b);
}

/* ---- numbers ---- */

const enum type limit_type[LIMIT_COUNT] = {
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

static const struct unit { /* the largest of a type first */
	enum type type;
	uint64_t size;
	const char *word;
} units[] = {
    {TYPE_SIZE, 1ull << 40, "TiB"}, {TYPE_SIZE, 1ull << 30, "GiB"},    {TYPE_SIZE, 1ull << 20, "MiB"},
    {TYPE_SIZE, 1ull << 10, "KiB"}, {TYPE_SIZE, 1, "B"},	       {TYPE_DURATION, 3600 * 1000, "h"},
    {TYPE_DURATION, 60 * 1000, "min"}, {TYPE_DURATION, 1000, "s"}, {TYPE_DURATION, 1, "ms"},
    {TYPE_PERCENT, 1, "%"},
};

const char *say_value(struct arena *a, enum type type, uint64_t number)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].type == type && number % units[i].size == 0 && (number || units[i].size == 1))
			return arena_printf(a, "%llu%s", (unsigned long long)(number / units[i].size), units[i].word);
	return arena_printf(a, "%llu", (unsigned long long)number);
}

const char *say_limit(struct arena *a, enum limit l, uint64_t value)
{
	return say_value(a, limit_type[l], value);
}

const char *say_limit_of(struct arena *a, enum limit l, const struct ir_limit *limit)
{
	const char *number = say_limit(a, l, limit->value);
	if (!limit->param)
		return number;
	bool bounded = limit->value < limit_range[l].most;
	return bounded ? arena_printf(a, "${%s}, at most %s", limit->param, number) : arena_printf(a, "${%s}", limit->param);
}

/* PIDS holds by default in a cgroup, which one of these asks for. */
static bool asks_for_cgroup(const struct ir *ir, enum target t)
{
	static const enum limit those[] = {LIMIT_MEMORY, LIMIT_SWAP, LIMIT_CPU, LIMIT_CPU_WEIGHT, LIMIT_IO_READ, LIMIT_IO_WRITE};
	bool any = false;
	for (size_t i = 0; i < sizeof(those) / sizeof(those[0]); i++)
		any |= ir->limit[t][those[i]].set;
	return any && t == TARGET_LINUX;
}

const char *say_default_limits(struct arena *a, const struct ir *ir, enum target t)
{
	struct buf b = buf_new(a);
	for (unsigned l = 0; l < LIMIT_COUNT && !ir->no_default_limits; l++) {
		uint64_t value = limit_default((enum limit)l);
		if (ir->limit[t][l].set || value == LIMIT_NO_DEFAULT || (l == LIMIT_PIDS && !asks_for_cgroup(ir, t)))
			continue;
		buf_printf(&b, "%s%s %s", b.len ? ", " : "", limit_name[l], say_limit(a, (enum limit)l, value));
	}
	return buf_str(&b);
}

const char *say_number_of(struct arena *a, enum type type, uint64_t number, const char *param)
{
	return param ? param : say_value(a, type, number);
}

const char *say_default(struct arena *a, enum type type, const char *value)
{
	uint64_t n = 0;
	if (type == TYPE_PATH || type == TYPE_STRING || !parse_u64(value, strspn(value, "0123456789"), UINT64_MAX, &n))
		return say_template(a, value);
	return say_value(a, type, n); /* it stands there with the least unit of its type */
}

/* ---- places and guarantees ---- */

const char *say_origin(struct arena *a, const struct src *src, const struct origin *o)
{
	if (!o)
		return "";
	if (loc_none(o->used_at))
		return src_where(src, a, o->loc);
	return arena_printf(a, "%s, used at %s", src_where(src, a, o->loc), src_where(src, a, o->used_at));
}

const char *const level_name[] = {
    [LEVEL_ABSENT] = "absent",
    [LEVEL_PARTIAL] = "partial",
    [LEVEL_DELEGATED] = "delegated",
    [LEVEL_ENFORCED] = "enforced",
};

const char *say_caveat(struct arena *a, const struct guarantee *g)
{
	if (g->answer.note)
		return g->answer.note;
	if (g->answer.level == LEVEL_ENFORCED)
		return arena_printf(a, "kept where the host has %s; elsewhere the program runs without it",
				    g->answer.mechanism);
	return cap_help[g->cap];
}

/* ---- requests ---- */

const char *say_expect(struct arena *a, const struct ir *ir, const struct ir_test_expect *e)
{
	const struct ir_rule r = {.kind = e->what, .ops = e->ops, .object = e->object, .port_lo = e->port, .port_hi = e->port,
				  .port_var = e->port_var, .cond = e->cond, .arches = e->arches, .deny = e->kind == EXPECT_DENY,
				  .action = {.act = e->kind == EXPECT_DENY ? ACT_ERRNO : ACT_ALLOW,
					     .data = e->kind == EXPECT_DENY ? EPERM : 0}};
	if (e->kind == EXPECT_ALLOW || e->kind == EXPECT_DENY)
		return arena_printf(a, "expect %s%s%s", say_rule(a, &r, UINT32_MAX), e->with_action ? " with " : "",
				    e->with_action ? action_word(a, e->action) : "");
	const char *line = arena_printf(a, "expect %s %s", e->kind == EXPECT_ENFORCED ? "enforced" : "caveat", cap_name[e->cap]);
	return e->targets == ir->targets ? line : arena_printf(a, "%s on %s", line, say_targets(a, e->targets));
}

const char *say_request(struct arena *a, const struct request *r)
{
	bool inet = r->op == OP_CONNECT_TCP || r->op == OP_LISTEN_TCP || r->op == OP_CONNECT_UDP || r->op == OP_LISTEN_UDP;
	if (r->op == OP_SYSCALL) {
		const struct syscall_desc *call = syscall_by_nr(r->arch, r->nr);
		return call ? arena_printf(a, "syscall %s", call->name) : arena_printf(a, "syscall %u", r->nr);
	}
	if (inet)
		return arena_printf(a, "%s %s:%u", op_name[r->op], r->object, r->port);
	bool whole = r->op == OP_NET || r->op == OP_SIGNAL || r->op == OP_PTY;
	return whole ? op_name[r->op] : arena_printf(a, "%s %s", op_name[r->op], r->object);
}
