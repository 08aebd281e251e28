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
			return "a pattern with more than stars";
		if (p.at[i] == '*' && i + 1 < p.len && p.at[i + 1] == '*')
			return "a pattern with `**`";
	}
	if (span_is(p, ".") || span_is(p, ".."))
		return "no pattern";
	return p.len > 255 || stars == p.len ? "no pattern" : NULL;
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

static enum glob_result give_match(struct glob *g, int fd)
{
	if (++g->n_matches > PLAN_MAX_GLOB_MATCHES) {
		close(fd);
		return GLOB_TOO_MANY;
	}
	return g->match(g->ctx, fd) ? GLOB_DONE : GLOB_STOPPED;
}

/* Folders that cannot be listed could not have been reached by the program either. */
static enum glob_result enter(struct glob *g, int at, const char *name, unsigned depth)
{
	enum glob_result result;
	int dir = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (dir < 0)
		return errno == EACCES || errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? GLOB_DONE : GLOB_FAILED;
	result = walk(g, dir, depth + 1);
	close(dir);
	return result;
}

static enum glob_result look(struct glob *g, int dir, const struct entry *e, unsigned depth)
{
	struct stat st;
	int fd;

	if (!strcmp(e->name, ".") || !strcmp(e->name, ".."))
		return GLOB_DONE;
	if (++g->n_entries > PLAN_MAX_GLOB_ENTRIES)
		return GLOB_TOO_MANY;
	if (!glob_fits(g->pattern, e->name)) {
		if (e->type == DT_DIR || e->type == DT_UNKNOWN)
			return enter(g, dir, e->name, depth);
		return GLOB_DONE;
	}
	fd = openat(dir, e->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || S_ISLNK(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return fd >= 0 || errno == ENOENT ? GLOB_DONE : GLOB_FAILED;
	}
	return give_match(g, fd);
}

static enum glob_result walk(struct glob *g, int dir, unsigned depth)
{
	_Alignas(struct entry) char buf[2048];
	enum glob_result result = GLOB_DONE;
	long n = 0;

	if (depth > PLAN_MAX_GLOB_DEPTH)
		return GLOB_TOO_DEEP;
	while (result == GLOB_DONE && (n = syscall(SYS_getdents64, dir, buf, sizeof(buf))) > 0)
		for (long at = 0; at < n && result == GLOB_DONE;) {
			const struct entry *e = (const struct entry *)(const void *)(buf + at);
			result = look(g, dir, e, depth);
			at += e->len;
		}
	return n < 0 ? GLOB_FAILED : result;
}

enum glob_result glob_search(struct glob *g, int dir)
{
	return walk(g, dir, 0);
}
