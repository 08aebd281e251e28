/*
 * base.c - writes base.def into the profile and says which requests it opens.
 *
 * The readable places stand on file-read*, the policy's rules on its members (lower.c). Rules on a
 * member come before those of the family, so a deny of the policy beats the base wherever it
 * stands.
 */
#include <string.h>

#include "seatbelt.h"

enum base_kind { BASE_IS_GROUP, BASE_IS_LINE, BASE_IS_READ, BASE_IS_STAT, BASE_IS_CODE };

static const struct {
	enum base_kind kind;
	const char *filter;
	const char *text; /* path, rule or reason */
} base[] = {
#define BASE_GROUP(reason)    {.kind = BASE_IS_GROUP, .text = (reason)},
#define BASE_LINE(rule)       {.kind = BASE_IS_LINE, .text = (rule)},
#define BASE_READ(with, path) {.kind = BASE_IS_READ, .filter = (with), .text = (path)},
#define BASE_STAT(path)       {.kind = BASE_IS_STAT, .filter = "literal", .text = (path)},
#define BASE_CODE(path)       {.kind = BASE_IS_CODE, .filter = "subpath", .text = (path)},
#include "base.def"
};

enum { N_BASE = sizeof(base) / sizeof(base[0]) };

void seatbelt_emit_base(struct emit *e)
{
	static const char *const ops[] = {[BASE_IS_GROUP] = NULL,
					  [BASE_IS_LINE] = NULL,
					  [BASE_IS_READ] = "file-read*",
					  [BASE_IS_STAT] = "file-read-metadata",
					  [BASE_IS_CODE] = "file-read* file-map-executable"};

	for (size_t i = 0; i < N_BASE; i++) {
		if (base[i].kind == BASE_IS_GROUP)
			buf_printf(&e->out, "\n; base: %s\n", base[i].text);
		else if (base[i].kind == BASE_IS_LINE)
			buf_printf(&e->out, "%s\n", base[i].text);
		else
			buf_printf(&e->out, "(allow %s (%s \"%s\"))\n", ops[base[i].kind],
				   base[i].filter, base[i].text);
	}
}

/* The spelling of the policy may name a place of the base through a link of the root. */
static bool base_covers(const char *filter, const char *root, const char *path)
{
	const char *tail =
	    strncmp(root, "/private/var/", 13) == 0 ? root + strlen("/private") : NULL;

	if (strcmp(filter, "literal") == 0)
		return strcmp(root, path) == 0;
	return path_covers(root, path) || (tail && path_covers(tail, path));
}

static bool starts_entry(const struct ir *ir, const struct request *r)
{
	struct arena *scratch = arena_new();
	const char *entry =
	    ir->entry ? expand_template(scratch, ir, ir->entry, r->given, r->n_given) : NULL;
	bool same = r->op == OP_EXEC && entry && path_covers(entry, r->object);

	arena_free(scratch);
	return same;
}

bool seatbelt_baseline(const struct ir *ir, const struct request *r, const char **why)
{
	if (r->op == OP_READ || r->op == OP_LIST)
		for (size_t i = 0; i < N_BASE; i++)
			if ((base[i].kind == BASE_IS_READ || base[i].kind == BASE_IS_CODE) &&
			    base_covers(base[i].filter, base[i].text, r->object)) {
				*why = "every program reads the libraries of macOS and its root "
				       "folder";
				return true;
			}
	if (!starts_entry(ir, r))
		return false;
	*why =
	    "macOS starts the entry program under the profile, so the program can start it again";
	return true;
}
