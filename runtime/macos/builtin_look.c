/*
 * builtin_look.c - the built-in variables on macOS: accounts are asked for by name service, the temporary folder is the
 * user's own; paths are real ones, because rules go by these.
 */
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../builtin.h"

/* The real path of `path` in the pool, or NULL. */
static const char *real_copy(struct vars *v, const char *path)
{
	char buf[PATH_MAX];

	return realpath(path, buf) ? pool_text(v->pool, buf) : NULL;
}

enum home home_find(struct vars *v, const char **value)
{
	struct passwd *entry = getpwuid(getuid());

	if (!entry || !entry->pw_dir || entry->pw_dir[0] != '/')
		return HOME_NONE;
	*value = real_copy(v, entry->pw_dir);
	return *value ? HOME_FOUND : HOME_UNREAD;
}

static bool temporary(struct vars *v, const char **value)
{
	char buf[PATH_MAX];
	size_t n = confstr(_CS_DARWIN_USER_TEMP_DIR, buf, sizeof(buf));

	*value = n > 0 && n <= sizeof(buf) ? real_copy(v, buf) : NULL;
	return *value;
}

static const char *number(struct vars *v, uint64_t n)
{
	char text[NUM_TEXT];

	num_text(text, n);
	return pool_text(v->pool, text);
}

bool builtin_look(struct vars *v, enum builtin b, const char **value, struct fault *f)
{
	switch (b) {
	case BUILTIN_HOME:
		return home_find(v, value) == HOME_FOUND ||
		       builtin_fault(f, b, "the user has no home directory, or it does not exist");
	case BUILTIN_CWD:
		*value = real_copy(v, ".");
		return *value || builtin_fault(f, b, "the current directory has no name");
	case BUILTIN_TMPDIR:
	case BUILTIN_RUNTIME_DIR:
		return temporary(v, value) || builtin_fault(f, b, "the system names no temporary folder of the user");
	case BUILTIN_UID:
		*value = number(v, getuid());
		return *value || builtin_fault(f, b, "no memory");
	case BUILTIN_EXE:
		*value = v->program ? real_copy(v, v->program) : NULL;
		return *value || builtin_fault(f, b, "the program has no real path here");
	case BUILTIN_COUNT:
		break;
	}
	return fault_step_error(f, "variables", "unknown variable", 0);
}
