/*
 * bpf_run.c - runs a proved filter as the kernel does (bpf_check.c says what can stand in one).
 */
#include "bpf_run.h"

#include <stdbool.h>
#include <string.h>

struct machine {
	uint32_t a, x, mem[16];
};

static uint32_t load(const unsigned char *data, uint32_t offset)
{
	uint32_t word;

	memcpy(&word, data + offset, sizeof(word));
	return word;
}

static uint32_t arithmetic(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op & 0xf0) {
	case 0x00:
		return a + b;
	case 0x10:
		return a - b;
	case 0x20:
		return a * b;
	case 0x30:
		return b ? a / b : 0;
	case 0x40:
		return a | b;
	case 0x50:
		return a & b;
	case 0x60:
		return b < 32 ? a << b : 0;
	case 0x70:
		return b < 32 ? a >> b : 0;
	case 0x80:
		return -a;
	case 0xa0:
		return a ^ b;
	default:
		return 0;
	}
}

static bool branch(uint16_t op, uint32_t a, uint32_t b)
{
	switch (op & 0xf0) {
	case 0x10:
		return a == b;
	case 0x20:
		return a > b;
	case 0x30:
		return a >= b;
	default:
		return a & b;
	}
}

static void load_or_store(struct machine *m, const struct bpf_insn *in, const unsigned char *data)
{
	bool index = in->code & 1; /* ldx, stx */
	uint32_t value;

	if ((in->code & 7) >= 2) {
		m->mem[in->k] = index ? m->x : m->a;
		return;
	}
	switch (in->code & 0xe0) {
	case 0x20:
		value = load(data, in->k);
		break;
	case 0x60:
		value = m->mem[in->k];
		break;
	case 0x80:
		value = SECCOMP_DATA_SIZE;
		break;
	default:
		value = in->k;
		break;
	}
	*(index ? &m->x : &m->a) = value;
}

uint32_t bpf_run(const struct bpf_program *p, const void *data)
{
	struct machine m = {0};

	for (const struct bpf_insn *in = p->insns;; in++) {
		uint32_t operand = in->code & 8 ? m.x : in->k;
		switch (in->code & 7) {
		case 4:
			m.a = arithmetic(in->code, m.a, operand);
			break;
		case 5:
			if ((in->code & 0xf0) == 0)
				in += in->k;
			else
				in += branch(in->code, m.a, operand) ? in->jt : in->jf;
			break;
		case 6:
			return in->code & 0x10 ? m.a : in->k;
		case 7:
			*(in->code & 0x80 ? &m.a : &m.x) = in->code & 0x80 ? m.x : m.a;
			break;
		default:
			load_or_store(&m, in, data);
			break;
		}
	}
}
