/*
 * lib_pool.c - warm pools: macOS has none. Under a profile no descriptor of a request could be relied on to come through,
 * and before it little is saved.
 */
#include <errno.h>

#include "../lib.h"

struct sbx_pool *sbx_pool_open(const struct sbx_plan *plan, const struct sbx_options *options, unsigned size,
			       struct sbx_error *error)
{
	(void)plan;
	(void)options;
	(void)size;
	lib_error_step(error, "macOS has no warm pools", ENOTSUP);
	return NULL;
}

struct sbx_process *sbx_pool_launch(struct sbx_pool *pool, char *const *argv, const int *stdio, struct sbx_error *error)
{
	(void)pool;
	(void)argv;
	(void)stdio;
	lib_error_step(error, "macOS has no warm pools", ENOTSUP);
	return NULL;
}

int sbx_pool_fill(struct sbx_pool *pool, struct sbx_error *error)
{
	(void)pool;
	return lib_error_step(error, "macOS has no warm pools", ENOTSUP);
}

unsigned sbx_pool_ready(struct sbx_pool *pool)
{
	(void)pool;
	return 0;
}

void sbx_pool_close(struct sbx_pool *pool)
{
	(void)pool;
}
