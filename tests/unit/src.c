/*
 * src.c - places of bytes, and every limit of the source map at its value and one past it.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/src.h"

static const struct src_file *add(struct src *s, const char *name, const char *text)
{
	const struct src_file *f = NULL;
	cr_assert_eq(src_add(s, name, text, strlen(text), &f), SRC_OK);
	return f;
}

static const char *where(const struct src *s, struct arena *a, uint32_t at)
{
	return src_where(s, a, (struct loc){at, at});
}

Test(src, each_byte_has_its_line_and_column)
{
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	const struct src_file *f = add(s, "a.sbx", "ab\n\n\tc");
	static const struct {
		unsigned line, column;
	} want[] = {{1, 1}, {1, 2}, {1, 3}, {2, 1}, {3, 1}, {3, 2}, {3, 3}};
	for (uint32_t i = 0; i <= f->size; i++) {
		struct src_pos p;
		cr_assert(src_locate(s, f->base + i, &p));
		cr_expect_eq(p.line, want[i].line, "byte %u", i);
		cr_expect_eq(p.column, want[i].column, "byte %u", i);
	}
	arena_free(a);
}

Test(src, only_the_words_of_somebody_are_shown)
{
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	const struct src_file *f = add(s, "command line", "head {\nq w }\n");
	static const unsigned column[] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4};
	src_show_only(s, f, 7, 3);
	for (uint32_t i = 0; i <= f->size; i++) {
		struct src_pos p;
		cr_assert(src_locate(s, f->base + i, &p));
		cr_expect_eq(p.line, 1, "byte %u", i);
		cr_expect_eq(p.column, column[i < 13 ? i : 13], "byte %u: %u", i, p.column);
		cr_expect(p.line_len == 3 && strncmp(p.line_text, "q w", 3) == 0);
	}
	arena_free(a);
}

Test(src, files_do_not_share_places)
{
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	const struct src_file *x = add(s, "x", "1\n2"), *empty = add(s, "empty", ""),
			      *y = add(s, "std/y", "3");
	cr_expect_str_eq(where(s, a, x->base + (uint32_t)x->size), "x:2");
	cr_expect_str_eq(where(s, a, empty->base), "empty:1");
	cr_expect_str_eq(where(s, a, y->base), "std/y:1");
	cr_expect_str_eq(where(s, a, 0), "");
	cr_expect_str_eq(where(s, a, y->base + (uint32_t)y->size + 1), "");
	cr_expect_str_eq(where(s, a, UINT32_MAX), "");
	cr_expect(y->is_std && !x->is_std);
	cr_expect_str_eq(src_text(s, a, (struct loc){x->base, x->base + 3}), "1\n2");
	cr_expect_str_eq(src_text(s, a, (struct loc){x->base + 2, y->base + 1}), "2",
			 "text ends with its file");
	cr_expect_str_eq(src_text(s, a, (struct loc){x->base + 2, x->base}), "");
	cr_expect_eq(src_nth(s, 1), empty);
	cr_expect_null(src_nth(s, 3));
	cr_expect_eq(src_find(s, "x"), x);
	cr_expect_null(src_find(s, "./x"));
	arena_free(a);
}

Test(src, the_size_of_a_file)
{
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	const struct src_file *f = NULL;
	char *text = calloc(1, SRC_MAX_FILE + 1);
	cr_assert_not_null(text);
	cr_expect_eq(src_add(s, "over", text, SRC_MAX_FILE + 1, &f), SRC_TOO_BIG);
	cr_expect_null(f);
	cr_expect_eq(src_add(s, "at", text, SRC_MAX_FILE, &f), SRC_OK);
	cr_expect_not_null(f);
	free(text);
	arena_free(a);
}

Test(src, the_number_of_files)
{
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	const struct src_file *f = NULL;
	for (unsigned i = 0; i < SRC_MAX_FILES; i++)
		add(s, "f", "x");
	cr_expect_eq(src_add(s, "one more", "x", 1, &f), SRC_TOO_MANY);
	cr_expect_null(f);
	arena_free(a);
}

/* Sixteen files of the largest size do not fit: their ends are places too. */
Test(src, the_size_of_all_files)
{
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	const struct src_file *f = NULL;
	char *text = calloc(1, SRC_MAX_FILE);
	cr_assert_not_null(text);
	for (unsigned i = 0; i < SRC_MAX_TOTAL / SRC_MAX_FILE - 1; i++)
		cr_assert_eq(src_add(s, "f", text, SRC_MAX_FILE, &f), SRC_OK);
	size_t left = SRC_MAX_TOTAL - (f->base + f->size + 1) - 1;
	cr_expect_eq(src_add(s, "over", text, left + 1, &f), SRC_TOO_BIG);
	cr_expect_eq(src_add(s, "at", text, left, &f), SRC_OK);
	free(text);
	arena_free(a);
}

Test(src, what_is_no_file_is_not_read)
{
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	const struct src_file *f = NULL;
	char dir[] = "/tmp/sbx-src-XXXXXX";
	cr_assert_not_null(mkdtemp(dir));
	const char *fifo = arena_printf(a, "%s/fifo", dir), *file = arena_printf(a, "%s/file", dir);
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	cr_expect_eq(src_open(s, dir, "d", &f), SRC_NOT_REGULAR);
	cr_expect_eq(src_open(s, fifo, "p", &f), SRC_NOT_REGULAR);
	cr_expect_eq(src_open(s, "/dev/zero", "z", &f), SRC_NOT_REGULAR);
	cr_expect_eq(src_open(s, file, "n", &f), SRC_ERRNO);
	cr_expect_null(f);
	int fd = open(file, O_WRONLY | O_CREAT, 0600);
	cr_assert(fd >= 0 && write(fd, "x\0y", 3) == 3);
	cr_expect_eq(src_open(s, file, "n", &f), SRC_OK);
	cr_assert_not_null(f);
	cr_expect_eq(f->size, 3u);
	cr_expect_arr_eq(f->text, "x\0y", 4);
	cr_assert_eq(ftruncate(fd, SRC_MAX_FILE + 1), 0);
	cr_expect_eq(src_open(s, file, "n", &f), SRC_TOO_BIG);
	close(fd);
	unlink(file);
	unlink(fifo);
	rmdir(dir);
	arena_free(a);
}

/* What a file in the folder of `from` (name: `shown`) calls `rel`. */
static void relative(const struct src *s, const char *from, const char *shown, const char *rel, const char *path,
		     const char *name)
{
	const struct src_file f = {.path = from, .name = shown};
	const char *got_path, *got_name;
	src_relative(s, &f, rel, &got_path, &got_name);
	cr_expect_str_eq(got_path, path, "%s from %s is %s, not %s", rel, from, got_path, path);
	cr_expect_str_eq(got_name, name, "%s from %s is called %s, not %s", rel, shown, got_name, name);
}

Test(src, each_file_has_one_name)
{
	char dir[] = "/tmp/sbx-src-XXXXXX";
	cr_assert(mkdtemp(dir) && chdir(dir) == 0);
	cr_assert(mkdir("a", 0700) == 0 && mkdir("a/b", 0700) == 0 && symlink("a/b", "link") == 0);
	struct arena *a = arena_new();
	struct src *s = src_new(a);
	relative(s, "p.sbx", "p.sbx", "q.sbx", "q.sbx", "q.sbx");
	relative(s, "p.sbx", "p.sbx", "./a/./q.sbx", "a/q.sbx", "a/q.sbx");
	relative(s, "p.sbx", "p.sbx", "a//q.sbx", "a/q.sbx", "a/q.sbx");
	relative(s, "p.sbx", "p.sbx", "../q.sbx", "../q.sbx", "../q.sbx");
	relative(s, "../p.sbx", "p.sbx", "../../q.sbx", "../../../q.sbx", "../../q.sbx");
	relative(s, "a/p.sbx", "p.sbx", "../q.sbx", "q.sbx", "../q.sbx");
	relative(s, "./a/p.sbx", "p.sbx", "../../q.sbx", "../q.sbx", "../../q.sbx");
	relative(s, "a/b/p.sbx", "b/p.sbx", "../b/../q.sbx", "a/q.sbx", "q.sbx");
	relative(s, "a/p.sbx", "../x/p.sbx", "../b/../q.sbx", "b/../q.sbx", "../b/../q.sbx");
	relative(s, "/p.sbx", "p.sbx", "../q.sbx", "/../q.sbx", "../q.sbx");
	relative(s, "a/p.sbx", "p.sbx", "/tmp/../q.sbx", "/q.sbx", "/q.sbx");
	relative(s, "p.sbx", "p.sbx", ".", ".", ".");
	/* another folder than its name says, and none at all: as it is written */
	relative(s, "link/p.sbx", "link/p.sbx", "../q.sbx", "link/../q.sbx", "link/../q.sbx");
	relative(s, "none/p.sbx", "none/p.sbx", "../q.sbx", "none/../q.sbx", "none/../q.sbx");
	const struct src_reader reader = {.prefix = "main:/"};
	src_read_with(s, &reader);
	relative(s, "main:/none/p.sbx", "p.sbx", "../x/../q.sbx", "main:/q.sbx", "../q.sbx");
	relative(s, "main:/p.sbx", "p.sbx", "../q.sbx", "main:/../q.sbx", "../q.sbx");
	cr_expect(unlink("link") == 0 && rmdir("a/b") == 0 && rmdir("a") == 0 && chdir("/") == 0 && rmdir(dir) == 0);
	arena_free(a);
}
