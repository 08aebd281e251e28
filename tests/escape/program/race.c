/*
 * race.c - what a path names changes while it is looked up: links that flip, masks whose parents move.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RACE_MS = 80, PATIENCE_MS = 3000 };

static long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * While another process flips, 0 as soon as one try reads the secret; otherwise what stopped those that would have. `lost`
 * is what the path gives while it leads nowhere.
 */
static int try_while(const struct world *w, int (*flip)(const struct world *w), const char *path, int lost)
{
	int error = EAGAIN; /* nothing stopped it, and it read no secret: the race was never won */
	long begin = now_ms();
	pid_t pid = fork();
	if (pid < 0)
		return errno;
	while (pid == 0) {
		flip(w);
		sched_yield();
	}
	while (error && now_ms() < begin + (error == EAGAIN ? PATIENCE_MS : RACE_MS)) {
		int e = reads_secret(path);
		error = e == ENODATA || e == lost ? error : e;
		sched_yield();
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return error;
}

static int exchange(const struct world *w, const char *one, const char *other)
{
	return result(renameat2(AT_FDCWD, at(w, one), AT_FDCWD, at(w, other), RENAME_EXCHANGE));
}

static int flip_link(const struct world *w)
{
	return exchange(w, "in/flip", "in/flip.other");
}

static int race_symlink(const struct world *w)
{
	if (symlink(at(w, "out/secret"), at(w, "in/flip")) != 0 || symlink(at(w, "in/own"), at(w, "in/flip.other")) != 0)
		return errno;
	return try_while(w, flip_link, at(w, "in/flip"), ENODATA);
}

/* A folder on the way changes between one of ours and a link to the outside. */
static int flip_dir(const struct world *w)
{
	return exchange(w, "in/way", "in/way.link");
}

static int race_parent(const struct world *w)
{
	if (mkdir(at(w, "in/way"), 0755) != 0 || symlink(at(w, "out"), at(w, "in/way.link")) != 0)
		return errno;
	int error = close_fd(open(at(w, "in/way/secret"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	return error ? error : try_while(w, flip_dir, at(w, "in/way/secret"), ENODATA);
}

/* ---- a place that is denied inside of an allowed one (in/masked, in/deep/masked) ---- */

static int mask_read(const struct world *w)
{
	return reads_secret(at(w, "in/masked/secret"));
}

static int mask_rename(const struct world *w)
{
	if (rename(at(w, "in/masked"), at(w, "in/unmasked")) != 0)
		return errno;
	int error = reads_secret(at(w, "in/unmasked/secret"));
	rename(at(w, "in/unmasked"), at(w, "in/masked"));
	return error;
}

static int mask_parent(const struct world *w)
{
	if (rename(at(w, "in/deep"), at(w, "in/shallow")) != 0)
		return errno;
	int error = reads_secret(at(w, "in/shallow/masked/secret"));
	rename(at(w, "in/shallow"), at(w, "in/deep"));
	return error;
}

static int mask_umount(const struct world *w)
{
	if (umount2(at(w, "in/masked"), MNT_DETACH) != 0 && errno != EINVAL) /* EINVAL: bare nothing is mounted there */
		return errno;
	return reads_secret(at(w, "in/masked/secret"));
}

static int mask_swap(const struct world *w)
{
	int error = exchange(w, "in/masked", "in/deep");
	if (error)
		return error;
	error = reads_secret(at(w, "in/deep/secret"));
	exchange(w, "in/masked", "in/deep");
	return error;
}

static int flip_mask(const struct world *w)
{
	int error = result(rename(at(w, "in/deep"), at(w, "in/deeper")));
	return error ? error : result(rename(at(w, "in/deeper"), at(w, "in/deep")));
}

static int mask_race(const struct world *w)
{
	int error = flip_mask(w);
	return error ? error : try_while(w, flip_mask, at(w, "in/deep/masked/secret"), ENOENT);
}

const struct attack attacks_race[] = {
    {"race-symlink", race_symlink}, {"race-parent", race_parent}, {"mask-read", mask_read},
    {"mask-rename", mask_rename},   {"mask-parent", mask_parent}, {"mask-umount", mask_umount},
    {"mask-swap", mask_swap},	    {"mask-race", mask_race},	  {NULL, NULL},
};
