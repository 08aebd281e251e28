/*
 * grants.h - what the Landlock rules of this start give, and the `assert` lines held against it.
 */
#ifndef SBX_GRANTS_H
#define SBX_GRANTS_H

#include "landlock_conf.h"
#include "place.h"

struct grant {
	struct place place;
	uint64_t rights;
	struct span where;
	struct span tmpl; /* the place as the plan writes it; at == NULL: the ELF interpreter */
	bool directory, nofollow;
};

struct grants {
	struct grant *list; /* NULL: the plan asserts nothing, so nothing is kept */
	unsigned n;
};

/*
 * False after ERR_ASSERT when a grant gives one of the rights of the assert on `path`, its place by some name, on one
 * above it or on one below. Hard links and bind mounts to the same file elsewhere are not searched
 * for.
 */
bool grants_assert(const struct grants *g, const struct landlock_rule *assert, const char *path, struct vars *v,
		   const char *interp, struct fault *f);

#endif
