/*
 * plan_dir.h - the plan directory: opened once, its files read once, by whom nobody else can write.
 */
#ifndef SBX_PLAN_DIR_H
#define SBX_PLAN_DIR_H

#include <sys/types.h>

#include "fault.h"
#include "sha256.h"

struct pool;

struct plan_dir {
	struct pool *pool; /* for the files, set by the caller */
	sha256_blocks *hash;
	int fd;
	uid_t user;        /* who reads it, once that was asked */
	bool user_asked;
	int entered;       /* plan_dir_enter() of its path, by the caller; 0: not yet */
	const char *real;  /* its path without links; NULL: not known */
	bool pinned;       /* by a digest: another plan there would be refused */
	struct span sums; /* SHA256SUMS, proved */
};

struct plan_file {
	const char *name;
	const char *data;
	size_t size;
};

/* What stands for the folder, closed by exec; -1 with errno. */
int plan_dir_enter(const char *path);
/* digest: "sha256:HEX" that SHA256SUMS must have, or NULL. */
bool plan_dir_open(struct plan_dir *d, const char *path, const char *digest, struct fault *f);
/*
 * Notes its path without links, by standing there for a moment: a sixth of what the kernel takes to show it in /proc. Where it cannot
 * be found so it stays unknown. For a process that is ours, which stands again where it stood, or false.
 */
bool plan_dir_visit(struct plan_dir *d, struct fault *f);
/* Its path without links into out[size]; false with errno. */
bool plan_dir_real(const struct plan_dir *d, char *out, size_t size);
/* Is the file part of the plan? */
bool plan_dir_lists(const struct plan_dir *d, const char *name);
/* Reads a listed file and compares its hash. */
bool plan_dir_read(struct plan_dir *d, const char *name, size_t max, struct plan_file *out,
		   struct fault *f);

/* The form of SHA256SUMS: NULL when good, else why not. */
const char *sums_wrong(struct span sums);
bool sums_find(struct span sums, const char *name, struct span *hex);

#endif
