/*
 * sbpl_witness.h - where to look at profiles. Filters are constant between the places they name, so profiles that answer
 * alike at all of these questions differ nowhere that a path, a name, a port or one fact alone decides. A pattern is
 * represented by examples, so between patterns this is a sample.
 */
#ifndef SBX_SEATBELT_SBPL_WITNESS_H
#define SBX_SEATBELT_SBPL_WITNESS_H

#include "../../compiler/decide.h"
#include "sbpl.h"

/* The name of whatever no rule speaks of. */
#define SBPL_ANY "example"

/* The questions about one operation that the rules of these profiles give rise to, in a fixed order. */
unsigned sbpl_witness(struct arena *a, const struct sbpl_profile *const *profiles, unsigned n, enum sbpl_op op,
		      struct sbpl_query **out);
/* The operation whose rules, or own default, are the first to be asked about `op`. */
enum sbpl_op sbpl_list_of(const struct sbpl_profile *p, enum sbpl_op op);
/* Have the two operations the same rules, so that every question has one answer for both? */
bool sbpl_same_rules(const struct sbpl_profile *p, enum sbpl_op x, enum sbpl_op y);
/* Sets `decides` for each rule, in their order, that decides at one of its questions or may. */
void sbpl_deciding(struct arena *a, const struct sbpl_profile *p, bool *decides);
/* sbpl_freest.c: does the rule, on a pattern below a folder, decide of some name of the pattern? */
bool sbpl_freest_decides(struct arena *a, const struct sbpl_profile *p, const struct sbpl_rule *r);
/* model.c: the profile of a model with the values of this request; NULL when it does not load with them. */
const struct sbpl_profile *seatbelt_model_profile(const void *model, const struct request *r);
/* With values that stand for anything; and *base, the rules before the first of the policy, or NULL. */
const struct sbpl_profile *seatbelt_model_open_profile(const void *model, const struct sbpl_profile **base);

/* facts_values.c: some values for all variables that are paths, in a way that none of the others has them; 0: as assumed. */
enum { SEATBELT_AS_ASSUMED, SEATBELT_APART, SEATBELT_INSIDE, SEATBELT_AROUND, SEATBELT_VALUES };
struct request seatbelt_values(struct arena *a, const struct ir *ir, unsigned which);
/* All apart from each other, but for number `i`, which is this place, and those that are words, if `word` is one; false: there
 * are not so many. */
bool seatbelt_values_at(struct arena *a, const struct ir *ir, unsigned i, const char *place, const char *word, struct request *out);
/* facts_beaten.c: does one of the rules that decide in its stead decide wherever this one matches, with whatever values? */
bool seatbelt_is_beaten(const void *model, const struct ir *ir, const struct sbpl_rule *r);
/* facts_words.c: has every question that no request is put as the answer of the word that it belongs to? */
bool seatbelt_words_whole(const void *model, const struct sbpl_profile *p, const struct ir *ir, struct arena *a,
			  const char **difference);

#endif
