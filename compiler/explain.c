/*
 * explain.c - prints what a plan says of its filter.
 */
#include "explain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src.h"
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

static const char *read_text(struct arena *a, const char *path, struct artifact *out)
{
	const struct src_file *file;
	enum src_error e = src_open(src_new(a), path, path, &file);
	if (e == SRC_ERRNO)
		return arena_printf(a, "cannot read %s: %s", path, strerror(errno));
	if (e != SRC_OK)
		return arena_printf(a, "cannot read %s", path);
	out->data = file->text;
	out->size = file->size;
	return NULL;
}

int explain_plan(struct arena *a, const char *dir, FILE *out, const char **failure)
{
	struct buf done = buf_new(a);
	enum verify_result result = verify_plan(a, dir, &done, failure);
	struct artifact v[ARCH_COUNT];
	unsigned n = 0;
	if (result != VERIFY_OK)
		return (int)result;
	for (unsigned arch = 0; arch < ARCH_COUNT; arch++) {
		v[n].name = arena_printf(a, "seccomp-%s.txt", arch_name[arch]);
		*failure = read_text(a, arena_printf(a, "%s/%s", dir, v[n].name), &v[n]);
		if (*failure && errno != ENOENT)
			return VERIFY_IO;
		n += *failure ? 0 : 1;
	}
	*failure = n ? NULL : "the plan has no filter of system calls";
	explain_artifacts(v, n, out);
	return n ? 0 : VERIFY_IO;
}
