/*
 * glob.c - the walk below a folder for names that fit a pattern: by handles, one name at a time, so that a folder that is
 * swapped for a link meanwhile leads nowhere.
 */
#include "glob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel.h"

enum { MAX_TRIES = 100 };

/* As getdents64(2) writes it. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

const char *glob_wrong(struct span p)
{
	size_t stars = 0;

	for (size_t i = 0; i < p.len; i++) {
		stars += p.at[i] == '*';
		if (strchr("/?[]{}\\$\"", p.at[i]))
			return SAID("a pattern with more than stars");
		if (p.at[i] == '*' && i + 1 < p.len && p.at[i + 1] == '*')
			return SAID("a pattern with `**`");
	}
	if (span_is(p, ".") || span_is(p, ".."))
		return "no pattern";
	return p.len > 255 || stars == p.len ? SAID("no pattern") : NULL;
}

/* After a mismatch the last star takes one byte more. */
bool glob_fits(struct span p, const char *name)
{
	const char *back = NULL;
	size_t i = 0, star = 0;

	while (*name) {
		if (i < p.len && p.at[i] == '*') {
			star = ++i;
			back = name;
		} else if (i < p.len && p.at[i] == *name) {
			i++;
			name++;
		} else if (back) {
			i = star;
			name = ++back;
		} else {
			return false;
		}
	}
	while (i < p.len && p.at[i] == '*')
		i++;
	return i == p.len;
}

static enum glob_result walk(struct glob *g, int dir, unsigned depth);

static enum glob_result give_match(struct glob *g, int fd, const struct stat *st)
{
	if (++g->n_matches > PLAN_MAX_GLOB_MATCHES) {
		close(fd);
		return GLOB_TOO_MANY;
	}
	return g->match(g->ctx, fd, st) ? GLOB_DONE : GLOB_STOPPED;
}

/*
 * Nothing is given in folders that cannot be listed, and nothing has to be denied in those that cannot be passed either; what
 * is only passed holds names that the program may know.
 */
static bool may_skip(struct glob *g, int at, const char *name)
{
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) {
		g->moved = true;
		return true;
	}
	if (errno != EACCES || !g->deny)
		return errno == EACCES;
	if (faccessat(at, name, X_OK, 0) && errno == EACCES)
		return true;
	errno = EACCES;
	return false;
}

static enum glob_result enter(struct glob *g, int at, const char *name, unsigned depth)
{
	enum glob_result result;
	int dir = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (dir < 0)
		return may_skip(g, at, name) ? GLOB_DONE : GLOB_FAILED;
	result = walk(g, dir, depth + 1);
	close(dir);
	return result;
}

static enum glob_result match_look(struct glob *g, int dir, const char *name)
{
	struct stat st;
	int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	bool known;

	if (fd < 0) {
		g->moved |= errno == ENOENT;
		return errno == ENOENT ? GLOB_DONE : GLOB_FAILED;
	}
	known = fstat(fd, &st) == 0;
	if (known && (g->deny || !S_ISLNK(st.st_mode)))
		return give_match(g, fd, &st);
	close(fd); /* which changes errno only when it fails */
	return known ? GLOB_DONE : GLOB_FAILED;
}

/* The name is at the end of the path while it is looked at. False: too long. */
static bool path_add(char *path, const char *name)
{
	size_t at = strlen(path), n = strlen(name);

	if (at + 1 + n > PLAN_MAX_PATH)
		return false;
	if (at > 1)
		path[at++] = '/';
	memcpy(path + at, name, n + 1);
	return true;
}

static enum glob_result look(struct glob *g, int dir, const struct entry *e, unsigned depth)
{
	enum glob_result result = GLOB_DONE;
	size_t before = g->path ? strlen(g->path) : 0;

	if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
		return GLOB_DONE;
	if (++g->n_entries > PLAN_MAX_GLOB_ENTRIES)
		return GLOB_TOO_MANY;
	if (g->path && !path_add(g->path, e->name)) {
		errno = ENAMETOOLONG;
		return GLOB_FAILED;
	}
	if (glob_fits(g->pattern, e->name))
		result = match_look(g, dir, e->name);
	else if (e->type == DT_DIR || e->type == DT_UNKNOWN)
		result = enter(g, dir, e->name, depth);
	if (g->path && result != GLOB_FAILED)
		g->path[before] = 0; /* a failure is said where it was */
	return result;
}

/* Every name in the folder, once. */
static enum glob_result names_look(struct glob *g, int dir, unsigned depth)
{
	_Alignas(struct entry) char buf[2048];
	enum glob_result result = GLOB_DONE;
	long n = 0;

	while (result == GLOB_DONE && (n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
		for (long at = 0; at < n && result == GLOB_DONE;) {
			const struct entry *e = (const struct entry *)(const void *)(buf + at);
			result = look(g, dir, e, depth);
			at += e->len;
		}
	return n < 0 ? GLOB_FAILED : result;
}

/*
 * A name that is gone when it is opened may be another one of the folder by now, so to deny the folder is read again. What keeps
 * changing cannot be denied.
 */
static enum glob_result walk(struct glob *g, int dir, unsigned depth)
{
	enum glob_result result;
	const bool above = g->moved;
	unsigned tries = 0;

	if (depth > PLAN_MAX_GLOB_DEPTH)
		return GLOB_TOO_DEEP;
	do {
		g->moved = false;
		result = names_look(g, dir, depth);
		if (result != GLOB_DONE || !g->deny || !g->moved)
			break;
		errno = EAGAIN;
		result = GLOB_FAILED;
	} while (++tries < MAX_TRIES && lseek(dir, 0, SEEK_SET) == 0);
	g->moved = above;
	return result;
}

enum glob_result glob_search(struct glob *g, int dir)
{
	return walk(g, dir, 0);
}

int glob_open(int at)
{
	int dir, error;

	if (at < 0)
		return -1;
	dir = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
	error = errno;
	close(at);
	errno = error;
	return dir;
}
