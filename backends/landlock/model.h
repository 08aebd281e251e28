/*
 * model.h - landlock.conf as read back from its bytes. Knows nothing of the lowering.
 */
#ifndef SBX_LANDLOCK_MODEL_H
#define SBX_LANDLOCK_MODEL_H

#include "landlock.h"

enum model_missing { MODEL_ERROR, MODEL_SKIP, MODEL_MAKE };

struct model_line {
	const char *tmpl; /* of port_vars: the name of the variable; of ports: as written */
	uint32_t rights;
	const char *where;
	const char *glob;           /* of a glob: the pattern */
	enum model_missing missing; /* of a path */
	bool nofollow;
	unsigned how; /* of a cover or mask: model_how */
	const char **holes; /* of an assert-outside: templates */
	unsigned n_holes;
};

/* What the mount at a cover's place takes. */
enum model_how { MODEL_HIDE = 1, MODEL_RO = 2, MODEL_NOEXEC = 4 };
extern const char *const model_how_words[]; /* in the order of model_hows; NULL ends them */
extern const unsigned model_hows[];

struct model_lines {
	struct model_line *v;
	unsigned n;
};

/* The lines with one set of load-time values filled in. */
struct model_view;
struct model_last;
struct model_last *landlock_last(struct arena *a);

struct model {
	uint32_t fs, net, scopes; /* handled */
	struct model_lines entry, paths, globs, ports, port_vars, asserts, outsides, assert_ports, covers, masks;
	uint8_t *port_rights; /* by port; 65536 of them */
	struct ir ir;  /* only its params, from launch.conf: what expand_template() asks for */
	bool has_vars; /* does any place depend on load-time values? */
	const struct model_view *assumed;
	struct arena *arena;
	struct model_last *last; /* a cache of model_eval.c */
};

/* NULL when a template gives no path with these values. */
const struct model_view *landlock_view(struct arena *a, const struct model *m,
				       const struct ir_binding *given, unsigned n_given);
/* The same with the templates as they are written, in place of what they expand to. */
const struct model_view *landlock_view_written(struct arena *a, const struct model *m);
/* The rights that some line gives on the place, above it or below it; the entry line too. */
uint32_t landlock_related(const struct model_view *w, const char *path);
/* Does a mask fit the place, with the values that are assumed? */
bool landlock_masked(const struct model *m, const char *path);
/* The same, but for lines whose place lies in one of the holes. */
uint32_t landlock_related_outside(const struct model_view *w, const char *path, const char *const *holes, unsigned n);

#endif
