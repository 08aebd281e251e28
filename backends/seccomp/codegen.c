/*
 * codegen.c - emits the filter backwards: from its returns to its first instruction.
 *
 * Jumps of classic BPF only go forward, so when an instruction is made all that it can jump to is
 * there already and every offset is known. A label is the distance of an instruction from the end.
 */
#include "codegen.h"

#include <assert.h>
#include <linux/seccomp.h>
#include <stddef.h>

enum {
	MAX_CODE = BPF_MAXINSNS,
	/*
	 * Offsets of conditional jumps have 8 bits; two bridges may come between a check and a
	 * jump.
	 */
	MAX_REACH = 255 - 2,
	MAX_RETURNS = 16,
};

#define WORD_MAX UINT32_MAX

struct gen {
	struct sock_filter *code; /* filled from its end */
	unsigned n;               /* instructions so far */
	bool full;
	struct {
		uint32_t value;
		unsigned label;
	} returns[MAX_RETURNS]; /* the last copy of each return */
	unsigned n_returns;
	struct {
		const struct verdict *verdict;
		unsigned label;
	} * verdicts; /* blocks of argument tests made so far */
	unsigned n_verdicts;
	struct arena *arena;
};

static const uint32_t return_of[] = {
    [ACT_KILL_PROCESS] = SECCOMP_RET_KILL_PROCESS,
    [ACT_KILL_THREAD] = SECCOMP_RET_KILL_THREAD,
    [ACT_TRAP] = SECCOMP_RET_TRAP,
    [ACT_ERRNO] = SECCOMP_RET_ERRNO,
    [ACT_NOTIFY] = SECCOMP_RET_USER_NOTIF,
    [ACT_TRACE] = SECCOMP_RET_TRACE,
    [ACT_LOG] = SECCOMP_RET_LOG,
    [ACT_ALLOW] = SECCOMP_RET_ALLOW,
};

uint32_t codegen_return(struct sys_action action)
{
	return return_of[action.act] | (action.data & SECCOMP_RET_DATA);
}

static unsigned gen_emit(struct gen *g, uint32_t code, unsigned jt, unsigned jf, uint32_t k)
{
	if (g->n == MAX_CODE) {
		g->full = true;
		return g->n;
	}
	g->n++;
	g->code[MAX_CODE - g->n] = (struct sock_filter){
	    .code = (uint16_t)code, .jt = (uint8_t)jt, .jf = (uint8_t)jf, .k = k};
	return g->n;
}

static struct sock_filter gen_at(const struct gen *g, unsigned label)
{
	return g->code[MAX_CODE - label];
}

/* A label for the same effect that a conditional jump emitted next can reach. */
static unsigned gen_near(struct gen *g, unsigned label)
{
	if (g->n - label <= MAX_REACH)
		return label;
	struct sock_filter target = gen_at(g, label);
	if (BPF_CLASS(target.code) == BPF_RET)
		return gen_emit(g, target.code, 0, 0, target.k);
	return gen_emit(g, BPF_JMP | BPF_JA, 0, 0, g->n - label);
}

static unsigned gen_return(struct gen *g, struct sys_action action)
{
	uint32_t value = codegen_return(action);
	unsigned i = 0;
	while (i < g->n_returns && g->returns[i].value != value)
		i++;
	if (i < g->n_returns && g->n - g->returns[i].label <= MAX_REACH)
		return g->returns[i].label;
	unsigned label = gen_emit(g, BPF_RET | BPF_K, 0, 0, value);
	if (i == MAX_RETURNS)
		return label; /* more kinds than places: this one is not shared */
	g->returns[i].value = value;
	g->returns[i].label = label;
	g->n_returns += i == g->n_returns;
	return label;
}

static unsigned gen_jump(struct gen *g, uint32_t op, uint32_t k, unsigned yes, unsigned no)
{
	if (yes == no)
		return yes;
	yes = gen_near(g, yes);
	no = gen_near(g, no);
	if (g->full)
		return g->n;
	return gen_emit(g, BPF_JMP | op | BPF_K, g->n - yes, g->n - no, k);
}

/* Loads one word and tests it behind a mask. */
static unsigned gen_word(struct gen *g, uint32_t offset, uint32_t mask, uint32_t op, uint32_t k,
			 unsigned yes, unsigned no)
{
	if (yes == no)
		return yes;
	bool masked = mask != WORD_MAX;
	if (masked && op == BPF_JEQ && k == 0) {
		gen_jump(g, BPF_JSET, mask, no, yes);
	} else if (masked && op == BPF_JEQ && k == mask && !(mask & (mask - 1))) {
		gen_jump(g, BPF_JSET, mask, yes, no);
	} else {
		gen_jump(g, op, k, yes, no);
		if (masked)
			gen_emit(g, BPF_ALU | BPF_AND | BPF_K, 0, 0, mask);
	}
	return gen_emit(g, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

/* Both arches are little endian: the low word of an argument comes first. */
static uint32_t low_word(unsigned arg)
{
	return (uint32_t)(offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t));
}

static uint32_t high_word(unsigned arg)
{
	return low_word(arg) + (uint32_t)sizeof(uint32_t);
}

static uint32_t low_half(uint64_t v)
{
	return (uint32_t)v;
}

static uint32_t high_half(uint64_t v)
{
	return (uint32_t)(v >> 32);
}

/* (arg & mask) == value; a half that the mask leaves out is not looked at. */
static unsigned gen_equal(struct gen *g, const struct sys_test *t, unsigned yes, unsigned no)
{
	if ((t->value & ~t->mask) || (t->width == 32 && high_half(t->value)))
		return no;
	unsigned label = yes;
	if (low_half(t->mask))
		label = gen_word(g, low_word(t->arg), low_half(t->mask), BPF_JEQ,
				 low_half(t->value), yes, no);
	if (t->width == 64 && high_half(t->mask))
		label = gen_word(g, high_word(t->arg), high_half(t->mask), BPF_JEQ,
				 high_half(t->value), label, no);
	return label;
}

/* arg > value (BPF_JGT) or arg >= value (BPF_JGE). */
static unsigned gen_above(struct gen *g, const struct sys_test *t, uint32_t op, unsigned yes,
			  unsigned no)
{
	uint32_t high = high_half(t->value);
	if (t->width == 32 && high)
		return no;
	unsigned low = gen_word(g, low_word(t->arg), WORD_MAX, op, low_half(t->value), yes, no);
	if (t->width == 32)
		return low;
	if (high == 0)
		return gen_word(g, high_word(t->arg), WORD_MAX, BPF_JEQ, 0, low, yes);
	unsigned same = gen_jump(g, BPF_JEQ, high, low, no);
	return gen_word(g, high_word(t->arg), WORD_MAX, BPF_JGT, high, yes, same);
}

static unsigned gen_test(struct gen *g, const struct sys_test *t, unsigned yes, unsigned no)
{
	switch (t->cmp) {
	case SYS_EQ:
		return gen_equal(g, t, yes, no);
	case SYS_NE:
		return gen_equal(g, t, no, yes);
	case SYS_GT:
		return gen_above(g, t, BPF_JGT, yes, no);
	case SYS_LE:
		return gen_above(g, t, BPF_JGT, no, yes);
	case SYS_GE:
		return gen_above(g, t, BPF_JGE, yes, no);
	case SYS_LT:
		return gen_above(g, t, BPF_JGE, no, yes);
	}
	assert(false); /* no such comparison */
	return no;
}

static unsigned gen_cond(struct gen *g, const struct sys_cond *c, unsigned yes, unsigned no)
{
	unsigned label = no;
	for (unsigned i = c->n_any; i-- > 0;) {
		const struct sys_conj *conj = &c->any[i];
		unsigned fail = label;
		label = yes;
		for (unsigned j = conj->n_tests; j-- > 0;)
			label = gen_test(g, &conj->tests[j], label, fail);
	}
	return label;
}

static unsigned gen_verdict(struct gen *g, const struct verdict *v)
{
	if (!v->n_arms)
		return gen_return(g, v->otherwise);
	for (unsigned i = 0; i < g->n_verdicts; i++)
		if (g->verdicts[i].verdict == v)
			return g->verdicts[i].label;
	unsigned label = gen_return(g, v->otherwise);
	for (unsigned i = v->n_arms; i-- > 0;)
		label = gen_cond(g, v->arms[i].cond, gen_return(g, v->arms[i].action), label);
	ARENA_GROW(g->arena, g->verdicts, g->n_verdicts);
	g->verdicts[g->n_verdicts].verdict = v;
	g->verdicts[g->n_verdicts++].label = label;
	return label;
}

/* A balanced search for the number, which is in the accumulator and stays there. */
static unsigned gen_tree(struct gen *g, const struct verdict_range *v, unsigned n)
{
	if (n == 1)
		return gen_verdict(g, v[0].verdict);
	/* One number inside a range of another verdict: a single comparison. */
	if (n == 3 && v[1].lo == v[1].hi && v[0].verdict == v[2].verdict) {
		unsigned other = gen_verdict(g, v[0].verdict);
		unsigned same = gen_verdict(g, v[1].verdict);
		return gen_jump(g, BPF_JEQ, v[1].lo, same, other);
	}
	unsigned mid = n / 2;
	unsigned right = gen_tree(g, v + mid, n - mid);
	unsigned left = gen_tree(g, v, mid);
	return gen_jump(g, BPF_JGE, v[mid].lo, right, left);
}

/* Makes sure that what is emitted next falls through to the label. */
static void gen_fall(struct gen *g, unsigned label)
{
	if (label != g->n)
		gen_emit(g, BPF_JMP | BPF_JA, 0, 0, g->n - label);
}

bool codegen(struct arena *a, struct verdict_ranges ranges, uint32_t audit_arch,
	     struct sys_action bad_arch, struct code *out)
{
	struct gen g = {.arena = a, .code = ARENA_ARRAY(a, MAX_CODE, struct sock_filter)};
	gen_fall(&g, gen_tree(&g, ranges.v, ranges.n));
	unsigned start =
	    gen_emit(&g, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, nr));
	unsigned bad = gen_return(&g, bad_arch);
	gen_fall(&g, gen_jump(&g, BPF_JEQ, audit_arch, start, bad));
	gen_emit(&g, BPF_LD | BPF_W | BPF_ABS, 0, 0, offsetof(struct seccomp_data, arch));
	if (g.full)
		return false;
	*out = (struct code){.v = g.code + (MAX_CODE - g.n), .n = g.n};
	return true;
}
