/*
 * bpf.h - classic BPF as the kernel reads it from a seccomp filter: decode, check, run.
 *
 * The model's half of the back end: it knows the bytes and the kernel's rules, nothing of how the
 * compiler made them.
 */
#ifndef SBX_SECCOMP_BPF_H
#define SBX_SECCOMP_BPF_H

#include <stdbool.h>
#include <stdint.h>

#include "../../compiler/arena.h"

struct bpf_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

struct bpf_prog {
	const struct bpf_insn *v;
	unsigned n;
};

enum { BPF_WORDS = 16 }; /* of struct seccomp_data */

/*
 * Reads a program, in the byte order of its machine, and checks all that the kernel checks before it takes one. NULL and *out set
 * when it is good, else what is wrong with it.
 */
const char *bpf_open(struct arena *a, const void *bytes, size_t size, bool big_endian,
		     struct bpf_prog *out);

struct bpf_result {
	uint32_t value; /* of the return */
	unsigned where; /* the return that was reached */
	unsigned steps; /* instructions executed */
};

/* Runs a checked program on the words of a call, each as the machine reads it. */
struct bpf_result bpf_run(const struct bpf_prog *p, const uint32_t data[BPF_WORDS]);

/*
 * The words that the kernel shows the filter on the machine of this audit arch: where the bytes of a
 * word stand in the other order, its halves do too. The instruction pointer is 0.
 */
void bpf_call(uint32_t data[BPF_WORDS], uint32_t audit_arch, uint32_t nr, const uint64_t args[6]);
/* The place of an argument's half (0: low) among them. */
unsigned bpf_word(uint32_t audit_arch, unsigned arg, unsigned half);

#endif
