/*
 * needles.c - whatever the pieces, all that may fit a text is told, once, and nothing of which no piece occurs.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "compiler/needles.h"

static uint32_t state = 4711;

static uint32_t rng(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % n;
}

static const char *random_text(struct arena *a, unsigned most, const char *letters)
{
	char *text = arena_alloc(a, most + 1);
	for (unsigned n = 1 + rng(most); n > 0; n--)
		text[n - 1] = letters[rng((uint32_t)strlen(letters))];
	return text;
}

enum { MOST = 40 };

struct told {
	unsigned times[MOST], n, stop_after;
};

static bool tell(void *ctx, unsigned value)
{
	struct told *t = ctx;
	t->times[value]++;
	return ++t->n != t->stop_after;
}

Test(needles, against_strstr)
{
	unsigned long all = 0, some = 0, n_told = 0, asked = 0;
	for (unsigned i = 0; i < 2000; i++) {
		struct arena *a = arena_new();
		struct needles *x = needles_new(a);
		const char *pieces[MOST][3];
		unsigned n = 1 + rng(MOST), counts[MOST];
		const char *letters = i % 2 ? "ab" : "abc\377.";
		for (unsigned v = 0; v < n; v++) {
			counts[v] = 1 + rng(3);
			for (unsigned k = 0; k < counts[v]; k++)
				pieces[v][k] = random_text(a, 4, letters);
			needles_add(x, v, pieces[v], counts[v]);
		}
		needles_make(x);
		for (unsigned k = 0; k < 10; k++) {
			const char *text = random_text(a, 12, letters);
			struct told t = {.n = 0}, first = {.stop_after = 1};
			needles_find(x, text, tell, &t);
			needles_find(x, text, tell, &first);
			cr_expect_eq(first.n, t.n > 0, "it ends when nobody wants more");
			for (unsigned v = 0; v < n; v++, asked++) {
				unsigned in = 0;
				for (unsigned j = 0; j < counts[v]; j++)
					in += strstr(text, pieces[v][j]) != NULL;
				cr_expect_leq(t.times[v], 1u, "once");
				cr_expect(t.times[v] || in < counts[v], "%u of %s is missed", v, text);
				cr_expect(!t.times[v] || in, "%u of %s has none of its pieces", v, text);
				all += in == counts[v];
				some += in > 0;
				n_told += t.times[v];
			}
		}
		arena_free(a);
	}
	cr_expect(all > asked / 20 && n_told < some && some < asked * 9 / 10, "%lu, %lu, %lu of %lu", all, n_told, some, asked);
}

/* The piece that few need is the one to look for. */
Test(needles, the_rarest_piece_finds)
{
	struct arena *a = arena_new();
	struct needles *x = needles_new(a);
	struct told t = {.n = 0};
	for (unsigned i = 0; i < MOST; i++) {
		const char **pieces = ARENA_ARRAY(a, 2, const char *);
		pieces[0] = "/a/long/folder";
		pieces[1] = arena_printf(a, ".k%02u", i);
		needles_add(x, i, pieces, 2);
	}
	needles_make(x);
	needles_find(x, "/a/long/folder/x.k07", tell, &t);
	cr_expect_eq(t.n, 1u);
	cr_expect_eq(t.times[7], 1u);
	arena_free(a);
}

/* Below a folder that is known only the patterns of that folder are told, or one whose name is the rarer. */
Test(needles, patterns_below_folders)
{
	struct arena *a = arena_new();
	struct needles *x = needles_new(a);
	struct told t = {.n = 0};
	for (unsigned i = 0; i < 10; i++)
		needles_add_pattern(x, i, "*.key", arena_printf(a, "/srv/%u", i));
	needles_add_pattern(x, 10, "*.pem", NULL);
	needles_make(x);
	needles_find(x, "/srv/4/a/x.key", tell, &t);
	cr_expect(t.n == 1 && t.times[4] == 1);
	needles_find(x, "/var/x.pem", tell, &t);
	cr_expect(t.n == 2 && t.times[10] == 1);
	arena_free(a);
}

Test(needles, nothing_to_find)
{
	struct arena *a = arena_new();
	struct needles *x = needles_new(a);
	struct told t = {.n = 0};
	needles_make(x);
	needles_find(x, "text", tell, &t);
	needles_find(x, "", tell, &t);
	cr_expect_eq(t.n, 0u);
	arena_free(a);
}

Test(needles, pieces_of_a_glob)
{
	struct arena *a = arena_new();
	unsigned n;
	const char **v = needles_of_glob(a, "*ab*.c*", &n);
	cr_assert_eq(n, 2u);
	cr_expect_str_eq(v[0], "ab");
	cr_expect_str_eq(v[1], ".c");
	cr_expect(needles_of_glob(a, "id_rsa", &n) && n == 1);
	needles_of_glob(a, "**", &n);
	cr_expect_eq(n, 0u);
	arena_free(a);
}
