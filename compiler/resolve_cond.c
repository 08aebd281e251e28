/*
 * resolve_cond.c - `where COND` and `with ACTION` of system call rules, for one call on one arch.
 *
 * A comparison is the kernel's: signed where the argument is signed, on the bits the kernel reads.
 * The filter compares unsigned, so a signed order becomes one or two intervals, and an order on 16
 * bits a set of masked values.
 */
#include <inttypes.h>
#include <string.h>

#include "cond.h"
#include "consts.h"
#include "resolve_priv.h"
#include "str.h"
#include "sysargs.h"
#include "syscalls.h"

struct cond_ctx {
	struct res *r;
	const struct syscall_desc *call;
	enum arch arch;
};

/* ---- values ---- */

static bool unknown_const(struct cond_ctx *x, const struct ast_word *w)
{
	unsigned n;
	const struct const_desc *table = const_table(&n);
	const char **names = ARENA_ARRAY(x->r->a, n, const char *);
	for (unsigned i = 0; i < n; i++)
		names[i] = const_name(&table[i]);
	if (diag_seen(x->r->d, DIAG_UNKNOWN_CONSTANT, w->loc))
		return false;
	struct diag_rec *rec =
	    diag(x->r->d, DIAG_UNKNOWN_CONSTANT, w->loc, "there is no constant `%s`", w->text);
	diag_help_or(rec, suggest(x->r->a, w->text, names, n), "write its number");
	diag_note(rec, "constants are those of the kernel's headers; a number can stand here too");
	return false;
}

static bool const_value(struct cond_ctx *x, const struct ast_word *w, uint64_t *out)
{
	const struct const_desc *c = const_by_name(w->text);
	if (!c)
		return unknown_const(x, w);
	if (!(c->arches & ARCH_BIT(x->arch))) {
		struct diag_rec *rec =
		    diag(x->r->d, DIAG_UNKNOWN_CONSTANT, w->loc, "`%s` does not exist on %s",
			 w->text, arch_name[x->arch]);
		diag_help(rec, "put the line into `on arch %s { }`",
			  arch_name[__builtin_ctz(c->arches)]);
		return false;
	}
	*out = c->value[x->arch];
	return true;
}

static uint64_t arg_ones(const struct sysarg *arg)
{
	return arg->bits == 64 ? UINT64_MAX : (UINT64_C(1) << arg->bits) - 1;
}

/* Does the argument have the value for any call? Cuts a negative one to the argument's bits. */
static bool value_cut(const struct sysarg *arg, uint64_t *v)
{
	uint64_t all = arg_ones(arg), sign = all ^ (all >> 1);
	if (*v > all && ~*v >= sign)
		return false; /* neither a number of so many bits nor a negative one */
	*v &= all;
	return true;
}

static bool word_value(struct cond_ctx *x, const struct sysarg *arg, const struct ast_word *w,
		       uint64_t *out)
{
	*out = w->number;
	if (w->reported || (w->kind == WORD_CONST && !const_value(x, w, out)))
		return false;
	uint64_t whole = *out;
	if (value_cut(arg, out))
		return true;
	struct diag_rec *rec =
	    diag(x->r->d, DIAG_CONST_RANGE, w->loc, "`%s` of `%s` has %u bits and is never %s",
		 arg->name, x->call->name, arg->bits, w->text);
	if (w->kind == WORD_CONST)
		diag_note(rec, "`%s` is 0x%" PRIx64, w->text, whole);
	diag_help(rec, "write a value of %u bits, or remove the comparison", arg->bits);
	return false;
}

/* A|B|C, or-ed. */
static bool words_value(struct cond_ctx *x, const struct sysarg *arg, const struct ast_word *w,
			uint64_t *out)
{
	uint64_t v;
	bool ok = true;
	for (*out = 0; w; w = w->next) {
		ok &= word_value(x, arg, w, &v);
		*out |= ok ? v : 0;
	}
	return ok;
}

/* ---- tests ---- */

static const struct sys_cond *one_conj(struct arena *a, const struct sys_test *t, unsigned n)
{
	struct sys_test *copy = ARENA_ARRAY(a, n, struct sys_test);
	struct sys_conj *conj = ARENA_NEW(a, struct sys_conj);
	struct sys_cond *cond = ARENA_NEW(a, struct sys_cond);
	for (unsigned i = 0; i < n; i++)
		copy[i] = t[i];
	*conj = (struct sys_conj){.tests = copy, .n_tests = n};
	*cond = (struct sys_cond){.any = conj, .n_any = 1};
	return cond;
}

static struct sys_test arg_test(const struct sysarg *arg, enum sys_cmp cmp, uint64_t mask,
				uint64_t value)
{
	return (struct sys_test){.arg = (uint8_t)arg->index,
				 .width = arg->bits == 64 ? 64 : 32,
				 .cmp = cmp,
				 .mask = mask,
				 .value = value};
}

static const struct sys_cond *masked(struct arena *a, const struct sysarg *arg, bool equal,
				     uint64_t mask, uint64_t value)
{
	struct sys_test t = arg_test(arg, equal ? SYS_EQ : SYS_NE, mask, value);
	return one_conj(a, &t, 1);
}

/* lo..hi of 16 bits: blocks of numbers that share their upper bits, each a masked comparison. */
static const struct sys_cond *blocks(struct arena *a, const struct sysarg *arg, uint64_t lo,
				     uint64_t hi)
{
	const struct sys_cond *all = NULL;
	uint64_t ones = arg_ones(arg);
	if (lo && !(lo & (lo - 1)) && hi == ones) /* one of the upper bits is set */
		return masked(a, arg, false, ones & ~(lo - 1), 0);
	while (lo <= hi) {
		uint64_t size = 1;
		while (!(lo & size) && size <= ones && lo + 2 * size - 1 <= hi)
			size *= 2;
		const struct sys_cond *one = masked(a, arg, true, ones & ~(size - 1), lo);
		all = all ? cond_or(a, all, one) : one;
		lo += size;
	}
	return all;
}

static const struct sys_cond *unsigned_range(struct arena *a, const struct sysarg *arg, uint64_t lo,
					     uint64_t hi)
{
	uint64_t all = arg_ones(arg);
	if (arg->bits == 16)
		return blocks(a, arg, lo, hi);
	struct sys_test t[] = {arg_test(arg, SYS_GE, all, lo), arg_test(arg, SYS_LE, all, hi)};
	return one_conj(a, t, 2);
}

/* lo..hi in the argument's own order; lo may be above hi: nothing. */
static const struct sys_cond *range(struct arena *a, const struct sysarg *arg, uint64_t lo,
				    uint64_t hi)
{
	uint64_t all = arg_ones(arg), sign = arg->is_signed ? all ^ (all >> 1) : 0;
	if (lo > hi)
		return ARENA_NEW(a, struct sys_cond);
	if (!sign || (lo ^ hi) < sign)
		return unsigned_range(a, arg, lo ^ sign, hi ^ sign);
	return cond_or(a, unsigned_range(a, arg, lo ^ sign, all),
		       unsigned_range(a, arg, 0, hi ^ sign));
}

/*
 * Not so: the relation that holds when this one does not. LACKS is written as a masked comparison
 * before.
 */
static enum ast_rel opposite(enum ast_rel rel)
{
	static const enum ast_rel other[] = {
	    [REL_EQ] = REL_NE, [REL_NE] = REL_EQ, [REL_LT] = REL_GE,
	    [REL_LE] = REL_GT, [REL_GT] = REL_LE, [REL_GE] = REL_LT,
	};
	return other[rel];
}

static const struct sys_cond *compare(struct arena *a, const struct sysarg *arg, enum ast_rel rel,
				      uint64_t v)
{
	uint64_t all = arg_ones(arg), sign = arg->is_signed ? all ^ (all >> 1) : 0;
	uint64_t place = v ^ sign; /* in the argument's own order, where 0 is the least */
	const struct sys_cond *never = ARENA_NEW(a, struct sys_cond);
	switch (rel) {
	case REL_EQ:
	case REL_NE:
		return masked(a, arg, rel == REL_EQ, all, v);
	case REL_LT:
		return place ? range(a, arg, 0, place - 1) : never;
	case REL_LE:
		return range(a, arg, 0, place);
	case REL_GT:
		return place < all ? range(a, arg, place + 1, all) : never;
	case REL_GE:
		return range(a, arg, place, all);
	case REL_HAS:
	case REL_LACKS:
	case REL_IN:
		break;
	}
	return never;
}

/* ---- the tree ---- */

static const struct sys_cond *too_large(struct cond_ctx *x, struct loc at)
{
	if (!diag_seen(x->r->d, DIAG_TOO_LARGE, at))
		diag_help(diag(x->r->d, DIAG_TOO_LARGE, at, "the condition has more than %d cases", COND_MAX),
			  "say less in it, or write a line for each part of its `or`");
	return NULL;
}

/* Is it an argument on another ABI of the policy? Then the call differs, and the line is for that one. */
static bool elsewhere(struct cond_ctx *x, const struct ast_word *w, enum arch *arch, struct sysarg *arg)
{
	for (unsigned a = 0; a < ARCH_COUNT; a++)
		if ((x->r->build->ir.arches & ARCH_BIT(a)) && sysarg_find(x->call, (enum arch)a, w->text, arg)) {
			*arch = (enum arch)a;
			return true;
		}
	return false;
}

/* Names like pos_lo, pos_hi, poslo, offset_low: two arguments whose names begin so. */
static bool is_split(struct cond_ctx *x, const char *name)
{
	struct sysarg arg;
	unsigned halves = 0;
	size_t len = strlen(name) < 3 ? strlen(name) : 3;
	for (unsigned i = 0; sysarg_nth(x->call, x->arch, i, &arg); i++)
		halves += !strncmp(arg.name, name, len) && arg.bits == 32 &&
			  (strstr(arg.name, "lo") || strstr(arg.name, "hi"));
	return halves >= 2;
}

static bool other_arg(struct cond_ctx *x, const struct ast_word *w, enum arch arch, const struct sysarg *arg)
{
	bool split = arg->bits == 64 && is_split(x, w->text);
	enum diag_id id = split ? DIAG_SPLIT_ARGUMENT : DIAG_UNKNOWN_ARGUMENT;
	if (diag_seen(x->r->d, id, w->loc))
		return false;
	struct diag_rec *rec =
	    split ? diag(x->r->d, id, w->loc, "`%s` of `%s` has 64 bits, and on %s they come in two registers", w->text,
			 x->call->name, arch_name[x->arch])
		  : diag(x->r->d, id, w->loc, "on %s `%s` has no argument `%s`", arch_name[x->arch], x->call->name, w->text);
	diag_help(rec, "put the line into `on arch %s { }`", arch_name[arch]);
	return false;
}

static bool unknown_arg(struct cond_ctx *x, const struct ast_word *w)
{
	enum arch other;
	struct sysarg there;
	if (elsewhere(x, w, &other, &there))
		return other_arg(x, w, other, &there);
	const char *names[6];
	struct sysarg arg;
	unsigned n = 0;
	struct buf all = buf_new(x->r->a);
	while (n < 6 && sysarg_nth(x->call, x->arch, n, &arg)) {
		names[n] = arena_strdup(x->r->a, arg.name);
		buf_printf(&all, "%s`%s`", n ? ", " : "", names[n]);
		n++;
	}
	if (diag_seen(x->r->d, DIAG_UNKNOWN_ARGUMENT, w->loc))
		return false;
	struct diag_rec *rec = diag(x->r->d, DIAG_UNKNOWN_ARGUMENT, w->loc,
				    "`%s` has no argument `%s`", x->call->name, w->text);
	diag_help_or(rec, suggest(x->r->a, w->text, names, n), n ? "take one that it has, or remove the condition" : "remove the condition");
	if (n)
		diag_note(rec, "it has %s", buf_str(&all));
	else
		diag_note(rec, "it has no arguments that are known");
	return false;
}

static bool find_arg(struct cond_ctx *x, const struct ast_word *w, struct sysarg *out)
{
	if (!sysarg_find(x->call, x->arch, w->text, out))
		return unknown_arg(x, w);
	if (out->bits)
		return true;
	if (diag_seen(x->r->d, DIAG_POINTER, w->loc))
		return false;
	struct diag_rec *rec =
	    diag(x->r->d, DIAG_POINTER, w->loc,
		 "`%s` of `%s` is a pointer, so a filter cannot look at what is behind it", w->text,
		 x->call->name);
	diag_note(rec, "the program could change it after the check");
	diag_help(
	    rec,
	    "say it with paths or endpoints: `deny read \"...\"`, `allow connect tcp \"...\"`");
	return false;
}

static const struct sys_cond *test_in(struct cond_ctx *x, const struct ast_cond *c,
				      const struct sysarg *arg, bool negate)
{
	const struct sys_cond *all = NULL;
	for (const struct ast_word *w = c->values; w; w = w->next) {
		uint64_t v;
		if (!word_value(x, arg, w, &v))
			return NULL;
		const struct sys_cond *one = compare(x->r->a, arg, negate ? REL_NE : REL_EQ, v);
		all = !all     ? one
		      : negate ? cond_and(x->r->a, all, one)
			       : cond_or(x->r->a, all, one);
		if (!all)
			return too_large(x, c->loc);
	}
	return all;
}

static const struct sys_cond *test_masked(struct cond_ctx *x, const struct ast_cond *c,
					  const struct sysarg *arg, bool negate)
{
	uint64_t mask, v;
	if (!words_value(x, arg, c->mask, &mask) || !words_value(x, arg, c->values, &v))
		return NULL;
	if (!(v & ~mask))
		return masked(x->r->a, arg, !negate, mask, v);
	struct diag_rec *rec = diag(
	    x->r->d, DIAG_CONST_RANGE, c->values->loc,
	    "`%s` has bits that the mask takes away, so the two are never equal", c->values->text);
	diag_second(rec, c->mask->loc, "only bits of 0x%" PRIx64 " are left", mask);
	diag_help(rec, "compare with bits of the mask alone, or take a wider mask");
	return NULL;
}

static const struct sys_cond *test_cond(struct cond_ctx *x, const struct ast_cond *c, bool negate)
{
	struct sysarg arg;
	uint64_t v;
	if (!find_arg(x, c->arg, &arg))
		return NULL;
	if (c->mask)
		return test_masked(x, c, &arg, negate);
	if (c->rel == REL_IN)
		return test_in(x, c, &arg, negate);
	if (!words_value(x, &arg, c->values, &v))
		return NULL;
	if (c->rel == REL_HAS || c->rel == REL_LACKS)
		return masked(x->r->a, &arg, !negate, v, c->rel == REL_HAS ? v : 0);
	return compare(x->r->a, &arg, negate ? opposite(c->rel) : c->rel, v);
}

static const struct sys_cond *tree(struct cond_ctx *x, const struct ast_cond *c, bool negate)
{
	if (c->kind == COND_NOT)
		return tree(x, c->left, !negate);
	if (c->kind == COND_TEST)
		return test_cond(x, c, negate);
	const struct sys_cond *l = tree(x, c->left, negate), *r = tree(x, c->right, negate);
	if (!l || !r)
		return NULL;
	bool both = (c->kind == COND_AND) != negate;
	const struct sys_cond *out = both ? cond_and(x->r->a, l, r) : cond_or(x->r->a, l, r);
	return out ? out : too_large(x, c->loc);
}

/* Does the canonical condition fit what everything after can work with? */
static bool is_small(struct cond_ctx *x, const struct sys_cond *c, struct loc at)
{
	unsigned tests = 0;
	for (unsigned i = 0; i < c->n_any; i++)
		tests = c->any[i].n_tests > tests ? c->any[i].n_tests : tests;
	if (c->n_any > COND_MAX)
		too_large(x, at);
	else if (tests > COND_MAX_TESTS && !diag_seen(x->r->d, DIAG_TOO_LARGE, at))
		diag_help(diag(x->r->d, DIAG_TOO_LARGE, at, "a case of the condition has more than %d comparisons", COND_MAX_TESTS),
			  "compare with ranges, `<` and `>`, in place of single values");
	return c->n_any <= COND_MAX && tests <= COND_MAX_TESTS;
}

bool cond_resolve(struct res *r, const struct ast_cond *where, const struct syscall_desc *call,
		  enum arch arch, const struct sys_cond **out)
{
	struct cond_ctx x = {.r = r, .call = call, .arch = arch};
	const struct sys_cond *c = tree(&x, where, false);
	if (!c)
		return false;
	c = cond_canonical(r->a, c);
	if (!is_small(&x, c, where->loc))
		return false;
	bool never = c->n_any == 0, always = c->n_any == 1 && c->any[0].n_tests == 0;
	*out = c;
	if (!never && !always)
		return true;
	if (diag_seen(r->d, DIAG_NO_EFFECT, where->loc))
		return false;
	struct diag_rec *rec = diag(r->d, DIAG_NO_EFFECT, where->loc, "this condition %s holds",
				    never ? "never" : "always");
	if (never)
		diag_help(
		    rec, "no call can satisfy all of it at once: check `and`, `or` and the values");
	else
		diag_help(rec, "leave out `where`, or check `and`, `or` and the values");
	return false;
}

/* ---- actions ---- */

static bool errno_value(struct res *r, const struct ast_action *act, uint16_t *out)
{
	const struct ast_word *w = act->detail;
	const struct const_desc *c = w && w->kind == WORD_CONST ? const_by_name(w->text) : NULL;
	const char *own = c && c->value[0] < 4096 ? strerrorname_np((int)c->value[0]) : NULL;
	bool alias = c && (!strcmp(w->text, "EWOULDBLOCK") || !strcmp(w->text, "EDEADLOCK"));
	if (own && c->value[0] && (alias || !strcmp(own, w->text))) {
		*out = (uint16_t)c->value[0];
		return true;
	}
	const char *names[256];
	unsigned n = 0;
	for (int i = 1; i < 134; i++)
		if (strerrorname_np(i))
			names[n++] = strerrorname_np(i);
	struct diag_rec *rec =
	    diag(r->d, DIAG_UNKNOWN_CONSTANT, w ? w->loc : act->loc,
		 w ? "there is no errno `%s`" : "which errno?%s", w ? w->text : "");
	const char *near = w ? suggest(r->a, w->text, names, n) : NULL;
	diag_help(rec, "%s", near ? near : "name it: `with errno EPERM`");
	return false;
}

/* What a reader of the line should not have to look up. */
static void note_trace(struct res *r, const struct ast_action *act)
{
	if (diag_seen(r->d, DIAG_TRACED, act->loc))
		return;
	struct diag_rec *rec = diag(r->d, DIAG_TRACED, act->loc, "a tracer decides about this call");
	diag_label(rec, "without one it fails with ENOSYS");
}

bool action_resolve(struct res *r, const struct ast_action *act, struct sys_action *out)
{
	static const struct {
		const char *word;
		enum sys_act act;
	} known[] = {
	    {"errno", ACT_ERRNO}, {"kill", ACT_KILL_PROCESS}, {"kill-thread", ACT_KILL_THREAD},
	    {"trap", ACT_TRAP},   {"log", ACT_LOG},           {"allow", ACT_ALLOW},
	    {"trace", ACT_TRACE}, {"notify", ACT_NOTIFY},
	};
	enum { N = sizeof(known) / sizeof(known[0]) };
	const char *words[N];
	for (unsigned i = 0; i < N; i++) {
		words[i] = known[i].word;
		if (strcmp(known[i].word, act->name->text) != 0)
			continue;
		*out = (struct sys_action){.act = known[i].act};
		if (out->act == ACT_TRACE)
			note_trace(r, act);
		if (out->act == ACT_ERRNO)
			return errno_value(r, act, &out->data);
		if (act->detail)
			diag_help(diag(r->d, DIAG_UNEXPECTED, act->detail->loc, "`%s` takes no value", words[i]), "remove it");
		return !act->detail;
	}
	struct diag_rec *rec =
	    diag(r->d, DIAG_UNKNOWN_WORD, act->name->loc, "unknown action `%s`", act->name->text);
	const char *near = suggest(r->a, act->name->text, words, N);
	diag_help(rec, "%s", near ? near : "actions: errno NAME, kill, kill-thread, trap, notify, trace, log");
	return false;
}
