/*
 * sysargs.h - the arguments of system calls: their names, and what the kernel reads of each.
 *
 * Data, generated from the kernel's own definitions (sysargs.tsv, made by gen-sysargs.py). An int
 * is read from the low half of its register, so a comparison that looked at the upper half as well
 * would miss -100 (passed as 0xffffff9c), and a deny could be stepped around with garbage up there.
 */
#ifndef SBX_SYSARGS_H
#define SBX_SYSARGS_H

#include "ir.h"

struct syscall_desc;

enum { SYSARG_NAME = 32 };

struct sysarg {
	char name[SYSARG_NAME]; /* the kernel's */
	unsigned index;         /* 0..5 */
	unsigned bits;          /* 16, 32 or 64: what the kernel reads; 0: a pointer */
	bool is_signed;
};

/*
 * Argument i of the call on an arch; false when there is none, or when nothing is known of the
 * call.
 */
bool sysarg_nth(const struct syscall_desc *call, enum arch arch, unsigned i, struct sysarg *out);
/* By the kernel's name, or by the one its manual page uses. */
bool sysarg_find(const struct syscall_desc *call, enum arch arch, const char *name,
		 struct sysarg *out);

/*
 * The prefixes of the constants that the argument takes ("AF_"), "" when it takes none; up to 3, ""
 * ends them.
 */
struct sysarg_consts {
	const char *prefix[3];
	bool flags; /* they are or-ed */
};
struct sysarg_consts sysarg_consts(const struct syscall_desc *call, const char *arg);

#endif
