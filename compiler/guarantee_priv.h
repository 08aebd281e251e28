/*
 * guarantee_priv.h - between the fold of the guarantees and what is said of those that are not kept.
 */
#ifndef SBX_GUARANTEE_PRIV_H
#define SBX_GUARANTEE_PRIV_H

#include "guarantee.h"

/* One that is required and not kept. */
struct unkept {
	struct guarantee g;
	const struct ir_want *asked;  /* the `require` that names it, or NULL */
	const char *other_mechanism;  /* what keeps it on the other system of the policy, or NULL */
};

/* One message for each cause: a line that takes many guarantees is said once, with all of them. */
void guarantees_report(struct arena *a, const struct ir *ir, const struct unkept *v, unsigned n, struct diags *d);
/* `line` contradicts what `asked` requires, or what would derive it is not there: `limit`, or NULL where it is no limit. */
void guarantee_report_contradiction(const struct ir_want *asked, const struct origin *line, const char *why, const char *limit,
				    struct diags *d);

#endif
