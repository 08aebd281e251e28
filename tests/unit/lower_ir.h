/*
 * lower_ir.h - policies made by hand for the tests of the Linux back ends: one rule a source line.
 */
#ifndef SBX_TEST_LOWER_IR_H
#define SBX_TEST_LOWER_IR_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "backends/backend.h"
#include "compiler/guarantee.h"
#include "compiler/str.h"

#define OPS(x)       OP_BIT(OP_##x)
#define TEST_PLAN_ID "0123456789abcdef0123456789abcdef"

enum {
	READ_OPS = OPS(READ) | OPS(LIST),
	WRITE_OPS = OPS(MODIFY) | OPS(CREATE) | OPS(DELETE),
	TEST_LINES = 4000
};

extern const struct backend launch_backend, launch_macos_backend, cgroup_backend, landlock_backend;

struct policy {
	struct arena *arena;
	struct src *src;
	struct diags *diags;
	const struct src_file *file;
	struct ir ir;
	struct ir_rule *rules;
	struct ir_want *wants;
	struct ir_env_set *sets;
	struct guarantee *guarantees;
	unsigned n_guarantees;
	struct artifact *artifacts;
	unsigned n_artifacts;
};

/* The place of a line of the policy's file; lines are two bytes. */
static inline struct loc line_loc(const struct policy *p, unsigned line)
{
	uint32_t beg = p->file->base + (line - 1) * 2;
	return (struct loc){beg, beg + 1};
}

static inline const struct origin *line_origin(struct policy *p, unsigned line)
{
	struct origin *o = ARENA_NEW(p->arena, struct origin);
	o->loc = o->object = line_loc(p, line);
	return o;
}

static inline struct policy policy_new(void)
{
	struct policy p = {.arena = arena_new()};
	char *text = arena_alloc(p.arena, TEST_LINES * 2);
	for (unsigned i = 0; i < TEST_LINES; i++)
		memcpy(text + (size_t)i * 2, "x\n", 2);
	p.src = src_new(p.arena);
	cr_assert_eq(src_add(p.src, "p.sbx", text, TEST_LINES * 2, &p.file), SRC_OK);
	p.diags = diags_new(p.arena, p.src);
	p.ir = (struct ir){.name = "test",
			   .version = "",
			   .about = "",
			   .edition = 1,
			   .targets = TARGET_BIT(TARGET_LINUX),
			   .arches = ARCHES_USUAL};
	p.ir.loc = line_loc(&p, TEST_LINES);
	return p;
}

static inline void policy_free(struct policy *p)
{
	arena_free(p->arena);
}

/* A new rule; it stands on line n_rules. */
static inline struct ir_rule *add_rule(struct policy *p, bool deny, enum rule_kind kind,
				       uint32_t ops, const char *object)
{
	ARENA_GROW(p->arena, p->rules, p->ir.n_rules);
	struct ir_rule *r = &p->rules[p->ir.n_rules++];
	*r = (struct ir_rule){.kind = kind,
			      .deny = deny,
			      .ops = ops,
			      .object = object,
			      .port_hi = 65535,
			      .targets = TARGET_BIT(TARGET_LINUX),
			      .arches = ARCHES_ALL};
	for (unsigned op = 0; op < OP_COUNT; op++)
		if (ops & OP_BIT(op))
			r->origin[op] = line_origin(p, p->ir.n_rules);
	p->ir.rules = p->rules;
	return r;
}

static inline struct ir_rule *allow_path(struct policy *p, uint32_t ops, const char *path)
{
	return add_rule(p, false, RULE_PATH, ops, path);
}

static inline struct ir_rule *deny_path(struct policy *p, uint32_t ops, const char *path)
{
	return add_rule(p, true, RULE_PATH, ops, path);
}

static inline struct ir_rule *add_port(struct policy *p, bool deny, enum op op, unsigned lo,
				       unsigned hi)
{
	struct ir_rule *r = add_rule(p, deny, RULE_NET, OP_BIT(op), "*");
	r->port_lo = (uint16_t)lo;
	r->port_hi = (uint16_t)hi;
	return r;
}

static inline void add_hole(struct policy *p, struct ir_rule *r, const char *path)
{
	struct ir_hole *holes = ARENA_ARRAY(p->arena, r->n_holes + 1u, struct ir_hole);
	if (r->n_holes)
		memcpy(holes, r->holes, r->n_holes * sizeof(*holes));
	holes[r->n_holes++] = (struct ir_hole){path, line_loc(p, p->ir.n_rules)};
	r->holes = holes;
}

static inline void prefer(struct policy *p, enum cap cap)
{
	ARENA_GROW(p->arena, p->wants, p->ir.n_wants);
	p->wants[p->ir.n_wants++] = (struct ir_want){.cap = cap,
						     .prefer = true,
						     .targets = TARGET_BIT(TARGET_LINUX),
						     .origin = line_origin(p, 3000)};
	p->ir.wants = p->wants;
}

static inline void set_limit(struct policy *p, enum limit limit, uint64_t value)
{
	p->ir.limit[TARGET_LINUX][limit] = (struct ir_limit){
	    .set = true, .value = value, .origin = line_origin(p, 100 + (unsigned)limit)};
}

/* Lowers with one back end; false after a diagnostic. */
static inline bool lower_with(struct policy *p, const struct backend *b)
{
	struct lower l = {.arena = p->arena,
			  .ir = &p->ir,
			  .meaning = meaning_new(p->arena, &p->ir),
			  .diags = p->diags,
			  .src = p->src,
			  .plan_id = TEST_PLAN_ID,
			  .guarantees = p->guarantees,
			  .n_guarantees = p->n_guarantees,
			  .artifacts = p->artifacts,
			  .n_artifacts = p->n_artifacts};
	bool ok = b->lower(&l);
	p->artifacts = l.artifacts;
	p->n_artifacts = l.n_artifacts;
	cr_assert_eq(ok, diag_errors(p->diags) == 0, "a back end fails if and only if it says why");
	return ok;
}

static inline const char *artifact_text(const struct policy *p, const char *name)
{
	for (unsigned i = 0; i < p->n_artifacts; i++)
		if (strcmp(p->artifacts[i].name, name) == 0)
			return arena_strndup(p->arena, p->artifacts[i].data, p->artifacts[i].size);
	return NULL;
}

/* Is this a whole line of the text? */
static inline bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	for (const char *at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[n] == '\n')
			return true;
	return false;
}

/* The number of lines that start with the word. */
static inline unsigned count_lines(const char *text, const char *word)
{
	unsigned n = 0;
	size_t len = strlen(word);
	for (const char *at = text; *at; at = strchr(at, '\n') + 1)
		n += strncmp(at, word, len) == 0 && at[len] == ' ';
	return n;
}

#define EXPECT_LINE(text, line)                                                                    \
	cr_expect(has_line(text, line), "`%s` is missing in:\n%s", line, text)

/* The model of one text, or NULL. */
static inline void *open_text(struct arena *a, const struct backend *b, const char *name,
			      const char *text, const char **error)
{
	struct artifact *v = ARENA_NEW(a, struct artifact);
	*v = (struct artifact){name, text, strlen(text)};
	return b->model_open(a, v, 1, error);
}

#endif
