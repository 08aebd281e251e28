/*
 * view_points.c - mount points of the new tree: made in what lies in memory, never in a folder of the host, and found without
 * following a symbolic link.
 */
#include "view_points.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fds.h"
#include "mount_calls.h"

static const uint64_t inside = RESOLVE_NO_LINKS | RESOLVE_NO_MAGIC | RESOLVE_BELOW;

const char *point_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

bool points_begin(struct points *p, struct pool *pool, size_t longest)
{
	p->n = 0;
	p->way = pool_take(pool, (longest / 2 + 1) * sizeof(*p->way));
	p->path = pool_take(pool, longest + 1);
	return p->way && p->path;
}

int point_find(const struct points *p, const char *path)
{
	return place_open(p->root, path[1] ? path + 1 : ".", 0, inside);
}

bool point_make(int parent, const char *name, bool is_dir)
{
	int failed = is_dir ? mkdirat(parent, name, 0755) : mknodat(parent, name, S_IFREG | 0444, 0);

	return !failed || errno == EEXIST;
}

static void way_shorten(struct points *p, const char *path, size_t parent)
{
	for (; p->n; p->n--) {
		size_t len = p->way[p->n - 1].len;
		if (len <= parent && path[len] == '/' && !memcmp(p->path, path, len))
			return;
		fd_leave(p->way[p->n - 1].fd);
	}
}

int point_parent(struct points *p, const char *path, size_t there)
{
	size_t parent = (size_t)(point_name(path) - 1 - path), at;

	way_shorten(p, path, parent);
	at = p->n ? p->way[p->n - 1].len : 0;
	memcpy(p->path + at, path + at, parent + 1 - at);
	while (at < parent) {
		const char *name = p->path + at + 1;
		int fd = p->n ? p->way[p->n - 1].fd : p->root;
		at += 1 + strcspn(name, "/");
		p->path[at] = 0; /* the name ends here until the slash is put back */
		if (at > there && !point_make(fd, name, true))
			return -1;
		fd = place_open(fd, name, O_DIRECTORY, inside);
		if (fd < 0)
			return -1;
		p->path[at] = '/';
		p->way[p->n].len = (unsigned)at;
		p->way[p->n++].fd = fd;
	}
	return p->n ? p->way[p->n - 1].fd : p->root;
}
