/*
 * ir_build.c - one meaning, one IR: order, repetition and spelling leave no trace.
 */
#include "core_help.h"

#include "compiler/ir_build.h"

/* The printed IR without the places, which differ by design. */
static const char *printed(const struct compile *c)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	cr_assert_not_null(out);
	ir_print(c->ir, c->src, out);
	fclose(out);
	char *copy = arena_alloc(c->arena, size + 1), *to = copy;
	for (const char *at = text; *at;) {
		size_t line = strcspn(at, "\n");
		const char *place = memmem(at, line, "  # ", 4);
		size_t keep = place ? (size_t)(place - at) : line;
		memcpy(to, at, keep);
		to += keep;
		*to++ = '\n';
		at += line + (at[line] == '\n');
	}
	free(text);
	return copy;
}

static void expect_same(const char *a, const char *b)
{
	struct compile x = core_resolve(a), y = core_resolve(b);
	const char *one = printed(&x), *other = printed(&y);
	cr_expect_str_eq(one, other);
	arena_free(x.arena);
	arena_free(y.arena);
}

Test(ir_build, order_and_repetition)
{
	expect_same(
	    CORE_HEAD "    allow read write \"/a\"\n    allow read \"/b\", \"/c\"\n    allow "
		      "connect tcp \"*:443\"\n"
		      "    limit open-files 10\n    prefer res.files on macos because \"x\"\n}\n",
	    CORE_HEAD
	    "    prefer res.files on macos because \"x\"\n    limit open-files 10\n"
	    "    allow connect tcp \"*:443\"\n    allow write \"/a\"\n    allow read \"/c\"\n"
	    "    allow read \"/b\"\n    allow read \"/a\"\n    allow read \"/a\", \"/c\"\n}\n");
}

Test(ir_build, names_blocks_and_units)
{
	expect_same(CORE_HEAD
		    "    on linux {\n        allow read \"/a/b\"\n    }\n    limit file-size 1MiB\n"
		    "    prefer res.file_size on macos because \"x\"\n}\n",
		    "sbx 1\nlet top = \"/a\"\npolicy t {\n    targets macos, linux\n    isolate "
		    "none\n    entry \"/bin/true\"\n"
		    "    prefer proc.no_exec on macos because \"y\"\n    prefer res.file_size on "
		    "macos because \"x\"\n"
		    "    limit file-size 1024KiB\n    on linux {\n        allow read "
		    "\"${top}/b\"\n    }\n}\n");
}

Test(ir_build, a_profile_or_the_lines_themselves)
{
	expect_same(
	    "sbx 1\nprofile p {\n    allow read \"/a\"\n    deny read \"/a/x\"\n}\n"
	    "policy t {\n    targets macos\n    entry \"/bin/true\"\n    isolate none\n    use p\n "
	    "   use p\n}\n",
	    "sbx 1\npolicy t {\n    targets macos\n    entry \"/bin/true\"\n    isolate none\n"
	    "    deny read \"/a/x\"\n    allow read \"/a\"\n}\n");
}

/* What is not the same must not become the same. */
Test(ir_build, what_differs_stays_apart)
{
	static const char *const lines[] = {
	    "    allow read \"/a\"\n",
	    "    deny read \"/a\"\n",
	    "    allow write \"/a\"\n",
	    "    allow read \"/a\" if-exists\n",
	    "    allow read \"/a\" except \"/a/b\"\n",
	    "    allow read \"/a/b\"\n",
	    "    on linux {\n        allow read \"/a\"\n    }\n",
	};
	enum { N = sizeof(lines) / sizeof(lines[0]) };
	struct compile c[N];
	for (unsigned i = 0; i < N; i++) {
		struct arena *a = arena_new();
		c[i] = core_resolve(arena_printf(a, CORE_HEAD "%s}\n", lines[i]));
		arena_free(a);
		for (unsigned k = 0; k < i; k++)
			cr_expect_str_neq(printed(&c[k]), printed(&c[i]), "%s%s", lines[k],
					  lines[i]);
	}
	for (unsigned i = 0; i < N; i++)
		arena_free(c[i].arena);
}

static const struct origin at_line[] = {{.loc = {1, 2}}, {.loc = {3, 4}}, {.loc = {5, 6}}};

static struct ir_rule path_rule(uint32_t ops, uint32_t targets)
{
	return (struct ir_rule){.kind = RULE_PATH,
				.ops = ops,
				.targets = targets,
				.arches = ARCHES_ALL,
				.object = "/a"};
}

Test(ir_build, each_operation_keeps_its_first_line)
{
	struct arena *a = arena_new();
	struct ir_build *b = ir_build_new(a);
	b->ir.targets = TARGETS_ALL;
	struct ir_rule both = path_rule(OP_BIT(OP_READ) | OP_BIT(OP_EXEC), TARGETS_ALL);
	struct ir_rule read = path_rule(OP_BIT(OP_READ), TARGETS_ALL);
	ir_build_rule(b, &both, &at_line[1]);
	ir_build_rule(b, &read, &at_line[0]);
	const struct ir *ir = ir_build_finish(b);
	cr_assert_eq(ir->n_rules, 1u);
	cr_expect_eq(ir->rules[0].origin[OP_READ], &at_line[0]);
	cr_expect_eq(ir->rules[0].origin[OP_EXEC], &at_line[1]);
	cr_expect_null(ir->rules[0].origin[OP_LIST]);
	arena_free(a);
}

Test(ir_build, rules_of_other_targets_go)
{
	struct arena *a = arena_new();
	struct ir_build *b = ir_build_new(a);
	b->ir.targets = TARGET_BIT(TARGET_LINUX);
	struct ir_rule linux_only = path_rule(OP_BIT(OP_READ), TARGET_BIT(TARGET_LINUX));
	struct ir_rule all = path_rule(OP_BIT(OP_READ), TARGETS_ALL);
	struct ir_rule macos = path_rule(OP_BIT(OP_MODIFY), TARGET_BIT(TARGET_MACOS));
	ir_build_rule(b, &linux_only, &at_line[0]);
	ir_build_rule(b, &all, &at_line[1]);
	ir_build_rule(b, &macos, &at_line[2]);
	const struct ir *ir = ir_build_finish(b);
	cr_assert_eq(ir->n_rules, 1u);
	cr_expect_eq(ir->rules[0].ops, OP_BIT(OP_READ));
	cr_expect_eq(ir->rules[0].targets, TARGET_BIT(TARGET_LINUX));
	arena_free(a);
}

Test(ir_build, the_tightest_limit_wins)
{
	struct arena *a = arena_new();
	struct ir_build *b = ir_build_new(a);
	ir_build_limit(b, TARGET_LINUX, LIMIT_PIDS, 10, NULL, &at_line[0]);
	ir_build_limit(b, TARGET_LINUX, LIMIT_PIDS, 5, NULL, &at_line[1]);
	ir_build_limit(b, TARGET_LINUX, LIMIT_PIDS, 5, NULL, &at_line[2]);
	ir_build_limit(b, TARGET_LINUX, LIMIT_PIDS, 7, NULL, &at_line[2]);
	const struct ir *ir = ir_build_finish(b);
	cr_expect_eq(ir->limit[TARGET_LINUX][LIMIT_PIDS].value, 5u);
	cr_expect_eq(ir->limit[TARGET_LINUX][LIMIT_PIDS].origin, &at_line[1]);
	cr_expect_not(ir->limit[TARGET_MACOS][LIMIT_PIDS].set);
	arena_free(a);
}
