/*
 * view_points.h - mount points of the new tree.
 */
#ifndef SBX_VIEW_POINTS_H
#define SBX_VIEW_POINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "pool.h"

/*
 * The folders on the way to the last point stay open: places come sorted, so the next one mostly shares them. A folder
 * that something was mounted on since does not count: places above come first.
 */
struct points {
	int root;
	unsigned n;
	struct way {
		unsigned len; /* of the path: the name of this folder ends there */
		int fd;
	} *way;
	char *path;
};

/* longest: of the paths that come. False without memory. */
bool points_begin(struct points *p, struct pool *pool, size_t longest);

/* What the path leads to below the root, through no symbolic link; -1 with errno. */
int point_find(const struct points *p, const char *path);
/*
 * The folder that the path lies in, which stays open; it and those above it are made where they are missing, below the
 * first `there` bytes of the path. -1 with errno.
 */
int point_parent(struct points *p, const char *path, size_t there);
/* A folder or an empty file in memory to mount on; one that is there is good. */
bool point_make(int parent, const char *name, bool is_dir);
const char *point_name(const char *path);

#endif
