/*
 * syscalls.c - looks up system calls and groups of them.
 *
 * The rows are data: syscalls.tsv through syscalls.awk (build/syscalls.inc), groups.def by hand.
 */
#include "syscalls.h"

#include <stdlib.h>
#include <string.h>

static const struct syscall_desc table[] = {
#define SYSCALLS_ROWS
#include "syscalls.inc"
#undef SYSCALLS_ROWS
};

#define NAMES(...)   ((const char *const[]){__VA_ARGS__})
#define COUNT(v)     (sizeof(v) / sizeof((v)[0]))
#define NUMBERS(...) ((const struct syscall_number[]){__VA_ARGS__})

static const struct {
	const struct syscall_number *v;
	unsigned n;
} numbers[ARCH_COUNT] = {
#define INDEX(arch, ...) [arch] = {NUMBERS(__VA_ARGS__), COUNT(NUMBERS(__VA_ARGS__))},
#define SYSCALLS_INDEX
#include "syscalls.inc"
#undef SYSCALLS_INDEX
};

static const struct syscall_group groups[] = {
#define GROUP(id, text, ...)                                                                       \
	{.name = id,                                                                               \
	 .help = text,                                                                             \
	 .members = NAMES(__VA_ARGS__),                                                            \
	 .n_members = COUNT(NAMES(__VA_ARGS__))},
#include "groups.def"
};

const struct syscall_desc *syscall_table(unsigned *n)
{
	*n = COUNT(table);
	return table;
}

static int cmp_name(const void *key, const void *row)
{
	return strcmp(key, ((const struct syscall_desc *)row)->name);
}

const struct syscall_desc *syscall_by_name(const char *name)
{
	return bsearch(name, table, COUNT(table), sizeof(table[0]), cmp_name);
}

const struct syscall_number *syscall_numbers(enum arch arch, unsigned *n)
{
	*n = numbers[arch].n;
	return numbers[arch].v;
}

static int cmp_number(const void *key, const void *number)
{
	uint32_t a = *(const uint32_t *)key, b = ((const struct syscall_number *)number)->nr;
	return a < b ? -1 : a > b;
}

const struct syscall_desc *syscall_by_nr(enum arch arch, uint32_t nr)
{
	const struct syscall_number *found =
	    bsearch(&nr, numbers[arch].v, numbers[arch].n, sizeof(*found), cmp_number);
	return found ? &table[found->row] : NULL;
}

const struct syscall_group *syscall_groups(unsigned *n)
{
	*n = COUNT(groups);
	return groups;
}

const struct syscall_group *syscall_group_by_name(const char *name)
{
	for (unsigned i = 0; i < COUNT(groups); i++)
		if (!strcmp(groups[i].name, name))
			return &groups[i];
	return NULL;
}
