/*
 * proof.c - libFuzzer target: any bytes as the meaning of a certificate, a NUL, and a filter. A proof that says equal
 * when a call differs, a counterexample that is none, or a fault of memory is a crash.
 */
#include <linux/audit.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backends/seccomp/prove.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t want(const struct prove_table *t, const struct prove_call *c)
{
	return prove_return(prove_table_decide(t, c));
}

/* Of the machine that the table is about; a call has its low halves first. */
static bool is_big_endian(const struct prove_table *t)
{
	return t->n_abis && !(t->abis[0].audit_arch & __AUDIT_ARCH_LE);
}

static uint32_t got(const struct bpf_prog *p, const struct prove_table *t, const struct prove_call *c)
{
	uint32_t words[BPF_WORDS];
	for (unsigned i = 0; i < BPF_WORDS; i++)
		words[prove_place(is_big_endian(t), i)] = c->word[i];
	return bpf_run(p, words).value;
}

/* Calls made of the numbers that filter and table themselves hold. */
static bool some_call_differs(const struct bpf_prog *p, const struct prove_table *t, uint64_t s)
{
	for (unsigned i = 0; i < 2000; i++) {
		struct prove_call c;
		for (unsigned w = 0; w < PROVE_WORDS; w++) {
			s = s * 6364136223846793005ull + 1442695040888963407ull;
			c.word[w] = p->v[(s >> 33) % p->n].k + (uint32_t)(s >> 60) % 3 - 1;
		}
		if (t->n_abis && i % 8)
			c.word[WORD_ARCH] = t->abis[i % t->n_abis].audit_arch;
		if (t->n_abis && i % 2)
			c.word[WORD_NR] = t->abis[0].v[(s >> 40) % t->abis[0].n].lo;
		if (want(t, &c) != got(p, t, &c))
			return true;
	}
	return false;
}

static void prove(struct arena *a, const char *meaning, const char *blob, size_t size)
{
	struct bpf_prog p;
	struct prove_table t;
	if (prove_table_read(a, meaning, &t) || bpf_open(a, blob, size, is_big_endian(&t), &p))
		return;
	struct prove_result r = prove_run(a, &p, &t, NULL);
	if (r.end == PROVE_EQUAL && some_call_differs(&p, &t, size))
		abort();
	if (r.end == PROVE_DIFFERENT &&
	    (want(&t, &r.call) != r.want || got(&p, &t, &r.call) != r.got || r.want == r.got))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	if (nul) {
		const char *meaning = arena_strndup(a, (const char *)data, (size_t)(nul - data));
		size_t left = size - (size_t)(nul - data) - 1;
		prove(a, meaning, arena_strndup(a, (const char *)nul + 1, left), left);
	}
	arena_free(a);
	return 0;
}
