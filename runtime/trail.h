/*
 * trail.h - a path followed link by link, by its text, so that who asks learns of each link; and then opened through none.
 */
#ifndef SBX_TRAIL_H
#define SBX_TRAIL_H

#include <stdbool.h>

#include "plan.h"

/* Its texts are not cleared: each page that is touched costs more than a system call. */
struct trail {
	char rest[2 * PLAN_MAX_PATH + 2]; /* what is left of the path */
	char here[PLAN_MAX_PATH + 1];     /* without links */
	char link[PLAN_MAX_PATH + 1];     /* the first one on the way that is not trusted; "": none */
};

/* `path` is a link. Could somebody have made it who is not trusted? */
typedef bool trail_doubt(const void *ctx, const char *path);

/*
 * follow: the last part too, when it is a link. 0, or errno: then t->here is the first place that cannot be passed.
 */
int trail_follow(struct trail *t, const char *path, bool follow, trail_doubt *doubt, const void *ctx);

/*
 * Opens an absolute path without links, one part after the other, each through no link: folders with these flags, what it names with
 * the flags for the last. -1 with errno; ELOOP: it has become another one meanwhile. The text is cut on the way.
 */
int trail_enter(char *path, int folder, int last);

#endif
