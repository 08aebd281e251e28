/*
 * seatbelt_ir.h - small policies made by hand for the tests of the Seatbelt back end, and their
 * profile.
 */
#ifndef TEST_SEATBELT_IR_H
#define TEST_SEATBELT_IR_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "backends/seatbelt/sbpl.h"
#include "backends/seatbelt/seatbelt.h"
#include "compiler/src.h"

enum { TEST_MAX_RULES = 32, TEST_MAX_HOLES = 4 };

struct test_policy {
	struct arena *arena;
	struct ir ir;
	struct ir_rule rules[TEST_MAX_RULES];
	struct ir_hole holes[TEST_MAX_RULES][TEST_MAX_HOLES];
	struct origin origin;
	struct lower lower;
	struct diags *diags;
};

static inline struct test_policy *policy_new(void)
{
	struct arena *a = arena_new();
	struct test_policy *p = ARENA_NEW(a, struct test_policy);
	struct src *src = src_new(a);
	const struct src_file *file;

	p->arena = a;
	src_add(src, "policy.sbx", "sbx 1\nallow\n", 12, &file);
	p->origin = (struct origin){.loc = {file->base + 6, file->base + 11},
				    .object = {file->base + 6, file->base + 11},
				    .because = "a \"reason\"\n(allow default)"};
	p->ir = (struct ir){.name = "test",
			    .version = "1",
			    .about = "",
			    .targets = TARGET_BIT(TARGET_MACOS),
			    .rules = p->rules};
	p->diags = diags_new(a, src);
	p->lower = (struct lower){.arena = a,
				  .ir = &p->ir,
				  .diags = p->diags,
				  .src = src,
				  .plan_id = "0123456789abcdef0123456789abcdef"};
	return p;
}

static inline struct ir_rule *policy_rule(struct test_policy *p, enum rule_kind kind, bool deny,
					  uint32_t ops, const char *object)
{
	struct ir_rule *r = &p->rules[p->ir.n_rules++];

	*r = (struct ir_rule){.kind = kind,
			      .deny = deny,
			      .ops = ops,
			      .targets = TARGET_BIT(TARGET_MACOS),
			      .arches = ARCHES_ALL,
			      .object = object,
			      .port_hi = 65535,
			      .holes = p->holes[p->ir.n_rules - 1]};
	for (int i = 0; i < OP_COUNT; i++)
		r->origin[i] = &p->origin;
	return r;
}

static inline void policy_hole(struct test_policy *p, struct ir_rule *r, const char *path)
{
	p->holes[r - p->rules][r->n_holes++] = (struct ir_hole){.path = path, .loc = p->origin.loc};
}

/* The text of the profile, or NULL after a diagnostic. */
static inline const char *policy_profile(struct test_policy *p)
{
	p->lower.n_artifacts = 0;
	p->lower.artifacts = NULL;
	if (!seatbelt_lower(&p->lower))
		return NULL;
	return p->lower.artifacts[0].data;
}

static inline void *model_of(struct arena *a, const char *text, const char **error)
{
	struct artifact v = {.name = SEATBELT_FILE, .data = text, .size = strlen(text)};

	*error = NULL;
	return seatbelt_model_open(a, &v, 1, error);
}

static inline bool passes(const void *model, enum op op, const char *object)
{
	struct arena *scratch = arena_new();
	struct request r = {.target = TARGET_MACOS, .op = op, .object = object};
	struct model_verdict v = seatbelt_model_decide(model, scratch, &r);

	arena_free(scratch);
	return !v.stops;
}

/* What the profile says and no request asks about: is it as the policy has it? */
static inline bool facts_hold(struct test_policy *p, const char *text)
{
	const char *error, *difference = NULL;
	void *m = model_of(p->arena, text, &error);

	cr_assert(m, "%s", error);
	return seatbelt_facts(m, &p->lower, p->arena, &difference);
}

/* What the profile says of one question of the kernel. */
static inline bool profile_allows(const char *text, struct sbpl_query q)
{
	struct arena *a = arena_new();
	const char *error = NULL;
	const struct sexp *forms = sbpl_read(a, "t.sb", text, strlen(text), &error);
	const struct sbpl_profile *p = forms ? sbpl_eval(a, forms, &(struct sbpl_how_to){.n_given = 0}, &error) : NULL;
	bool allow;

	if (!p) {
		fprintf(stderr, "%s\n", error);
		abort();
	}
	allow = sbpl_decide(p, &q).allow;
	arena_free(a);
	return allow;
}

static inline bool profile_allows_folder(const char *text, enum sbpl_op op, const char *path)
{
	return profile_allows(text, (struct sbpl_query){.op = op, .path = path, .vnode = "DIRECTORY"});
}

#endif
