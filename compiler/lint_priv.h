/*
 * lint_priv.h - what the families of lints share; lint.c calls them.
 */
#ifndef SBX_LINT_PRIV_H
#define SBX_LINT_PRIV_H

#include "lint.h"
#include "str.h"

struct lint {
	struct arena *arena;
	const struct meaning *meaning;
	const struct ir *ir;
	const struct src *src;
	struct diags *diags;
};

enum lint_place { PLACE_SECRET, PLACE_OUTSIDE, PLACE_DEVICE, PLACE_SOCKET, PLACE_SHARED, PLACE_SHELL, PLACE_LOADER, PLACE_REPLACED };
/* The places of a kind, in order: i from 0; NULL past the last. As they stand in lint_place.def. */
const char *lint_place_nth(enum lint_place kind, unsigned n);

/* Is the line one that a lint may speak of? Not one of std/. */
bool lint_blames(const struct lint *l, const struct origin *o);
/* The same, and no reason answers it. */
bool lint_asks(const struct lint *l, const struct origin *o);
/* The line of `rule` for the first of these operations that it has; NULL: none. */
const struct origin *lint_line(const struct ir_rule *rule, uint32_t ops);
/* A path with assumed values; NULL when it is none. */
const char *lint_path(const struct lint *l, const char *tmpl);
/* The line that allows it, on the first target of the policy (or of `targets`) that does; NULL: no target allows it. */
const struct origin *lint_gives(const struct lint *l, uint32_t targets, enum op op, const char *path);

/* What was found at each line, so that a line is warned of once. */
struct lint_found {
	const struct origin *at;
	struct buf words; /* "`a`, `b`" */
	unsigned n;
};
struct lint_finds {
	struct lint_found *v;
	unsigned n;
};
void lint_find(const struct lint *l, struct lint_finds *f, const struct origin *at, const char *word);

enum { LINT_OPS_WRITE = OP_BIT(OP_MODIFY) | OP_BIT(OP_CREATE) | OP_BIT(OP_DELETE) };

void lint_dead(const struct lint *l);
void lint_places(const struct lint *l);
void lint_paths(const struct lint *l);
void lint_exec(const struct lint *l);
void lint_net(const struct lint *l);
void lint_layers(const struct lint *l);
void lint_env(const struct lint *l);
void lint_tests(const struct lint *l);

#endif
