/*
 * parse.c - any bytes through the parser and the printer of the tree, and the diagnostics through
 * their renderer.
 *
 * What must hold besides memory safety: a source with no complaint has an edition and can be laid
 * out, and the tree prints the same twice.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/ast.h"
#include "compiler/diag.h"
#include "compiler/fmt.h"
#include "grammar/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *printed(const struct ast_file *f, size_t *size)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, size);
	if (!out)
		abort();
	ast_print(f, out);
	fclose(out);
	return text;
}

/* What has no fault can be laid out, has no fault then, and is at rest. */
static void lay_out(struct arena *a, struct src *src, const struct src_file *file)
{
	struct diags *diags = diags_new(a, src);
	const struct src_file *again;
	size_t n, m;
	const char *out = fmt_source(a, file, &n);
	if (!out || src_add(src, "again.sbx", out, n, &again) != SRC_OK)
		abort();
	parse_source(a, diags, again);
	const char *twice = fmt_source(a, again, &m);
	if (diag_errors(diags) || !twice || n != m || memcmp(out, twice, n) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new();
	struct src *src = src_new(a);
	struct diags *diags = diags_new(a, src);
	const struct src_file *file;
	size_t n, m;
	if (src_add(src, "fuzz.sbx", (const char *)data, size, &file) != SRC_OK)
		abort();
	const struct ast_file *f = parse_source(a, diags, file);
	if (diag_errors(diags) == 0 && f->edition != 1)
		abort();
	if (diag_errors(diags) == 0)
		lay_out(a, src, file);
	char *once = printed(f, &n), *twice = printed(f, &m);
	if (n != m || memcmp(once, twice, n) != 0)
		abort();
	FILE *null = fopen("/dev/null", "w");
	if (!null)
		abort();
	for (unsigned i = 0; i < DIAG_FORMATS; i++)
		diags_print(diags, null, (enum diag_format)i, true);
	fclose(null);
	free(once);
	free(twice);
	arena_free(a);
	return 0;
}
