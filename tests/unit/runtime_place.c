/*
 * runtime_place.c - real directories above a path, through links.
 */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../runtime/place.h"

static char top[64];

static void tree_make(void)
{
	strcpy(top, "/tmp/sbx-place.XXXXXX");
	cr_assert_not_null(mkdtemp(top));
	cr_assert_eq(chdir(top), 0);
	cr_assert_eq(mkdir("a", 0700) | mkdir("a/b", 0700) | mkdir("c", 0700), 0);
	close(open("a/b/file", O_CREAT | O_WRONLY, 0600));
	cr_assert_eq(symlink("../a/b/file", "c/relative") | symlink("/nowhere/x", "c/dangling") |
			 symlink("loop", "c/loop") | symlink("../a/b/..", "c/dots"),
		     0);
	char absolute[128];
	snprintf(absolute, sizeof(absolute), "%s/c/relative", top);
	cr_assert_eq(symlink(absolute, "c/absolute"), 0);
}

static void tree_drop(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_assert_eq(system(command), 0);
}

/* Is the parent of top/path the directory top/dir? dir NULL: there is none, errno says why. */
static void parent(const char *path, bool follow, const char *dir)
{
	char text[256];
	struct stat wanted;
	struct place got = {0};
	int fd;

	snprintf(text, sizeof(text), "%s/%s", top, path);
	fd = place_parent(text, follow);
	if (!dir) {
		cr_expect_eq(fd, -1, "%s", path);
		return;
	}
	cr_assert(fd >= 0, "%s: %s", path, strerror(errno));
	cr_assert(place_of(fd, &got));
	close(fd);
	snprintf(text, sizeof(text), "%s/%s", top, dir);
	cr_assert_eq(stat(text, &wanted), 0);
	cr_expect(got.dev == wanted.st_dev && got.ino == wanted.st_ino, "%s", path);
}

Test(runtime_place, parents, .init = tree_make, .fini = tree_drop)
{
	parent("a/b/file", true, "a/b");
	parent("a/b", true, "a");
	parent("a/b/missing", true, "a/b");
	parent("c/relative", true, "a/b");
	parent("c/absolute", true, "a/b");
	parent("c/relative", false, "c");
	parent("c/dangling", false, "c");
	parent("c/dots", true, "a"); /* ends in .., so it is the directory itself */
	parent("c/dangling", true, NULL);
	parent("c/loop", true, NULL);
	parent("no/where", true, NULL);
}

static bool count_place(void *ctx, struct place p)
{
	unsigned *n = ctx;

	(void)p;
	++*n;
	return true;
}

Test(runtime_place, climb_ends_at_the_root, .init = tree_make, .fini = tree_drop)
{
	unsigned n = 0;

	cr_assert(place_climb(open("a/b", O_PATH | O_DIRECTORY | O_CLOEXEC), count_place, &n));
	cr_expect_eq(n, 5); /* b, a, top, /tmp, / */
	n = 0;
	cr_assert(place_climb(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), count_place, &n));
	cr_expect_eq(n, 1);
}
