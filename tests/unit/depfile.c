/*
 * depfile.c - the quoting that make and ninja read.
 */
#include "core_help.h"

#include <unistd.h>

#include "compiler/depfile.h"

Test(depfile, names_are_quoted)
{
	char path[] = "/tmp/sbx-depfile-XXXXXX", text[512];
	int fd = mkstemp(path);
	cr_assert(fd >= 0);
	const struct compile_options opt = {.out_dir = "out dir//", .depfile = path};
	struct compile c = {.arena = arena_new(), .opt = &opt};
	const struct src_file *file;
	c.src = src_new(c.arena);
	cr_assert_eq(src_add(c.src, "a b#c$d.sbx", "x", 1, &file), SRC_OK);
	cr_assert_eq(src_add(c.src, "plain.sbx", "y", 1, &file), SRC_OK);
	cr_expect_null(depfile_write(&c));
	FILE *f = fopen(path, "r");
	cr_assert_not_null(f);
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	cr_expect_str_eq(text, "out\\ dir/SHA256SUMS: \\\n a\\ b\\#c$$d.sbx \\\n plain.sbx\n");
	close(fd);
	unlink(path);
	arena_free(c.arena);
}

Test(depfile, a_place_that_cannot_be_written_is_said)
{
	const struct compile_options opt = {.out_dir = "o", .depfile = "/nonexistent/d"};
	struct compile c = {.arena = arena_new(), .opt = &opt};
	c.src = src_new(c.arena);
	const char *error = depfile_write(&c);
	cr_assert_not_null(error);
	cr_expect(strstr(error, "/nonexistent/d"));
	arena_free(c.arena);
}
