/*
 * glob.c - which names a pattern fits.
 */
#include "glob.h"

#include <string.h>

const char *glob_fault(const char *glob)
{
	size_t n = strlen(glob);
	if (n == 0 || n > 255)
		return "is no name: it has 1 to 255 bytes";
	if (strchr(glob, '/'))
		return "holds a `/`: a pattern is one name, at any depth";
	if (strstr(glob, "**"))
		return "holds `**`: a pattern is one name, at any depth";
	if (strcspn(glob, "?[]{}\\$") != n)
		return "holds one of ? [ ] { } \\ $, which mean nothing here";
	if (strspn(glob, "*") == n || strcmp(glob, ".") == 0 || strcmp(glob, "..") == 0)
		return "is no pattern: name the folder instead";
	for (const unsigned char *c = (const unsigned char *)glob; *c; c++)
		if (*c <= ' ' || *c == 0x7f || *c == '"')
			return "holds a blank, a quote or a control character";
	return NULL;
}

/* After a mismatch the last star takes one byte more. */
bool glob_fits(const char *glob, const char *name, size_t len)
{
	const char *star = NULL;
	size_t i = 0, taken = 0;
	while (i < len) {
		if (*glob == '*') {
			star = ++glob;
			taken = i;
		} else if (*glob == name[i]) {
			glob++;
			i++;
		} else if (star) {
			glob = star;
			i = ++taken;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

bool glob_covers(const char *glob, const char *root, const char *path)
{
	const char *name = path + (root[1] ? strlen(root) : 0);
	while (*name == '/') {
		size_t len = strcspn(++name, "/");
		if (len && glob_fits(glob, name, len))
			return true;
		name += len;
	}
	return false;
}
