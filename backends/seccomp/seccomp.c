/*
 * seccomp.c - the back end for Linux's filter of system calls.
 */
#include "seccomp.h"

#include <linux/audit.h>

static const uint32_t audit_arch[ARCH_COUNT] = {
#define ARCH(id, word, audit) [ARCH_##id] = audit,
#include "../../compiler/arch.def"
};

uint32_t seccomp_audit_arch(enum arch arch)
{
	return audit_arch[arch];
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
    .prove = seccomp_prove,
    .reprove = seccomp_reprove,
    .witness = seccomp_witness,
};
