/*
 * trail.c - follows a path by reading its links, and enters one that has none.
 */
#include "trail.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LINKS = 40 };

/* The last part of t->here is a link: what it says comes before the rest. 0, or errno. */
static int link_take(struct trail *t, const char *target, bool doubtful)
{
	size_t n = strlen(target), left = strlen(t->rest);

	if (n + 1 + left >= sizeof(t->rest))
		return ENAMETOOLONG;
	memmove(t->rest + n + 1, t->rest, left + 1);
	memcpy(t->rest, target, n);
	t->rest[n] = '/';
	if (doubtful)
		memcpy(t->link, t->here, strlen(t->here) + 1);
	*(target[0] == '/' ? t->here : strrchr(t->here, '/')) = 0;
	return 0;
}

/* Moves the first part of what is left to t->here. *name: it is one, and not "." or "..". 0, or errno. */
static int part_move(struct trail *t, bool *name)
{
	size_t skip = strspn(t->rest, "/"), n = strcspn(t->rest + skip, "/"), end = strlen(t->here);
	const char *part = t->rest + skip;
	bool up = n == 2 && !memcmp(part, "..", 2), stay = n == 1 && *part == '.';
	char *slash;

	*name = !up && !stay;
	if (*name && end + 1 + n > PLAN_MAX_PATH)
		return ENAMETOOLONG;
	if (up && (slash = strrchr(t->here, '/')) != NULL)
		*slash = 0;
	if (*name) {
		t->here[end] = '/';
		memcpy(t->here + end + 1, part, n);
		t->here[end + 1 + n] = 0;
	}
	memmove(t->rest, part + n, strlen(part + n) + 1);
	return 0;
}

int trail_follow(struct trail *t, const char *path, bool follow, trail_doubt *doubt, const void *ctx)
{
	char target[PLAN_MAX_PATH + 1];
	unsigned links = 0;
	int error = 0;

	memcpy(t->rest, path, strlen(path) + 1);
	t->here[0] = t->link[0] = 0;
	while (!error && t->rest[strspn(t->rest, "/")]) {
		bool name;
		ssize_t n;
		error = part_move(t, &name);
		if (error || !name || (!follow && !t->rest[strspn(t->rest, "/")]))
			continue;
		n = readlink(t->here, target, sizeof(target) - 1);
		if (n < 0) {
			error = errno == EINVAL ? 0 : errno;
			continue;
		}
		target[n] = 0;
		error = ++links > MAX_LINKS ? ELOOP : link_take(t, target, !t->link[0] && doubt(ctx, t->here));
	}
	if (!t->here[0])
		memcpy(t->here, "/", 2);
	return error;
}

int trail_enter(char *path, int folder, int last)
{
	int at = openat(AT_FDCWD, "/", folder | O_CLOEXEC);
	char *part = path + 1;

	while (at >= 0 && *part) {
		char *end = part + strcspn(part, "/");
		bool more = *end;
		*end = 0;
		int next = openat(at, part, (more ? folder : last) | O_NOFOLLOW | O_CLOEXEC), error = errno;
		close(at);
		errno = more && error == ENOTDIR ? ELOOP : error;
		at = next;
		part = end + more;
	}
	return at;
}
