/*
 * words.c - the vocabulary of words.def as tables, and the links of the system's root: what the
 * model knows of macOS before it reads a profile.
 */
#include <string.h>

#include "sbpl.h"

const struct sbpl_op_desc sbpl_ops[SBPL_OP_COUNT] = {
#define OPERATION(id, opname, up, owndef, filters, since)                                          \
	[SBPL_##id] = {.name = opname,                                                             \
		       .parent = SBPL_##up,                                                        \
		       .own = OWN_##owndef,                                                        \
		       .takes = TAKES_##filters,                                                   \
		       .age = AGE_##since},
#include "words.def"
};

const struct sbpl_filter_desc sbpl_filters[FILTER_COUNT] = {
#define FILTER(id, fname, ops, kind)                                                               \
	[FILTER_##id] = {.name = fname, .takes = TAKES_##ops, .arg = ARG_##kind},
#include "words.def"
};

int sbpl_op_find(const char *name)
{
	if (strcmp(name, "process-exec") == 0) /* the older spelling of the same operation */
		return SBPL_PROCESS_EXEC;
	for (int i = 0; i < SBPL_OP_COUNT; i++)
		if (strcmp(sbpl_ops[i].name, name) == 0)
			return i;
	return -1;
}

int sbpl_filter_find(const char *name)
{
	for (int i = 0; i < FILTER_COUNT; i++)
		if (strcmp(sbpl_filters[i].name, name) == 0)
			return i;
	return -1;
}

const char *sbpl_real_path(struct arena *a, const char *path)
{
	static const struct {
		const char *link, *to;
	} links[] = {{"/tmp", "/private/tmp"},
		     {"/var", "/private/var"},
		     {"/etc", "/private/etc"},
		     {"/home", "/System/Volumes/Data/home"}};

	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		size_t n = strlen(links[i].link);

		if (strncmp(path, links[i].link, n) == 0 && (path[n] == '/' || path[n] == '\0'))
			return arena_printf(a, "%s%s", links[i].to, path + n);
	}
	return path;
}
