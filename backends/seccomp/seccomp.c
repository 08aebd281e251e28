/*
 * seccomp.c - the back end for Linux's filter of system calls.
 */
#include "seccomp.h"

#include <linux/audit.h>

static const uint32_t audit_arch[ARCH_COUNT] = {
#define ARCH(id, word, audit, machine) [ARCH_##id] = audit,
#include "../../compiler/arch.def"
};

uint32_t seccomp_audit_arch(enum arch arch)
{
	return audit_arch[arch];
}

bool seccomp_big_endian(uint32_t audit)
{
	return !(audit & __AUDIT_ARCH_LE);
}

unsigned seccomp_abis(uint32_t arches, enum arch machine, enum arch out[ARCH_COUNT])
{
	unsigned n = 0;
	for (unsigned a = 0; a < ARCH_COUNT; a++) {
		bool first = true;
		if (arch_machine[a] != machine || !(arches & ARCH_BIT(a)))
			continue;
		for (unsigned i = 0; i < n; i++)
			first &= audit_arch[out[i]] != audit_arch[a];
		if (first)
			out[n++] = (enum arch)a;
	}
	return n;
}

extern const struct backend seccomp_backend;
const struct backend seccomp_backend = {
    .name = "seccomp",
    .about = "Linux seccomp: one filter of system calls for each arch",
    .targets = TARGET_BIT(TARGET_LINUX),
    .answer = seccomp_answer,
    .lower = seccomp_lower,
    .model_open = seccomp_model_open,
    .model_decide = seccomp_model_decide,
    .wider = seccomp_wider,
    .prove = seccomp_prove,
    .reprove = seccomp_reprove,
    .facts = seccomp_facts,
    .witness = seccomp_witness,
    .number_path = seccomp_number_path,
};
