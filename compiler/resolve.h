/*
 * resolve.h - from the AST of the main file to the IR: imports, profiles, names, values.
 */
#ifndef SBX_RESOLVE_H
#define SBX_RESOLVE_H

#include "ast.h"
#include "compile.h"

/*
 * Loads what the main file imports and uses, looks every name up, and builds the canonical IR. Faults are queued in
 * c->diags; the IR is returned as far as it could be built (NULL when there is no policy at all), so that later
 * phases may find more. The compile has failed when diag_errors() is not 0.
 */
const struct ir *resolve_policy(struct compile *c, const struct ast_file *main_file);
/*
 * The same for a file without a policy: every profile of the file itself is walked once, on all targets, with the defaults of
 * its parameters (and something of their type where they have none): c->n_profiles. The IR is all of them together.
 */
const struct ir *resolve_library(struct compile *c, const struct ast_file *file);

#endif
