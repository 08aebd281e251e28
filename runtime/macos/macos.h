/*
 * macos.h - the loader on macOS. The plan, its grammar, values, environment and messages are the files of runtime/ that
 * Linux uses too; what the system does is here, one file a step, behind the same order: prove everything, then apply, then
 * become the program.
 *
 * Written against Apple's documentation and what public projects do; never run on a Mac by us. tests/macos/run.sh is for
 * who has one.
 */
#ifndef SBX_MACOS_H
#define SBX_MACOS_H

#include "../run.h"

struct macos_plan {
	struct plan common;  /* dir, launch, names */
	const char *profile; /* seatbelt.sb, NUL-ended */
};

/* What libSystem has and its headers do not declare; found once, before anything is applied. */
struct seatbelt {
	int (*init)(const char *profile, uint64_t flags, const char *const params[], char **error);
	int (*check)(pid_t pid, const char *operation, int type, ...);
};

struct macos_start {
	struct run run;
	const struct macos_plan *plan;
	struct seatbelt seatbelt;
	const char **params; /* NAME, VALUE, ..., NULL for the profile */
	int stdio[3];        /* library: what becomes 0, 1, 2; -1: /dev/null */
	const char *directory; /* library: or NULL */
	int ready;           /* library: the end of this pipe tells that the program runs; -1: none */
};

/* plan.c */
bool macos_plan_load(struct macos_plan *p, struct pool *pool, const char *path, const char *digest, struct fault *f);

/* program.c: as program_choose(), for a system without ELF. */
bool macos_program(struct macos_start *s);

/* guarantee.c */
bool macos_guarantees(struct macos_start *s);
bool macos_guarantee_kept(const struct macos_start *s, const struct guarantee *g);
/* Says which preferred ones are not kept, on stderr. */
void macos_guarantees_note(const struct macos_start *s);

/* places.c: what has to be there, and the values of the profile's params as real paths. */
bool macos_places(struct macos_start *s);
bool macos_params(struct macos_start *s);

/* seatbelt.c */
void macos_seatbelt_find(struct seatbelt *out);
bool macos_apply_profile(struct macos_start *s);

/* apply.c: every step, then the program. Return only on failure, after a fault. */
bool macos_apply_rlimits(struct macos_start *s);
bool macos_child(struct macos_start *s, bool session);

/* supervise.c: why a process has to stay, for people; NULL: none has. Then that process, which ends as the program does. */
const char *macos_supervised(const struct macos_start *s);
bool macos_supervise(struct macos_start *s);
/* To the supervisor of a library start: end everything. */
#define MACOS_END_TREE SIGVTALRM

/* start.c: everything that can be known before something changes; options, plan, pool, fault and environment are set. */
bool macos_prove(struct macos_start *s, char *const *environment);
/* One of the two shapes; does not return when the program starts in this process, never in the supervised shape. */
bool macos_go(struct macos_start *s);

#endif
