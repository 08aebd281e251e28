/*
 * program.h - which file will be executed: PROGRAM of the command line, held against the entry of
 * the plan.
 */
#ifndef SBX_PROGRAM_H
#define SBX_PROGRAM_H

#include "launch_conf.h"

struct program {
	int fd;                         /* of the entry, read-only; -1 without entry */
	int interp_fd;                  /* of its ELF interpreter, O_PATH, until it has its rule; -1: none */
	bool later;                     /* a path is looked at when it could not be executed: program_missed() */
	char path[PLAN_MAX_PATH + 1];   /* what execve() gets */
	char interp[PLAN_MAX_PATH + 1]; /* ELF interpreter of the entry, "" when it has none */
};

/* Looks for the file that `typed` names: a path, or a name in /usr/local/bin, /usr/bin, /bin. */
bool program_find(const char *typed, char path[PLAN_MAX_PATH + 1], struct fault *f);
/* The program of the plan: with an entry, that and nothing else. v->program is set on the way. *p is zero bytes but for `later`. */
bool program_choose(const struct launch *l, const char *typed, struct vars *v, struct program *p,
		    struct fault *f);
/*
 * The start failed with f, in a child: had its program been looked at before, by this process, would it have been refused? Then f
 * says that.
 */
void program_missed(const struct launch *l, const char *typed, struct program *p, struct fault *f);

#endif
