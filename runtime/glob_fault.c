/*
 * glob_fault.c - the messages about pattern lines.
 */
#include "glob_fault.h"

#include <errno.h>

bool glob_fault(struct fault *f, const struct landlock_rule *rule, const char *path, enum glob_result result)
{
	int error = errno;
	char pattern[256];
	struct text t = text_over(pattern, sizeof(pattern));

	text_bytes(&t, rule->glob.at, rule->glob.len);
	fault_set(f, result == GLOB_FAILED ? ERR_PATH_OPEN : ERR_GLOB);
	fault_where(f, rule->where);
	fault_line(f, "at", path, NULL);
	if (result == GLOB_FAILED)
		return fault_errno(f, "failed", "reading the folders below", error);
	fault_line(f, "pattern", pattern, NULL);
	fault_line(f, "found",
		   result == GLOB_TOO_DEEP ? "folders more than 64 deep"
					   : "more than 4096 names that fit, or a million names",
		   NULL);
	return fault_line(f, "fix", "name a narrower folder, or a pattern that fits less", NULL);
}
