/*
 * calls.h - seccomp-MACHINE.calls: the names of system calls, and why they are let through or refused. Only in plans whose
 * loader says some of them.
 */
#ifndef SBX_CALLS_H
#define SBX_CALLS_H

#include "conf.h"

bool calls_read(const struct conf *c, char id[PLAN_ID_LEN + 1]);
/* In a file that was read: what is said of the call with this number of this arch (AUDIT_ARCH_*); empty: it is not known. */
struct span calls_find(struct span file, bool refused, uint32_t arch, uint32_t nr);

#endif
