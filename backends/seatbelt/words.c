/*
 * words.c - the vocabulary of words.def as tables, and the links of the system's root: what the
 * model knows of macOS before it reads a profile.
 */
#include <string.h>

#include "../../compiler/str.h"
#include "sbpl.h"

enum {
	TAKES_NOTHING = 0,
	TAKES_FILE = FITS_PATH | FITS_FILE,
	TAKES_NET = FITS_PATH | FITS_ADDRESS, /* paths are those of Unix sockets */
	TAKES_TARGET = FITS_TARGET,
	TAKES_SIGNAL = FITS_TARGET | FITS_SIGNAL,
	TAKES_MACH = FITS_MACH,
	TAKES_IPC = FITS_IPC,
	TAKES_SYSCTL = FITS_SYSCTL,
	TAKES_SOCKET = FITS_SOCKET,
	TAKES_IOKIT = FITS_IOKIT,
	TAKES_PREFERENCE = FITS_PREFERENCE,
	TAKES_OTHER = FITS_OTHER,
	TAKES_ANYTHING = 4095,
};

const struct sbpl_op_desc sbpl_ops[SBPL_OP_COUNT] = {
#define OPERATION(id, opname, up, owndef, filters, since)                                          \
	[SBPL_##id] = {.name = opname,                                                             \
		       .parent = SBPL_##up,                                                        \
		       .own = OWN_##owndef,                                                        \
		       .takes = TAKES_##filters,                                                   \
		       .age = AGE_##since,                                                         \
		       .asked = ((opname)[sizeof(opname) - 2] != '*' && SBPL_##id != SBPL_DEFAULT) ||         \
				SBPL_##id == SBPL_PROCESS_EXEC},
#include "words.def"
};

const struct sbpl_filter_desc sbpl_filters[FILTER_COUNT] = {
#define FILTER(id, fname, ops, kind, what, by)                                                     \
	[FILTER_##id] = {.name = fname,                                                            \
			 .fits = FITS_##ops,                                                       \
			 .arg = ARG_##kind,                                                        \
			 .subject = SUBJECT_##what,                                                \
			 .how = HOW_##by},
#include "words.def"
};

const struct sbpl_modifier_desc sbpl_modifiers[MODIFIER_COUNT] = {
#define MODIFIER(id, mname, rules, kind)                                                           \
	[MODIFIER_##id] = {.name = mname, .on = ON_##rules, .arg = MODIFIER_##kind},
#include "words.def"
};

static const struct {
	enum sbpl_op op;
	const char *name;
} aliases[] = {
#define ALIAS(id, old) {SBPL_##id, old},
#include "words.def"
};

int sbpl_op_find(const char *name)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (strcmp(aliases[i].name, name) == 0)
			return (int)aliases[i].op;
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

int sbpl_modifier_find(const char *name)
{
	for (int i = 0; i < MODIFIER_COUNT; i++)
		if (strcmp(sbpl_modifiers[i].name, name) == 0)
			return i;
	return -1;
}

static const char *meant(struct arena *a, const char *name, const char *const *words, size_t n)
{
	const char *phrase = suggest(a, name, words, n);

	return phrase ? arena_printf(a, "; %s", phrase) : "";
}

const char *sbpl_suggest_op(struct arena *a, const char *name)
{
	const char *words[SBPL_OP_COUNT];

	for (int i = 0; i < SBPL_OP_COUNT; i++)
		words[i] = sbpl_ops[i].name;
	return meant(a, name, words, SBPL_OP_COUNT);
}

const char *sbpl_suggest_filter(struct arena *a, const char *name)
{
	const char *words[FILTER_COUNT];

	for (int i = 0; i < FILTER_COUNT; i++)
		words[i] = sbpl_filters[i].name;
	return meant(a, name, words, FILTER_COUNT);
}

bool sbpl_below(enum sbpl_op op, enum sbpl_op family)
{
	while (op != family && op != SBPL_DEFAULT)
		op = sbpl_ops[op].parent;
	return op == family;
}

bool sbpl_word_known(enum sbpl_filter_id id, const char *word)
{
	static const char *const vnodes[] = {"REGULAR-FILE", "DIRECTORY", "BLOCK-DEVICE", "CHARACTER-DEVICE",
					     "SYMLINK",	     "SOCKET",	  "FIFO",	  "TTY"};
	static const char *const targets[] = {"self", "pgrp", "others", "children", "same-sandbox"};
	const char *const *v = id == FILTER_VNODE_TYPE ? vnodes : targets;
	size_t n = id == FILTER_VNODE_TYPE ? sizeof(vnodes) / sizeof(vnodes[0]) : sizeof(targets) / sizeof(targets[0]);

	if (id != FILTER_VNODE_TYPE && id != FILTER_TARGET)
		return true;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], word) == 0)
			return true;
	return false;
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
