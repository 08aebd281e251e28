/*
 * namespaces.c - this sbx-run makes no namespaces yet: guarantee.c refuses plans that require one.
 */
#include "namespaces.h"

#include <errno.h>

unsigned namespaces_flags(const struct run *r)
{
	(void)r;
	return 0;
}

bool namespaces_refused(struct run *r, int error)
{
	return fault_step(r->fault, "namespaces", "clone", error);
}

bool apply_namespaces(struct run *r)
{
	if (!namespaces_flags(r))
		return true;
	return fault_step(r->fault, "namespaces", "this sbx-run makes none yet", ENOSYS);
}
