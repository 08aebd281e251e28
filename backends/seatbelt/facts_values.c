/*
 * facts_values.c - values for the variables that are paths, so that the places of a policy come to lie to each other in all
 * the ways that matter: as the names suggest, far from each other, and each inside of the one before or behind it.
 */
#include <string.h>

#include "../../compiler/template.h"
#include "sbpl_witness.h"

enum { AS_ASSUMED, APART, INSIDE, AROUND };

/* The names of all such variables; the order says nothing. */
static const char **path_variables(struct arena *a, const struct ir *ir, unsigned *n)
{
	const char **v = NULL;

	*n = 0;
	for (unsigned i = 0; i < ir->n_params; i++)
		if (ir->params[i].type == TYPE_PATH) {
			ARENA_GROW(a, v, *n);
			v[(*n)++] = ir->params[i].name;
		}
	for (unsigned i = 0; template_builtins[i]; i++)
		if (template_builtin_is_path(template_builtins[i], strlen(template_builtins[i]))) {
			ARENA_GROW(a, v, *n);
			v[(*n)++] = template_builtins[i];
		}
	return v;
}

struct request seatbelt_values(struct arena *a, const struct ir *ir, unsigned which)
{
	unsigned n;
	const char **names = path_variables(a, ir, &n), *last = "";
	struct ir_binding *v = ARENA_ARRAY(a, n, struct ir_binding);

	if (which == AS_ASSUMED)
		return (struct request){.target = TARGET_MACOS};
	for (unsigned i = 0; i < n; i++) {
		unsigned k = which == AROUND ? n - 1 - i : i;

		last = arena_printf(a, "%s/sbx-%u/value", which == APART ? "" : last, i);
		v[k] = (struct ir_binding){names[k], last};
	}
	return (struct request){.target = TARGET_MACOS, .given = v, .n_given = n};
}
