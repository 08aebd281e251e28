/*
 * facts_values.c - values for the variables that are paths, so that the places of a policy come to lie to each other in all
 * the ways that matter: as the names suggest, far from each other, and each inside of the one before or behind it; or one of
 * them at a place that the policy names. All other variables of the start get values of their own.
 */
#include <string.h>

#include "../../compiler/template.h"
#include "sbpl_witness.h"

/* The names of the paths; the order says nothing. */
static void add_paths(struct arena *a, const struct ir *ir, struct ir_binding **v, unsigned *n)
{
	for (unsigned i = 0; i < ir->n_params; i++)
		if (ir->params[i].type == TYPE_PATH) {
			ARENA_GROW(a, *v, *n);
			(*v)[(*n)++] = (struct ir_binding){.name = ir->params[i].name};
		}
	for (unsigned i = 0; template_builtins[i]; i++)
		if (template_builtin_is_path(template_builtins[i], strlen(template_builtins[i]))) {
			ARENA_GROW(a, *v, *n);
			(*v)[(*n)++] = (struct ir_binding){.name = template_builtins[i]};
		}
}

static bool is_word(const struct ir *ir, const char *name)
{
	unsigned i = 0;

	while (i < ir->n_params && strcmp(ir->params[i].name, name) != 0)
		i++;
	return i < ir->n_params && ir->params[i].type == TYPE_STRING;
}

/* A word or a number that none of the others is. */
static void add_others(struct arena *a, const struct ir *ir, struct ir_binding **v, unsigned *n)
{
	for (unsigned i = 0; i < ir->n_params; i++)
		if (ir->params[i].type != TYPE_PATH) {
			ARENA_GROW(a, *v, *n);
			(*v)[(*n)++] = (struct ir_binding){ir->params[i].name,
							   arena_printf(a, ir->params[i].type == TYPE_STRING ? "sbx-%u" : "%u", 40000 + i)};
		}
}

struct request seatbelt_values(struct arena *a, const struct ir *ir, unsigned which)
{
	unsigned n = 0, n_paths;
	const char *last = "";
	struct ir_binding *v = NULL;

	if (which == SEATBELT_AS_ASSUMED)
		return (struct request){.target = TARGET_MACOS};
	add_paths(a, ir, &v, &n);
	n_paths = n;
	for (unsigned i = 0; i < n_paths; i++) {
		last = arena_printf(a, "%s/sbx-%u/value", which == SEATBELT_APART ? "" : last, i);
		v[which == SEATBELT_AROUND ? n_paths - 1 - i : i].value = last;
	}
	add_others(a, ir, &v, &n);
	return (struct request){.target = TARGET_MACOS, .given = v, .n_given = n};
}

bool seatbelt_values_at(struct arena *a, const struct ir *ir, unsigned i, const char *place, const char *word, struct request *out)
{
	struct ir_binding *v;

	*out = seatbelt_values(a, ir, SEATBELT_APART);
	if (i >= out->n_given)
		return false;
	v = ARENA_ARRAY(a, out->n_given, struct ir_binding);
	memcpy(v, out->given, out->n_given * sizeof(*v));
	for (unsigned k = 0; k < out->n_given; k++)
		if (is_word(ir, v[k].name) && word)
			v[k].value = word;
	if (v[i].value[0] == '/')
		v[i].value = place;
	out->given = v;
	return true;
}
