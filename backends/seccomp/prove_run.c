/*
 * prove_run.c - runs a filter on all calls at once and compares each way through it with the table.
 *
 * Each class of numbers is walked by itself. Where a jump depends on a word of the call, both sides
 * are walked with what is then known of the word; at a return the conditions of the table are asked
 * in the same way, until filter and table both say one thing about all calls that are left: a cell.
 * What cannot be followed (arithmetic on words of a call) is no proof, and is reported so.
 */
#include <linux/audit.h>
#include <linux/filter.h>

#include "prove_memo.h"

enum {
	MAX_STEPS = 100 * 1000 * 1000, /* of search and of walking: seconds */
	MAX_DEPTH = 8192,              /* of questions about one call: the stack bears it */
	LONG_REST = 64,
};

static const char not_followed[] =
    "the filter computes with words of the call, which is not followed";
static const char too_long[] = "it takes too many steps";

/* What a register holds: a constant, or a word of the call behind a mask. */
struct val {
	bool symbolic;
	unsigned word;
	uint32_t v; /* the constant, or the mask */
	bool lost;  /* something that is not followed */
};

struct cpu {
	struct val a, x, mem[BPF_MEMWORDS];
};

struct run {
	struct arena *arena;
	const struct bpf_prog *prog;  /* as if low halves came first everywhere */
	const struct bpf_prog *given; /* as it stands */
	bool big_endian;
	const struct prove_table *table;
	const struct prove_oracle *oracle;
	struct wordset words[PROVE_WORDS];
	struct rest_class *conditions; /* of the class that is walked */
	struct rest rest;              /* what is open of them on this way, as last looked at */
	struct memo *memo;             /* or NULL */
	unsigned long fuel;
	unsigned depth; /* of walk_table() */
	unsigned got_at;
	struct prove_result result;
};

/* ---- cells ---- */

static bool run_fail(struct run *r, const char *why)
{
	r->result.end = PROVE_UNKNOWN;
	r->result.why = why;
	return false;
}

static struct prove_call run_call(const struct run *r)
{
	struct prove_call c;
	for (unsigned i = 0; i < PROVE_WORDS; i++)
		c.word[i] = r->words[i].some;
	return c;
}

static struct bpf_result call_run(const struct run *r, const struct prove_call *c)
{
	uint32_t data[BPF_WORDS];
	for (unsigned i = 0; i < BPF_WORDS; i++)
		data[prove_place(r->big_endian, i)] = c->word[i];
	return bpf_run(r->given, data);
}

/* Filter and table each say one thing. One call of the cell is also asked without any symbols. */
static bool run_cell(struct run *r, uint32_t got, uint32_t want)
{
	struct prove_call call = run_call(r);
	r->result.cells++;
	if (call_run(r, &call).value != got)
		return run_fail(r,
				"the proof and the interpreter of filters contradict each other");
	if (prove_return(prove_table_decide(r->table, &call)) != want ||
	    (r->oracle && r->oracle->want(r->oracle->ctx, &call) != want))
		return run_fail(r, "the proof and the meaning of the policy contradict each other");
	if (got == want)
		return true;
	r->result.end = PROVE_DIFFERENT;
	r->result.call = call;
	r->result.got = got;
	r->result.want = want;
	r->result.where = r->got_at;
	return false;
}

/* ---- both sides of a test ---- */

/*
 * What a test leaves of its word on each side. When the test must be prepared by one on a bit (see
 * wordset_split), `again` says so, and the same place is to be walked again.
 */
struct fork {
	unsigned word;
	struct wordset before, side[2];
	bool alive[2], again;
	struct wordset_not node;
};

static bool run_fork(struct run *r, unsigned word, const struct wordset_test *t, struct fork *f)
{
	struct wordset_test asked = *t;
	f->word = word;
	f->before = r->words[word];
	f->again = wordset_split(&f->before, t, &asked);
	for (unsigned side = 0; side < 2; side++) {
		enum wordset_left left =
		    wordset_narrow(&f->before, &asked, side, &f->node, &f->side[side], &r->fuel);
		if (left == WORD_TOO_HARD)
			return run_fail(r, too_long);
		f->alive[side] = left == WORD_LEFT;
	}
	if (!f->alive[0] && !f->alive[1]) /* no set is empty when it is asked */
		return run_fail(r, "the proof contradicts itself");
	return true;
}

/*
 * The one side that is left holds all values. Only a bit that became known has to be kept; a
 * pattern (which lives in the fork) never has.
 */
static bool fork_settled(struct run *r, const struct fork *f, bool *side)
{
	if (f->alive[0] && f->alive[1])
		return false;
	*side = f->alive[1];
	if (f->again)
		r->words[f->word] = f->side[*side];
	return true;
}

static bool run_tick(struct run *r)
{
	if (!r->fuel)
		return run_fail(r, too_long);
	r->fuel--;
	return true;
}

/* Asks what is open, until nothing is. Each question decides a test, or a bit of one. */
static bool walk_table(struct run *r, uint32_t got)
{
	struct rest before = r->rest, rest = rest_narrow(r->conditions, &before, r->words);
	struct fork f;
	bool ok = true;
	if (rest.n == 1)
		return run_cell(r, got, *rest_values(r->conditions, &rest));
	if (r->depth == MAX_DEPTH)
		return run_fail(r, "its conditions have too many tests");
	if (!run_tick(r) || !run_fork(r, rest.ask.word, &rest.ask.test, &f))
		return false;
	r->rest = rest;
	r->depth++;
	for (unsigned side = 0; ok && side < 2; side++) {
		r->words[f.word] = f.side[side];
		ok = !f.alive[side] || walk_table(r, got);
		rest_drop(r->conditions, &rest);
	}
	r->words[f.word] = f.before;
	r->rest = before;
	r->depth--;
	return ok;
}

/* ---- the filter ---- */

static struct val val_const(uint32_t v)
{
	return (struct val){.v = v};
}

static struct val val_word(unsigned word)
{
	return (struct val){.symbolic = true, .word = word, .v = UINT32_MAX};
}

/* A word whose seen bits are all known is a constant. */
static struct val val_known(const struct run *r, struct val v)
{
	if (!v.symbolic)
		return v;
	const struct wordset *w = &r->words[v.word];
	return v.v & ~w->mask ? v : val_const(w->value & v.v);
}

static struct val val_load(const struct cpu *c, const struct bpf_insn *i)
{
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		return val_word(i->k / 4);
	case BPF_MEM:
		return c->mem[i->k];
	case BPF_IMM:
		return val_const(i->k);
	default:
		return val_const(4 * BPF_WORDS); /* BPF_LEN */
	}
}

static uint32_t alu_const(uint16_t op, uint32_t a, uint32_t v)
{
	switch (op) {
	case BPF_ADD:
		return a + v;
	case BPF_SUB:
		return a - v;
	case BPF_MUL:
		return a * v;
	case BPF_DIV:
		return v ? a / v : 0; /* by zero: is_end has seen it before */
	case BPF_AND:
		return a & v;
	case BPF_OR:
		return a | v;
	case BPF_XOR:
		return a ^ v;
	case BPF_LSH:
		return a << (v & 31);
	case BPF_RSH:
		return a >> (v & 31);
	default:
		return -a; /* BPF_NEG */
	}
}

static struct val val_alu(uint16_t op, struct val a, struct val v)
{
	bool plain = !a.lost && !v.lost;
	if (plain && !a.symbolic && !v.symbolic)
		return val_const(alu_const(op, a.v, v.v));
	if (plain && op == BPF_AND && a.symbolic != v.symbolic) {
		struct val masked = a.symbolic ? a : v;
		masked.v = a.v & v.v;
		return masked;
	}
	return (struct val){.lost = true};
}

/* Everything but jumps and returns. */
static void cpu_step(struct run *r, struct cpu *c, const struct bpf_insn *i)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
		c->a = val_load(c, i);
		break;
	case BPF_LDX:
		c->x = val_load(c, i);
		break;
	case BPF_ST:
		c->mem[i->k] = c->a;
		break;
	case BPF_STX:
		c->mem[i->k] = c->x;
		break;
	case BPF_ALU:
		c->a = val_alu(BPF_OP(i->code), val_known(r, c->a),
			       BPF_SRC(i->code) == BPF_X ? val_known(r, c->x) : val_const(i->k));
		break;
	default: /* BPF_MISC */
		if (BPF_MISCOP(i->code) == BPF_TAX)
			c->x = c->a;
		else
			c->a = c->x;
	}
}

static struct wordset_test jump_test(const struct bpf_insn *i, uint32_t mask, uint32_t k)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return (struct wordset_test){WORD_EQ, mask, k};
	case BPF_JGT:
		return (struct wordset_test){WORD_GT, mask, k};
	case BPF_JGE:
		return (struct wordset_test){WORD_GE, mask, k};
	default: /* BPF_JSET */
		return (struct wordset_test){WORD_SET, mask & k, UINT32_MAX};
	}
}

static bool walk_filter(struct run *r, unsigned pc, struct cpu *c);

/* Each side has its own copy of the registers. */
static bool walk_filter_sides(struct run *r, unsigned pc, const struct cpu *c, const struct fork *f)
{
	const struct bpf_insn *i = &r->prog->v[pc];
	struct rest rest = r->rest;
	bool ok = true;
	for (unsigned side = 0; ok && side < 2; side++) {
		struct cpu copy = *c;
		r->words[f->word] = f->side[side];
		if (rest.n > LONG_REST) /* what is settled here need not be looked at again on each way below */
			r->rest = rest_narrow(r->conditions, &rest, r->words);
		ok = walk_filter(r, f->again ? pc : pc + 1 + (side ? i->jt : i->jf), &copy);
		r->rest = rest;
		rest_drop(r->conditions, &rest);
	}
	r->words[f->word] = f->before;
	return ok;
}

static bool walk_return(struct run *r, unsigned pc, const struct cpu *c)
{
	const struct bpf_insn *i = &r->prog->v[pc];
	struct val v = val_const(i->k);
	if (BPF_CLASS(i->code) != BPF_RET)
		v = val_const(0); /* division by zero ends a filter so */
	else if (BPF_RVAL(i->code) == BPF_A)
		v = val_known(r, c->a);
	if (v.symbolic || v.lost)
		return run_fail(r, "the filter returns a value that it computes from the call");
	r->result.paths++;
	r->got_at = pc;
	return walk_table(r, v.v);
}

/*
 * An instruction that ends the filter: a return, or a division by X when X is zero. *lost: by an X
 * that is not known, so that it cannot be said.
 */
static bool is_end(const struct run *r, const struct bpf_insn *i, const struct cpu *c, bool *lost)
{
	if (i->code != (BPF_ALU | BPF_DIV | BPF_X))
		return BPF_CLASS(i->code) == BPF_RET;
	struct val x = val_known(r, c->x);
	*lost = x.symbolic || x.lost;
	return !*lost && x.v == 0;
}

/* A jump whose side is known: how far it goes. False when both sides are left, or on a failure. */
static bool jump_settled(struct run *r, const struct cpu *c, const struct bpf_insn *i,
			 struct fork *f, int *by)
{
	struct val a = val_known(r, c->a);
	struct val v = BPF_SRC(i->code) == BPF_X ? val_known(r, c->x) : val_const(i->k);
	bool side;
	f->alive[0] = f->alive[1] = false;
	if (i->jt == i->jf) {
		*by = i->jt;
		return true;
	}
	if (a.lost || v.lost || v.symbolic)
		return run_fail(r, not_followed);
	struct wordset_test t = jump_test(i, a.symbolic ? a.v : UINT32_MAX, v.v);
	if (!a.symbolic) {
		*by = wordset_test_holds(&t, a.v) ? i->jt : i->jf;
		return true;
	}
	if (!run_fork(r, a.word, &t, f) || !fork_settled(r, f, &side))
		return false;
	*by = f->again ? -1 : side ? i->jt : i->jf;
	return true;
}

/* A load of an argument: here ways come together, and what follows may be proved already. */
static bool was_walked(struct run *r, unsigned pc)
{
	const struct bpf_insn *i = &r->prog->v[pc];
	if (!r->memo || i->code != (BPF_LD | BPF_W | BPF_ABS) || i->k / 4 < WORD_IP)
		return false;
	r->rest = rest_narrow(r->conditions, &r->rest, r->words);
	return memo_asked(r->memo, pc, &r->rest, rest_values(r->conditions, &r->rest), r->words);
}

/* Jumps go forward, so the depth is bounded by the length of the filter. */
static bool walk_filter(struct run *r, unsigned pc, struct cpu *c)
{
	for (;; pc++) {
		const struct bpf_insn *i = &r->prog->v[pc];
		struct fork f;
		int by = 0;
		bool lost = false;
		if (!run_tick(r))
			return false;
		if (is_end(r, i, c, &lost))
			return walk_return(r, pc, c);
		if (lost)
			return run_fail(r, not_followed);
		if (was_walked(r, pc))
			return true;
		if (i->code == (BPF_JMP | BPF_JA))
			pc += i->k;
		else if (BPF_CLASS(i->code) != BPF_JMP)
			cpu_step(r, c, i);
		else if (jump_settled(r, c, i, &f, &by))
			pc += (unsigned)by;
		else
			return f.alive[0] && f.alive[1] && walk_filter_sides(r, pc, c, &f);
	}
}

/* ---- all classes ---- */

static bool run_class(struct run *r, const struct prove_class *c)
{
	struct cpu start = {.a = val_const(0), .x = val_const(0)};
	r->conditions = rest_class_new(r->arena, c);
	r->rest = rest_whole(r->conditions);
	if (r->memo)
		memo_clear(r->memo);
	r->words[WORD_NR] = wordset_range(c->lo, c->hi);
	return walk_filter(r, 0, &start);
}

static bool run_abi(struct run *r, const struct prove_abi *abi)
{
	r->words[WORD_ARCH] = wordset_range(abi->audit_arch, abi->audit_arch);
	for (unsigned i = 0; i < abi->n; i++)
		if (!run_class(r, &abi->v[i]))
			return false;
	return true;
}

/* Every arch that is none of the table's. */
static bool run_foreign(struct run *r)
{
	const struct prove_class all = {.hi = UINT32_MAX, .otherwise = r->table->foreign};
	struct wordset_not *nots = ARENA_ARRAY(r->arena, r->table->n_abis, struct wordset_not);
	struct wordset w = wordset_any();
	for (unsigned i = 0; i < r->table->n_abis; i++) {
		struct wordset_test t = {WORD_EQ, UINT32_MAX, r->table->abis[i].audit_arch};
		struct wordset before = w;
		if (wordset_narrow(&before, &t, false, &nots[i], &w, &r->fuel) != WORD_LEFT)
			return run_fail(r, too_long);
	}
	r->words[WORD_ARCH] = w;
	return run_class(r, &all);
}

unsigned prove_place(bool big_endian, unsigned word)
{
	return big_endian && word >= WORD_IP ? word ^ 1 : word;
}

/* The same filter with its loads swapped, so that all that follows need not ask which half comes first. */
static const struct bpf_prog *low_first(struct arena *a, const struct bpf_prog *p)
{
	struct bpf_insn *v = ARENA_ARRAY(a, p->n, struct bpf_insn);
	struct bpf_prog *out = ARENA_NEW(a, struct bpf_prog);
	for (unsigned pc = 0; pc < p->n; pc++) {
		v[pc] = p->v[pc];
		if (v[pc].code == (BPF_LD | BPF_W | BPF_ABS))
			v[pc].k = 4 * prove_place(true, v[pc].k / 4);
	}
	*out = (struct bpf_prog){.v = v, .n = p->n};
	return out;
}

struct prove_result prove_run(struct arena *a, const struct bpf_prog *p,
			      const struct prove_table *t, const struct prove_oracle *oracle)
{
	struct run r = {.arena = a, .given = p, .table = t, .oracle = oracle, .fuel = MAX_STEPS};
	r.big_endian = t->n_abis && !(t->abis[0].audit_arch & __AUDIT_ARCH_LE);
	r.prog = r.big_endian ? low_first(a, p) : p;
	r.memo = memo_new(a, r.prog);
	for (unsigned i = 0; i < PROVE_WORDS; i++)
		r.words[i] = wordset_any();
	bool ok = true;
	for (unsigned i = 0; ok && i < t->n_abis; i++)
		ok = run_abi(&r, &t->abis[i]);
	if (ok)
		run_foreign(&r);
	return r.result;
}
