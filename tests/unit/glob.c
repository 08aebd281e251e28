/*
 * glob.c - patterns: what is none, and that the meaning, the Landlock model and fnmatch(3) agree on random ones.
 */
#include <criterion/criterion.h>
#include <fnmatch.h>
#include <string.h>

#include "backends/landlock/landlock.h"
#include "compiler/glob.h"

Test(glob, what_is_no_pattern)
{
	static const char *const bad[] = {"", "*", "**", "***", "a/b", "/a", "a**b", "a?", "[ab]", "a]", "{a}", "a\\", "$a",
					  "a b", "a\tb", "a\"b", ".", "..", "\x7f"};
	static const char *const good[] = {"*.pem", ".env*", "a", "*a*b*", "...", "\xc3\xa4*", "a-b_c+d@e,f=g~h#i%j"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not_null(glob_fault(bad[i]), "%s", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		cr_expect_null(glob_fault(good[i]), "%s", good[i]);
}

Test(glob, places)
{
	static const struct {
		const char *glob, *root, *path;
		bool covers;
	} rows[] = {
	    {"*.pem", "/srv", "/srv/a.pem", true},	{"*.pem", "/srv", "/srv/a/b/c.pem", true},
	    {"*.pem", "/srv", "/srv/d.pem/x/y", true},	{"*.pem", "/srv", "/srv", false},
	    {"*.pem", "/srv", "/srv/a.pems", false},	{"*.pem", "/srv", "/srv/.pem", true},
	    {"*.pem", "/srv.pem", "/srv.pem/a", false}, {"*.pem", "/srv.pem", "/srv.pem/a.pem", true},
	    {".env*", "/", "/.env", true},		{".env*", "/", "/a/.env.local/b", true},
	    {".env*", "/", "/a/env", false},		{"a", "/", "/", false},
	    {"lib*.so*", "/l", "/l/liba.so.1", true},	{"lib*.so*", "/l", "/l/lib.so", true},
	    {"lib*.so*", "/l", "/l/li.so", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_expect_eq(glob_covers(rows[i].glob, rows[i].root, rows[i].path), rows[i].covers, "%s", rows[i].path);
		cr_expect_eq(ll_pattern_fits(rows[i].glob, rows[i].root, rows[i].path), rows[i].covers, "%s", rows[i].path);
	}
}

static uint32_t next(uint32_t *seed)
{
	return (*seed = *seed * 1664525u + 1013904223u) >> 16;
}

static size_t word(uint32_t *seed, char *out, const char *letters)
{
	size_t n = 1 + next(seed) % 7, k = strlen(letters);
	for (size_t i = 0; i < n; i++)
		out[i] = letters[next(seed) % k];
	out[n] = '\0';
	return n;
}

Test(glob, three_matchers_agree)
{
	uint32_t seed = 7;
	unsigned fits = 0;
	for (unsigned i = 0; i < 200000; i++) {
		char glob[16], name[16], path[40];
		word(&seed, glob, "ab*.");
		size_t n = word(&seed, name, "ab.");
		bool want = fnmatch(glob, name, 0) == 0;
		snprintf(path, sizeof(path), "/r/%s", name);
		cr_assert_eq(glob_fits(glob, name, n), want, "%s %s", glob, name);
		cr_assert_eq(ll_pattern_fits(glob, "/r", path), want, "%s %s", glob, name);
		fits += want;
	}
	cr_expect(fits > 20000 && fits < 180000, "%u", fits);
}

/* Many stars against a long name that almost fits: no matcher may take its time. */
Test(glob, no_pattern_is_slow, .timeout = 5)
{
	char glob[256] = "", name[4000], path[4010];
	for (unsigned i = 0; i < 120; i++)
		strcat(glob, "a*");
	strcat(glob, "b");
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(path, sizeof(path), "/r/%s", name);
	cr_expect_not(glob_fits(glob, name, strlen(name)));
	cr_expect_not(ll_pattern_fits(glob, "/r", path));
}
