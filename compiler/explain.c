/*
 * explain.c - prints what a plan says of its filter.
 */
#include "explain.h"

#include <string.h>

#include "str.h"
#include "verify.h"

bool explain_is_seccomp(const char *name)
{
	size_t n = strlen(name);
	return n > 12 && !strncmp(name, "seccomp-", 8) && !strcmp(name + n - 4, ".txt");
}

void explain_artifacts(const struct artifact *v, unsigned n, FILE *out)
{
	bool first = true;
	for (unsigned i = 0; i < n; i++) {
		if (!explain_is_seccomp(v[i].name))
			continue;
		fputs(first ? "" : "\n", out);
		fwrite(v[i].data, 1, v[i].size, out);
		first = false;
	}
}

int explain_plan(struct arena *a, const char *dir, FILE *out, const char **failure)
{
	struct buf done = buf_new(a);
	struct plan_files files;
	enum verify_result result = verify_plan(a, dir, &done, &files, failure);
	bool some = false;
	if (result != VERIFY_OK)
		return (int)result;
	for (unsigned i = 0; i < files.n; i++)
		some |= explain_is_seccomp(files.v[i].name);
	*failure = some ? NULL : "the plan has no filter of system calls";
	explain_artifacts(files.v, files.n, out);
	return some ? 0 : VERIFY_IO;
}
