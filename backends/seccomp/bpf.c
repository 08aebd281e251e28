/*
 * bpf.c - reads, checks and runs classic BPF by the kernel's rules (net/core/filter.c and
 * kernel/seccomp.c of Linux: what is allowed, how it is checked, what division and shifts do).
 */
#include "bpf.h"

#include <linux/audit.h>
#include <linux/filter.h>

enum { INSN_SIZE = 8 };

/*
 * What a filter of seccomp may hold; MOD, packet loads and loads into X from the call are not
 * in it.
 */
static const uint16_t known_codes[] = {
    BPF_LD | BPF_W | BPF_ABS,
    BPF_LD | BPF_W | BPF_LEN,
    BPF_LDX | BPF_W | BPF_LEN,
    BPF_LD | BPF_IMM,
    BPF_LDX | BPF_IMM,
    BPF_LD | BPF_MEM,
    BPF_LDX | BPF_MEM,
    BPF_ST,
    BPF_STX,
    BPF_MISC | BPF_TAX,
    BPF_MISC | BPF_TXA,
    BPF_RET | BPF_K,
    BPF_RET | BPF_A,
    BPF_ALU | BPF_ADD | BPF_K,
    BPF_ALU | BPF_ADD | BPF_X,
    BPF_ALU | BPF_SUB | BPF_K,
    BPF_ALU | BPF_SUB | BPF_X,
    BPF_ALU | BPF_MUL | BPF_K,
    BPF_ALU | BPF_MUL | BPF_X,
    BPF_ALU | BPF_DIV | BPF_K,
    BPF_ALU | BPF_DIV | BPF_X,
    BPF_ALU | BPF_AND | BPF_K,
    BPF_ALU | BPF_AND | BPF_X,
    BPF_ALU | BPF_OR | BPF_K,
    BPF_ALU | BPF_OR | BPF_X,
    BPF_ALU | BPF_XOR | BPF_K,
    BPF_ALU | BPF_XOR | BPF_X,
    BPF_ALU | BPF_LSH | BPF_K,
    BPF_ALU | BPF_LSH | BPF_X,
    BPF_ALU | BPF_RSH | BPF_K,
    BPF_ALU | BPF_RSH | BPF_X,
    BPF_ALU | BPF_NEG,
    BPF_JMP | BPF_JA,
    BPF_JMP | BPF_JEQ | BPF_K,
    BPF_JMP | BPF_JEQ | BPF_X,
    BPF_JMP | BPF_JGE | BPF_K,
    BPF_JMP | BPF_JGE | BPF_X,
    BPF_JMP | BPF_JGT | BPF_K,
    BPF_JMP | BPF_JGT | BPF_X,
    BPF_JMP | BPF_JSET | BPF_K,
    BPF_JMP | BPF_JSET | BPF_X,
};

static bool is_known(uint16_t code)
{
	for (size_t i = 0; i < sizeof(known_codes) / sizeof(known_codes[0]); i++)
		if (known_codes[i] == code)
			return true;
	return false;
}

static bool is_cond_jump(uint16_t code)
{
	return BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA;
}

/* The scratch slot an instruction reads or writes. */
static bool uses_slot(uint16_t code)
{
	return code == BPF_ST || code == BPF_STX || code == (BPF_LD | BPF_MEM) ||
	       code == (BPF_LDX | BPF_MEM);
}

static const char *check_insn(const struct bpf_prog *p, unsigned pc)
{
	const struct bpf_insn *i = &p->v[pc];
	unsigned left = p->n - pc - 1; /* instructions after this one */
	if (!is_known(i->code))
		return "an instruction that the kernel does not take";
	if (i->code == (BPF_LD | BPF_W | BPF_ABS) && (i->k >= 4 * BPF_WORDS || i->k % 4))
		return "a load from outside the call";
	if (i->code == (BPF_ALU | BPF_DIV | BPF_K) && i->k == 0)
		return "a division by zero";
	if ((i->code == (BPF_ALU | BPF_LSH | BPF_K) || i->code == (BPF_ALU | BPF_RSH | BPF_K)) &&
	    i->k >= 32)
		return "a shift by more than a word";
	if (uses_slot(i->code) && i->k >= BPF_MEMWORDS)
		return "a scratch slot that does not exist";
	if (i->code == (BPF_JMP | BPF_JA) && i->k >= left)
		return "a jump past the end";
	if (is_cond_jump(i->code) && (i->jt >= left || i->jf >= left))
		return "a jump past the end";
	return NULL;
}

/*
 * No scratch slot is read on a path that has not written it; slots[pc]: written on every way
 * there.
 */
static const char *check_slots(struct arena *a, const struct bpf_prog *p)
{
	uint16_t *slots = ARENA_ARRAY(a, p->n, uint16_t);
	uint16_t now = 0;
	for (unsigned pc = 0; pc < p->n; pc++)
		slots[pc] = UINT16_MAX;
	for (unsigned pc = 0; pc < p->n; pc++) {
		const struct bpf_insn *i = &p->v[pc];
		now &= slots[pc];
		if (i->code == BPF_ST || i->code == BPF_STX) {
			now |= (uint16_t)(1u << i->k);
		} else if (uses_slot(i->code) && !(now & (1u << i->k))) {
			return "a scratch slot that is read before it is written";
		} else if (i->code == (BPF_JMP | BPF_JA)) {
			slots[pc + 1 + i->k] &= now;
			now = UINT16_MAX;
		} else if (is_cond_jump(i->code)) {
			slots[pc + 1 + i->jt] &= now;
			slots[pc + 1 + i->jf] &= now;
			now = UINT16_MAX;
		}
	}
	return NULL;
}

static uint32_t read_bytes(const uint8_t *b, unsigned n, bool big_endian)
{
	uint32_t v = 0;
	for (unsigned i = 0; i < n; i++)
		v |= (uint32_t)b[big_endian ? n - 1 - i : i] << (8 * i);
	return v;
}

const char *bpf_open(struct arena *a, const void *bytes, size_t size, bool big_endian,
		     struct bpf_prog *out)
{
	const uint8_t *b = bytes;
	if (size % INSN_SIZE)
		return "a part of an instruction at its end";
	if (size == 0 || size / INSN_SIZE > BPF_MAXINSNS)
		return "no instructions, or more than the kernel takes";
	struct bpf_insn *v = ARENA_ARRAY(a, size / INSN_SIZE, struct bpf_insn);
	struct bpf_prog p = {.v = v, .n = (unsigned)(size / INSN_SIZE)};
	for (unsigned pc = 0; pc < p.n; pc++, b += INSN_SIZE)
		v[pc] = (struct bpf_insn){.code = (uint16_t)read_bytes(b, 2, big_endian),
					  .jt = b[2],
					  .jf = b[3],
					  .k = read_bytes(b + 4, 4, big_endian)};
	for (unsigned pc = 0; pc < p.n; pc++) {
		const char *error = check_insn(&p, pc);
		if (error)
			return error;
	}
	if (BPF_CLASS(v[p.n - 1].code) != BPF_RET)
		return "an end that is no return";
	const char *error = check_slots(a, &p);
	if (!error)
		*out = p;
	return error;
}

struct machine {
	uint32_t a, x, mem[BPF_MEMWORDS];
	const uint32_t *data;
};

static uint32_t alu(uint16_t op, uint32_t a, uint32_t v)
{
	switch (op) {
	case BPF_ADD:
		return a + v;
	case BPF_SUB:
		return a - v;
	case BPF_MUL:
		return a * v;
	case BPF_DIV:
		return a / v; /* by zero: bpf_run has ended before */
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
		return -a; /* BPF_NEG: the check let nothing else through */
	}
}

static bool compare(uint16_t op, uint32_t a, uint32_t v)
{
	switch (op) {
	case BPF_JEQ:
		return a == v;
	case BPF_JGT:
		return a > v;
	case BPF_JGE:
		return a >= v;
	default:
		return a & v; /* BPF_JSET */
	}
}

static uint32_t load(const struct machine *m, const struct bpf_insn *i)
{
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		return m->data[i->k / 4];
	case BPF_MEM:
		return m->mem[i->k];
	case BPF_IMM:
		return i->k;
	default:
		return 4 * BPF_WORDS; /* BPF_LEN */
	}
}

/* Everything but jumps and returns. */
static void step(struct machine *m, const struct bpf_insn *i)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
		m->a = load(m, i);
		break;
	case BPF_LDX:
		m->x = load(m, i);
		break;
	case BPF_ST:
		m->mem[i->k] = m->a;
		break;
	case BPF_STX:
		m->mem[i->k] = m->x;
		break;
	case BPF_ALU:
		m->a = alu(BPF_OP(i->code), m->a, BPF_SRC(i->code) == BPF_X ? m->x : i->k);
		break;
	default: /* BPF_MISC */
		if (BPF_MISCOP(i->code) == BPF_TAX)
			m->x = m->a;
		else
			m->a = m->x;
	}
}

struct bpf_result bpf_run(const struct bpf_prog *p, const uint32_t data[BPF_WORDS])
{
	struct machine m = {.data = data};
	struct bpf_result r = {0};
	for (unsigned pc = 0;; pc++) {
		const struct bpf_insn *i = &p->v[pc];
		r.steps++;
		bool div_by_zero = i->code == (BPF_ALU | BPF_DIV | BPF_X) && m.x == 0;
		if (BPF_CLASS(i->code) == BPF_RET || div_by_zero) {
			r.where = pc;
			r.value = div_by_zero ? 0 : BPF_RVAL(i->code) == BPF_A ? m.a : i->k;
			return r;
		}
		if (is_cond_jump(i->code)) {
			uint32_t v = BPF_SRC(i->code) == BPF_X ? m.x : i->k;
			pc += compare(BPF_OP(i->code), m.a, v) ? i->jt : i->jf;
		} else if (i->code == (BPF_JMP | BPF_JA)) {
			pc += i->k;
		} else {
			step(&m, i);
		}
	}
}

unsigned bpf_word(uint32_t audit_arch, unsigned arg, unsigned half)
{
	bool big_endian = !(audit_arch & __AUDIT_ARCH_LE);
	return 4 + 2 * arg + (big_endian ? 1 - half : half);
}

void bpf_call(uint32_t data[BPF_WORDS], uint32_t audit_arch, uint32_t nr, const uint64_t args[6])
{
	data[0] = nr;
	data[1] = audit_arch;
	data[2] = data[3] = 0;
	for (unsigned i = 0; i < 12; i++)
		data[bpf_word(audit_arch, i / 2, i % 2)] = (uint32_t)(args[i / 2] >> (i % 2 * 32));
}
