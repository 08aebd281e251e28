/*
 * place.c - finds the real directories above a path without /proc: symbolic links are read one by
 * one, and the way up is "..", which crosses mounts as Landlock's own walk does.
 */
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

enum { MAX_LINKS = 40, MAX_DEPTH = 2 * PLAN_MAX_PATH };

static bool place_take(int failed, const struct stat *st, struct place *p)
{
	if (!failed)
		*p = (struct place){.dev = st->st_dev, .ino = st->st_ino};
	return !failed;
}

bool place_of(int fd, struct place *p)
{
	struct stat st;

	return place_take(fstat(fd, &st), &st, p);
}

bool place_at(const char *path, struct place *p)
{
	struct stat st;

	return place_take(stat(path, &st), &st, p);
}

bool place_same(struct place a, struct place b)
{
	return a.dev == b.dev && a.ino == b.ino;
}

static int dir_open(int at, const char *path)
{
	return openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Closes fd and keeps errno. */
static void close_quiet(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}

/*
 * The directory part of path, relative to at; path is cut there. *last is what follows, "" when
 * path is a directory.
 */
static int head_open(int at, char *path, const char **last)
{
	char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	bool whole = !name[0] || !strcmp(name, ".") || !strcmp(name, "..");

	*last = whole ? "" : name;
	if (whole)
		return dir_open(at, path[0] ? path : ".");
	if (!slash)
		return dir_open(at, ".");
	if (slash == path)
		return dir_open(at, "/");
	*slash = 0;
	return dir_open(at, path);
}

int place_parent(const char *path, bool follow)
{
	char here[PLAN_MAX_PATH + 1], link[PLAN_MAX_PATH + 1];
	struct text t = text_over(here, sizeof(here));
	int at = AT_FDCWD;

	text_str(&t, path);
	for (int i = 0; i < MAX_LINKS; i++) {
		const char *last;
		ssize_t n;
		int dir = head_open(at, here, &last);
		if (at >= 0)
			close_quiet(at);
		if (dir < 0 || !last[0] || !follow)
			return dir;
		n = readlinkat(dir, last, link, sizeof(link) - 1);
		if (n < 0)
			return dir; /* no link, or nothing there */
		link[n] = 0;
		memcpy(here, link, sizeof(here));
		at = dir;
	}
	close_quiet(at);
	errno = ELOOP;
	return -1;
}

/*
 * The root is its own parent. A directory that is mounted below itself looks like that too, so the
 * identity is compared with that of "/" as well.
 */
static bool climb_from(int *dir, struct place root, bool (*see)(void *ctx, struct place p),
		       void *ctx)
{
	struct place here, above;

	if (!place_of(*dir, &here))
		return false;
	for (int i = 0; i < MAX_DEPTH; i++) {
		int up;
		if (!see(ctx, here))
			return true;
		up = dir_open(*dir, "..");
		if (up < 0)
			return false;
		close(*dir);
		*dir = up;
		if (!place_of(up, &above))
			return false;
		if (place_same(above, here) && place_same(above, root))
			return true;
		here = above;
	}
	errno = ELOOP;
	return false;
}

bool place_climb(int dir, bool (*see)(void *ctx, struct place p), void *ctx)
{
	struct place root;
	bool good = place_at("/", &root) && climb_from(&dir, root, see, ctx);

	close_quiet(dir);
	return good;
}
