/*
 * explain_seccomp.c - prints what a plan says of its filter.
 */
#include "explain.h"

#include <string.h>

bool explain_is_seccomp(const char *name)
{
	size_t n = strlen(name);
	return n > 12 && !strncmp(name, "seccomp-", 8) && !strcmp(name + n - 4, ".txt");
}

bool explain_artifacts(const struct artifact *v, unsigned n, FILE *out)
{
	bool first = true;
	for (unsigned i = 0; i < n; i++) {
		if (!explain_is_seccomp(v[i].name))
			continue;
		fputs(first ? "" : "\n", out);
		fwrite(v[i].data, 1, v[i].size, out);
		first = false;
	}
	return !first;
}
