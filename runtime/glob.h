/*
 * glob.h - finds the names below a folder that a pattern of landlock.conf fits. Symbolic links are not followed. To give,
 * they are not found either, and what this user may not list is passed over; to deny, they are found, and a folder that may be
 * passed and not listed ends the search.
 */
#ifndef SBX_RUN_GLOB_H
#define SBX_RUN_GLOB_H

#include <sys/stat.h>

#include "plan.h"
#include "text.h"

struct glob {
	struct span pattern;
	bool deny;
	char *path; /* of the folder, with room for PLAN_MAX_PATH bytes: then of what is looked at; NULL: nobody asks */
	/* Is given an O_PATH handle of each file or folder that fits, which it closes; false ends the search. */
	bool (*match)(void *ctx, int fd, const struct stat *st);
	void *ctx;
	unsigned n_entries, n_matches; /* seen so far */
	bool moved;                    /* a name of the folder was gone when it was opened */
};

enum glob_result { GLOB_DONE, GLOB_STOPPED, GLOB_TOO_MANY, GLOB_TOO_DEEP, GLOB_FAILED };

/* Is the pattern one name with stars? NULL, or what is wrong with it. */
const char *glob_wrong(struct span pattern);
bool glob_fits(struct span pattern, const char *name);
/* The folder of this O_PATH handle, which is closed, to be searched. -1 with errno; of no handle with that of before. */
int glob_open(int at);
/* Searches below dir, which stays open. errno says why on GLOB_FAILED. */
enum glob_result glob_search(struct glob *g, int dir);

#endif
