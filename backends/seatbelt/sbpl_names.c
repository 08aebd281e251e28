/*
 * sbpl_names.c - what a name means before the profile says anything: a form of the language, an operation, a filter or a
 * function. One table, found by hash: a profile asks at every word.
 */
#include <assert.h>
#include <string.h>

#include "sbpl_lang.h"

enum { SLOTS = 1024 }; /* a power of two, more than twice the names there are */

static struct lang_name table[SLOTS];
static struct sval values[SLOTS];
static unsigned n_names, n_values;

static struct lang_name *slot(const char *name)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (const char *c = name; *c; c++)
		h = (h ^ (unsigned char)*c) * 16777619u;
	for (i = h ^ h >> 15;; i++) {
		struct lang_name *s = &table[i & (SLOTS - 1)];

		if (!s->name || strcmp(s->name, name) == 0)
			return s;
	}
}

static struct lang_name *entry(const char *name)
{
	struct lang_name *s = slot(name);

	if (!s->name) {
		assert(n_names < SLOTS / 2);
		s->name = name;
		n_names++;
	}
	return s;
}

/* Of two meanings the first counts. */
static void means(const char *name, struct sval value)
{
	struct lang_name *s = entry(name);

	if (s->means)
		return;
	values[n_values] = value;
	s->means = &values[n_values++];
}

static void fill(void)
{
	for (size_t i = 0; i < SBPL_OP_COUNT; i++)
		means(sbpl_ops[i].name, (struct sval){.kind = V_OPERATION, .number = (int64_t)i});
	for (size_t i = 0; sbpl_aliases[i].name; i++)
		means(sbpl_aliases[i].name, (struct sval){.kind = V_OPERATION, .number = sbpl_aliases[i].op});
	for (size_t i = 0; i < FILTER_COUNT; i++)
		means(sbpl_filters[i].name, (struct sval){.kind = V_FILTER_MAKER, .number = (int64_t)i});
	for (const struct builtin *b = lib_functions; b->name; b++)
		means(b->name, (struct sval){.kind = V_BUILTIN, .builtin = b});
	for (const struct builtin *b = list_functions; b->name; b++)
		means(b->name, (struct sval){.kind = V_BUILTIN, .builtin = b});
	for (size_t i = 0; lang_forms[i].word; i++)
		entry(lang_forms[i].word)->run = lang_forms[i].run;
}

const struct lang_name *lang_name(const char *name)
{
	if (n_names == 0)
		fill();
	return slot(name);
}
