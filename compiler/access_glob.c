/*
 * access_glob.c - `read matching "GLOB" under "PATH"`.
 */
#include <string.h>

#include "access_priv.h"
#include "glob.h"

static bool may_match(struct access_ctx *x, const struct ast_access *access)
{
	if (x->use != ACCESS_EXPECT)
		return true;
	struct diag_rec *rec = diag(x->r->d, DIAG_WRONG_PLACE, access->glob->loc, "an expectation asks about one place");
	diag_help(rec, "name a path that the pattern fits");
	return access_fail(x);
}

/* The pattern as plain bytes; NULL after a diagnostic. */
static const char *pattern(struct access_ctx *x, const struct ast_word *w)
{
	const char *glob = scope_plain(x->r, x->p->scope, w);
	const char *fault = glob ? glob_fault(glob) : NULL;
	if (!fault)
		return glob;
	struct diag_rec *rec = diag(x->r->d, DIAG_BAD_PATTERN, w->loc, "the pattern %s", fault);
	diag_help(rec, "write a name with stars, such as `\"*.pem\"` or `\".env*\"`");
	return NULL;
}

void access_matching(struct access_ctx *x, const struct ast_access *access)
{
	uint32_t ops;
	if (!access_file_ops(x, access->ops, &ops) || !may_match(x, access))
		return;
	const char *glob = pattern(x, access->glob), *path = scope_path(x->r, x->p->scope, access->under);
	if (!glob || !path) {
		access_fail(x);
		return;
	}
	struct access_item *i = access_add(x, RULE_GLOB, ops, access->loc);
	i->rule.object = path;
	i->rule.glob = glob;
}
