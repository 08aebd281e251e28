/*
 * syscalls.h - the names and numbers of Linux system calls.
 *
 * The table is generated from kernel headers (syscalls.tsv, made by gen-syscalls.py: see its first lines), one
 * row a call: name, the kernel that brought it, its number on each arch or none. Numbers are those that a filter sees: x32's have bit 30.
 */
#ifndef SBX_SYSCALLS_H
#define SBX_SYSCALLS_H

#include "ir.h"

enum { SYSCALL_NONE = -1 };

struct syscall_desc {
	const char *name;
	uint16_t since_major, since_minor; /* Linux version that brought it; 0.0 when older than 4.0 or not known */
	int32_t nr[ARCH_COUNT];            /* SYSCALL_NONE where the arch has no such call */
};

/* All calls, sorted by name. */
const struct syscall_desc *syscall_table(unsigned *n);
const struct syscall_desc *syscall_by_name(const char *name);
const struct syscall_desc *syscall_by_nr(enum arch arch, uint32_t nr);

/* The numbers of an arch, ascending: up to a few hundred from 0 on, some have more at another place. */
struct syscall_number {
	uint32_t nr;
	uint32_t row; /* of the table of calls */
};
const struct syscall_number *syscall_numbers(enum arch arch, unsigned *n);

/* A named set of calls (groups.def): members are names of calls and of other groups (with @). */
struct syscall_group {
	const char *name; /* without the @ */
	const char *help; /* one line: what it is for */
	const char *const *members;
	unsigned n_members;
};
const struct syscall_group *syscall_groups(unsigned *n);
const struct syscall_group *syscall_group_by_name(const char *name);

#endif
