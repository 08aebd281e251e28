/*
 * prove_memo.h - places of a filter that were proved already, with what was known there.
 */
#ifndef SBX_SECCOMP_PROVE_MEMO_H
#define SBX_SECCOMP_PROVE_MEMO_H

#include "prove_rest.h"

struct memo;

/* NULL when the filter keeps more than the accumulator (it then has more state than is compared). */
struct memo *memo_new(struct arena *a, const struct bpf_prog *p);
/* Forgets all: another class of numbers. */
void memo_clear(struct memo *m);

/*
 * Was the same question asked before: the load at `pc`, the same rest, and the same known of every
 * word that rest or filter can still look at? If not, it is noted as asked. The caller goes on to
 * prove it, and gives up as a whole when that fails, so what was asked before was proved.
 */
bool memo_asked(struct memo *m, unsigned pc, const struct rest *r, const uint32_t *values,
		const struct wordset words[PROVE_WORDS]);

#endif
