/*
 * macos.h - the loader on macOS. Plan, grammar, values, environment, messages and reports are the files of runtime/ that
 * Linux uses too; what the system does is here, one file a step, behind the same headers (host.h, guarantee.h, program.h,
 * start.h, apply.h, lib.h): prove everything, then apply, then become the program.
 *
 * Written against Apple's documentation and what public projects do; never run on a Mac by us. tests/macos/run.sh is for
 * who has one.
 */
#ifndef SBX_MACOS_H
#define SBX_MACOS_H

#include <sys/types.h>

#include "../run.h"

/* What libSystem has and its headers do not declare. */
struct seatbelt {
	int (*init)(const char *profile, uint64_t flags, const char *const params[], char **error);
	int (*check)(pid_t pid, const char *operation, int type, ...);
};

/* seatbelt.c */
void seatbelt_find(struct seatbelt *out);
/* Why this process cannot be given a profile; NULL: it can. */
const char *seatbelt_lack(const struct seatbelt *s);
bool apply_profile(struct run *r);

/* In run.ignored: a hang-up that the caller ignores, as nohup has it, is ignored by all that it starts. */
enum { MACOS_NO_HANGUP = 1 << (1 - 1) /* SIGHUP is 1 everywhere */ };

/* places.c: what has to be there, and the values of the profile's params as real paths. */
bool places_prove(struct run *r);
bool profile_values(struct run *r);

/* apply.c: every step, then the program. Returns only on failure, after a fault. */
bool macos_steps(struct run *r);

/* supervise.c: makes the child and stays with it; ends as the program does. False after a fault: nothing ran. */
bool supervise(struct run *r);
/* To the supervisor of a library start: end everything. */
#define MACOS_END_TREE SIGVTALRM

#endif
