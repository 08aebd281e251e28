/*
 * path.c - the way of a call's number through a filter, read from the bytes: for reviewers, who ask which instructions
 * decide which calls.
 */
#include "seccomp.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

static bool is_conditional(uint16_t code)
{
	return BPF_CLASS(code) == BPF_JMP && BPF_OP(code) != BPF_JA;
}

static bool jumps(const struct bpf_insn *i, uint32_t a)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return a == i->k;
	case BPF_JGT:
		return a > i->k;
	case BPF_JGE:
		return a >= i->k;
	default:
		return (a & i->k) != 0;
	}
}

bool seccomp_number_path(const void *model, enum arch arch, uint32_t nr, struct number_path *out)
{
	const struct seccomp_model *m = model;
	const struct bpf_prog *p = &m->prog[arch_machine[arch]];
	uint32_t a = 0;
	*out = (struct number_path){0, 0};
	/* As long as only arch and number are looked at, there is one way. */
	for (unsigned pc = 0; m->has[arch_machine[arch]] && pc < p->n; pc++) {
		const struct bpf_insn *i = &p->v[pc];
		bool is_arch = i->k == offsetof(struct seccomp_data, arch);
		out->decided = pc;
		if (i->code == (BPF_LD | BPF_W | BPF_ABS) && (is_arch || i->k == offsetof(struct seccomp_data, nr)))
			a = is_arch ? seccomp_audit_arch(arch) : nr;
		else if (i->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= i->k;
		else if (i->code == (BPF_JMP | BPF_JA))
			pc += i->k;
		else if (!is_conditional(i->code))
			return true;
		else {
			out->last = pc;
			pc += jumps(i, a) ? i->jt : i->jf;
		}
	}
	return false;
}
