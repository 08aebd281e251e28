/*
 * model_glob.c - which paths a pattern of landlock.conf fits, as the loader would find them: written for the model, and
 * apart from what the policy means by it.
 */
#include <string.h>

#include "landlock.h"

/* One name against the pattern: fits[i] says whether the pattern so far fits the first i bytes. */
static bool name_fits(const char *glob, const char *name, const char *end)
{
	bool fits[PLAN_MAX_PATH + 1];
	size_t n = (size_t)(end - name);
	if (n > PLAN_MAX_PATH)
		return false;
	memset(fits, 0, n + 1);
	fits[0] = true;
	for (; *glob; glob++) {
		if (*glob == '*') {
			for (size_t i = 1; i <= n; i++)
				fits[i] |= fits[i - 1];
			continue;
		}
		for (size_t i = n; i > 0; i--)
			fits[i] = fits[i - 1] && name[i - 1] == *glob;
		fits[0] = false;
	}
	return fits[n];
}

bool ll_pattern_fits(const char *glob, const char *folder, const char *path)
{
	const char *at = strcmp(folder, "/") == 0 ? path : path + strlen(folder);
	while (*at == '/') {
		const char *end = strchr(at + 1, '/');
		if (!end)
			end = at + strlen(at);
		if (end > at + 1 && name_fits(glob, at + 1, end))
			return true;
		at = end;
	}
	return false;
}
