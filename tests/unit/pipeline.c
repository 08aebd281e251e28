/*
 * pipeline.c - random policies through every phase: each is refused with a message about the policy, or its artifacts
 * equal it. E0901, the message that they do not, must never be seen. SBX_LONG=N tries N policies instead of a few.
 */
#include "core_help.h"
#include "random_policy.h"

#include "compiler/check.h"
#include "compiler/expect.h"
#include "compiler/lint.h"
#include "compiler/str.h"
#include "compiler/validate.h"

enum proof_of { REFUSED, EQUAL, DIFFERENT };

static enum proof_of run(const char *text, const char **messages, struct arena *keep)
{
	struct compile c = {.arena = arena_new(), .opt = &core_options};
	const struct src_file *file;
	enum proof_of out = REFUSED;
	c.src = src_new(c.arena);
	c.diags = diags_new(c.arena, c.src);
	cr_assert_eq(src_add(c.src, "t.sbx", text, strlen(text), &file), SRC_OK);
	c.ir = resolve_policy(&c, parse_source(c.arena, c.diags, file));
	if (c.ir && diag_errors(c.diags) == 0) {
		const struct meaning *m = meaning_new(c.arena, c.ir);
		check_entry(c.arena, m, c.diags);
		struct guarantees g = guarantees_check(c.arena, c.ir, c.diags);
		struct lower l = {.arena = c.arena, .ir = c.ir, .meaning = m, .diags = c.diags, .src = c.src,
				  .plan_id = "00000000000000000000000000000000", .guarantees = g.v, .n_guarantees = g.n};
		bool ok = true;
		for (unsigned i = 0; backends[i]; i++)
			if (c.ir->targets & backends[i]->targets)
				ok &= backends[i]->lower(&l);
		if (ok && diag_errors(c.diags) == 0) {
			struct validator v = {
			    .arena = c.arena, .diags = c.diags, .src = c.src, .meaning = m, .guarantees = &g};
			bool same = validator_open(&v, l.artifacts, l.n_artifacts) && validator_facts(&v) &&
				    validator_prove(&v, l.artifacts, l.n_artifacts) && validator_run(&v);
			bool ours = !same && strstr(core_messages(c.arena, c.diags, DIAG_GCC), "[E0901]");
			out = same ? EQUAL : ours ? DIFFERENT : REFUSED;
			validator_close(&v);
		}
	}
	if (out == DIFFERENT)
		*messages = arena_strdup(keep, core_messages(c.arena, c.diags, DIAG_TEXT));
	arena_free(c.arena);
	return out;
}

Test(pipeline, random_policies_are_refused_or_proved, .timeout = 3000)
{
	const char *longer = getenv("SBX_LONG");
	unsigned n = longer ? (unsigned)strtoul(longer, NULL, 10) : 150, equal = 0;
	for (unsigned i = 0; i < n; i++) {
		struct arena *a = arena_new();
		struct gen g = {.state = 0x5b8 + i};
		const char *messages = "", *text = random_policy(&g, a);
		enum proof_of out = run(text, &messages, a);
		cr_assert(out != DIFFERENT, "policy %u:\n%s\n%s", i, text, messages);
		equal += out == EQUAL;
		arena_free(a);
	}
	cr_expect(equal * 10 > n, "only %u of %u policies reached the proof", equal, n);
	printf("%u of %u policies were proved, the others refused\n", equal, n);
}
