/*
 * extended.c - reads the heads of policies.
 */
#include "extended.h"

#include <string.h>

#include "../grammar/parse.h"
#include "ast.h"
#include "diag.h"

static void read_names(struct arena *a, struct name_map *out, const char *path)
{
	struct arena *own = arena_new();
	struct src *src = src_new(own);
	const struct src_file *file;
	const struct ast_file *ast =
	    src_open(src, path, path, &file) == SRC_OK ? parse_source(own, diags_new(own, src), file) : NULL;
	for (const struct ast_item *i = ast ? ast->items : NULL; i; i = i->next)
		if (i->kind == ITEM_POLICY && i->extends)
			name_map_put(a, out, arena_strdup(a, i->extends->text), strlen(i->extends->text), 0);
	arena_free(own);
}

const struct name_map *extended_names(struct arena *a, const char *const *files, unsigned n)
{
	struct name_map *names = ARENA_NEW(a, struct name_map);
	*names = (struct name_map){0};
	for (unsigned i = 0; i < n; i++)
		read_names(a, names, files[i]);
	return names;
}
