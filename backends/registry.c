/*
 * registry.c - the list of back ends, from backends.def.
 */
#include "backend.h"

#define BACKEND(id) extern const struct backend id##_backend;
#include "backends.def"

const struct backend *const backends[] = {
#define BACKEND(id) &id##_backend,
#include "backends.def"
    NULL,
};

const char *model_where(struct arena *a, const struct model_verdict *v)
{
	return v->where && v->at ? arena_printf(a, "%s:%u", v->where, v->at) : v->where;
}

void lower_add(struct lower *l, const char *name, const void *data, size_t size)
{
	ARENA_GROW(l->arena, l->artifacts, l->n_artifacts);
	l->artifacts[l->n_artifacts++] = (struct artifact){.name = name, .data = data, .size = size};
}
