/*
 * model.h - landlock.conf as read back from its bytes. Knows nothing of the lowering.
 */
#ifndef SBX_LANDLOCK_MODEL_H
#define SBX_LANDLOCK_MODEL_H

#include "landlock.h"

struct model_line {
	const char *tmpl; /* of a port: the name of the variable */
	uint32_t rights;
};

struct model_lines {
	struct model_line *v;
	unsigned n;
};

/* The lines with one set of load-time values filled in. */
struct model_view;

struct model {
	uint32_t fs, net, scopes; /* handled */
	struct model_lines entry, paths, port_vars, asserts;
	uint8_t *port_rights; /* by port; 65536 of them */
	struct ir ir;  /* only its params, from launch.conf: what expand_template() asks for */
	bool has_vars; /* does any place depend on load-time values? */
	const struct model_view *assumed;
};

/* NULL when a template gives no path with these values. */
const struct model_view *landlock_view(struct arena *a, const struct model *m,
				       const struct ir_binding *given, unsigned n_given);

#endif
