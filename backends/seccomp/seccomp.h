/*
 * seccomp.h - what the files of this back end share.
 *
 * Two halves that meet nowhere but in the bytes: lower.c, verdict.c, codegen.c, text.c make a
 * filter; model.c, witness.c, bpf.c read one.
 */
#ifndef SBX_SECCOMP_H
#define SBX_SECCOMP_H

#include "../backend.h"
#include "bpf.h"
#include "codegen.h"

/* AUDIT_ARCH_* of an ABI. x86_64 and x32 have the same. */
uint32_t seccomp_audit_arch(enum arch arch);
/* Does the machine that the kernel calls so keep the high half of an argument first? */
bool seccomp_big_endian(uint32_t audit);
/* Of the ABIs of one machine, those that the kernel calls by different names: the machine's own first. */
unsigned seccomp_abis(uint32_t arches, enum arch machine, enum arch out[ARCH_COUNT]);

/* ---- lowering ---- */

struct seccomp_mode {
	enum optimize optimize;
	const struct recording *recording; /* or NULL */
};

/* The filter of one machine, for all of its ABIs. False when it does not fit into what the kernel takes. */
bool seccomp_compile_for(struct arena *a, const struct sys_policy *p, enum arch machine,
			 struct seccomp_mode mode, struct code *out);
/* The same for the mode that people get who ask for none. */
bool seccomp_compile(struct arena *a, const struct sys_policy *p, enum arch machine, struct code *out);
/* Its bytes, in the order of the machine. */
const char *seccomp_bytes(struct arena *a, const struct code *c, enum arch machine, size_t *size);
/* The same for people: what every call gets and why, then the instructions. */
const char *seccomp_text(struct arena *a, const struct ir *ir, const struct src *src,
			 const struct sys_policy *p, enum arch machine, const struct code *code);
/* Adds the names of calls to the plan, where its loader says some of them. */
void seccomp_calls(struct lower *l, const struct sys_policy *p, enum arch machine);
bool seccomp_lower(struct lower *l);
struct answer seccomp_answer(const struct ir *ir, enum target t, enum cap cap);
bool seccomp_wider(const struct excuse *x);

/* ---- model ---- */

struct seccomp_model {
	struct arena *arena;
	bool has[ARCH_COUNT]; /* machines that a file is there for */
	struct bpf_prog prog[ARCH_COUNT];
	const char *file[ARCH_COUNT]; /* of the filter */
	struct model_verdict ops[OP_COUNT]; /* those that are no calls: does any way to them pass, whatever their object is? */
};

void *seccomp_model_open(struct arena *a, const struct artifact *v, unsigned n, const char **error);
struct model_verdict seccomp_model_decide(const void *model, struct arena *scratch,
					  const struct request *r);
bool seccomp_facts(const void *model, const struct lower *what, struct arena *a, const char **difference);
bool seccomp_number_path(const void *model, enum arch arch, uint32_t nr, struct number_path *out);
bool seccomp_prove(const void *model, const struct meaning *m, struct arena *a, struct proof *out);
bool seccomp_reprove(struct arena *a, const struct artifact *v, const char *meaning,
		     struct proof *out);
void seccomp_witness(const void *model, const struct ir *ir,
		     void (*ask)(void *ctx, const struct request *r), void *ctx);

#endif
