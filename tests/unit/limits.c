/*
 * limits.c - the depths and numbers of the language, each at its limit and one beyond: imports, uses, policies, groups,
 * params, paths. Sizes and numbers of files are in src.c, blocks in grammar_parse.c.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/str.h"
#include "compiler/cond.h"
#include "core_help.h"
#include "grammar/grammar.h"
#include "runtime/plan.h"

/* The number of errors; *code gets the first one's. */
static unsigned errors_of(const char *text, enum diag_id *first)
{
	struct arena *a = arena_new();
	struct compile c = {.arena = a, .opt = &core_options};
	const struct src_file *file;
	c.src = src_new(a);
	c.diags = diags_new(a, c.src);
	cr_assert_eq(src_add(c.src, "t.sbx", text, strlen(text), &file), SRC_OK);
	resolve_policy(&c, parse_source(a, c.diags, file));
	unsigned n = diag_errors(c.diags);
	for (unsigned id = 0; n && id < DIAG_COUNT; id++)
		if (diag_seen(c.diags, (enum diag_id)id, (struct loc){0, UINT32_MAX}))
			*first = (enum diag_id)id;
	arena_free(a);
	return n;
}

#define HEAD "policy t {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n"

static void expect_limit(const char *(*text)(struct arena *a, unsigned n), unsigned limit, enum diag_id id)
{
	struct arena *a = arena_new();
	enum diag_id seen = DIAG_COUNT;
	cr_expect_eq(errors_of(text(a, limit), &seen), 0u, "at the limit");
	cr_expect_eq(errors_of(text(a, limit + 1), &seen), 1u, "beyond the limit");
	cr_expect_eq(seen, id, "%s", seen < DIAG_COUNT ? diag_info(seen)->code : "none");
	arena_free(a);
}

static const char *uses(struct arena *a, unsigned n)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\n");
	for (unsigned i = 1; i < n; i++)
		buf_printf(&b, "profile local/p%u {\n    use local/p%u\n}\n", i, i + 1);
	buf_printf(&b, "profile local/p%u {\n    allow read \"/srv\"\n}\n" HEAD "    use local/p1\n}\n", n);
	return buf_str(&b);
}

Test(limits, profiles_use_one_another_16_deep)
{
	expect_limit(uses, SRC_MAX_DEPTH, DIAG_TOO_DEEP);
}

/* Every other one in another block, which counts for nothing here. */
static const char *groups_nested(struct arena *a, unsigned n)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "group @g%u = @g%u\n", i, i + 1);
	buf_printf(&b, "group @g%u = read\n" HEAD "    allow syscall @g0 because \"x\"\n}\n", n);
	return buf_str(&b);
}

Test(limits, groups_stand_in_one_another_15_deep)
{
	expect_limit(groups_nested, SRC_MAX_DEPTH - 1, DIAG_CYCLE);
}

static const char *groups(struct arena *a, unsigned n)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "group @g%u = read\n", i);
	buf_puts(&b, HEAD "}\n");
	return buf_str(&b);
}

Test(limits, there_are_256_groups)
{
	expect_limit(groups, 256, DIAG_TOO_DEEP);
}

static const char *long_path(struct arena *a, unsigned n)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\n" HEAD "    allow read \"");
	for (unsigned i = 0; i < n; i++)
		buf_putc(&b, i % 200 ? 'a' : '/');
	buf_puts(&b, "\"\n}\n");
	return buf_str(&b);
}

Test(limits, a_path_has_4095_bytes)
{
	cr_assert_eq(PLAN_MAX_PATH, 4095);
	expect_limit(long_path, PLAN_MAX_PATH, DIAG_BAD_VALUE);
}

/* ---- files ---- */

static char dir[] = "/tmp/sbx-limits-XXXXXX";

static void write_file(const char *name, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	cr_assert(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* f1 imports f2, and so on; the last holds a profile. */
static const char *imports(struct arena *a, unsigned n)
{
	for (unsigned i = 1; i <= n; i++) {
		const char *text = i < n ? arena_printf(a, "sbx 1\nimport \"f%u.sbx\"\n", i + 1)
					 : "sbx 1\nprofile local/deep {\n    allow read \"/srv\"\n}\n";
		write_file(arena_printf(a, "f%u.sbx", i), text);
	}
	/* without the profile, the use would be a second error */
	return arena_printf(a, "sbx 1\nimport \"%s/f1.sbx\"\n" HEAD "%s}\n", dir, n <= SRC_MAX_DEPTH ? "    use local/deep\n" : "");
}

static void remove_files(void)
{
	for (unsigned i = 1; i <= SRC_MAX_DEPTH + 1; i++) {
		char path[256];
		snprintf(path, sizeof(path), "%s/f%u.sbx", dir, i);
		unlink(path);
	}
	rmdir(dir);
}

Test(limits, files_import_one_another_16_deep)
{
	cr_assert(mkdtemp(dir) != NULL);
	expect_limit(imports, SRC_MAX_DEPTH, DIAG_TOO_DEEP);
	remove_files();
}

static const char *bases(struct arena *a, unsigned n)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\n");
	for (unsigned i = 1; i <= n; i++)
		buf_printf(&b, "policy b%u%s {\n    targets linux\n}\n", i, i < n ? arena_printf(a, " extends b%u", i + 1) : "");
	write_file("f1.sbx", buf_str(&b));
	return arena_printf(a, "sbx 1\nimport \"%s/f1.sbx\"\npolicy t extends b1 {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n}\n", dir);
}

Test(limits, policies_extend_one_another_16_deep)
{
	cr_assert(mkdtemp(dir) != NULL);
	expect_limit(bases, SRC_MAX_DEPTH, DIAG_TOO_DEEP);
	remove_files();
}

/* ---- conditions, values, names and texts ---- */

static const char *joined(struct arena *a, unsigned n, const char *arg, const char *rel, const char *with)
{
	struct buf b = buf_new(a);
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, "%s%s %s %u", i ? with : "", arg, rel, 2 * i);
	return buf_str(&b);
}

static const char *cases(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\n" HEAD "    deny syscall prctl where %s\n}\n", joined(a, n, "option", "==", " or "));
}

static const char *cases_of_two(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\n" HEAD "    deny syscall prctl where (%s) and (arg2 == 1 or %s)\n}\n",
			    joined(a, 512, "option", "==", " or "), n > COND_MAX ? "arg2 == 3 or arg2 == 5" : "arg2 == 3");
}

Test(limits, a_condition_has_1024_cases)
{
	cr_assert_eq(COND_MAX, PARSE_MAX_TESTS);
	expect_limit(cases_of_two, COND_MAX, DIAG_TOO_LARGE);
	struct arena *a = arena_new();
	enum diag_id seen;
	cr_expect_eq(errors_of(cases(a, COND_MAX), &seen), 0u);
	arena_free(a);
}

static const char *comparisons(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\n" HEAD "    deny syscall prctl where %s\n}\n", joined(a, n, "option", "!=", " and "));
}

Test(limits, a_condition_has_1024_comparisons) { expect_limit(comparisons, PARSE_MAX_TESTS, DIAG_TOO_DEEP); }

static const char *tests_of_a_case(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\n" HEAD "    deny syscall prctl where %s and %s\n}\n", joined(a, n - 60, "option", "!=", " and "),
			    joined(a, 60, "arg2", "!=", " and "));
}

Test(limits, a_case_has_128_comparisons) { expect_limit(tests_of_a_case, COND_MAX_TESTS, DIAG_TOO_LARGE); }

static const char *letters(struct arena *a, unsigned n)
{
	char *text = arena_alloc(a, n + 1);
	memset(text, 'a', n);
	return text;
}

static const char *value_set(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\n" HEAD "    set env A = \"%s\"\n}\n", letters(a, n));
}
static const char *value_default(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\nparam p: string = \"%s\" at load\n" HEAD "    allow env A\n    set env B = \"${p}\"\n}\n", letters(a, n));
}
static const char *value_of_path(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\nparam p: path = \"/%s\" at load\n" HEAD "    allow read \"${p}\"\n}\n", letters(a, n - 1));
}

Test(limits, a_value_has_4095_bytes)
{
	cr_assert_eq(PLAN_MAX_VALUE, 4095);
	expect_limit(value_set, PLAN_MAX_VALUE, DIAG_BAD_VALUE);
	expect_limit(value_default, PLAN_MAX_VALUE, DIAG_BAD_VALUE);
	expect_limit(value_of_path, PLAN_MAX_VALUE, DIAG_BAD_VALUE);
}

static const char *named(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\nlet %s = \"x\"\n" HEAD "}\n", letters(a, n));
}
static const char *group_named(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\ngroup @%s = read\n" HEAD "}\n", letters(a, n));
}
static const char *version(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\npolicy t version \"%s\" {\n    targets linux\n    entry \"/bin/true\"\n    isolate none\n}\n", letters(a, n));
}
static const char *about(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\n" HEAD "    about \"%s\"\n}\n", letters(a, n));
}

Test(limits, a_name_has_255_bytes)
{
	expect_limit(named, SRC_MAX_NAME, DIAG_TOO_LONG);
	expect_limit(group_named, SRC_MAX_NAME, DIAG_TOO_LONG);
	expect_limit(version, SRC_MAX_NAME, DIAG_BAD_VALUE);
}

Test(limits, a_text_has_16_KiB) { expect_limit(about, SRC_MAX_STRING, DIAG_TOO_LONG); }

static const char *pattern(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\n" HEAD "    prefer fs.glob.live on linux because \"x\"\n    allow read matching \"%s\" under \"/srv\"\n}\n",
			    letters(a, n));
}

Test(limits, a_pattern_has_255_bytes) { expect_limit(pattern, 255, DIAG_BAD_PATTERN); }

static const char *hostname(struct arena *a, unsigned n)
{
	return arena_printf(a, "sbx 1\npolicy t {\n    targets linux\n    entry \"/bin/true\"\n    hostname \"%s\"\n}\n", letters(a, n));
}

Test(limits, a_host_name_has_64_bytes) { expect_limit(hostname, 64, DIAG_BAD_VALUE); }

/* More than anybody needs, and all of them count. */
Test(limits, profiles_take_any_number_of_values)
{
	struct arena *a = arena_new();
	struct buf b = buf_new(a);
	enum diag_id seen;
	buf_puts(&b, "sbx 1\nprofile p(");
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&b, "%sp%u: string", i ? ", " : "", i);
	buf_puts(&b, ") {\n    allow read \"/srv/${p299}\"\n}\n" HEAD "    use p(");
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&b, "%sp%u: \"x\"", i ? ", " : "", i);
	buf_puts(&b, ")\n}\n");
	cr_expect_eq(errors_of(buf_str(&b), &seen), 0u);
	arena_free(a);
}

/* ---- what a plan holds ---- */

static unsigned lowering_errors(const char *text, enum diag_id *first)
{
	struct compile c = core_resolve(text);
	const struct meaning *m = meaning_new(c.arena, c.ir);
	struct guarantees g = guarantees_check(c.arena, c.ir, c.diags);
	struct lower l = {.arena = c.arena, .ir = c.ir, .meaning = m, .diags = c.diags, .src = c.src, .plan_id = "0", .guarantees = g.v,
			  .n_guarantees = g.n};
	for (unsigned i = 0; backends[i]; i++)
		if (backends[i]->targets & c.ir->targets)
			backends[i]->lower(&l);
	unsigned n = diag_errors(c.diags);
	for (unsigned id = 0; n && id < DIAG_COUNT; id++)
		if (diag_seen(c.diags, (enum diag_id)id, (struct loc){0, UINT32_MAX}))
			*first = (enum diag_id)id;
	arena_free(c.arena);
	return n;
}

static void expect_plan_limit(const char *(*text)(struct arena *a, unsigned n), unsigned limit)
{
	struct arena *a = arena_new();
	enum diag_id seen = DIAG_COUNT;
	cr_expect_eq(lowering_errors(text(a, limit), &seen), 0u, "at the limit");
	cr_expect_eq(lowering_errors(text(a, limit + 1), &seen), 1u, "beyond the limit");
	cr_expect_eq(seen, DIAG_TOO_LARGE);
	arena_free(a);
}

static const char *lines(struct arena *a, unsigned n, const char *top, const char *line, bool views)
{
	struct buf b = buf_new(a);
	buf_puts(&b, "sbx 1\n");
	for (unsigned i = 0; top && i < n; i++)
		buf_printf(&b, "param p%u: path at load\n", i);
	buf_puts(&b, views ? "policy t {\n    targets linux\n    entry \"/bin/true\"\n" : HEAD);
	for (unsigned i = 0; i < n; i++)
		for (const char *c = line; *c; c++)
			*c == '#' ? buf_printf(&b, "%u", i) : buf_putc(&b, *c);
	buf_puts(&b, "}\n");
	return buf_str(&b);
}

static const char *variables(struct arena *a, unsigned n) { return lines(a, n, NULL, "    allow env V#\n", false); }
static const char *params(struct arena *a, unsigned n) { return lines(a, n, "", "    allow read \"${p#}\"\n", false); }
static const char *scratches(struct arena *a, unsigned n) { return lines(a, n, NULL, "    scratch \"/s/#\" size 1MiB\n", true); }

Test(limits, a_plan_holds_512_variables_64_params_256_places)
{
	cr_assert_eq(PLAN_MAX_ENV, 512);
	cr_assert_eq(PLAN_MAX_PARAMS, 64);
	cr_assert_eq(PLAN_MAX_PLACES, 256);
	expect_plan_limit(variables, PLAN_MAX_ENV);
	expect_plan_limit(params, PLAN_MAX_PARAMS);
	expect_plan_limit(scratches, PLAN_MAX_PLACES);
}
