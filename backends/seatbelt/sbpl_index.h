/*
 * sbpl_index.h - the rules that a question has to try, without going through all of them.
 */
#ifndef SBX_SEATBELT_SBPL_INDEX_H
#define SBX_SEATBELT_SBPL_INDEX_H

#include "sbpl.h"

enum { SBPL_MAX_CANDIDATES = 512 }; /* a path of macOS has no more folders */

/* All rules with a filter that can match, but for those of p->scan and, when too_many, of any kind. */
struct sbpl_candidates {
	unsigned n_keys, n_rules;
	bool too_many;
	unsigned keys[SBPL_MAX_CANDIDATES];  /* for sbpl_newest() */
	unsigned rules[SBPL_MAX_CANDIDATES]; /* 1 + index, of any operation */
};
/* They hold until the next question. */
const struct sbpl_candidates *sbpl_candidates(const struct sbpl_profile *p, const struct sbpl_query *q);
/* The newest rule of the operation under the key, 1 + index; `chain` leads to the others. 0: there is none. */
unsigned sbpl_newest(const struct sbpl_profile *p, unsigned key, enum sbpl_op op);

#endif
