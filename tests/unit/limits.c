/*
 * limits.c - the depths and numbers of the language, each at its limit and one beyond: imports, uses, policies, groups,
 * params, paths. Sizes and numbers of files are in src.c, blocks in grammar_parse.c.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/str.h"
#include "core_help.h"
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
