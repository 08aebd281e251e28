/*
 * Recordings of calls: what is read, what is refused and where.
 */
#include "backends/seccomp/weight.h"

#include <criterion/criterion.h>
#include <string.h>

struct reading {
	struct arena *arena;
	struct src *src;
	struct diags *diags;
	struct recording out;
	bool good;
};

static struct reading reading_bytes(const char *text, size_t n)
{
	struct reading r = {.arena = arena_new()};
	const struct src_file *file;
	r.src = src_new(r.arena);
	r.diags = diags_new(r.arena, r.src);
	cr_assert_eq(src_add(r.src, "calls", text, n, &file), SRC_OK);
	r.good = recording_read(r.arena, r.diags, file, &r.out);
	cr_expect_eq(r.good, diag_errors(r.diags) == 0);
	return r;
}

static struct reading reading(const char *text) { return reading_bytes(text, strlen(text)); }

Test(recording, counts_names_and_numbers)
{
	struct reading r = reading("# a comment, with more words than three\n"
				   "\n"
				   "12 x86_64 read\n"
				   "  30\tx86_64 0\n"
				   "7 aarch64 openat");
	cr_assert(r.good);
	cr_expect_eq(r.out.count[ARCH_X86_64][0], 42);
	cr_expect_eq(r.out.count[ARCH_AARCH64][56], 7);
	cr_expect_eq(r.out.count[ARCH_X86_64][257], 0);
	arena_free(r.arena);
}

Test(recording, refuses_what_it_does_not_understand)
{
	static const char *const bad[] = {
	    "",
	    "# nothing else\n",
	    "12 x86_64\n",
	    "12 x86_64 read 4\n",
	    "many x86_64 read\n",
	    "-1 x86_64 read\n",
	    "12 vax read\n",
	    "12 x86_64 raed\n",
	    "12 aarch64 open\n", /* this arch has none */
	    "12 x86_64 4096\n",
	    "4294967296 x86_64 read\n",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct reading r = reading(bad[i]);
		cr_expect_not(r.good, "%s", bad[i]);
		arena_free(r.arena);
	}
}

/* A NUL ends no word: what stands behind it would not be read, or never end. */
Test(recording, refuses_a_nul)
{
	static const char before[] = "12 x86_64 \0read\n", inside[] = "12 x86_64 read\0ahead\n";
	struct reading r = reading_bytes(before, sizeof(before) - 1), s = reading_bytes(inside, sizeof(inside) - 1);
	cr_expect_not(r.good);
	cr_expect_not(s.good);
	arena_free(r.arena);
	arena_free(s.arena);
}
