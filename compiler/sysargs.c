/*
 * sysargs.c - reads the cells of the table of arguments.
 */
#include "sysargs.h"

#include <stdio.h>
#include <string.h>

#include "syscalls.h"

/* In the order of the table of calls (a unit test). */
static const struct {
	const char *name;
	const char *args[ARCH_COUNT]; /* "name/other name:kind ..."; "-": none, "?": not known */
} table[] = {
#include "sysargs.inc"
};

static const struct {
	const char *word;
	unsigned bits;
	bool is_signed;
} kinds[] = {
    {"ptr", 0, false}, {"u16", 16, false}, {"u32", 32, false},
    {"i32", 32, true}, {"u64", 64, false}, {"i64", 64, true},
};

static const struct {
	const char *call; /* NULL: of any call */
	const char *arg;
	struct sysarg_consts consts;
} consts_of[] = {
#define ARG_ENUM(call, arg, ...)  {call, arg, {{__VA_ARGS__}, false}},
#define ARG_FLAGS(call, arg, ...) {call, arg, {{__VA_ARGS__}, true}},
#include "sysarg_const.def"
};

#define COUNT(v) (sizeof(v) / sizeof((v)[0]))

static const char *cell_of(const struct syscall_desc *call, enum arch arch)
{
	unsigned n;
	size_t row = (size_t)(call - syscall_table(&n));
	return row < COUNT(table) ? table[row].args[arch] : "?";
}

/* One "names:kind" of a cell; the names' length is set. NULL past the last. */
static const char *cell_nth(const char *cell, unsigned i, size_t *names)
{
	if (!cell || cell[0] == '-' || cell[0] == '?')
		return NULL;
	for (; i; i--) {
		cell = strchr(cell, ' ');
		if (!cell)
			return NULL;
		cell++;
	}
	*names = strcspn(cell, ":");
	return cell;
}

static void read_arg(const char *at, size_t names, unsigned index, struct sysarg *out)
{
	size_t len = strcspn(at, "/:");
	*out = (struct sysarg){.index = index};
	snprintf(out->name, sizeof(out->name), "%.*s", (int)len, at);
	for (size_t k = 0; k < COUNT(kinds); k++)
		if (!strncmp(at + names + 1, kinds[k].word, 3)) {
			out->bits = kinds[k].bits;
			out->is_signed = kinds[k].is_signed;
		}
}

bool sysarg_nth(const struct syscall_desc *call, enum arch arch, unsigned i, struct sysarg *out)
{
	size_t names;
	const char *at = cell_nth(cell_of(call, arch), i, &names);
	if (at)
		read_arg(at, names, i, out);
	return at != NULL;
}

static bool names_hold(const char *at, size_t len, const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < len; i += strcspn(at + i, "/:") + 1)
		if (strcspn(at + i, "/:") == n && !memcmp(at + i, name, n))
			return true;
	return false;
}

bool sysarg_find(const struct syscall_desc *call, enum arch arch, const char *name,
		 struct sysarg *out)
{
	const char *cell = cell_of(call, arch), *at;
	size_t names;
	for (unsigned i = 0; (at = cell_nth(cell, i, &names)); i++)
		if (names_hold(at, names, name)) {
			read_arg(at, names, i, out);
			return true;
		}
	return false;
}

struct sysarg_consts sysarg_consts(const struct syscall_desc *call, const char *arg)
{
	for (size_t i = 0; i < COUNT(consts_of); i++)
		if ((!consts_of[i].call || !strcmp(consts_of[i].call, call->name)) &&
		    !strcmp(consts_of[i].arg, arg))
			return consts_of[i].consts;
	return (struct sysarg_consts){{"", "", ""}, false};
}
