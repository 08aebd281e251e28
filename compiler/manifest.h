/*
 * manifest.h - plan.yaml and SHA256SUMS: what a plan is, for people and pipelines.
 */
#ifndef SBX_MANIFEST_H
#define SBX_MANIFEST_H

#include "compile.h"
#include "validate.h"

/* What lower() gets as plan id, before there is one. */
#define MANIFEST_NO_ID "00000000000000000000000000000000"

/* The text of plan.yaml for these artifacts. NULL when libyaml fails (out of memory). */
const char *manifest_yaml(const struct compile *c, const struct meaning *m, const struct guarantees *g, const char *plan_id,
			  const struct artifact *v, unsigned n, size_t *size);
/* "HEX  NAME\n" for every file, sorted by name. */
const char *manifest_sums(struct arena *a, const struct artifact *v, unsigned n, size_t *size);
/*
 * Computes the plan id over all artifacts (their ids still zero) and writes it into each that carries one.
 * The artifacts' data is replaced by copies. Returns the id.
 */
const char *manifest_stamp(struct arena *a, struct artifact *v, unsigned n);

#endif
