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

const struct sbpl_alias sbpl_aliases[] = {
#define ALIAS(id, old) {SBPL_##id, old},
#include "words.def"
    {SBPL_DEFAULT, NULL},
};

int sbpl_op_find(const char *name)
{
	for (size_t i = 0; sbpl_aliases[i].name; i++)
		if (strcmp(sbpl_aliases[i].name, name) == 0)
			return (int)sbpl_aliases[i].op;
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

/* The words of filters that have a known list of them; numbers may stand for constants of C. */
static const struct {
	enum sbpl_filter_id id;
	bool numbers;
	const char *const *words;
} word_lists[] = {
    {FILTER_VNODE_TYPE, false,
     (const char *const[]){"REGULAR-FILE", "DIRECTORY", "BLOCK-DEVICE", "CHARACTER-DEVICE", "SYMLINK", "SOCKET", "FIFO", "TTY",
			   NULL}},
    {FILTER_TARGET, false, (const char *const[]){"self", "pgrp", "others", "children", "same-sandbox", NULL}},
    {FILTER_SOCKET_DOMAIN, true,
     (const char *const[]){"AF_UNSPEC", "AF_UNIX", "AF_LOCAL", "AF_INET", "AF_INET6", "AF_ROUTE", "AF_LINK", "AF_SYSTEM",
			   "AF_NDRV", "AF_PPP", "AF_VSOCK", "AF_MULTIPATH", "AF_APPLETALK", "PF_KEY", NULL}},
    {FILTER_SOCKET_TYPE, true,
     (const char *const[]){"SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET", NULL}},
};

bool sbpl_word_known(enum sbpl_filter_id id, const char *word)
{
	for (size_t i = 0; i < sizeof(word_lists) / sizeof(word_lists[0]); i++) {
		if (word_lists[i].id != id)
			continue;
		for (const char *const *w = word_lists[i].words; *w; w++)
			if (strcmp(*w, word) == 0)
				return true;
		return word_lists[i].numbers && *word && strspn(word, "0123456789") == strlen(word);
	}
	return true;
}

const char *sbpl_word(enum sbpl_filter_id id, const char *word)
{
	static const struct {
		enum sbpl_filter_id id;
		const char *other, *word;
	} same[] = {
	    {FILTER_SOCKET_DOMAIN, "AF_LOCAL", "AF_UNIX"}, {FILTER_SOCKET_DOMAIN, "1", "AF_UNIX"},
	    {FILTER_SOCKET_DOMAIN, "2", "AF_INET"},	   {FILTER_SOCKET_DOMAIN, "17", "AF_ROUTE"},
	    {FILTER_SOCKET_DOMAIN, "30", "AF_INET6"},	   {FILTER_SOCKET_DOMAIN, "32", "AF_SYSTEM"},
	    {FILTER_SOCKET_TYPE, "1", "SOCK_STREAM"},	   {FILTER_SOCKET_TYPE, "2", "SOCK_DGRAM"},
	    {FILTER_SOCKET_TYPE, "3", "SOCK_RAW"},
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (same[i].id == id && strcmp(same[i].other, word) == 0)
			return same[i].word;
	return word;
}

const char *sbpl_real_path(struct arena *a, const char *path)
{
	static const struct {
		const char *link, *to;
	} links[] = {{"/tmp", "/private/tmp"},
		     {"/var", "/private/var"},
		     {"/etc", "/private/etc"},
		     {"/home", "/System/Volumes/Data/home"}};

	for (size_t i = 0; path[0] == '/' && i < sizeof(links) / sizeof(links[0]); i++) {
		size_t n = links[i].link[1] == path[1] ? strlen(links[i].link) : 0;

		if (n > 0 && strncmp(path, links[i].link, n) == 0 && (path[n] == '/' || path[n] == '\0'))
			return arena_printf(a, "%s%s", links[i].to, path + n);
	}
	return path;
}
