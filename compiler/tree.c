/*
 * tree.c - walks a directory for policy files.
 */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "str.h"

static bool is_policy_name(const char *name)
{
	size_t n = strlen(name);
	return n > 4 && strcmp(name + n - 4, ".sbx") == 0;
}

static bool walk(struct tree_files *t, const char *dir, unsigned depth);

/*
 * A link to a file counts as a file, as when it is named, and so does one that leads nowhere: whoever reads it says so. One to
 * a directory could lead back.
 */
static bool look(struct tree_files *t, const char *path, const char *name, unsigned depth)
{
	struct stat st;
	if (lstat(path, &st) != 0)
		return true; /* gone since it was listed */
	if (S_ISDIR(st.st_mode))
		return walk(t, path, depth + 1);
	if (!is_policy_name(name) || (S_ISLNK(st.st_mode) && stat(path, &st) == 0 && S_ISDIR(st.st_mode)))
		return true;
	ARENA_GROW(t->arena, t->v, t->n);
	t->v[t->n++] = path;
	return true;
}

static bool fail(struct tree_files *t, const char *dir, const char *why)
{
	t->failed = dir;
	t->why = why;
	return false;
}

static bool walk(struct tree_files *t, const char *dir, unsigned depth)
{
	if (depth > TREE_MAX_DEPTH)
		return fail(t, dir, "directories are nested deeper than 64");
	DIR *d = opendir(dir);
	if (!d)
		return fail(t, dir, strerror(errno));
	/* Names below `.` stand by themselves, as git and editors write them. */
	const char *folder = strcmp(dir, ".") == 0 || strcmp(dir, "./") == 0 ? "" : dir;
	const char *slash = !*folder || dir[strlen(dir) - 1] == '/' ? "" : "/";
	const struct dirent *e;
	bool ok = true;
	while (ok && (errno = 0, e = readdir(d)))
		if (e->d_name[0] != '.')
			ok = look(t, arena_printf(t->arena, "%s%s%s", folder, slash, e->d_name), e->d_name, depth);
	if (ok && errno)
		ok = fail(t, dir, strerror(errno));
	closedir(d);
	return ok;
}

bool tree_find(struct tree_files *t, const char *dir)
{
	unsigned before = t->n;
	bool ok = walk(t, dir, 1);
	if (t->n > before)
		qsort(t->v + before, t->n - before, sizeof(*t->v), cmp_strp);
	return ok;
}
