/*
 * bpf_run.h - what a filter answers to one system call.
 */
#ifndef SBX_BPF_RUN_H
#define SBX_BPF_RUN_H

#include "kernel.h"

/* The filter has passed bpf_check(). data: the 64 bytes of struct seccomp_data. */
uint32_t bpf_run(const struct bpf_program *p, const void *data);

#endif
