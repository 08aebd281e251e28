/*
 * profile_priv.h - what the files of profile.h share.
 */
#ifndef SBX_SEATBELT_PROFILE_PRIV_H
#define SBX_SEATBELT_PROFILE_PRIV_H

#include "../profile.h"
#include "sbpl.h"

struct profile {
	const struct sbpl_profile *rules;
};

/* The answer to one question of the kernel; the object is left out. */
struct profile_answer profile_answer(struct arena *a, const struct profile *p, const struct sbpl_query *q);
/* "FILE:LINE:COL" */
const char *profile_place(struct arena *a, const struct sbpl_place *at);
/* What happens with an access that the rule decides beside its being allowed or denied; "" when nothing does. */
const char *profile_manner(struct arena *a, const struct sbpl_rule *r);
/* Do they say the same, by the same line? */
bool profile_same_answer(const struct profile_answer *x, const struct profile_answer *y);
/* The operations that are set, families by their name where they are whole. */
const char *profile_ops_text(struct arena *a, const bool *ops);

#endif
