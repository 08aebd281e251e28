/*
 * kernel.c - the kernel's arithmetic on filters.
 */
#include "kernel.h"

#include <linux/seccomp.h>
#include <stddef.h>

enum {
	PROLOGUE = 3,
	TABLE_END = 1024, /* numbers of x32 and the private ones of arm lie past the kernel's table of actions */
};

static bool is_conditional(uint16_t code)
{
	return BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA;
}

/*
 * A jump with two ways is two instructions, unless one falls through; of JSET only the false one
 * can.
 */
static unsigned converted_jump(const struct sock_filter *f)
{
	bool falls = f->jf == 0 || (f->jt == 0 && BPF_OP(f->code) != BPF_JSET);
	bool sign_extends = f->k >= 0x80000000u; /* the constant goes through a register */
	return 1u + (falls ? 0 : 1) + (sign_extends ? 1 : 0);
}

unsigned kernel_converted(const struct code *c)
{
	unsigned n = PROLOGUE;
	for (unsigned i = 0; i < c->n; i++) {
		if (is_conditional(c->v[i].code))
			n += converted_jump(&c->v[i]);
		else
			n += BPF_CLASS(c->v[i].code) == BPF_RET ? 2 : 1;
	}
	return n;
}

static bool jumps(const struct sock_filter *f, uint32_t a)
{
	switch (BPF_OP(f->code)) {
	case BPF_JEQ:
		return a == f->k;
	case BPF_JGE:
		return a >= f->k;
	case BPF_JGT:
		return a > f->k;
	default:
		return a & f->k; /* BPF_JSET */
	}
}

bool kernel_caches(const struct code *c, uint32_t audit_arch, uint32_t nr)
{
	uint32_t a = 0;
	if (nr >= TABLE_END)
		return false;
	for (unsigned pc = 0; pc < c->n; pc++) {
		const struct sock_filter *f = &c->v[pc];
		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (f->k == offsetof(struct seccomp_data, nr))
				a = nr;
			else if (f->k == offsetof(struct seccomp_data, arch))
				a = audit_arch;
			else
				return false;
			break;
		case BPF_RET | BPF_K:
			return f->k == SECCOMP_RET_ALLOW;
		case BPF_JMP | BPF_JA:
			pc += f->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += jumps(f, a) ? f->jt : f->jf;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= f->k;
			break;
		default:
			return false;
		}
	}
	return false;
}

/*
 * From the instruction to a return; jumps on what is not known go both ways. Later ones are done
 * already.
 */
static struct kernel_steps steps_at(const struct code *c, unsigned pc,
				    const struct kernel_steps *at)
{
	const struct sock_filter *f = &c->v[pc];
	if (BPF_CLASS(f->code) == BPF_RET)
		return (struct kernel_steps){1, 1, pc};
	if (!is_conditional(f->code)) {
		struct kernel_steps s = at[pc + 1 + (f->code == (BPF_JMP | BPF_JA) ? f->k : 0)];
		return (struct kernel_steps){s.least + 1, s.most + 1, pc};
	}
	struct kernel_steps yes = at[pc + 1 + f->jt], no = at[pc + 1 + f->jf];
	return (struct kernel_steps){
	    .least = 1 + (yes.least < no.least ? yes.least : no.least),
	    .most = 1 + (yes.most > no.most ? yes.most : no.most),
	    .decided = pc,
	};
}

const struct kernel_steps *kernel_steps_all(struct arena *a, const struct code *c)
{
	struct kernel_steps *at = ARENA_ARRAY(a, c->n, struct kernel_steps);
	for (unsigned pc = c->n; pc-- > 0;)
		at[pc] = steps_at(c, pc, at);
	return at;
}

struct kernel_steps kernel_steps(const struct kernel_steps *at, const struct code *c, uint32_t audit_arch,
				 uint32_t nr)
{
	uint32_t a = 0;
	unsigned done = 0;
	/* As long as only arch and number are looked at, there is one way. */
	for (unsigned pc = 0; pc < c->n; pc++, done++) {
		const struct sock_filter *f = &c->v[pc];
		bool arch = f->k == offsetof(struct seccomp_data, arch);
		if (BPF_CLASS(f->code) == BPF_RET ||
		    (BPF_CLASS(f->code) == BPF_LD && !arch && f->k))
			return (struct kernel_steps){done + at[pc].least, done + at[pc].most, pc};
		if (BPF_CLASS(f->code) == BPF_LD)
			a = arch ? audit_arch : nr;
		else if (f->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= f->k;
		else if (is_conditional(f->code))
			pc += jumps(f, a) ? f->jt : f->jf;
		else
			pc += f->k;
	}
	return (struct kernel_steps){0, 0, 0};
}
