/*
 * place.h - where paths really are: directories above a file, through symbolic links and mounts, by
 * descriptor.
 */
#ifndef SBX_PLACE_H
#define SBX_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "plan.h"

/* The identity of a file or directory. */
struct place {
	dev_t dev;
	ino_t ino;
};

bool place_of(int fd, struct place *p);
/* Of what the path leads to, through links. */
bool place_at(const char *path, struct place *p);
bool place_same(struct place a, struct place b);

/*
 * Opens the real directory that holds what `path` names, also when that does not exist. follow:
 * what a symbolic link at the end leads to, else the link itself. -1 with errno.
 */
int place_parent(const char *path, bool follow);

/*
 * Shows the directory and each one above it to `see`, until the root or until it returns false.
 * Closes dir.
 */
bool place_climb(int dir, bool (*see)(void *ctx, struct place p), void *ctx);

#endif
