/*
 * consts.h - named constants of the system call interface: AF_INET, O_TRUNC, EPERM, TIOCSTI, ...
 *
 * Data, generated from kernel headers (consts.tsv, made by gen-consts.py: see its first lines).
 */
#ifndef SBX_CONSTS_H
#define SBX_CONSTS_H

#include "ir.h"

struct const_desc {
	uint32_t name;              /* const_name() */
	uint32_t rank;              /* order of definition in the headers */
	uint32_t arches;            /* ARCH_BIT()s of those that have it */
	uint64_t value[ARCH_COUNT]; /* negative ones sign-extended */
};

/* All constants, sorted by name. */
const struct const_desc *const_table(unsigned *n);
const struct const_desc *const_by_name(const char *name);
const char *const_name(const struct const_desc *c);

/*
 * The constant with this value whose name begins with the prefix, or NULL: the one defined first.
 * Values are compared in their low `width` bits.
 */
const struct const_desc *const_by_value(enum arch arch, const char *prefix, uint64_t value,
					unsigned width);

#endif
