/*
 * at_load.h - what the lines of a policy take as the value of a param at load.
 */
#ifndef SBX_AT_LOAD_H
#define SBX_AT_LOAD_H

#include "arena.h"
#include "diag.h"
#include "ir.h"

struct at_load_range {
	bool bounded; /* false: no line counts with it, so any value of its type will do */
	uint64_t least, most;
	const struct origin *at; /* the line that says the most */
};

/* Of all limits, sizes and the user of Linux that the param holds. */
struct at_load_range at_load_range(const struct ir *ir, const char *param);
/* A default that no start could take is reported. */
void at_load_check(struct arena *a, const struct ir *ir, struct diags *d);

#endif
