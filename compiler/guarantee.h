/*
 * guarantee.h - which guarantees a policy asks for, and who keeps them.
 */
#ifndef SBX_GUARANTEE_H
#define SBX_GUARANTEE_H

#include "../backends/backend.h"

struct guarantee {
	enum cap cap;
	enum target target;
	bool preferred;              /* by a `prefer` line; otherwise required */
	struct answer answer;        /* the best over the back ends of the target */
	const struct backend *keeper; /* who gave it; NULL: nobody */
	const struct origin *origin; /* the line that asks: allow, limit, require or prefer; NULL: every policy has it */
};

struct guarantees {
	const struct guarantee *v; /* sorted by target, then cap */
	unsigned n;
	const struct ir *ir; /* whose they are; NULL: read from a plan */
};

/*
 * Folds the back ends' answers. A guarantee that is required and not ENFORCED (or DELEGATED) is an error in `d` with
 * the ways out. Preferred ones stay in the list with their note: they travel into the plan as caveats.
 */
struct guarantees guarantees_check(struct arena *a, const struct ir *ir, struct diags *d);
/*
 * Does the plan promise it wherever it starts? Only what is required and kept; a preferred guarantee may be missing on
 * the host, and the program runs all the same.
 */
static inline bool guarantee_promised(const struct guarantee *g)
{
	return g->answer.level >= LEVEL_DELEGATED && !g->preferred;
}
/* Must a reader be told? Everything that does not hold as plainly as its name says. */
static inline bool guarantee_is_caveat(const struct guarantee *g)
{
	return g->answer.level < LEVEL_ENFORCED || g->preferred || g->answer.note;
}

/* The entry for (target, cap), or NULL when the policy does not ask for it. */
const struct guarantee *guarantee_find(const struct guarantees *g, enum target t, enum cap cap);
/* That entry, or the one that keeps it as well: `net.disable` for `net.udp` in a policy without network. */
const struct guarantee *guarantee_holding(const struct guarantees *g, enum target t, enum cap cap);

#endif
