/*
 * runtime_glob.c - the loader's matcher against fnmatch(3), and its walk: depth, links, limits.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../runtime/glob.h"

static struct span span(const char *s)
{
	return (struct span){s, strlen(s)};
}

static uint32_t next(uint32_t *seed)
{
	return (*seed = *seed * 1664525u + 1013904223u) >> 16;
}

Test(runtime_glob, fits_as_fnmatch_does)
{
	uint32_t seed = 11;
	for (unsigned i = 0; i < 200000; i++) {
		char glob[8] = "", name[8] = "";
		for (unsigned n = 1 + next(&seed) % 6, k = 0; k < n; k++)
			glob[k] = "ab*."[next(&seed) % 4];
		for (unsigned n = 1 + next(&seed) % 6, k = 0; k < n; k++)
			name[k] = "ab."[next(&seed) % 3];
		cr_assert_eq(glob_fits(span(glob), name), fnmatch(glob, name, 0) == 0, "%s %s", glob, name);
	}
}

Test(runtime_glob, what_is_no_pattern)
{
	static const char *const bad[] = {"", "*", "a/b", "a**", "a?", "[a]", "a\\", "$x", ".", "..", "a\""};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not_null(glob_wrong(span(bad[i])), "%s", bad[i]);
	cr_expect_null(glob_wrong(span("*.so")));
}

static unsigned found;

static bool count(void *ctx, int fd, const struct stat *st)
{
	(void)ctx;
	(void)st;
	found++;
	close(fd);
	return true;
}

static bool stop(void *ctx, int fd, const struct stat *st)
{
	count(ctx, fd, st);
	return false;
}

static enum glob_result search(const char *dir, const char *pattern, bool (*match)(void *, int, const struct stat *))
{
	struct glob g = {.pattern = span(pattern), .match = match};
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	cr_assert_geq(fd, 0);
	found = 0;
	enum glob_result result = glob_search(&g, fd);
	close(fd);
	return result;
}

static void make(const char *dir, const char *name, bool folder)
{
	char path[8192];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (folder)
		cr_assert_eq(mkdir(path, 0700), 0);
	else
		close(open(path, O_CREAT | O_WRONLY, 0600));
}

Test(runtime_glob, walks)
{
	char dir[] = "/tmp/sbx-glob.XXXXXX", path[4096], command[64];
	cr_assert_not_null(mkdtemp(dir));
	make(dir, "a.so", false);
	make(dir, "d", true);
	make(dir, "d/b.so", false);
	make(dir, "d/e.so", true); /* a folder that fits: what is in it needs no rule of its own */
	make(dir, "d/e.so/c.so", false);
	make(dir, "d/other", false);
	snprintf(path, sizeof(path), "%s/link.so", dir);
	cr_assert_eq(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/loop", dir);
	cr_assert_eq(symlink(dir, path), 0);
	cr_expect_eq(search(dir, "*.so", count), GLOB_DONE);
	cr_expect_eq(found, 3u, "%u", found);
	cr_expect_eq(search(dir, "*.so", stop), GLOB_STOPPED);
	cr_expect_eq(found, 1u);
	cr_expect_eq(search(dir, "nothing*", count), GLOB_DONE);
	cr_expect_eq(found, 0u);
	/* one folder more than may be */
	snprintf(path, sizeof(path), "%s", dir);
	for (unsigned i = 0; i < PLAN_MAX_GLOB_DEPTH; i++) {
		make(path, "x", true);
		strcat(path, "/x");
	}
	cr_expect_eq(search(dir, "*.so", count), GLOB_DONE);
	make(path, "x", true);
	cr_expect_eq(search(dir, "*.so", count), GLOB_TOO_DEEP);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_expect_eq(system(command), 0);
}

Test(runtime_glob, too_many)
{
	char dir[] = "/tmp/sbx-glob.XXXXXX", command[64], name[16];
	cr_assert_not_null(mkdtemp(dir));
	for (unsigned i = 0; i < PLAN_MAX_GLOB_MATCHES; i++) {
		snprintf(name, sizeof(name), "%u.so", i);
		make(dir, name, false);
	}
	cr_expect_eq(search(dir, "*.so", count), GLOB_DONE);
	cr_expect_eq(found, PLAN_MAX_GLOB_MATCHES);
	make(dir, "one-more.so", false);
	cr_expect_eq(search(dir, "*.so", count), GLOB_TOO_MANY);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_expect_eq(system(command), 0);
}

/* A folder of 1000 names seen at 999 places is a million names; made one by one they would take minutes. */
Test(runtime_glob, a_million_names, .timeout = 120)
{
	char dir[] = "/tmp/sbx-glob.XXXXXX", names[64], path[128], name[16], command[128];
	enum { PLACES = 999, NAMES = 1000, LEFT = PLAN_MAX_GLOB_ENTRIES - PLACES - 1 - PLACES * NAMES };
	cr_assert_eq(LEFT, 0); /* all of them: the places, `names`, and what is seen at each place */
	cr_assert_not_null(mkdtemp(dir));
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		rmdir(dir);
		cr_skip_test("no mounts of its own can be made here");
	}
	make(dir, "names", false);
	snprintf(names, sizeof(names), "%s.names", dir);
	cr_assert_eq(mkdir(names, 0700), 0);
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "%u", i);
		make(names, name, false);
	}
	for (unsigned i = 0; i < PLACES; i++) {
		snprintf(name, sizeof(name), "d%u", i);
		make(dir, name, true);
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		cr_assert_eq(mount(names, path, NULL, MS_BIND, NULL), 0);
	}
	cr_expect_eq(search(dir, "*.so", count), GLOB_DONE);
	make(dir, "one-more", false);
	cr_expect_eq(search(dir, "*.so", count), GLOB_TOO_MANY);
	for (unsigned i = 0; i < PLACES; i++) {
		snprintf(path, sizeof(path), "%s/d%u", dir, i);
		cr_expect_eq(umount2(path, MNT_DETACH), 0);
	}
	snprintf(command, sizeof(command), "rm -rf %s %s", dir, names);
	cr_expect_eq(system(command), 0);
}
