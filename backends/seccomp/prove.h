/*
 * prove.h - the proof that a filter does what the policy means, for every call there can be.
 *
 * Three steps that share nothing with the code generator: the meaning of a policy becomes a table
 * of classes of numbers (prove_policy.c), the table has a text (prove_table.c: the certificate),
 * and the bytes of the filter are run symbolically against the table (prove_run.c). A call is 16
 * words: number, arch, instruction pointer, six arguments; each is followed as an exact set.
 */
#ifndef SBX_SECCOMP_PROVE_H
#define SBX_SECCOMP_PROVE_H

#include "../../compiler/str.h"
#include "../../compiler/sysmean.h"
#include "bpf.h"

/* All tests hold: then the action. Cases are asked in order. */
struct prove_case {
	const struct sys_test *tests;
	unsigned n_tests; /* 0: always */
	struct sys_action action;
};

/* Numbers with one meaning. */
struct prove_class {
	uint32_t lo, hi; /* inclusive */
	const struct prove_case *cases;
	unsigned n_cases;
	struct sys_action otherwise;
};

/* All numbers of one audit arch, ascending, without gap. Those of a table have one byte order. */
struct prove_abi {
	uint32_t audit_arch;
	const struct prove_class *v;
	unsigned n;
};

struct prove_table {
	const struct prove_abi *abis;
	unsigned n_abis;
	struct sys_action foreign; /* every other arch */
};

/*
 * A call as the filter sees it: the words of struct seccomp_data, but the low half of each pair first, whatever the
 * machine.
 */
enum { PROVE_WORDS = 16, WORD_NR = 0, WORD_ARCH = 1, WORD_IP = 2, WORD_ARGS = 4 };
struct prove_call {
	uint32_t word[PROVE_WORDS];
};
uint64_t prove_call_arg(const struct prove_call *c, unsigned arg);
/* Where the machine keeps the word. */
unsigned prove_place(bool big_endian, unsigned word);

/* What the table means for one call: no symbols, straight from the definition. */
struct sys_action prove_table_decide(const struct prove_table *t, const struct prove_call *c);

/* SECCOMP_RET_* with its data, as the kernel must be given it. */
uint32_t prove_return(struct sys_action action);

/* From the meaning of a policy, for the ABIs of a machine; audit_arch[abi] is what the kernel calls each. */
struct prove_table prove_policy(struct arena *a, const struct sys_policy *p, enum arch machine,
				const uint32_t audit_arch[ARCH_COUNT]);

void prove_table_print(const struct prove_table *t, struct buf *out);
/* Reads what the above printed, and nothing else: NULL, or what is wrong. */
const char *prove_table_read(struct arena *a, const char *text, struct prove_table *out);

enum prove_end {
	PROVE_EQUAL,
	PROVE_DIFFERENT, /* `call` shows it */
	PROVE_UNKNOWN,   /* `why` says why not; it counts as different */
};

struct prove_result {
	enum prove_end end;
	unsigned long paths; /* ways through the filter */
	unsigned long
	    cells; /* ways through filter and policy together: calls that are treated alike */
	struct prove_call call;
	uint32_t want, got; /* what the filter must return, and what it returns */
	unsigned where;     /* the instruction that returns it */
	const char *why;
};

/*
 * A second opinion: what the policy's own definition says of a call. It is asked for one call of
 * each cell, so that a fault in the table itself cannot hide. NULL: there is none.
 */
struct prove_oracle {
	uint32_t (*want)(const void *ctx, const struct prove_call *c);
	const void *ctx;
};

struct prove_result prove_run(struct arena *a, const struct bpf_prog *p,
			      const struct prove_table *t, const struct prove_oracle *oracle);

#endif
