/*
 * syscalls.c - looks up system calls and groups of them.
 *
 * The rows are data: syscalls.tsv through syscalls.awk (build/syscalls.inc), groups.def by hand.
 */
#include "syscalls.h"

#include <stdlib.h>
#include <string.h>

#define SYSCALLS_SIZE
#include "syscalls.inc"
#undef SYSCALLS_SIZE

static const struct syscall_desc table[] = {
#define SYSCALLS_ROWS
#include "syscalls.inc"
#undef SYSCALLS_ROWS
};

/* Number -> row + 1; 0 where the arch has no such call. */
static const uint16_t row_of[ARCH_COUNT][SYSCALLS_NR_END] = {
#define SYSCALLS_INDEX
#include "syscalls.inc"
#undef SYSCALLS_INDEX
};

#define NAMES(...) ((const char *const[]){__VA_ARGS__})
#define COUNT(v)   (sizeof(v) / sizeof((v)[0]))

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

const struct syscall_desc *syscall_by_nr(enum arch arch, uint32_t nr)
{
	if (nr >= SYSCALLS_NR_END || !row_of[arch][nr])
		return NULL;
	return &table[row_of[arch][nr] - 1];
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
