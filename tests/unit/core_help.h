/*
 * core_help.h - policies from text for the tests of the compiler's core: parse and resolve in
 * memory, back ends on request.
 */
#ifndef SBX_TEST_CORE_HELP_H
#define SBX_TEST_CORE_HELP_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "backends/backend.h"
#include "compiler/compile.h"
#include "compiler/guarantee.h"
#include "compiler/resolve.h"
#include "grammar/parse.h"

static const struct compile_options core_options = {.path = "t.sbx"};

/* The IR of a policy without faults. */
static inline struct compile core_resolve(const char *text)
{
	struct compile c = {.arena = arena_new(), .opt = &core_options};
	const struct src_file *file;
	c.src = src_new(c.arena);
	c.diags = diags_new(c.arena, c.src);
	cr_assert_eq(src_add(c.src, "t.sbx", text, strlen(text), &file), SRC_OK);
	c.ir = resolve_policy(&c, parse_source(c.arena, c.diags, file));
	if (diag_errors(c.diags))
		diags_print(c.diags, stderr, DIAG_GCC, false);
	cr_assert(c.ir && diag_errors(c.diags) == 0, "the policy of the test has faults");
	return c;
}

#define CORE_HEAD                                                                                  \
	"sbx 1\npolicy t {\n    targets linux, macos\n    entry \"/bin/true\"\n    isolate none\n" \
	"    prefer proc.no_exec on macos because \"the tests\"\n"

/* The same with every artifact of its targets. */
static inline struct lower core_lower(struct compile *c, const struct meaning *m,
				      const struct guarantees *g)
{
	struct lower l = {.arena = c->arena,
			  .ir = c->ir,
			  .meaning = m,
			  .diags = c->diags,
			  .src = c->src,
			  .plan_id = "00000000000000000000000000000000",
			  .guarantees = g->v,
			  .n_guarantees = g->n};
	for (unsigned i = 0; backends[i]; i++)
		if (c->ir->targets & backends[i]->targets)
			cr_assert(backends[i]->lower(&l), "%s does not lower", backends[i]->name);
	return l;
}

static inline struct artifact *core_artifact(struct artifact *v, unsigned n, const char *name)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	cr_assert_fail("no artifact %s", name);
	return NULL;
}

/* The diagnostics as people see them. */
static inline const char *core_messages(struct arena *a, const struct diags *d,
					enum diag_format format)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	cr_assert_not_null(out);
	diags_print(d, out, format, false);
	fclose(out);
	const char *copy = arena_strndup(a, text, size);
	free(text);
	return copy;
}

#endif
