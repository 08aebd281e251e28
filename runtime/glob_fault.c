/*
 * glob_fault.c - the messages about pattern lines.
 */
#include "glob_fault.h"

#include <errno.h>
#include <unistd.h>

static bool glob_fault(struct fault *f, const struct landlock_rule *rule, const char *path, enum glob_result result)
{
	int error = errno;

	fault_set(f, result == GLOB_FAILED ? ERR_PATH_OPEN : ERR_GLOB);
	fault_where(f, rule->where);
	fault_add(f, "at %s", path);
	if (result == GLOB_FAILED)
		return fault_error(f, "reading the folders below", error);
	return fault_add(f,
			 "pattern %.*s\n"
			 "found %s\n"
			 "fix name a narrower folder, or a pattern that fits less",
			 SPAN(rule->glob), result == GLOB_TOO_DEEP ? SAID("folders more than 64 deep") : SAID("more than 4096 names that fit, or a million names"));
}

bool glob_run(struct glob *g, int dir, const struct landlock_rule *rule, const char *path, struct fault *f)
{
	enum glob_result result = glob_search(g, dir);

	if (result != GLOB_DONE && result != GLOB_STOPPED)
		glob_fault(f, rule, path, result);
	close(dir);
	return result == GLOB_DONE;
}
