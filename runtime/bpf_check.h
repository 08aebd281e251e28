/*
 * bpf_check.h - is this a filter the kernel would take? Asked before anything is changed.
 */
#ifndef SBX_BPF_CHECK_H
#define SBX_BPF_CHECK_H

#include "fault.h"
#include "kernel.h"

/* NULL when the kernel accepts it; else why not, with the number of the instruction in *at. */
const char *bpf_wrong(const struct bpf_insn *insns, unsigned n, unsigned *at);
/* The same for the bytes of a file. */
bool bpf_check(const char *file, const void *data, size_t size, struct fault *f);

#endif
