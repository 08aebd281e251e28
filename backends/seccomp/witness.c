/*
 * witness.c - calls worth asking about: for every number whose answer depends on arguments, the
 * values at and around every boundary the filter holds.
 *
 * Found twice: in the bytes (with arch and number fixed, all branches on arguments are walked,
 * and each test of a word gives values on both sides of it) and in the conditions of the
 * policy, so that a test that the filter forgot is seen as well as one it has too many. All
 * combinations over the words are asked, up to a limit, first with the untested halves zero,
 * then with garbage there.
 */
#include <linux/filter.h>
#include <string.h>

#include "../../compiler/syscalls.h"
#include "seccomp.h"

enum {
	FIRST_WORD = 4, /* words of struct seccomp_data that hold arguments: 4 to 15 */
	N_WORDS = 12,      /* here the low half of each comes first, whatever the machine */
	MAX_VALUES = 512,  /* of one word */
	MAX_ASKED = 20000, /* calls of one number */
	GARBAGE = 0x5eadbeef,
};

struct word {
	uint32_t value[MAX_VALUES];
	unsigned n;
};

/* What the accumulator holds on a path: a word behind a mask, a constant, or something else. */
struct acc {
	enum { ACC_OTHER, ACC_CONST, ACC_WORD } kind;
	unsigned word;
	uint32_t v; /* the mask, or the constant */
};

struct scan {
	const struct bpf_prog *prog;
	uint32_t audit_arch, nr;
	struct word *words; /* N_WORDS */
	bool big_endian;
	struct acc *seen;   /* for each instruction, the accumulator it was last walked with */
};

static void word_add(struct word *w, uint32_t v)
{
	for (unsigned i = 0; i < w->n; i++)
		if (w->value[i] == v)
			return;
	if (w->n < MAX_VALUES)
		w->value[w->n++] = v;
}

/* Values on both sides of `(word & mask) ? k`. */
static void word_boundary(struct word *w, uint32_t mask, uint32_t k)
{
	const uint32_t near[] = {0, UINT32_MAX, k, k - 1, k + 1, k & mask, k | ~mask};
	for (unsigned i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		word_add(w, near[i]);
	if (mask == UINT32_MAX)
		return;
	for (unsigned bit = 0; bit < 32; bit++) {
		if (mask & (1u << bit)) {
			word_add(w, k ^ (1u << bit));
			word_add(w, 1u << bit);
		}
	}
}

static struct acc acc_load(const struct scan *s, uint32_t offset)
{
	if (offset == 0)
		return (struct acc){.kind = ACC_CONST, .v = s->nr};
	if (offset == 4)
		return (struct acc){.kind = ACC_CONST, .v = s->audit_arch};
	if (offset < FIRST_WORD * 4)
		return (struct acc){.kind = ACC_CONST, .v = 0};
	unsigned word = offset / 4 - FIRST_WORD;
	return (struct acc){
	    .kind = ACC_WORD, .word = s->big_endian ? word ^ 1 : word, .v = UINT32_MAX};
}

static struct acc acc_step(const struct scan *s, struct acc acc, const struct bpf_insn *i)
{
	if (i->code == (BPF_LD | BPF_W | BPF_ABS))
		return acc_load(s, i->k);
	if (i->code == (BPF_ALU | BPF_AND | BPF_K)) {
		acc.v &= i->k; /* of a constant: its value; of a word: its mask */
		return acc;
	}
	return BPF_CLASS(i->code) == BPF_ST || BPF_CLASS(i->code) == BPF_STX
		   ? acc
		   : (struct acc){.kind = ACC_OTHER};
}

static bool const_jumps(const struct bpf_insn *i, uint32_t v)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return v == i->k;
	case BPF_JGT:
		return v > i->k;
	case BPF_JGE:
		return v >= i->k;
	default:
		return v & i->k;
	}
}

static bool acc_equal(const struct acc *a, const struct acc *b)
{
	return a->kind == b->kind && a->word == b->word && a->v == b->v;
}

static void scan_from(struct scan *s, unsigned pc, struct acc acc);

static void scan_jump(struct scan *s, unsigned pc, struct acc acc)
{
	const struct bpf_insn *i = &s->prog->v[pc];
	bool with_k = BPF_SRC(i->code) == BPF_K;
	if (acc.kind == ACC_CONST && with_k) {
		scan_from(s, pc + 1 + (const_jumps(i, acc.v) ? i->jt : i->jf), acc);
		return;
	}
	if (acc.kind == ACC_WORD && with_k)
		word_boundary(&s->words[acc.word],
			      BPF_OP(i->code) == BPF_JSET ? acc.v & i->k : acc.v, i->k);
	scan_from(s, pc + 1 + i->jt, acc);
	scan_from(s, pc + 1 + i->jf, acc);
}

/* Depth is bounded by the length of the program: jumps go forward. */
static void scan_from(struct scan *s, unsigned pc, struct acc acc)
{
	for (;; pc++) {
		const struct bpf_insn *i = &s->prog->v[pc];
		if (acc_equal(&s->seen[pc], &acc))
			return;
		s->seen[pc] = acc;
		if (BPF_CLASS(i->code) == BPF_RET)
			return;
		if (i->code == (BPF_JMP | BPF_JA)) {
			pc += i->k;
		} else if (BPF_CLASS(i->code) == BPF_JMP) {
			scan_jump(s, pc, acc);
			return;
		} else {
			acc = acc_step(s, acc, i);
		}
	}
}

static void scan_test(struct scan *s, const struct sys_test *t)
{
	uint64_t beyond = t->cmp == SYS_GT || t->cmp == SYS_LE ? t->value + 1 : t->value;
	for (unsigned half = 0; half < t->width / 32u; half++) {
		struct word *w = &s->words[2 * t->arg + half];
		word_boundary(w, (uint32_t)(t->mask >> (32 * half)),
			      (uint32_t)(t->value >> (32 * half)));
		word_add(w, (uint32_t)(beyond >> (32 * half)));
	}
}

/* The boundaries that the policy itself has for this call. */
static void scan_policy(struct scan *s, const struct sys_policy *p, enum arch arch)
{
	const struct syscall_desc *call = syscall_by_nr(arch, s->nr);
	for (unsigned i = 0; i < p->n_rules; i++) {
		const struct sys_cond *c = p->rules[i].call == call ? p->rules[i].cond : NULL;
		for (unsigned j = 0; c && j < c->n_any; j++)
			for (unsigned k = 0; k < c->any[j].n_tests; k++)
				scan_test(s, &c->any[j].tests[k]);
	}
}

struct asker {
	struct request request;
	void (*ask)(void *ctx, const struct request *r);
	void *ctx;
};

/* A small, well-mixed step through a product too large to be asked whole; always the same one. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 33;
	x *= 0xff51afd7ed558ccdull;
	x ^= x >> 33;
	x *= 0xc4ceb9fe1a85ec53ull;
	return x ^ (x >> 33);
}

static void ask_product(struct asker *k, const struct word *words, uint32_t filler)
{
	uint64_t total = 1;
	for (unsigned w = 0; w < N_WORDS; w++)
		if (words[w].n && total <= MAX_ASKED)
			total *= words[w].n;
	bool whole = total <= MAX_ASKED;
	for (uint64_t i = 0; i < (whole ? total : MAX_ASKED); i++) {
		uint64_t left = i;
		memset(k->request.args, 0, sizeof(k->request.args));
		for (unsigned w = 0; w < N_WORDS; w++) {
			uint64_t pick = whole ? left : mix(i * N_WORDS + w);
			uint32_t v = words[w].n ? words[w].value[pick % words[w].n] : filler;
			left = words[w].n ? left / words[w].n : left;
			k->request.args[w / 2] |= (uint64_t)v << (w % 2 * 32);
		}
		k->ask(k->ctx, &k->request);
	}
}

static void witness_number(struct scan *s, const struct sys_policy *p, struct asker *k)
{
	unsigned tested = 0;
	for (unsigned w = 0; w < N_WORDS; w++) /* not the values too: 24 KB for each number */
		s->words[w].n = 0;
	for (unsigned i = 0; i < s->prog->n; i++) /* a state that no walk has */
		s->seen[i] = (struct acc){.kind = ACC_OTHER, .word = N_WORDS};
	s->nr = k->request.nr;
	scan_from(s, 0, (struct acc){.kind = ACC_OTHER});
	scan_policy(s, p, k->request.arch);
	for (unsigned w = 0; w < N_WORDS; w++)
		tested += s->words[w].n;
	if (!tested)
		return;
	ask_product(k, s->words, 0);
	ask_product(k, s->words, GARBAGE);
}

void seccomp_witness(const void *model, const struct ir *ir,
		     void (*ask)(void *ctx, const struct request *r), void *ctx)
{
	const struct seccomp_model *m = model;
	struct arena *a = arena_new();
	unsigned n;
	const struct syscall_desc *calls = syscall_table(&n);
	const struct sys_policy *p = sysmean_derive(a, ir);
	struct asker k = {.ask = ask, .ctx = ctx};
	k.request.target = TARGET_LINUX;
	k.request.op = OP_SYSCALL;
	for (uint32_t left = ir->arches; left; left &= left - 1) {
		enum arch arch = (enum arch)__builtin_ctz(left), machine = arch_machine[arch];
		struct scan s = {.prog = &m->prog[machine],
				 .audit_arch = seccomp_audit_arch(arch),
				 .big_endian = seccomp_big_endian(seccomp_audit_arch(arch)),
				 .words = ARENA_ARRAY(a, N_WORDS, struct word),
				 .seen = ARENA_ARRAY(a, m->prog[machine].n, struct acc)};
		k.request.arch = arch;
		for (unsigned i = 0; m->has[machine] && i < n; i++) {
			if (calls[i].nr[arch] == SYSCALL_NONE)
				continue;
			k.request.nr = (uint32_t)calls[i].nr[arch];
			witness_number(&s, p, &k);
		}
	}
	arena_free(a);
}
