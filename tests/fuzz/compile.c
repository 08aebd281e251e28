/*
 * compile.c - libFuzzer target: any bytes as a policy, through every phase that needs no file. A policy that is
 * accepted and whose artifacts do not equal it (E0901) is a crash, as is any fault of memory.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backends/backend.h"
#include "compiler/check.h"
#include "compiler/compile.h"
#include "compiler/expect.h"
#include "compiler/guarantee.h"
#include "compiler/lint.h"
#include "compiler/never.h"
#include "compiler/resolve.h"
#include "compiler/validate.h"
#include "grammar/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lower_all(struct compile *c, struct lower *l)
{
	for (unsigned i = 0; backends[i]; i++)
		if ((c->ir->targets & backends[i]->targets) && !backends[i]->lower(l))
			return false;
	return diag_errors(c->diags) == 0;
}

static void back_half(struct compile *c)
{
	const struct meaning *m = meaning_new(c->arena, c->ir);
	check_entry(c->arena, m, c->diags);
	if (!never_check(c->arena, m, c->diags))
		return;
	struct guarantees g = guarantees_check(c->arena, c->ir, c->diags);
	struct lower l = {.arena = c->arena, .ir = c->ir, .meaning = m, .diags = c->diags, .src = c->src,
			  .plan_id = "00000000000000000000000000000000", .guarantees = g.v, .n_guarantees = g.n};
	lint_policy(c->arena, m, c->src, c->diags);
	if (!lower_all(c, &l))
		return;
	struct validator v = {
	    .arena = c->arena, .diags = c->diags, .src = c->src, .meaning = m, .guarantees = &g};
	if (validator_open(&v, l.artifacts, l.n_artifacts) && validator_facts(&v) &&
	    validator_prove(&v, l.artifacts, l.n_artifacts) && validator_run(&v)) {
		never_check_artifacts(&v);
		expect_run(&v, NULL);
	}
	validator_close(&v);
	if (diag_seen(c->diags, DIAG_INTERNAL, (struct loc){0, UINT32_MAX})) {
		diags_print(c->diags, stderr, DIAG_TEXT, false);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct compile_options opt = {.path = "f.sbx"};
	struct compile c = {.arena = arena_new(), .opt = &opt};
	const struct src_file *file;
	c.src = src_new(c.arena);
	c.diags = diags_new(c.arena, c.src);
	/* Imports would read this machine's files: what they bring is the parser's target. */
	if (!memmem(data, size, "import", 6) && src_add(c.src, "f.sbx", (const char *)data, size, &file) == SRC_OK) {
		c.ir = resolve_policy(&c, parse_source(c.arena, c.diags, file));
		if (c.ir && diag_errors(c.diags) == 0)
			back_half(&c);
	}
	arena_free(c.arena);
	return 0;
}
